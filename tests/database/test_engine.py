"""The engine: one writer at a time, readers that cannot write, and no transaction that fails as locked."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from db.engine import AlreadyRunning, Database, DatabaseProblem, database_url
from db.queue import lanes
from db.sql.tables import said_once, spending

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def test_read_then_write_transactions_at_once_lose_no_update(sqlite: Database) -> None:
    async with sqlite.write() as connection:
        await connection.execute(insert(spending).values(month="2026-11", what="posts", number=0, usd=0))

    async def one_more() -> None:
        async with sqlite.write() as connection:
            number = (await connection.execute(select(spending.c.number))).scalar_one()
            await connection.execute(update(spending).values(number=number + 1))

    await asyncio.gather(*(one_more() for _ in range(100)))
    async with sqlite.read() as connection:
        assert (await connection.execute(select(spending.c.number))).scalar_one() == 100


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.read() as connection:
            await connection.execute(insert(said_once).values(key="x", at=NOW))


async def test_a_reader_sees_one_state_while_a_writer_goes_on(database: Database) -> None:
    async with database.read() as connection:
        before = (await connection.execute(select(said_once.c.key))).all()
        async with database.write() as writer:
            await writer.execute(insert(said_once).values(key="x", at=NOW))
        assert (await connection.execute(select(said_once.c.key))).all() == before == []


async def test_a_transaction_that_fails_leaves_nothing_and_wakes_nobody(database: Database) -> None:
    woken: list[set[str]] = []
    database.on_work = woken.append

    async def fails() -> None:
        async with database.write() as connection:
            await connection.execute(insert(said_once).values(key="x", at=NOW))
            lanes.summon(connection, "post:C1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    async with database.read() as connection:
        assert (await connection.execute(select(said_once.c.key))).all() == []
    assert woken == []
    async with database.write() as connection:
        await connection.execute(insert(said_once).values(key="x", at=NOW))
        lanes.summon(connection, "post:C2")
        assert woken == [], "not before the commit"
    assert woken == [{"post:C2"}]


async def test_the_safe_settings_hold_on_every_connection(sqlite: Database) -> None:
    for opened in (sqlite.write, sqlite.read):
        async with opened() as connection:
            values = [
                (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
            assert values == ["wal", 2, 1, 30000]


async def test_a_naive_time_is_refused_and_times_come_back_in_utc(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with database.write() as connection:
            await connection.execute(insert(said_once).values(key="x", at=NOW.replace(tzinfo=None)))
    rome = datetime.fromisoformat("2026-11-20T13:00:00+01:00")
    async with database.write() as connection:
        await connection.execute(insert(said_once).values(key="y", at=rome))
        kept = (await connection.execute(select(said_once.c.at))).scalar_one()
    assert kept == rome
    assert kept.tzinfo is UTC


async def test_a_second_process_on_the_same_file_is_refused(sqlite: Database) -> None:
    database = sqlite
    await database.lock()
    other = Database(database.url.render_as_string(hide_password=False))
    with pytest.raises(AlreadyRunning, match="Another Mentiondesk is running"):
        await other.lock()
    await other.close()
    with pytest.raises(AlreadyRunning, match="stop it first"):
        await other.lock()
    await database.close()
    await other.lock()
    await other.close()


async def test_an_error_of_the_database_does_not_tell_what_customers_wrote(database: Database) -> None:
    with pytest.raises(DBAPIError) as failed:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO nowhere VALUES (:said)"), {"said": "my card is 4111"})
    assert "4111" not in str(failed.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "no database address"),
        ("sqlite:///desk.db", "use sqlite+aiosqlite"),
        ("mysql://desk:hunter2@localhost/desk", "names mysql"),
        ("sqlite+aiosqlite://", "names no file"),
        ("sqlite+aiosqlite:///:memory:", "names no file"),
        ("sqlite+aiosqlite:////not/there/desk.db", "does not exist"),
    ],
)
def test_a_database_address_that_cannot_work_is_refused_with_a_sentence(url: str, words: str) -> None:
    with pytest.raises(DatabaseProblem, match=words.replace("+", r"\+")) as refused:
        database_url(url)
    assert "hunter2" not in str(refused.value)


def test_a_sqlite_file_in_an_existing_folder_is_taken(tmp_path: Path) -> None:
    assert database_url(f"sqlite+aiosqlite:///{tmp_path}/desk.db").database == f"{tmp_path}/desk.db"
