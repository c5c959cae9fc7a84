"""Row numbers, which are given only once: reads and sets the last number of each table."""

from sqlalchemy import Table, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import DatabaseProblem
from db.sql.tables import metadata

TABLES = [table for table in metadata.sorted_tables if table.autoincrement_column is not None]


class CountsAnew(DatabaseProblem):
    """The empty database was made by an older Mentiondesk, which gave numbers twice; delete its file and try again."""

    def __str__(self) -> str:
        return str(self.__doc__)


async def highest_given(connection: AsyncConnection, table: Table) -> int:
    """The highest number ever given in a table, even to a row that is gone."""
    standing = (await connection.execute(select(func.max(table.c.id)))).scalar_one()
    return max(standing or 0, await _counted(connection, table) or 0)


async def _counted(connection: AsyncConnection, table: Table) -> int | None:
    if connection.dialect.name != "sqlite":
        last = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, 'id')::regclass)")
        number: int | None = (await connection.execute(last, {"name": table.name})).scalar_one()
        return number
    if not await _counts(connection, table):
        return None
    last = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return (await connection.execute(last, {"name": table.name})).scalar_one_or_none()


async def _counts(connection: AsyncConnection, table: Table) -> bool:
    """True if this SQLite table remembers its last number; tables of the first version do not."""
    made = text("SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table' AND name = :name")
    return bool((await connection.execute(made, {"name": table.name})).scalar_one_or_none())


async def go_on_after(connection: AsyncConnection, table: Table, number: int) -> None:
    """Make a table's next row get a number above this one; raises CountsAnew if the table can't."""
    if number == 0:
        return
    values = {"name": table.name, "number": number}
    if connection.dialect.name != "sqlite":
        await connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :number)"), values)
        return
    if not await _counts(connection, table):
        raise CountsAnew
    await connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
    await connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), values)
