"""Commands that move, back up and restore the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from db.copies import backup
from db.copies.transfer import Told, carry, in_words, name_of, prepare
from db.engine import Database, DatabaseProblem


async def move(address: str, to: str, told: Told) -> tuple[int, str]:
    """Carry everything from one database to another; returns the number of rows, and the new one's name."""
    async with _opened(address) as source, _opened(to, given_as="--to") as target:
        await source.lock()  # rows that a running desk writes meanwhile would be lost
        await target.lock()
        await prepare(target)
        return await carry(source, target, told=told), name_of(target)


async def back_up(address: str, file: Path, told: Told) -> int:
    """Write a backup, even while the desk runs; returns the number of rows."""
    async with _opened(address) as source:
        return await backup.back_up(source, file, told)


async def restore(file: Path, address: str, told: Told) -> tuple[int, str]:
    """Fill an empty database from a backup; returns the number of rows, and the database's name."""
    async with _opened(address) as target:
        await target.lock()
        return await backup.restore(file, target, told), name_of(target)


@asynccontextmanager
async def _opened(address: str, *, given_as: str = "DATABASE_URL") -> AsyncIterator[Database]:
    try:
        database = Database(address)
    except DatabaseProblem as problem:
        raise DatabaseProblem(str(problem).replace("DATABASE_URL", given_as)) from problem
    try:
        with in_words():
            yield database
    finally:
        await database.close()
