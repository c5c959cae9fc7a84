"""The people who are writing an answer just now, by case; each until they are taken out."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.tables import writing
from db.sql.upsert import upsert


async def begin(connection: AsyncConnection, case_id: int, person: str, until: datetime) -> bool:
    """Note it, or that it goes on; True when it is news."""
    goes_on = update(writing).where(writing.c.case_id == case_id, writing.c.person == person)
    if (await connection.execute(goes_on.values(until=until))).rowcount:
        return False
    statement = upsert(connection, writing).values(case_id=case_id, person=person, until=until)
    begun = await connection.execute(statement.on_conflict_do_nothing().returning(writing.c.person))
    return begun.scalar_one_or_none() is not None


async def end(connection: AsyncConnection, case_id: int, person: str) -> bool:
    """False when it was not known, or is over."""
    statement = delete(writing).where(writing.c.case_id == case_id, writing.c.person == person)
    return (await connection.execute(statement)).rowcount > 0


_WRITERS = select(writing.c.person).where(writing.c.case_id == bindparam("case")).order_by(writing.c.person)


async def writers(connection: AsyncConnection, case_id: int) -> list[str]:
    return list((await connection.execute(_WRITERS, {"case": case_id})).scalars())


async def lapse(connection: AsyncConnection, case_id: int, now: datetime) -> None:
    """Forget who has given no sign until then."""
    await connection.execute(delete(writing).where(writing.c.case_id == case_id, writing.c.until <= now))


async def first_to_lapse(connection: AsyncConnection, case_id: int) -> datetime | None:
    earliest = select(func.min(writing.c.until)).where(writing.c.case_id == case_id)
    until: datetime | None = (await connection.execute(earliest)).scalar_one()
    return until
