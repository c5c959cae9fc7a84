"""The order in which stored posts are looked up again, and the count of those that wait for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from db import mentions
from db.engine import Database
from db.sql import tables

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


async def a_case(database: Database, status: str) -> int:
    values = {
        "network": "x",
        "account": "acme_help",
        "author_id": "9",
        "conversation_id": "1",
        "status": status,
        "channel": "C0MENTIONS",
        "language": "en",
        "priority": "normal",
        "value": 0.5,
        "reasons": [],
        "opened_at": NOW,
        "waiting_since": NOW,
        "queue_at": NOW,
    }
    async with database.write() as connection:
        return int(
            (await connection.execute(insert(tables.cases).values(values))).inserted_primary_key[0]  # type: ignore[index]
        )


async def keep(database: Database, case_id: int, *names: str, **more: Any) -> None:
    rows = [
        {
            "case_id": case_id,
            "network": "x",
            "post_id": name,
            "author_id": "9",
            "text": name,
            "url": "https://x.com/i/status/1",
            "conversation_id": "1",
            "pictures": [],
            "answerable_by": [],
            "posted_at": NOW,
            "received_at": NOW,
            "checked_at": NOW - timedelta(days=2, minutes=-minute),
            **more,
        }
        for minute, name in enumerate(names)
    ]
    async with database.write() as connection:
        await connection.execute(insert(tables.mentions), rows)


async def to_check(database: Database, limit: int = 100) -> list[str]:
    async with database.read() as connection:
        return await mentions.to_check(connection, "x", YESTERDAY, limit)


async def test_open_cases_come_first_and_the_brands_own_posts_last(database: Database) -> None:
    waiting, resolved = await a_case(database, "waiting"), await a_case(database, "resolved")
    await keep(database, waiting, "open older", "open newer")
    await keep(database, waiting, "ours", ours=True)
    await keep(database, resolved, "closed older", "closed newer")
    in_order = ["open newer", "open older", "closed newer", "closed older", "ours"]
    assert await to_check(database) == in_order
    for limit in range(1, 6):
        assert await to_check(database, limit) == in_order[:limit]


async def test_what_was_deleted_or_looked_at_a_moment_ago_is_left_alone(database: Database) -> None:
    case = await a_case(database, "new")
    await keep(database, case, "deleted", deleted_at=NOW)
    await keep(database, case, "looked at", checked_at=NOW)
    assert await to_check(database) == []
    await keep(database, case, "overdue")
    assert await to_check(database) == ["overdue"]
    async with database.read() as connection:
        counted = await mentions.unchecked(connection, YESTERDAY)
    assert counted == mentions.Unchecked(stored=2, overdue=1, oldest=NOW - timedelta(days=2))


async def test_a_desk_without_posts_has_nothing_unchecked(database: Database) -> None:
    async with database.read() as connection:
        assert await mentions.unchecked(connection, NOW) == mentions.Unchecked(0, 0, None)
