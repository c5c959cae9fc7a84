"""Open time counted minute by minute: slow, plain, and not the code that is judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from fortnight.desks import WEEKDAYS, Colleague, Hours, Place

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Open spans (start, end) in UTC, in order."""

    spans: tuple[tuple[datetime, datetime], ...]

    def is_open(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self.spans)

    def opens(self, at: datetime) -> datetime:
        """`at` itself, or the next opening."""
        return next(max(at, start) for start, end in self.spans if end > at)

    def due(self, at: datetime, minutes: float) -> datetime:
        """When so many open minutes have passed since `at`."""
        left = timedelta(minutes=minutes)
        for start, end in self.spans:
            begins = max(start, at)
            if end <= begins:
                continue
            if end - begins >= left:
                return begins + left
            left -= end - begins
        raise AssertionError("the calendar ends before that")


def calendar(
    start: datetime, days: int, timezone: str, hours: Hours | None, closed: Sequence[date] = ()
) -> Calendar:
    """Minute by minute: is the wall clock there within a shift of that weekday, on no closed day?"""
    zone, spans = ZoneInfo(timezone), []
    shifts = {day: [_minutes(one) for one in (hours or {}).get(day, ())] for day in WEEKDAYS}
    began: datetime | None = None
    for number in range(days * 24 * 60 + 1):
        at = start + number * MINUTE
        local = at.astimezone(zone)
        minute = local.hour * 60 + local.minute
        within = hours is None or any(a <= minute < b for a, b in shifts[WEEKDAYS[local.weekday()]])
        is_open = within and local.date() not in closed
        if is_open and began is None:
            began = at
        elif not is_open and began is not None:
            spans.append((began, at))
            began = None
    return Calendar((*spans, *([(began, start + days * 24 * 60 * MINUTE)] if began else [])))


def _minutes(shift: str) -> tuple[int, int]:
    begins, ends = (int(one[:2]) * 60 + int(one[3:]) for one in shift.split("-"))
    return begins, ends


@cache
def of_area(place_name: str, area: str | None) -> Calendar:
    place = _PLACES[place_name]
    hours = place.area_hours.get(area or "", place.hours)
    closed: list[date] = []
    if place.holidays:
        closed = list(holidays.country_holidays(place.holidays, years=(2026, 2027)))
    return calendar(place.start - timedelta(days=1), 40, place.timezone, hours, closed)


@cache
def of_person(place_name: str, slack: str) -> Calendar:
    """When somebody may be written to: their own hours without their absences and quiet times."""
    place = _PLACES[place_name]
    one = next(one for one in place.people if one.slack == slack)
    start = place.start - timedelta(days=1)
    spans = calendar(start, 40, one.timezone, one.hours).spans
    for begins, ends in _unreachable(one, start, 40):
        spans = tuple(piece for span in spans for piece in _without(span, begins, ends))
    return Calendar(spans)


def _unreachable(one: Colleague, start: datetime, days: int) -> list[tuple[datetime, datetime]]:
    away = [(one.moment(since), one.moment(until)) for since, until, _hands_over in one.away]
    if one.quiet is None:
        return away
    first = start.astimezone(one.zone).date()
    each = [first + timedelta(days=number) for number in range(days)]
    return away + [(one.moment(f"{day} {one.quiet[0]}"), one.moment(f"{day} {one.quiet[1]}")) for day in each]


def _without(
    span: tuple[datetime, datetime], begins: datetime, ends: datetime
) -> list[tuple[datetime, datetime]]:
    pieces = [(span[0], min(span[1], begins)), (max(span[0], ends), span[1])]
    return [(a, b) for a, b in pieces if a < b]


def away_spans(one: Colleague) -> list[tuple[datetime, datetime]]:
    return [(one.moment(since), one.moment(until)) for since, until, _hands_over in one.away]


def quiet_end(one: Colleague, at: datetime) -> tuple[datetime, datetime] | None:
    """The quiet time that is on, or comes next that day."""
    if one.quiet is None:
        return None
    day = at.astimezone(one.zone).date()
    return one.moment(f"{day} {one.quiet[0]}"), one.moment(f"{day} {one.quiet[1]}")


def know(places: Sequence[Place]) -> None:
    _PLACES.update({place.name: place for place in places})


_PLACES: dict[str, Place] = {}


@cache
def own_hours(place_name: str, slack: str) -> Calendar:
    """Somebody's own hours, whether they are there or not."""
    place = _PLACES[place_name]
    one = next(one for one in place.people if one.slack == slack)
    return calendar(place.start - timedelta(days=1), 40, one.timezone, one.hours)
