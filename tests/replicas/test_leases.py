"""Leases: what one replica does at a time is shared evenly, given back, and taken over from the dead."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

import migrated
import postgres
from bot.engines import leases as leasing
from bot.engines.leases import Leased
from db.engine import Database
from db.queue import leases

SOURCES = ["mentions", "watch", "own", "sweep"]
LEASE_SECONDS = 0.8
# What a busy machine adds to a wait.
SLACK = 1.0


class Office:
    """One database, and replicas that each have their own connections to it."""

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self.url, self.stack = url, stack
        self.replicas: list[Leased] = []

    async def replica(self, sources: list[str] | None = None) -> Leased:
        database = Database(self.url)
        self.stack.push_async_callback(database.close)
        joined = Leased(database, sources or SOURCES)
        self.replicas.append(joined)
        return joined

    async def joined(self, count: int, sources: list[str] | None = None) -> list[Leased]:
        found = [await self.replica(sources) for _ in range(count)]
        await self.settle(*found)
        return found

    async def settle(self, *replicas: Leased) -> None:
        """As many rounds as it takes to see each other, give back, and take what is free."""
        for _ in range(3):
            for one in replicas or self.replicas:
                await one.renew()


@pytest.fixture
async def office(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setattr(leasing, "LEASE_SECONDS", LEASE_SECONDS)
    async with AsyncExitStack() as stack:
        url = postgres.a_database(postgres_server)
        database = Database(url)
        stack.push_async_callback(database.close)
        await migrated.fill(database)
        yield Office(url, stack)


def held(replica: Leased, sources: list[str] | None = None) -> set[str]:
    return {name for name in sources or SOURCES if replica.holds(name)}


async def test_the_only_replica_does_everything(office: Office) -> None:
    (only,) = await office.joined(1)
    assert held(only) == set(SOURCES)


async def test_two_replicas_share_evenly_and_nothing_is_left_to_nobody(office: Office) -> None:
    first = await office.replica()
    await first.renew()
    second = await office.replica()
    await office.settle()
    assert len(held(first)) == len(held(second)) == 2
    assert held(first) | held(second) == set(SOURCES)


async def test_what_does_not_divide_evenly_differs_by_one(office: Office) -> None:
    names = [f"source {number}" for number in range(7)]
    shares = [held(one, names) for one in await office.joined(2, names)]
    assert sorted(len(share) for share in shares) == [3, 4]
    assert set.union(*shares) == set(names)


async def test_more_replicas_than_sources_leave_some_idle_and_nothing_undone(office: Office) -> None:
    shares = [held(one) for one in await office.joined(6)]
    assert sorted(len(share) for share in shares) == [0, 0, 1, 1, 1, 1]
    assert set.union(*shares) == set(SOURCES)


async def test_who_holds_a_source_keeps_it_while_nobody_comes_or_goes(office: Office) -> None:
    replicas = await office.joined(3)
    before = [held(one) for one in replicas]
    for _ in range(5):
        await office.settle()
        assert [held(one) for one in replicas] == before


async def test_a_source_is_never_held_by_two_while_replicas_come_and_go(office: Office) -> None:
    replicas = [await office.replica() for _ in range(4)]
    working = True

    async def work(one: Leased, number: int) -> None:
        while working:
            await one.renew()
            await asyncio.sleep(0.03 * (number + 1))
            if number % 2:
                await one.give_back()

    workers = [asyncio.create_task(work(one, number)) for number, one in enumerate(replicas)]
    for _ in range(300):
        for name in SOURCES:
            holders = [one for one in replicas if one.holds(name)]
            assert len(holders) <= 1, f"{name} is held by {len(holders)}"
        await asyncio.sleep(0.005)
    working = False
    await asyncio.gather(*workers)


async def test_all_that_join_at_once_share_evenly_in_the_end(office: Office) -> None:
    replicas = [await office.replica() for _ in range(4)]
    for _ in range(10):  # who reaches for the same one in the same moment tries again
        await asyncio.gather(*(one.renew() for one in replicas))
    assert [len(held(one)) for one in replicas] == [1, 1, 1, 1]


async def test_the_share_of_one_that_fell_silent_is_taken_over_within_the_lease_time(office: Office) -> None:
    _silent, other = await office.joined(2)
    loop = asyncio.get_running_loop()
    fell_silent_at = loop.time()
    while held(other) != set(SOURCES):
        assert loop.time() - fell_silent_at < LEASE_SECONDS + SLACK
        await asyncio.sleep(0.05)
        await other.renew()


async def test_nobody_takes_a_source_over_before_its_holder_has_let_go_of_it(office: Office) -> None:
    silent, other = await office.joined(2)
    theirs = held(silent)
    while not held(other) >= theirs:
        assert not (held(silent) & held(other))
        await asyncio.sleep(0.01)
        await other.renew()
    assert held(silent) == set()


async def test_who_stops_gives_back_at_once(office: Office) -> None:
    leaving, other = await office.joined(2)
    await leaving.give_back()
    assert held(leaving) == set()
    await other.renew()
    assert held(other) == set(SOURCES)


async def test_who_gives_back_takes_nothing_of_the_others_with_it(office: Office) -> None:
    leaving, other = await office.joined(2)
    theirs = held(other)
    await leaving.give_back()
    await leaving.give_back()
    assert held(other) == theirs
    async with other.database.read() as connection:
        assert set((await leases.holders(connection)).values()) == {other.holder}


async def test_what_could_not_be_renewed_in_time_is_not_held_any_more(office: Office) -> None:
    (only,) = await office.joined(1)
    await asyncio.sleep(LEASE_SECONDS / 2)
    assert held(only) == set(SOURCES)
    await asyncio.sleep(LEASE_SECONDS / 2)
    assert held(only) == set()
    await only.renew()
    assert held(only) == set(SOURCES)


async def test_while_the_database_is_away_nothing_is_held_past_its_time(office: Office) -> None:
    (only,) = await office.joined(1)
    async with only.database.write() as connection:
        await connection.execute(text("ALTER TABLE leases RENAME TO gone"))
    with pytest.raises(DBAPIError):
        await only.renew()
    assert held(only) == set(SOURCES)
    await asyncio.sleep(LEASE_SECONDS)
    assert held(only) == set()


async def test_what_was_not_committed_is_not_held(office: Office) -> None:
    """Another replica may take it the next moment."""
    leaving, other = await office.joined(2)
    theirs = held(other)
    await leaving.give_back()
    async with other.database.write() as connection:
        await commit_in_vain_from_now_on(connection)
    with pytest.raises(DBAPIError):
        await other.renew()
    assert held(other) == theirs


async def commit_in_vain_from_now_on(connection: AsyncConnection) -> None:
    await connection.execute(
        text(
            "CREATE FUNCTION in_vain() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'in vain'; END $$"
        )
    )
    await connection.execute(
        text(
            "CREATE CONSTRAINT TRIGGER in_vain AFTER INSERT OR UPDATE ON leases "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION in_vain()"
        )
    )
