"""Absences, and the people put on duty by command."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.rows import Absence, StandIn, read_one
from db.sql import tables
from db.sql.tables import absences, stand_ins
from db.sql.upsert import upsert

_WHOLE_DESK = ""


async def leave(connection: AsyncConnection, person: str, since: datetime, until: datetime) -> None:
    """Mark a person as away until then; an absence that has already started keeps its start."""
    statement = upsert(connection, absences).values(person=person, since=since, until=until)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[absences.c.person], set_={"until": until})
    )


async def come_back(connection: AsyncConnection, person: str) -> Absence | None:
    """End an absence and return it; None if the person is not away."""
    gone = delete(absences).where(absences.c.person == person).returning(absences)
    return read_one(Absence, (await connection.execute(gone)).one_or_none())


async def absence(connection: AsyncConnection, person: str, now: datetime) -> Absence | None:
    found = select(absences).where(absences.c.person == person, absences.c.until > now)
    return read_one(Absence, (await connection.execute(found)).one_or_none())


async def away(connection: AsyncConnection, people: Collection[str], now: datetime) -> set[str]:
    """Those of `people` who are away."""
    found = select(absences.c.person).where(absences.c.person.in_(people), absences.c.until > now)
    return set((await connection.execute(found)).scalars())


async def unwanted(connection: AsyncConnection, person: str) -> set[str]:
    """The lists that a person does not want."""
    found = select(tables.unwanted.c.what).where(tables.unwanted.c.person == person)
    return set((await connection.execute(found)).scalars())


async def want(connection: AsyncConnection, person: str, what: str, *, wanted: bool) -> None:
    """Switch a list on or off for a person."""
    if wanted:
        mine = delete(tables.unwanted).where(
            tables.unwanted.c.person == person, tables.unwanted.c.what == what
        )
        await connection.execute(mine)
        return
    statement = upsert(connection, tables.unwanted).values(person=person, what=what)
    await connection.execute(statement.on_conflict_do_nothing())


async def put_on_duty(
    connection: AsyncConnection, area: str | None, person: str, until: datetime, by: str
) -> None:
    """Put a person on duty by command, ahead of the rota's turns."""
    statement = upsert(connection, stand_ins).values(
        area=area or _WHOLE_DESK, person=person, until=until, by=by
    )
    changed = {"person": person, "until": until, "by": by}
    await connection.execute(statement.on_conflict_do_update(index_elements=[stand_ins.c.area], set_=changed))


async def stand_in(connection: AsyncConnection, area: str | None, now: datetime) -> StandIn | None:
    """The person put on duty for an area, or else for the whole desk."""
    named = select(stand_ins).where(stand_ins.c.area.in_([area or _WHOLE_DESK, _WHOLE_DESK]))
    rows = await connection.execute(named.where(stand_ins.c.until > now).order_by(stand_ins.c.area.desc()))
    return read_one(StandIn, rows.first())
