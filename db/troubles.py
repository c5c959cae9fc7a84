"""Troubles: the parts that do not work right now, shared by replicas and kept over restarts."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.rows import Trouble, read_one
from db.sql.tables import troubles
from db.sql.upsert import upsert


async def begin(connection: AsyncConnection, part: str, cause: str, since: datetime) -> bool:
    """Record a trouble; False if this part was in trouble already."""
    statement = upsert(connection, troubles).values(part=part, cause=cause, since=since)
    written = statement.on_conflict_do_nothing().returning(troubles.c.part)
    return (await connection.execute(written)).one_or_none() is not None


async def end(connection: AsyncConnection, part: str) -> Trouble | None:
    """Delete a part's trouble and return it; None if it had none."""
    dropped = delete(troubles).where(troubles.c.part == part).returning(troubles)
    return read_one(Trouble, (await connection.execute(dropped)).one_or_none())


async def parts_with(connection: AsyncConnection, cause: str) -> int:
    """The number of parts that are in trouble for this cause."""
    statement = select(func.count()).where(troubles.c.cause == cause)
    return int((await connection.execute(statement)).scalar_one())


async def parts(connection: AsyncConnection) -> set[str]:
    """The parts that are in trouble."""
    return set((await connection.execute(select(troubles.c.part))).scalars())


async def causes(connection: AsyncConnection) -> list[tuple[str, datetime]]:
    """(cause, since) of the present troubles, each cause once, the longest first."""
    since = func.min(troubles.c.since)
    statement = select(troubles.c.cause, since.label("since")).group_by(troubles.c.cause).order_by(since)
    return [(cause, first) for cause, first in await connection.execute(statement)]
