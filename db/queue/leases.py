"""Leases: what one replica of several does at a time, until it gives it back or falls silent."""

from collections.abc import Collection

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.tables import leases
from db.sql.upsert import upsert

# By the database's own clock: replicas' clocks never agree.
_LATER = text("now() + make_interval(secs => :seconds)")


async def take(connection: AsyncConnection, names: Collection[str], holder: str, seconds: float) -> set[str]:
    """Take or keep these leases for a while; returns those that are ours now."""
    if not names:
        return set()
    rows = [{"name": name, "holder": holder} for name in sorted(names)]
    statement = upsert(connection, leases).values(
        [{**row, "held_until": _LATER.bindparams(seconds=seconds)} for row in rows]
    )
    taken = statement.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"holder": holder, "held_until": statement.excluded.held_until},
        where=(leases.c.holder == holder) | (leases.c.held_until < func.now()),
    )
    return set((await connection.execute(taken.returning(leases.c.name))).scalars())


async def holders(connection: AsyncConnection) -> dict[str, str]:
    """{name: holder} of the leases that hold now."""
    statement = select(leases.c.name, leases.c.holder).where(leases.c.held_until >= func.now())
    return {row.name: row.holder for row in await connection.execute(statement)}


async def give_back(connection: AsyncConnection, names: Collection[str], holder: str) -> None:
    statement = delete(leases).where(leases.c.name.in_(names), leases.c.holder == holder)
    await connection.execute(statement)
