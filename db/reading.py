"""Who we are on a network, how far each source was read and what it cost; and what was said once."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.tables import accounts, billed, said_once, spending, watermarks
from db.sql.upsert import upsert

# Ours among a PostgreSQL database's advisory locks: "read" in ASCII.
RECEIVING_KEY = 0x72656164


async def account_ids(connection: AsyncConnection, network: str) -> dict[str, str]:
    """{handle in lower case: author id} of our own accounts, as far as they are known."""
    statement = select(accounts.c.handle, accounts.c.id).where(accounts.c.network == network)
    return {row.handle: row.id for row in await connection.execute(statement)}


async def keep_account_ids(connection: AsyncConnection, network: str, ids: Mapping[str, str]) -> None:
    rows = [{"network": network, "handle": handle, "id": author_id} for handle, author_id in ids.items()]
    await connection.execute(upsert(connection, accounts).on_conflict_do_nothing(), rows)


async def watermark(connection: AsyncConnection, source: str) -> str | None:
    statement = select(watermarks.c.post_id).where(watermarks.c.source == source)
    return (await connection.execute(statement)).scalar_one_or_none()


async def set_watermark(connection: AsyncConnection, source: str, post_id: str, at: datetime) -> None:
    """Move a source's watermark forward, never back."""
    seen = await watermark(connection, source)
    if seen is None:
        await connection.execute(insert(watermarks).values(source=source, post_id=post_id, read_at=at))
    elif int(post_id) > int(seen):
        statement = update(watermarks).where(watermarks.c.source == source, watermarks.c.post_id == seen)
        await connection.execute(statement.values(post_id=post_id, read_at=at))


async def spend(connection: AsyncConnection, month: str, what: str, count: int, usd: float) -> None:
    again = update(spending).where(spending.c.month == month, spending.c.what == what)
    added = again.values(number=spending.c.number + count, usd=spending.c.usd + usd)
    if not (await connection.execute(added)).rowcount:
        await connection.execute(insert(spending).values(month=month, what=what, number=count, usd=usd))


async def spent(connection: AsyncConnection, month: str) -> dict[str, tuple[int, float]]:
    """What was read or posted in a month: {"mentions": (count, US dollars)}."""
    statement = select(spending.c.what, spending.c.number, spending.c.usd).where(spending.c.month == month)
    return {what: (number, usd) for what, number, usd in await connection.execute(statement)}


async def bill_once(connection: AsyncConnection, day: str, ids: Collection[str]) -> int:
    """How many of these were not billed yet on this UTC day; they are now."""
    new = sorted(set(ids) - await billed_on(connection, day, ids))
    if new:
        await connection.execute(insert(billed), [{"day": day, "id": post_id} for post_id in new])
        await connection.execute(delete(billed).where(billed.c.day < day))
    return len(new)


async def billed_on(connection: AsyncConnection, day: str, ids: Collection[str]) -> set[str]:
    """Which of these were billed on this UTC day."""
    if not ids:
        return set()
    statement = select(billed.c.id).where(billed.c.day == day, billed.c.id.in_(ids))
    return set((await connection.execute(statement)).scalars())


async def first_time(connection: AsyncConnection, key: str, at: datetime) -> bool:
    """True the first time it is asked for `key`."""
    statement = upsert(connection, said_once).values(key=key, at=at).on_conflict_do_nothing()
    # Not by rowcount: psycopg's says nothing of an INSERT.
    written = await connection.execute(statement.returning(said_once.c.key))
    return written.one_or_none() is not None


async def said(connection: AsyncConnection, key: str) -> bool:
    statement = select(func.count()).where(said_once.c.key == key)
    return bool((await connection.execute(statement)).scalar_one())


async def unsay(connection: AsyncConnection, key: str) -> bool:
    """Allow `key` to be said again; False when it was not said."""
    return (await connection.execute(delete(said_once).where(said_once.c.key == key))).rowcount == 1


async def sweep(connection: AsyncConnection, before: datetime) -> None:
    await connection.execute(delete(said_once).where(said_once.c.at < before))


async def beat(connection: AsyncConnection, at: datetime) -> None:
    """Write something, to see that it can be done."""
    statement = upsert(connection, said_once).values(key="beat", at=at)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[said_once.c.key], set_={"at": at})
    )


async def look(connection: AsyncConnection) -> None:
    """Read something, to see that it can be done."""
    await connection.execute(select(watermarks.c.source).limit(1))


async def one_at_a_time(connection: AsyncConnection) -> None:
    """Until the transaction ends nobody else takes posts in: two replicas would open two cases for one author."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": RECEIVING_KEY})
