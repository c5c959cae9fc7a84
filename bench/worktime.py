"""Due times a second over a year of split shifts and holidays, against a minute-by-minute loop and businesstimedelta."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from random import Random
from zoneinfo import ZoneInfo

import businesstimedelta as business
import pytz
from holidays import country_holidays

from bench.figures import Aim, Figure, figure
from triage.time.hours import Hours
from triage.time.working_time import Sla, WorkingTime

YEAR, ZONE, COUNTRY = 2027, "Europe/Rome", "IT"
LONG, SHORT = ["09:00-13:00", "14:00-18:00"], ["09:00-13:00", "14:00-17:00"]
HOURS = Hours.model_validate({"mon": LONG, "tue": LONG, "wed": LONG, "thu": LONG, "fri": SHORT})
MINUTE = timedelta(minutes=1)

Promise = tuple[datetime, int]  # from when, and how many working minutes
DueTimes = Callable[[Sequence[Promise]], list[datetime]]


async def worktime(promises: int, rounds: int, advance: Callable[[], None]) -> list[Figure]:
    """The same promises for each side, whose answers agree (RuntimeError otherwise); the first round warms up."""
    asked = _promises(promises)
    sides = {"ours": _ours(), "minute by minute": _minute_by_minute, "businesstimedelta": _business()}
    _agree({side: due_times(asked) for side, due_times in sides.items()}, asked)
    advance()
    rates: dict[str, list[float]] = {side: [] for side in sides}
    for _round in range(rounds):
        for side, due_times in sides.items():
            rates[side].append(len(asked) / _cpu_seconds(due_times, asked))
        advance()
    against = [Aim(side) for side in sides if side != "ours"]
    return [figure("worktime", "due times a second", f"{ZONE}, {YEAR}", "/s", rates, aims=against)]


def _promises(count: int) -> list[Promise]:
    """At any minute of the year, of a length that desk.toml promises by default."""
    random, sla = Random(7), Sla()
    year = datetime(YEAR, 1, 1, tzinfo=UTC)
    starts = [year + random.randrange(365 * 24 * 60) * MINUTE for _ in range(count)]
    return [(start, random.choice([sla.urgent, sla.high, sla.normal, sla.low])) for start in starts]


def _agree(answers: dict[str, list[datetime]], asked: Sequence[Promise]) -> None:
    for number, promise in enumerate(asked):
        said = {side: each[number] for side, each in answers.items()}
        if len(set(said.values())) != 1:
            raise RuntimeError(f"due times differ for {promise}: {said}")


def _cpu_seconds(due_times: DueTimes, asked: Sequence[Promise]) -> float:
    started = time.process_time()
    due_times(asked)
    return time.process_time() - started


def _ours() -> DueTimes:
    working = WorkingTime.of(HOURS, ZONE, [COUNTRY])
    return lambda asked: [working.due(start, minutes) for start, minutes in asked]


def _minute_by_minute(asked: Sequence[Promise]) -> list[datetime]:
    """What one writes first: look at each minute's wall clock, and count the open ones."""
    zone, closed = ZoneInfo(ZONE), country_holidays(COUNTRY)
    dues = []
    for start, minutes in asked:
        at, left = start, minutes
        while left:
            wall = at.astimezone(zone)
            minute = wall.hour * 60 + wall.minute
            if wall.date() not in closed:
                left -= any(one.start <= minute < one.end for one in HOURS.week[wall.weekday()])
            at += MINUTE
        dues.append(at)
    return dues


def _business() -> DueTimes:
    """As its documentation builds a week: a rule for each kind of shift, and one for the holidays."""
    zone = pytz.timezone(ZONE)
    shifts = [(9, 13, range(5)), (14, 18, range(4)), (14, 17, [4])]
    rules = [
        business.WorkDayRule(wall_time(start), wall_time(end), working_days=list(days), tz=zone)
        for start, end, days in shifts
    ]
    closed = business.HolidayRule(country_holidays(COUNTRY), tz=zone)
    week = business.Rules([*rules, closed])
    return lambda asked: [
        start + business.BusinessTimeDelta(week, seconds=minutes * 60) for start, minutes in asked
    ]
