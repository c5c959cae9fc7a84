"""Our accounts' ids on a network, and the last post read from each source."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.tables import accounts, watermarks
from db.sql.upsert import upsert
from triage.traits import Order

# Our key among a PostgreSQL database's advisory locks: "read" in ASCII.
RECEIVING_KEY = 0x72656164


async def account_ids(connection: AsyncConnection, network: str) -> dict[str, str]:
    """The known author ids of our own accounts, {handle in lower case: author id}."""
    statement = select(accounts.c.handle, accounts.c.id).where(accounts.c.network == network)
    return {row.handle: row.id for row in await connection.execute(statement)}


async def keep_account_ids(connection: AsyncConnection, network: str, ids: Mapping[str, str]) -> None:
    rows = [{"network": network, "handle": handle, "id": author_id} for handle, author_id in ids.items()]
    await connection.execute(upsert(connection, accounts).on_conflict_do_nothing(), rows)


async def watermark(connection: AsyncConnection, source: str) -> str | None:
    statement = select(watermarks.c.post_id).where(watermarks.c.source == source)
    return (await connection.execute(statement)).scalar_one_or_none()


async def set_watermark(
    connection: AsyncConnection, source: str, post_id: str, at: datetime, order: Order
) -> None:
    """Move a source's watermark forward by the network's order, never back."""
    seen = await watermark(connection, source)
    if seen is None:
        await connection.execute(insert(watermarks).values(source=source, post_id=post_id, read_at=at))
    elif order(post_id) > order(seen):
        statement = update(watermarks).where(watermarks.c.source == source, watermarks.c.post_id == seen)
        await connection.execute(statement.values(post_id=post_id, read_at=at))


async def one_at_a_time(connection: AsyncConnection) -> None:
    """Lock receiving until the transaction ends, because two replicas would open two cases for one author."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": RECEIVING_KEY})
