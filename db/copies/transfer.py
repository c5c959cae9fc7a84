"""Carries a whole database into another, empty one: everything, verified, or nothing."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, String, Table, collate, func, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.copies import sequences
from db.engine import Database, DatabaseProblem
from db.schema import migrate, revision
from db.sql.tables import metadata

# Rows in one statement: enough for few round trips, few enough for little memory.
BATCH = 500

# Leases and resting lanes are about one database only, so they are not carried.
CARRIED = [table for table in metadata.sorted_tables if table.name not in ("lanes", "leases")]

# Called with the rows done and the total; each row counts twice, once carried and once verified.
Told = Callable[[int, int], None]
# A last step in the same transaction.
Then = Callable[[AsyncConnection], Awaitable[None]]


class NothingThere(DatabaseProblem):
    """There is no Mentiondesk database here."""

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.__doc__}"


class OtherSchema(DatabaseProblem):
    """It is not at this version's schema; run `mentiondesk migrate` first."""

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.__doc__}"


class NotEmpty(DatabaseProblem):
    """There is something in it already, and nothing was changed; name a new, empty database."""

    def __str__(self) -> str:
        return f"{self.args[0]}, table {self.args[1]}: {self.__doc__}"


class ArrivedOtherwise(DatabaseProblem):
    """What arrived is not what was sent, so nothing was kept. Is anything else at work on the new database?"""

    def __str__(self) -> str:
        return f"Table {self.args[0]}, {self.args[1]} rows sent and {self.args[2]} arrived: {self.__doc__}"


class NotCarried(DatabaseProblem):
    """A database refused, so nothing was kept."""

    def __str__(self) -> str:
        return f"{self.__doc__} It says: {self.args[0]}"


def name_of(database: Database) -> str:
    """The database's name without secrets, which its address may contain in more than one place."""
    url = database.url
    return str(url.database) if database.is_sqlite else f"{url.database} on {url.host or 'this machine'}"


@contextmanager
def in_words() -> Iterator[None]:
    """Turn a driver's error into NotCarried with its first line only, because customers' words may follow below it."""
    try:
        yield
    except DBAPIError as error:
        raise NotCarried((str(error.orig).splitlines() or [""])[0]) from error


async def prepare(target: Database) -> None:
    """Give an empty database this version's schema; one that has a schema may be in use, and stays as it is."""
    with in_words():
        found, _wanted = await revision(target)
        if found is None:
            await migrate(target)


async def carry(
    source: Database, target: Database, *, told: Told = lambda _done, _total: None, then: Then | None = None
) -> int:
    """Carry every row, from one snapshot of `source`, in one transaction of `target`; returns the number of rows.

    Both must be at this version's schema, and `target` must be empty. `then` is the last step of the transaction.
    """
    _require_file(source)
    with in_words():
        await _require_schema(source)
        await _require_schema(target)
        async with source.read() as there, target.write() as here:
            await _require_empty(here, target)
            carried = await Carriage(there, here, told).carry()
            if then is not None:
                await then(here)
            return carried


def _require_file(source: Database) -> None:
    """Raise NothingThere if the file is missing, because SQLite would create it."""
    if source.is_sqlite and not Path(str(source.url.database)).is_file():
        raise NothingThere(name_of(source))


async def _require_schema(database: Database) -> None:
    found, wanted = await revision(database)
    if found != wanted:
        raise OtherSchema(name_of(database))


async def _require_empty(connection: AsyncConnection, target: Database) -> None:
    for table in CARRIED:
        if (await connection.execute(select(table).limit(1))).first() is not None:
            raise NotEmpty(name_of(target), table.name)


@dataclass(slots=True)
class Sum:
    """The number of rows and their checksum, which are the same for the same rows on every database."""

    rows: int = 0
    checksum: Any = field(default_factory=hashlib.sha256)

    def add(self, rows: Sequence[Row[Any]]) -> None:
        self.rows += len(rows)
        for row in rows:
            self.checksum.update(canonical(row).encode() + b"\n")

    def same_as(self, other: "Sum") -> bool:
        return self.rows == other.rows and self.checksum.digest() == other.checksum.digest()


def canonical(row: Row[Any]) -> str:
    """A row spelled the same for every database; -0.0 becomes 0.0, because SQLite has no negative zero."""
    values = [value + 0.0 if isinstance(value, float) else value for value in row]
    return json.dumps(values, default=datetime.isoformat, sort_keys=True, separators=(",", ":"))


@dataclass(slots=True)
class Carriage:
    """The transfer of rows from one connection to another."""

    there: AsyncConnection
    here: AsyncConnection
    told: Told
    done: int = 0
    total: int = 0

    async def carry(self) -> int:
        """Carry and verify the tables in the order of their foreign keys; returns the number of rows."""
        counts = [await _count(self.there, table) for table in CARRIED]
        self.total = 2 * sum(counts)
        self.told(0, self.total)
        for table in CARRIED:
            await self._verify(table, await self._copy(table))
        for table in sequences.TABLES:
            number = await sequences.highest_given(self.there, table)
            await sequences.go_on_after(self.here, table, number)
        return self.done // 2

    async def _copy(self, table: Table) -> Sum:
        sent = Sum()
        async with self.there.stream(_in_order(self.there, table)) as result:
            async for rows in result.partitions(BATCH):
                await self.here.execute(insert(table), [row._asdict() for row in rows])
                self._count(rows, sent)
        return sent

    async def _verify(self, table: Table, sent: Sum) -> None:
        arrived = Sum()
        async with self.here.stream(_in_order(self.here, table)) as result:
            async for rows in result.partitions(BATCH):
                self._count(rows, arrived)
        if not sent.same_as(arrived):
            raise ArrivedOtherwise(table.name, sent.rows, arrived.rows)

    def _count(self, rows: Sequence[Row[Any]], into: Sum) -> None:
        into.add(rows)
        self.done += len(rows)
        self.told(self.done, self.total)


async def _count(connection: AsyncConnection, table: Table) -> int:
    return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


def _in_order(connection: AsyncConnection, table: Table) -> Select[Any]:
    """Select all rows by key, texts by their bytes, because collations differ between PostgreSQL servers."""

    def by_bytes(column: Column[Any]) -> ColumnElement[Any]:
        is_text = isinstance(column.type, String) and connection.dialect.name != "sqlite"
        return collate(column, "C") if is_text else column

    return select(table).order_by(*(by_bytes(column) for column in table.primary_key))
