"""Keys of things that were said or done once and must not be repeated."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.tables import said_once, watermarks
from db.sql.upsert import upsert

# What was said once is swept after some weeks. What is said at this moment never is.
FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


async def first_time(connection: AsyncConnection, key: str, at: datetime) -> bool:
    """Record `key`; True only the first time."""
    statement = upsert(connection, said_once).values(key=key, at=at).on_conflict_do_nothing()
    # Not by rowcount, which psycopg does not give for an INSERT.
    written = await connection.execute(statement.returning(said_once.c.key))
    return written.one_or_none() is not None


async def said(connection: AsyncConnection, key: str) -> bool:
    statement = select(func.count()).where(said_once.c.key == key)
    return bool((await connection.execute(statement)).scalar_one())


async def unsay(connection: AsyncConnection, key: str) -> bool:
    """Forget `key`, so that it can be said again; False if it was not recorded."""
    return (await connection.execute(delete(said_once).where(said_once.c.key == key))).rowcount == 1


async def sweep(connection: AsyncConnection, before: datetime) -> None:
    await connection.execute(delete(said_once).where(said_once.c.at < before))


async def beat(connection: AsyncConnection, at: datetime) -> None:
    """Write a row, to test that writing works."""
    statement = upsert(connection, said_once).values(key="beat", at=at)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[said_once.c.key], set_={"at": at})
    )


async def last_beat(connection: AsyncConnection) -> datetime | None:
    """When writing was last tested, by any replica."""
    found = await connection.execute(select(said_once.c.at).where(said_once.c.key == "beat"))
    return found.scalar_one_or_none()


_READ = "read:"


async def note_readings(connection: AsyncConnection, readings: Mapping[str, datetime]) -> None:
    """Write down when each source was last read to its end."""
    rows = [{"key": _READ + source, "at": at} for source, at in readings.items()]
    statement = upsert(connection, said_once)
    latest = statement.on_conflict_do_update(
        index_elements=[said_once.c.key], set_={"at": statement.excluded.at}
    )
    await connection.execute(latest, rows)


async def readings(connection: AsyncConnection, sources: Collection[str]) -> dict[str, datetime]:
    """{source: when it was last read to its end, by any replica}."""
    keys = [_READ + source for source in sources]
    found = await connection.execute(select(said_once.c.key, said_once.c.at).where(said_once.c.key.in_(keys)))
    return {row.key.removeprefix(_READ): row.at for row in found}


async def look(connection: AsyncConnection) -> None:
    """Read a row, to test that reading works."""
    await connection.execute(select(watermarks.c.source).limit(1))
