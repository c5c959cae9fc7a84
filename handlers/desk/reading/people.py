"""Looks at absences and at duty by command."""

from collections.abc import Collection
from datetime import datetime

from db import absences
from handlers.desk.look import Look, one_look


@one_look
async def stand_in(look: Look, area: str | None) -> str | None:
    """The person put on duty by command for an area, or else for the whole desk."""
    put = await absences.stand_in(look.connection, area, look.now)
    return put.person if put else None


@one_look
async def away(look: Look, people: Collection[str]) -> set[str]:
    """Those of them who are away."""
    return await absences.away(look.connection, people, look.now)


@one_look
async def away_until(look: Look, person: str) -> datetime | None:
    """The end of a person's absence; None if they are not away."""
    absence = await absences.absence(look.connection, person, look.now)
    return absence.until if absence else None
