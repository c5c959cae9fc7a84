"""A page of posts is taken in as if each had come alone, whatever it mixes, and by one replica at a time."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import migrated
import postgres
from db.engine import Database
from db.sql import tables
from handlers.desk.intake import hearing
from handlers.desk.intake import receive as receiving
from handlers.desk.intake.receive import Voice
from handlers.desk.work import Desk
from scene import policy_with
from triage.cases.mention import Author, Mention

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
VOICE = Voice({"acme_help": "900"})
POLICY = policy_with()


def post(number: int, author: str, text: str = "my line is dead", **more: Any) -> Mention:
    return replace(
        Mention(
            network="x",
            post_id=str(number),
            author_id=author,
            account="acme_help",
            text=text,
            posted_at=NOW + timedelta(seconds=number),
            conversation_id=str(number),
            url=f"https://x.com/i/status/{number}",
            tags=("acme_help",),
            editions=(str(number),),
        ),
        **more,
    )


async def receive(database: Database, *posts: Mention) -> int:
    authors = [Author("x", one, f"handle_{one}", one) for one in {each.author_id for each in posts}]
    return await receive_of_known(database, *posts, authors=authors)


async def receive_of_known(database: Database, *posts: Mention, authors: Collection[Author] = ()) -> int:
    """X is not asked about authors whom we know already."""
    return await receiving.receive(Desk(database, POLICY, lambda: NOW), posts, authors, VOICE)


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.read() as connection:
        return list((await connection.execute(select(table).order_by(table.c.id))).all())


async def record(database: Database) -> Any:
    """What was written, as far as it does not hang on the instant."""
    return (
        [
            (one.id, one.author_id, one.status, one.priority, one.due_at, one.reposts)
            for one in await rows(database, tables.cases)
        ],
        [
            (one.case_id, one.post_id, one.text, one.ours, one.answerable_by)
            for one in await rows(database, tables.mentions)
        ],
        sorted((one.case_id, one.what) for one in await rows(database, tables.events)),
        sorted((one.subject, one.kind, one.due_at) for one in await rows(database, tables.timers)),
        sorted((one.lane, one.rank, one.subject) for one in await rows(database, tables.deliveries)),
    )


MIXED = [
    post(10, "1"),
    post(11, "2", "where is my refund"),
    post(12, "3", editions=("12", "16")),
    post(13, "2", "are you there?"),
    post(14, "4", "@acme_help look at this", reposts="12"),
    post(15, "5", "gas leak, please hurry"),
    post(16, "3", "my line is dead again", editions=("12", "16"), conversation_id="12"),
    post(17, "900", "we are on it", answers="15", conversation_id="15"),
    post(18, "6", "thanks!"),
    post(19, "7", "how do I pay?"),
    post(20, "7", "thanks!", conversation_id="19"),
]


@pytest.fixture
async def another(tmp_path: Path) -> AsyncIterator[Database]:
    """A second desk, to compare with."""
    fresh = Database(await migrated.a_file(tmp_path / "another.db"))
    yield fresh
    await fresh.close()


async def test_a_page_is_taken_in_as_if_its_posts_had_come_one_by_one(
    database: Database, another: Database
) -> None:
    assert await receive(database, *reversed(MIXED)) == 10
    for one in MIXED:
        await receive(another, one)
    assert await record(database) == await record(another)


@pytest.mark.parametrize("at_once", [1, 40, 100])
async def test_a_page_taken_in_by_pieces_is_taken_in_the_same(
    database: Database, another: Database, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    await receive(another, *MIXED)
    monkeypatch.setattr(hearing, "AT_ONCE", at_once)
    assert await receive(database, *MIXED) == 10
    assert await record(database) == await record(another)


async def test_an_ordinary_page_is_one_piece_and_each_longest_post_is_one() -> None:
    ordinary = [post(number, str(number), "my line is dead " * 15) for number in range(10, 110)]
    assert [len(piece) for piece in hearing.slices(ordinary)] == [100]
    longest = [post(number, str(number), "x" * 25_000) for number in range(10, 70)]
    assert [len(piece) for piece in hearing.slices(longest)] == [1] * 60
    assert list(hearing.slices([])) == []


async def test_a_page_received_twice_changes_nothing(database: Database) -> None:
    await receive(database, *MIXED)
    before = await record(database)
    assert await receive(database, *MIXED) == 0
    assert await record(database) == before


async def test_the_same_post_twice_in_a_page_is_one_mention(database: Database) -> None:
    assert await receive(database, post(10, "1"), post(10, "1")) == 1
    assert len(await rows(database, tables.mentions)) == 1


async def test_who_wrote_before_joins_their_case_from_a_page_of_strangers(database: Database) -> None:
    await receive(database, post(10, "1"))
    assert await receive(database, *(post(20 + number, str(number)) for number in range(1, 5))) == 4
    cases = await rows(database, tables.cases)
    assert [case.author_id for case in cases] == ["1", "2", "3", "4"]
    found = [mention.case_id for mention in await rows(database, tables.mentions)]
    assert found == [cases[0].id, *(case.id for case in cases)]


@pytest.fixture
def postgresql_url(postgres_server: str) -> str:
    return postgres.a_database(postgres_server)


async def test_two_replicas_that_read_one_customer_at_once_open_one_case(postgresql_url: str) -> None:
    replicas = [Database(postgresql_url), Database(postgresql_url)]
    try:
        await migrated.fill(replicas[0])
        for customer in map(str, range(1, 9)):
            mentioned, watched = post(int(customer) * 10, customer), post(int(customer) * 10 + 1, customer)
            await asyncio.gather(
                receive_of_known(replicas[0], mentioned), receive_of_known(replicas[1], watched)
            )
        opened = [case.author_id for case in await rows(replicas[0], tables.cases)]
        assert sorted(opened) == sorted(set(opened))
        assert len(await rows(replicas[0], tables.mentions)) == 16
    finally:
        await asyncio.gather(*(replica.close() for replica in replicas))
