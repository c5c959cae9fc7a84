"""A use case is one transaction that happens once, whatever else writes at the same time."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, update

from db.engine import Database
from db.sql.tables import said_once
from handlers.desk.work import Desk, Work, use_case
from scene import policy_with

NOW = datetime(2026, 9, 14, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


async def test_two_transactions_that_wait_for_each_other_both_happen(database: Database) -> None:
    desk = Desk(database, policy_with(), lambda: NOW)
    async with database.write() as connection:
        await connection.execute(insert(said_once), [{"key": key, "at": NOW} for key in ("one", "other")])
    # On SQLite one writer waits for the other before it holds anything.
    both_hold_one = asyncio.Barrier(1 if database.is_sqlite else 2)
    met: set[str] = set()

    @use_case
    async def write_both(work: Work, first: str, second: str) -> None:
        await _touch(work, first)
        if first not in met:
            met.add(first)
            await both_hold_one.wait()
        await _touch(work, second)

    await asyncio.gather(write_both(desk, "one", "other"), write_both(desk, "other", "one"))
    async with database.read() as connection:
        written = (await connection.execute(select(said_once.c.at))).scalars()
        assert list(written) == [LATER, LATER]


async def _touch(work: Work, key: str) -> None:
    await work.connection.execute(update(said_once).where(said_once.c.key == key).values(at=LATER))
