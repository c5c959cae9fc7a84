"""The cost of the networks' APIs, by month and by kind of call."""

from collections.abc import Collection

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.tables import billed, spending


async def spend(connection: AsyncConnection, month: str, what: str, count: int, usd: float) -> None:
    again = update(spending).where(spending.c.month == month, spending.c.what == what)
    added = again.values(number=spending.c.number + count, usd=spending.c.usd + usd)
    if not (await connection.execute(added)).rowcount:
        await connection.execute(insert(spending).values(month=month, what=what, number=count, usd=usd))


async def spent(connection: AsyncConnection, month: str) -> dict[str, tuple[int, float]]:
    """Reads and posts of a month by kind, {"mentions": (count, US dollars)}."""
    statement = select(spending.c.what, spending.c.number, spending.c.usd).where(spending.c.month == month)
    return {what: (number, usd) for what, number, usd in await connection.execute(statement)}


async def bill_once(connection: AsyncConnection, day: str, ids: Collection[str]) -> int:
    """Mark these as billed on this UTC day; returns the number of those that were not billed before."""
    new = sorted(set(ids) - await billed_on(connection, day, ids))
    if new:
        await connection.execute(insert(billed), [{"day": day, "id": post_id} for post_id in new])
        await connection.execute(delete(billed).where(billed.c.day < day))
    return len(new)


async def billed_on(connection: AsyncConnection, day: str, ids: Collection[str]) -> set[str]:
    """Those of these ids that were billed on this UTC day."""
    if not ids:
        return set()
    statement = select(billed.c.id).where(billed.c.day == day, billed.c.id.in_(ids))
    return set((await connection.execute(statement)).scalars())
