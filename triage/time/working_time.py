"""Working time: the desk's openings, and the due times of promises made in working minutes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict

from triage.i18n import _, country_in_words
from triage.time.hours import (
    ROUND_THE_CLOCK,
    Hours,
    Shift,
    Week,
    day_in_words,
    refuse_closed,
    region_of,
    week_in_words,
)

MORNING = time(9)  # of a desk that never closes
MOST_CLOSED_DAYS = 370
MOST_MINUTES = 100_000  # about a year of office hours
MOST_SAID = 3  # special days in one line


@dataclass(frozen=True, slots=True)
class Opening:
    """One shift of one real day, as instants; its end is not part of it."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def _whole_minutes(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_MINUTES:
        raise ValueError(
            _("write a whole number of working minutes, from 1 to {most}").format(most=MOST_MINUTES)
        )
    return value


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ValueError(_("write a share of the promised time between 0 and 1, such as 0.75"))
    return float(value)


WorkingMinutes = Annotated[int, BeforeValidator(_whole_minutes)]
Share = Annotated[float, BeforeValidator(_share)]


class NextReply(BaseModel):
    """`[sla.next_reply]`: working minutes to answer a customer who wrote again; None: as for the first reply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    urgent: WorkingMinutes | None = None
    high: WorkingMinutes | None = None
    normal: WorkingMinutes | None = None
    low: WorkingMinutes | None = None


class Sla(BaseModel):
    """`[sla]`: working minutes to the first reply by priority, and each expert's slice of time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    urgent: WorkingMinutes = 15
    high: WorkingMinutes = 30
    normal: WorkingMinutes = 60
    low: WorkingMinutes = 240
    next_reply: NextReply = NextReply()
    expert: WorkingMinutes = 60
    warn_at: Share = 0.75


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Opening hours on the real calendar: the desk's, or an area's own.

    An entry in `days` replaces that date's weekday hours and any holiday.

    Takes aware datetimes and answers in UTC. Minutes are real minutes: on the day the clocks change, a shift
    that spans the change is an hour shorter or longer. A time that the clocks skip means the moment of the skip.
    If a time comes twice, a shift starts at the first and ends at the second. The exception is a shift that ends
    at the very time to which the clocks go back: a shift until 01:00 is over when they first show it.
    """

    week: Week
    timezone: str
    holidays: tuple[str, ...] = ()
    days: tuple[tuple[date, tuple[Shift, ...]], ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Every day looked up needs the hash, and hashing a week of shifts is slow.
        object.__setattr__(self, "_hash", hash((self.week, self.timezone, self.holidays, self.days)))

    def __hash__(self) -> int:
        return self._hash

    @classmethod
    def of(
        cls,
        hours: Hours | None,
        timezone: str,
        holidays: Sequence[str] = (),
        days: Mapping[date, tuple[Shift, ...]] | None = None,
    ) -> Self:
        """Working time from desk.toml's values; without hours it is always open, except on holidays and `days`.

        Adjoining shifts become one, so schedules that mean the same are equal, however they are written.
        `holidays` are codes of countries or their parts: "IT", "US-CA". Raises ValueError, with a sentence,
        for an unknown code and for hours that never open.
        """
        week = tuple(map(_joined, hours.week)) if hours else ROUND_THE_CLOCK
        refuse_closed(week)
        regions = tuple(dict.fromkeys(map(region_of, holidays)))
        special = tuple((day, _joined(shifts)) for day, shifts in sorted((days or {}).items()))
        return cls(week, timezone, regions, special)

    def due(self, start: datetime, minutes: float) -> datetime:
        """The time at which `minutes` of working time have passed since `start`.

        The answer is always in working time, and a closing instant counts as its last moment: minutes that just
        fill a shift end with the shift, not at the next opening. So due(due(t, a), b) == due(t, a + b).
        """
        if minutes < 0:
            raise ValueError(f"a promise cannot be {minutes} minutes long")
        left = timedelta(minutes=minutes)
        for opening in self._openings(_utc(start)):
            if left <= opening.length:
                return opening.start + left
            left -= opening.length
        raise AssertionError("openings have no end")

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """Working minutes from `start` to `end`; negative when `end` comes first."""
        if end < start:
            return -self.minutes_between(end, start)
        until, worked = _utc(end), timedelta()
        for opening in self._openings(_utc(start)):
            if opening.start >= until:
                break
            worked += min(opening.end, until) - opening.start
        return worked / timedelta(minutes=1)

    def is_open(self, at: datetime) -> bool:
        return self.next_opening(at) == at

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself while the desk is open, otherwise the next opening."""
        return next(opening.start for opening in self._openings(_utc(at)) if opening.length)

    def next_morning(self, at: datetime) -> datetime:
        """The opening of the next working day after `at`'s local date.

        For a day that opens at midnight and is still open at 09:00, that is 09:00.
        """
        zone = ZoneInfo(self.timezone)
        tomorrow = _utc(at).astimezone(zone).date() + timedelta(days=1)
        opening = next(self._openings_from(tomorrow))
        day = opening.start.astimezone(zone).date()
        nine = datetime.combine(day, MORNING, zone).astimezone(UTC)
        opens_at_midnight = opening.start == _instant(day, 0, self.timezone, last=False)
        return nine if opens_at_midnight and nine < opening.end else opening.start

    def day_begins(self, after: datetime) -> datetime:
        """The first beginning of a working day after `after`."""
        return next(begins for begins, _ends in self._days_from(after) if begins > after)

    def day_ends(self, after: datetime) -> datetime:
        """The first end of a working day after `after`; a break within the day is not an end."""
        return next(ends for _begins, ends in self._days_from(after) if ends > after)

    def _days_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """(first opening, last closing) of each working day around `at` and after it."""
        yesterday = _utc(at).astimezone(ZoneInfo(self.timezone)).date() - timedelta(days=1)
        for days in range(MOST_CLOSED_DAYS + 2):
            openings = openings_on(self, yesterday + timedelta(days=days))
            if openings:
                yield openings[0].start, openings[-1].end

    def in_words(self, at: datetime | None = None) -> str:
        """The hours, as "Mon–Fri 09:00–13:00, 14:00–18:00 (Europe/Rome)"; with `at`, the coming special days too."""
        words = self._always_in_words()
        today = _utc(at).astimezone(ZoneInfo(self.timezone)).date() if at else date.max
        coming = [day_in_words(day, shifts) for day, shifts in self.days if day >= today]
        if not coming:
            return words
        more = ["…"] if len(coming) > MOST_SAID else []
        return _("{hours}; special days: {days}").format(
            hours=words, days="; ".join(coming[:MOST_SAID] + more)
        )

    def _always_in_words(self) -> str:
        words = _("around the clock") if self.week == ROUND_THE_CLOCK else week_in_words(self.week)
        if not self.holidays:
            return f"{words} ({self.timezone})"
        return _("{hours} ({timezone}), closed on public holidays: {regions}").format(
            hours=words, timezone=self.timezone, regions=", ".join(map(country_in_words, self.holidays))
        )

    def _openings(self, at: datetime) -> Iterator[Opening]:
        """The openings from `at` on, the first one cut to start at `at`; in order, without overlaps, without end."""
        # Start a day early: if the clocks go back at midnight, yesterday's last shift ends today.
        yesterday = at.astimezone(ZoneInfo(self.timezone)).date() - timedelta(days=1)
        for opening in self._openings_from(yesterday):
            if opening.end >= at:
                yield Opening(max(opening.start, at), opening.end)
                at = opening.end

    def _openings_from(self, day: date) -> Iterator[Opening]:
        closed_days = 0
        while closed_days <= MOST_CLOSED_DAYS:
            openings = openings_on(self, day)
            yield from openings
            closed_days = 0 if openings else closed_days + 1
            day += timedelta(days=1)
        raise ValueError(
            _("The desk has no open time for {days} days before {day}; check its hours and holidays.").format(
                days=MOST_CLOSED_DAYS, day=day
            )
        )


