"""Timers: armed once for a thing, fired once, late rather than never."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from db.engine import Database
from db.queue import timers
from db.queue.subjects import CaseOf, parse
from db.rows import Timer, TimerKind
from db.sql import tables

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def arm(
    database: Database, minutes: float, subject: str = "case:1", kind: TimerKind = TimerKind.BREACH
) -> None:
    async with database.write() as connection:
        await timers.arm(connection, kind, parse(subject), NOW + timedelta(minutes=minutes), 1)


async def due(database: Database, minutes: float = 0) -> list[Timer]:
    async with database.read() as connection:
        return await timers.due(connection, NOW + timedelta(minutes=minutes))


async def fire(database: Database, timer: Timer, minutes: float = 0) -> bool:
    async with database.write() as connection:
        return await timers.fire(connection, timer, NOW + timedelta(minutes=minutes))


async def states(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.execute(select(tables.timers.c.state))).scalars())


async def test_a_timer_is_due_at_its_time_and_long_after(database: Database) -> None:
    await arm(database, 5)
    assert await due(database, 4.99) == []
    assert [timer.about(CaseOf).case_id for timer in await due(database, 5)] == [1]
    assert len(await due(database, 60 * 24 * 30)) == 1


async def test_arming_again_moves_the_time_and_makes_no_second_timer(database: Database) -> None:
    await arm(database, 5)
    await arm(database, 10)
    assert await due(database, 6) == []
    assert len(await due(database, 10)) == 1
    async with database.read() as connection:
        assert await timers.next_due(connection) == NOW + timedelta(minutes=10)


async def test_a_timer_fires_once_however_many_try(database: Database) -> None:
    await arm(database, 0)
    (timer,) = await due(database)
    assert sorted(await asyncio.gather(*(fire(database, timer) for _ in range(5)))) == [False] * 4 + [True]
    assert await due(database) == []


async def test_a_timer_put_off_after_it_was_read_does_not_fire(database: Database) -> None:
    await arm(database, 0)
    (timer,) = await due(database)
    await arm(database, 30)
    assert not await fire(database, timer)
    assert await fire(database, timer, 30)


async def test_cancelling_takes_the_kinds_asked_for(database: Database) -> None:
    await arm(database, 0, kind=TimerKind.WARNING)
    await arm(database, 0, kind=TimerKind.BREACH)
    await arm(database, 0, kind=TimerKind.FOLLOW_UP, subject="follow_up:1")
    async with database.write() as connection:
        await timers.cancel(connection, CaseOf(1), at=NOW, kinds=(TimerKind.WARNING,))
    assert [timer.kind for timer in await due(database)] == ["breach", "follow_up"]
    async with database.write() as connection:
        await timers.cancel(connection, CaseOf(1), at=NOW)
    assert [timer.kind for timer in await due(database)] == ["follow_up"]


async def test_after_it_has_fired_a_timer_can_be_armed_anew(database: Database) -> None:
    await arm(database, 0)
    (timer,) = await due(database)
    await fire(database, timer)
    await arm(database, 1)
    assert sorted(await states(database)) == ["armed", "fired"]


async def test_the_soonest_comes_first(database: Database) -> None:
    await arm(database, 2, subject="case:2")
    await arm(database, 1, subject="case:1")
    assert [timer.about(CaseOf).case_id for timer in await due(database, 5)] == [1, 2]


async def test_sweeping_and_forgetting(database: Database) -> None:
    await arm(database, 0)
    (timer,) = await due(database)
    await fire(database, timer)
    await arm(database, 1)
    async with database.write() as connection:
        assert await timers.sweep(connection, NOW + timedelta(days=1)) == 1
        await timers.erase_case(connection, 1)
    assert await states(database) == []


async def test_a_timer_put_off_stays_armed_and_lets_the_others_go_first(database: Database) -> None:
    async with database.write() as connection:
        await timers.arm(connection, TimerKind.BREACH, CaseOf(1), NOW, None)
        await timers.arm(connection, TimerKind.BREACH, CaseOf(2), NOW, None)
        (first, _second) = await timers.due(connection, NOW)
        await timers.put_off(connection, first, NOW + timedelta(minutes=5))
        assert [one.subject for one in await timers.due(connection, NOW)] == [CaseOf(2)]
        later = await timers.due(connection, NOW + timedelta(minutes=5))
        assert [one.subject for one in later] == [CaseOf(2), CaseOf(1)]
