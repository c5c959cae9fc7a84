"""Who is writing an answer to which case just now."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import writing
from db.types import UtcDateTime
from db.upsert import upsert


async def begin(
    connection: AsyncConnection, case_id: int, person: str, now: datetime, until: datetime
) -> bool:
    """Note it, or that it goes on; True when it is news."""
    mine = (writing.c.case_id == case_id) & (writing.c.person == person)
    goes_on = update(writing).where(mine, writing.c.until > now).values(until=until)
    if (await connection.execute(goes_on)).rowcount:
        return False
    statement = upsert(connection, writing).values(case_id=case_id, person=person, until=until)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[writing.c.case_id, writing.c.person], set_={"until": until}
        )
    )
    return True


async def end(connection: AsyncConnection, case_id: int, person: str) -> bool:
    """False when it was not known, or is over."""
    statement = delete(writing).where(writing.c.case_id == case_id, writing.c.person == person)
    return (await connection.execute(statement)).rowcount > 0


_WRITERS = (
    select(writing.c.person)
    .where(writing.c.case_id == bindparam("case"), writing.c.until > bindparam("now", type_=UtcDateTime()))
    .order_by(writing.c.person)
)


async def writers(connection: AsyncConnection, case_id: int, now: datetime) -> list[str]:
    return list((await connection.execute(_WRITERS, {"case": case_id, "now": now})).scalars())


async def lapse(connection: AsyncConnection, case_id: int, now: datetime) -> datetime | None:
    """Forget who has stopped; returns when the next one will have."""
    await connection.execute(delete(writing).where(writing.c.case_id == case_id, writing.c.until <= now))
    left = select(func.min(writing.c.until)).where(writing.c.case_id == case_id)
    until: datetime | None = (await connection.execute(left)).scalar_one()
    return until
