"""Rotas: the people on duty for an area, turn by turn."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict

from triage.i18n import _
from triage.people import People
from triage.rights import Role, SomeSlackId

MIDNIGHT_TO_NINE = timedelta(hours=9)


class Turn(StrEnum):
    """The way in which the people of a rota share the duty."""

    ALL = "all"  # everybody, each in their own hours
    DAILY = "daily"
    WEEKLY = "weekly"


_DAYS = {Turn.DAILY: 1, Turn.WEEKLY: 7}


def _somebody(value: object) -> object:
    if isinstance(value, list) and not value:
        raise ValueError(_("nobody is in this rota; name people or a user group, or remove the table"))
    return value


def _handover(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d{1,2}):(\d\d)", str(value), re.ASCII)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(_("“{value}” is not a time of day; write one like 09:00").format(value=value))
    return timedelta(hours=int(found[1]), minutes=int(found[2]))


class Rota(BaseModel):
    """`[[rota]]`: the people on duty for an area, or for the whole desk.

    With daily or weekly turns, the first of `people` has the turn that begins on `since`, the second has the next
    turn, and so on; after the last it is the first again. A turn begins at `handover` by the desk's clock.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    area: str | None = None
    people: Annotated[list[SomeSlackId], BeforeValidator(_somebody)]
    turn: Turn = Turn.ALL
    since: date = date(2026, 1, 5)  # a Monday
    handover: Annotated[timedelta, BeforeValidator(_handover)] = MIDNIGHT_TO_NINE


def in_order(rota: Rota, members: Sequence[str], at: datetime, timezone: str) -> list[str]:
    """`members` in the order in which the desk asks them at `at`: the one on turn first."""
    days = _DAYS.get(rota.turn)
    if days is None or not members:
        return list(members)
    # By the wall clock: a turn still begins at nine after the clocks have changed.
    wall = at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) - rota.handover
    first = ((wall.date() - rota.since).days // days) % len(members)
    return [*members[first:], *members[:first]]


def on_duty(rota: Rota | None, put: str | None, people: People, at: datetime, timezone: str) -> list[str]:
    """Choose who answers at that moment: first `put`, on duty by command, then whose turn it is, then who follows.

    Nobody who is away, gone or only looks on; where all share the duty, nobody outside their own hours.
    """
    ordered = in_order(rota, people.expand(rota.people), at, timezone) if rota else []
    present = people.present([*([put] if put else []), *ordered])
    here = [person for person in present if person.role is not Role.VIEWER]
    if rota is not None and rota.turn is Turn.ALL:
        here = [person for person in here if person.slack == put or person.at_work_from(at) == at]
    return [person.slack for person in here]
