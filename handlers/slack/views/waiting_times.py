"""Waiting times: of one case in its details, of a week for the leads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median

from handlers.desk.reading.measures import minutes_of_week
from handlers.slack.context import Context
from handlers.slack.views.blocks import Block, context, header, inline, section
from triage.cases.case import Case
from triage.cases.clocks import Clock, Kind, clocks_of
from triage.events import Recorded
from triage.i18n import N_, _, ngettext
from triage.time.working_time import WorkingTime

_KINDS = {
    Kind.FIRST_REPLY: N_("first reply"),
    Kind.NEXT_REPLY: N_("next reply"),
    Kind.EXPERT: N_("expert's answer"),
    Kind.RESOLUTION: N_("in our hands"),
}


def of_case(case: Case, lines: Sequence[Recorded], working: WorkingTime, now: datetime) -> list[Block]:
    """One line: how long each clock of a case has run, in working time, and by the wall clock where that differs."""
    clocks = clocks_of(case.opened_at, lines)
    said = [_said(kind, [one for one in clocks if one.kind is kind], working, now) for kind in _KINDS]
    times = " · ".join(time for time in said if time)
    return [context(_("⏱️ {times}").format(times=times))] if times else []


def _said(kind: Kind, clocks: Sequence[Clock], working: WorkingTime, now: datetime) -> str:
    if not clocks:
        return ""
    worked = sum(clock.working_minutes(now, working) for clock in clocks)
    wall = sum(clock.wall_minutes(now) for clock in clocks)
    runs = _(", running") if any(clock.runs for clock in clocks) else ""
    apart = _(" ({span} by the wall clock)").format(span=_span(wall)) if wall - worked >= 1 else ""
    return f"{_(_KINDS[kind])} {_span(worked)}{apart}{runs}"


def _span(minutes: float) -> str:
    """A span in words: "12 min", "3 h 05 min" or "4 days 2 h"."""
    whole = round(minutes)
    if whole < 60:
        return _("{n} min").format(n=whole)
    if whole < 60 * 48:
        return _("{h} h {m:02} min").format(h=whole // 60, m=whole % 60)
    days, left = divmod(whole, 60 * 24)
    return ngettext("{n} day", "{n} days", days).format(n=days) + _(" {h} h").format(h=left // 60)


async def of_week(ctx: Context) -> list[Block]:
    """Medians in working time, by area, of the clocks that stopped among the week's cases."""
    minutes = await minutes_of_week(ctx.desk)
    if not minutes:
        return []
    lines = [_line(area, minutes[area]) for area in sorted(minutes)]
    return [
        header(_("⏱️ The last seven days")),
        section("\n".join(lines)),
        context(_("Medians, in working time. An expert's time is counted apart.")),
    ]


def _line(area: str, minutes: Mapping[Kind, list[float]]) -> str:
    told = [f"{_(_KINDS[kind])} {_span(median(minutes[kind]))}" for kind in _KINDS if minutes.get(kind)]
    return f"*{inline(area) if area else _('no area')}*: {' · '.join(told)}"