def _joined(shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
    joined: list[Shift] = []
    for shift in shifts:
        if joined and joined[-1].end == shift.start:
            shift = Shift(joined.pop().start, shift.end)
        joined.append(shift)
    return tuple(joined)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; working time needs one")
    return moment.astimezone(UTC)


@lru_cache(maxsize=2048)
def openings_on(working: WorkingTime, day: date) -> tuple[Opening, ...]:
    openings = (
        Opening(
            _instant(day, shift.start, working.timezone, last=False),
            _instant(day, shift.end, working.timezone, last=True),
        )
        for shift in _shifts_on(working, day)
    )
    return tuple(opening for opening in openings if opening.start < opening.end)


def _shifts_on(working: WorkingTime, day: date) -> tuple[Shift, ...]:
    special = dict(working.days).get(day)
    if special is not None:
        return special
    if any(day in _holidays_of(region, day.year) for region in working.holidays):
        return ()
    return working.week[day.weekday()]


def _instant(day: date, minutes: int, timezone: str, *, last: bool) -> datetime:
    """The instant at which the wall clock of `timezone` shows `minutes` past the start of `day`."""
    zone = ZoneInfo(timezone)
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
    first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    if second < first:  # the clocks skip this time
        return _skip(second, first, zone)
    return second if last and not (second > first and _turns_at(second, zone)) else first


def _turns_at(moment: datetime, zone: ZoneInfo) -> bool:
    before = moment - timedelta.resolution
    return before.astimezone(zone).utcoffset() != moment.astimezone(zone).utcoffset()


def _skip(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between `before` and `after` at which the clocks of `zone` go forward."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


@lru_cache(maxsize=256)
def _holidays_of(region: str, year: int) -> frozenset[date]:
    # Imported here, because it takes 4 MB that a desk without public holidays does not need.
    import holidays as public_holidays

    country, _dash, subdivision = region.partition("-")
    return frozenset(public_holidays.country_holidays(country, subdiv=subdivision or None, years=year))
