"""Measures of waiting times."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from db import cases, events
from handlers.desk.look import Look, one_look
from triage.cases.clocks import COUNTED, Kind, clocks_of

WEEK = timedelta(days=7)
MOST_CASES = 2000


@one_look
async def minutes_of_week(look: Look) -> Mapping[str, Mapping[Kind, list[float]]]:
    """{area, or "": {clock: working minutes of each that stopped}} of the cases opened in the last seven days."""
    opened = await cases.opened_since(look.connection, look.now - WEEK, limit=MOST_CASES)
    told = await events.histories(look.connection, [case.id for case in opened], COUNTED)
    minutes: dict[str, dict[Kind, list[float]]] = defaultdict(lambda: defaultdict(list))
    for case in opened:
        working = look.policy.working_time_of(case.area)
        for clock in clocks_of(case.opened_at, told.get(case.id, [])):
            if clock.stopped:
                minutes[case.area or ""][clock.kind].append(clock.working_minutes(look.now, working))
    return minutes
