"""Backups: one private file, complete or not there; restored, nothing is sent twice and no number is given twice."""

import asyncio
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from db.copies import sequences
from db.copies.backup import APART, InTheWay, NoBackup, NoFolder, Unfinished, back_up, restore
from db.copies.transfer import NotEmpty, OtherSchema
from db.engine import Database
from db.schema import NewerDatabase
from db.sql.tables import deliveries, events, mentions, said_once, timers

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def silently(_done: int, _total: int) -> None:
    """Tell nobody how far it is."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "monday.backup"


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Database]:
    """A database that nothing has touched."""
    opened = Database(f"sqlite+aiosqlite:///{tmp_path}/fresh.db")
    yield opened
    await opened.close()


def a_delivery(number: int, state: str, **columns: Any) -> dict[str, Any]:
    return {
        "id": number,
        "key": f"key-{number}",
        "kind": "message",
        "subject": f"card:{number}",
        "lane": "post:C0MENTIONS",
        "rank": 1,
        "state": state,
        "not_before": NOW,
        "payload": {},
        "made_at": NOW,
        **columns,
    }


async def promise(database: Database, *rows: dict[str, Any]) -> None:
    async with database.write() as connection:
        for row in rows:
            await connection.execute(insert(deliveries).values(**row))


async def ledger(database: Database) -> dict[int, tuple[str, datetime | None]]:
    statement = select(deliveries.c.id, deliveries.c.state, deliveries.c.intent_at)
    async with database.read() as connection:
        return {
            number: (state, intent_at) for number, state, intent_at in await connection.execute(statement)
        }


async def test_a_backup_is_one_private_file_and_nothing_else_is_left(database: Database, file: Path) -> None:
    await promise(database, a_delivery(1, "done"))
    before = set(file.parent.iterdir())
    assert await back_up(database, file, silently) == 1
    assert set(file.parent.iterdir()) - before - {file} <= {Path(f"{database.url.database}-shm")}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_backup_never_overwrites(database: Database, file: Path) -> None:
    file.write_text("last week's")
    with pytest.raises(InTheWay, match="name another file"):
        await back_up(database, file, silently)
    assert file.read_text() == "last week's"


async def test_a_second_backup_to_the_same_file_at_once_leaves_the_first_alone(
    database: Database, file: Path
) -> None:
    part = file.with_name("monday.backup.part")
    part.write_text("half")
    with pytest.raises(Unfinished, match="Another backup is writing it"):
        await back_up(database, file, silently)
    assert part.read_text() == "half"
    assert not file.exists()


async def test_a_folder_that_is_not_there_is_said(database: Database, file: Path) -> None:
    with pytest.raises(NoFolder, match="create it first"):
        await back_up(database, file.parent / "nowhere" / "monday.backup", silently)


async def test_a_backup_that_fails_leaves_nothing(database: Database, file: Path) -> None:
    async with database.write() as connection:
        await connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(OtherSchema):
        await back_up(database, file, silently)
    assert not [path for path in file.parent.iterdir() if path.name.startswith("monday")]


async def test_a_backup_under_writes_is_one_moment(database: Database, file: Path, fresh: Database) -> None:
    """Every pair that a transaction wrote is there with both its rows or with none."""
    stop = asyncio.Event()

    async def write_pairs() -> int:
        number = 0
        while not stop.is_set():
            number += 1
            async with database.write() as connection:
                await connection.execute(insert(said_once).values(key=str(number), at=NOW))
                await promise_in(connection, number)
        return number

    writing = asyncio.create_task(write_pairs())
    await asyncio.sleep(0.3)
    await back_up(database, file, silently)
    stop.set()
    written = await writing
    await restore(file, fresh, silently)
    async with fresh.read() as connection:
        keys = set((await connection.execute(select(said_once.c.key))).scalars())
    kept = set(await ledger(fresh))
    assert {int(key) for key in keys} == kept
    assert 0 < len(kept) <= written


async def promise_in(connection: Any, number: int) -> None:
    await connection.execute(insert(deliveries).values(**a_delivery(number, "done")))


async def test_what_was_live_is_in_doubt_after_a_restore(
    database: Database, file: Path, fresh: Database
) -> None:
    earlier = NOW - timedelta(minutes=5)
    await promise(
        database,
        a_delivery(1, "pending"),
        a_delivery(2, "sending", intent_at=earlier),
        a_delivery(3, "unknown", intent_at=earlier),
        a_delivery(4, "done", intent_at=earlier),
        a_delivery(5, "failed"),
        a_delivery(6, "cancelled"),
    )
    await back_up(database, file, silently)
    await restore(file, fresh, silently)
    assert await ledger(fresh) == {
        1: ("unknown", NOW),
        2: ("unknown", earlier),
        3: ("unknown", earlier),
        4: ("done", earlier),
        5: ("failed", None),
        6: ("cancelled", None),
    }
    assert (await ledger(database))[1] == ("pending", None), "the backup did not touch it"


async def test_a_message_behind_another_of_its_subject_goes_on_waiting(
    database: Database, file: Path, fresh: Database
) -> None:
    await promise(
        database,
        a_delivery(1, "sending", subject="card:1", intent_at=NOW),
        a_delivery(2, "pending", subject="card:1"),
    )
    await back_up(database, file, silently)
    await restore(file, fresh, silently)
    assert await ledger(fresh) == {1: ("unknown", NOW), 2: ("pending", None)}


async def test_numbers_go_on_far_above_after_a_restore(file: Path, database: Database) -> None:
    """On both kinds: the database is emptied and filled again from its own backup."""
    await promise(database, a_delivery(40, "done"))
    await back_up(database, file, silently)
    async with database.write() as connection:
        await connection.execute(deliveries.delete())
    await restore(file, database, silently)
    async with database.write() as connection:
        columns = {key: value for key, value in a_delivery(41, "done").items() if key != "id"}
        made = await connection.execute(insert(deliveries).values(**columns).returning(deliveries.c.id))
        assert made.scalar_one() == 40 + APART + 1
        for table in (mentions, events, timers):
            assert await sequences.highest_given(connection, table) >= APART


async def test_a_restore_needs_an_empty_database(database: Database, file: Path) -> None:
    await promise(database, a_delivery(1, "pending"))
    await back_up(database, file, silently)
    with pytest.raises(NotEmpty):
        await restore(file, database, silently)
    assert await ledger(database) == {1: ("pending", None)}


async def test_a_restore_does_not_touch_the_backup_nor_its_folder(
    database: Database, file: Path, fresh: Database
) -> None:
    await promise(database, a_delivery(1, "pending"))
    await back_up(database, file, silently)
    before = file.read_bytes()
    file.chmod(0o400)
    await restore(file, fresh, silently)
    assert file.read_bytes() == before
    assert not list(file.parent.glob("monday.backup?*"))


async def test_what_is_no_backup_is_refused(tmp_path: Path, fresh: Database) -> None:
    (tmp_path / "text").write_text("Dear backup, " * 100)
    (tmp_path / "empty").touch()
    for name in ("text", "empty", "missing"):
        with pytest.raises(NoBackup, match=rf"{name}: .*`mentiondesk backup`"):
            await restore(tmp_path / name, fresh, silently)


async def test_a_backup_of_a_newer_version_is_refused(
    database: Database, file: Path, fresh: Database
) -> None:
    await back_up(database, file, silently)
    newer = Database(f"sqlite+aiosqlite:///{file}")
    async with newer.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await newer.close()
    with pytest.raises(NewerDatabase):
        await restore(file, fresh, silently)
