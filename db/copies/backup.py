"""Backs up the whole database into one SQLite file, and restores an empty database from it."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from sqlalchemy import URL, and_, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.copies import sequences
from db.copies.transfer import Told, carry, prepare
from db.engine import Database, DatabaseProblem
from db.queue.deliveries import BEGUN, LIVE
from db.rows import DeliveryKind, DeliveryState
from db.schema import migrate, revision
from db.sql.tables import deliveries

# Buttons in Slack carry numbers that were given after the backup, so a restored desk counts on from far above them.
APART = 10_000


class InTheWay(DatabaseProblem):
    """It is there already; name another file."""

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.__doc__}"


class Unfinished(InTheWay):
    """Another backup is writing it, or one was cut off; if nothing is running, delete it."""


class NoFolder(InTheWay):
    """There is no such folder; create it first."""


class NoBackup(InTheWay):
    """It is no backup that `mentiondesk backup` has written."""


async def back_up(database: Database, file: Path, told: Told) -> int:
    """Write `file`, readable only by its owner, which appears only once complete; returns the number of rows."""
    part = await asyncio.to_thread(_begin, file)
    try:
        async with _opened(part) as copy:
            await prepare(copy)
            rows = await carry(database, copy, told=told)
        await asyncio.to_thread(_finish, part, file)
    finally:
        for name in (part, *_companions(part)):
            name.unlink(missing_ok=True)
    return rows


def _begin(file: Path) -> Path:
    """Create the empty partial file, to be renamed at the end; raises InTheWay, Unfinished or NoFolder."""
    if not file.absolute().parent.is_dir():
        raise NoFolder(str(file.parent))
    if file.exists():
        raise InTheWay(str(file))
    part = file.with_name(f"{file.name}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise Unfinished(str(part)) from None
    return part


def _finish(part: Path, file: Path) -> None:
    """Turn the partial file into one plain file, readable even from a read-only medium, and give it its name."""
    with closing(sqlite3.connect(part)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    part.rename(file)


def _companions(file: Path) -> list[Path]:
    return [file.with_name(f"{file.name}{suffix}") for suffix in ("-wal", "-shm", "-journal")]


async def restore(file: Path, target: Database, told: Told) -> int:
    """Fill an empty database from a backup, even an older version's, without touching the file; returns the rows' number."""
    with tempfile.TemporaryDirectory(prefix="mentiondesk-") as folder:
        copy = Path(folder) / "backup.db"
        await asyncio.to_thread(_copy, file, copy)
        async with _opened(copy) as source:
            await _require_backup(source, file)
            await migrate(source)
            await prepare(target)
            return await carry(source, target, told=told, then=_come_back_later)


def _copy(file: Path, copy: Path) -> None:
    if not file.is_file():
        raise NoBackup(str(file))
    shutil.copyfile(file, copy)
    for companion, name in zip(_companions(file), _companions(copy), strict=True):
        if companion.exists():  # a copy made by hand while the desk ran
            shutil.copyfile(companion, name)


async def _require_backup(source: Database, file: Path) -> None:
    try:
        found, _wanted = await revision(source)
    except DBAPIError as error:
        raise NoBackup(str(file)) from error
    if found is None:
        raise NoBackup(str(file))


@asynccontextmanager
async def _opened(file: Path) -> AsyncIterator[Database]:
    database = Database(URL.create("sqlite+aiosqlite", database=str(file)).render_as_string())
    try:
        yield database
    finally:
        await database.close()


async def _come_back_later(connection: AsyncConnection) -> None:
    """Prepare for what happened after the backup: the desk must not repeat it, nor reuse its numbers."""
    await _doubt_deliveries(connection)
    for table in sequences.TABLES:
        number = await sequences.highest_given(connection, table)
        await sequences.go_on_after(connection, table, number + APART)


async def _doubt_deliveries(connection: AsyncConnection) -> None:
    """Mark open deliveries as unknown, because they may have been sent: the desk looks for them first, or asks a person.

    A message waiting behind another of the same subject stays pending: two of one subject never go out at once.
    """
    other = deliveries.alias()
    begun = select(other.c.subject).where(other.c.kind == DeliveryKind.MESSAGE, other.c.state.in_(BEGUN))
    waits = and_(
        deliveries.c.kind == DeliveryKind.MESSAGE,
        deliveries.c.state == DeliveryState.PENDING,
        deliveries.c.subject.in_(begun),
    )
    live = update(deliveries).where(deliveries.c.state.in_(LIVE), ~waits)
    began = func.coalesce(deliveries.c.intent_at, deliveries.c.made_at)
    await connection.execute(live.values(state=DeliveryState.UNKNOWN.value, intent_at=began))
