"""Finds the day that a reply names: each phrase allows some days, and the answer is the one that all allow."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from triage.lexicon.phrases import Found, Token
from triage.promise.speech import Speech
from triage.time.working_time import WorkingTime

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FARTHEST_COUNT = 366  # days
MOST_WORKING_DAYS = 60
_AHEAD = timedelta(days=183)  # a date without a year that would be farther ahead means a past day
_WEEKS = 4  # a weekday means that day in one of so many weeks
_OFFICE_HOURS = range(8, 24)  # "at 3" may be night or day; from 8 on an hour is clear
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """One phrase about time, words[first:last], and the days that it allows (None: any)."""

    first: int
    last: int
    days: frozenset[date] | None = None
    alone: date | None = None  # the day it means if no other phrase says more
    at: time | None = None
    counted: bool = False  # from now: "in 3 days"


@dataclass(frozen=True, slots=True)
class Today:
    """The writer's present: their time, and the desk's working time."""

    now: datetime
    working: WorkingTime | None

    @property
    def date(self) -> date:
        return self.now.date()


def agreed(said: Iterable[Said], today: Today) -> tuple[date | None, time | None]:
    """The one day and the one time that all phrases allow; None if they allow none or several."""
    said = list(said)
    times = {one.at for one in said if one.at}
    at = times.pop() if len(times) == 1 else None
    when = _day(said, today) if said else None
    if when is None and at and all(one.days is None for one in said):
        when = today.date  # "by 3 pm"
    if when is None or when < today.date or (when == today.date and at and at <= today.now.time()):
        return None, None
    return when, at


def _day(said: Sequence[Said], today: Today) -> date | None:
    allowed = {one.days for one in said if one.days is not None}
    alone = {one.alone for one in said if one.alone and (one.days is not None or not allowed)}
    if not allowed:
        return alone.pop() if len(alone) == 1 else None
    common = frozenset.intersection(*allowed)
    if len(common) == 1:
        return next(iter(common))
    return alone.pop() if len(allowed) == 1 and len(alone) == 1 else None


def said(text: str, words: Sequence[Token], speech: Speech, today: Today) -> list[Said]:
    """Every phrase about time in one sentence, in order."""
    reader = _Reader(text, words, speech, today)
    return sorted([*reader.in_numbers(), *reader.in_words()], key=lambda one: one.first)


# --- reading


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    words: Sequence[Token]
    speech: Speech
    today: Today

    def in_numbers(self) -> Iterator[Said]:
        """ "12/12", "12.12.2026", "15:00": two numbers and the sign between them."""
        for at in range(len(self.words) - 1):
            sign = self._sign(at)
            if sign and self._sign(at - 1) not in ("/", ".", ":", "-"):
                yield from self._pair(at, sign)

    def in_words(self) -> Iterator[Said]:
        for found in self.speech.days.find(self.words):
            if found.value in WEEKDAYS:
                yield from self._weekday(found)
            elif found.value in MONTHS:
                yield from self._month(found)
            elif found.value in ("clock", "am", "pm"):
                yield from self._clock(found)
            elif found.value == "of_month":
                yield from self._of_month(found)
            else:
                yield _said(found, self._number(found), self.today)

    # numbers

    def _pair(self, at: int, sign: str) -> Iterator[Said]:
        first, second = _int(self.words[at].folded), _int(self.words[at + 1].folded)
        if self._is_clock(at, sign, second):
            yield from self._time(at, first, second)
        elif sign in "/." and self._leads_to_a_date(at - 1) and (sign == "/" or 1 <= second <= len(MONTHS)):
            last, year = self._year(at + 2, sign)
            yield from self._dated(at, last, self._in_order(first, second, sign), year)

    def _is_clock(self, at: int, sign: str, minute: int) -> bool:
        if sign == ":":
            return self._sign(at + 1) != "-"
        asked = self._word(at - 1) in self.speech.around["in_clock"]
        hour_and_half = self._word(at - 1) in self.speech.around["in_number"] and minute in (
            0,
            *range(13, 60),
        )
        return sign == "." and len(self.words[at + 1].folded) == 2 and (asked or hour_and_half)

    def _in_order(self, first: int, second: int, sign: str) -> list[tuple[int, int]]:
        """(day, month); in English either may come first."""
        either = self.speech.month_first and sign == "/"
        both = [(first, second), (second, first)] if either else [(first, second)]
        return [one for one in both if one[1] <= len(MONTHS)] or [(0, 0)]

    def _time(self, at: int, hour: int, minute: int) -> Iterator[Said]:
        last = at + 2
        half = self._half(last)
        if half and 1 <= hour <= 12:
            hour, last = hour % 12 + half, last + 1
        if minute < 60 and (half is not None or hour in _OFFICE_HOURS) and hour < 24:
            yield Said(at, last, at=time(hour, minute))

    def _half(self, at: int) -> int | None:
        """12 for pm, 0 for am."""
        word = self._word(at) + (self._word(at + 1) if len(self._word(at)) == 1 else "")
        return {"pm": 12, "am": 0}.get(word)

    # words

    def _weekday(self, found: Found[str]) -> Iterator[Said]:
        if self._has_passed(found.first, found.last):
            return
        around = {self._word(found.first - 1), self._word(found.last)}
        ahead = (WEEKDAYS.index(found.value) - self.today.date.weekday()) % 7
        days = [self.today.date + timedelta(days=ahead + 7 * week) for week in range(_WEEKS)]
        if around & self.speech.around["next"]:
            yield Said(found.first, found.last, frozenset(days[:2] if ahead else days[1:2]))
        else:
            yield Said(found.first, found.last, frozenset(days), days[0] if ahead else None)

    def _month(self, found: Found[str]) -> Iterator[Said]:
        """Read a day before the month or after it: "the 12th of December", "December 12th"."""
        month, first, last = MONTHS.index(found.value) + 1, found.first - 1, found.last
        while self._word(first) in self.speech.around["between"]:
            first -= 1
        day = self._day_number(first)
        if day is None:
            first, day = found.first, self._day_number(last)
            last += day is not None
        if day is not None:
            last, year = self._year(last, " ")
            yield from self._dated(first, last, [(day, month)], year)

    def _of_month(self, found: Found[str]) -> Iterator[Said]:
        """Read "the 12th", of this month or of a later one."""
        numbers = [at for at in range(found.first, found.last) if self.words[at].folded.isdecimal()]
        if not numbers or self._sign(numbers[-1]) or self._sign(numbers[-1] - 1):
            return  # "il due" can be two of anything
        day = _int(self.words[numbers[-1]].folded)
        if not 1 <= day <= 31:
            return
        days = list(_each_month(self.today.date, day))
        alone = days[0] if days[0] > self.today.date and _soon(days[0], self.today.date) else None
        yield Said(found.first, found.last, frozenset(days), alone)

    def _clock(self, found: Found[str]) -> Iterator[Said]:
        numbers = [at for at in range(found.first, found.last) if self.words[at].folded.isdecimal()]
        if not numbers or self._sign(numbers[-1]) or self._sign(numbers[-1] - 1):
            return
        hour = _int(self.words[numbers[-1]].folded)
        if found.value != "clock" and 1 <= hour <= 12:
            hour = hour % 12 + (12 if found.value == "pm" else 0)
        elif hour not in _OFFICE_HOURS:
            return
        yield Said(found.first, found.last, at=time(hour))

    # one word

    def _dated(
        self, first: int, last: int, pairs: Iterable[tuple[int, int]], year: int | None
    ) -> Iterator[Said]:
        if self._has_passed(first, last):
            return
        days = [_date(day, month, year, self.today.date) for day, month in pairs]
        ahead = frozenset(day for day in days if day and day >= self.today.date)
        if ahead or None in days:  # a past day is not the promised one
            yield Said(first, last, ahead, next(iter(ahead)) if len(ahead) == 1 else None)

    def _has_passed(self, first: int, last: int) -> bool:
        """True if the phrase is about the past: "last Friday", "from 1 December", "venerdì scorso"."""
        around = self.speech.around
        return self._word(first - 1) in around["gone_before"] or self._word(last) in around["gone_after"]

    def _year(self, at: int, sign: str) -> tuple[int, int | None]:
        """The end of the date, and its year if one is written."""
        word = self._word(at)
        beside = sign == " " or self._sign(at - 1) == sign
        if not beside or not word.isdecimal() or len(word) not in ((4,) if sign == " " else (2, 4)):
            return at, None
        return at + 1, _int(word) + (2000 if len(word) == 2 else 0)

    def _day_number(self, at: int) -> int | None:
        word = self._word(at)
        value = _int(word) if word.isdecimal() else self.speech.numbers.get(word)
        return value if value is not None and value <= 99 else None

    def _number(self, found: Found[str]) -> int:
        """The number in the phrase: the larger one of "3-5", and 1 if there is none."""
        folded = [word.folded for word in self.words[found.first : found.last]]
        values = [_int(word) if word.isdecimal() else self.speech.numbers.get(word, 0) for word in folded]
        return max(values) or 1

    def _leads_to_a_date(self, at: int) -> bool:
        """True before a date: "by 12/12", "Saturday 12/12". Without such a word it may be a score or a part number."""
        weekday = any(one.value in WEEKDAYS for one in self.speech.days.find(self.words[max(at, 0) : at + 1]))
        return weekday or self._word(at) in self.speech.around["in_number"]

    def _word(self, at: int) -> str:
        return self.words[at].folded if 0 <= at < len(self.words) else ""

    def _sign(self, at: int) -> str:
        """The sign between the words `at` and `at + 1`; empty if these are not two numbers."""
        if not (self._word(at).isdecimal() and self._word(at + 1).isdecimal()):
            return ""
        between = self.text[self.words[at].end : self.words[at + 1].start]
        return between if between in ("/", ".", ":", "-") else ""


def _int(word: str) -> int:
    """The number that `word` spells; 9999, which matches no date, if it is too long to be about time."""
    return int(word) if len(word) <= 4 else 9999


# --- the meaning of a phrase


def _said(found: Found[str], number: int, today: Today) -> Said:
    place, day = (found.first, found.last), today.date
    match found.value:
        case "days" | "weeks":
            return _counted(place, number * (7 if found.value == "weeks" else 1), today)
        case "working_days":
            return _working_days(place, number, today)
        case "hours" | "minutes" | "half_hour":
            return _clocked(place, _minutes(found.value, number), today)
        case "today" | "tomorrow" | "after_tomorrow":
            return _exactly(place, day + _DAY * ("today", "tomorrow", "after_tomorrow").index(found.value))
        case "day_end":
            return Said(*place, alone=day)
        case "week_end":
            return _week_end(place, day - day.weekday() * _DAY, today)
        case "next_week_end":
            return _week_end(place, day + (7 - day.weekday()) * _DAY, today)
        case "month_end":
            return _exactly(place, day.replace(day=monthrange(day.year, day.month)[1]))
        case "noon":
            return Said(*place, at=time(12))
        case _:
            return Said(*place, days=_some_days(found.value, day))


def _some_days(kind: str, day: date) -> frozenset[date] | None:
    monday = day - day.weekday() * _DAY
    spans = {"this_week": (day, monday + 7 * _DAY), "next_week": (monday + 7 * _DAY, monday + 14 * _DAY)}
    spans["weekend"] = (max(day, monday + 5 * _DAY), monday + 7 * _DAY)
    if kind not in spans:
        return None  # "soon", "in the morning"
    start, end = spans[kind]
    return frozenset(start + ahead * _DAY for ahead in range((end - start).days))


def _exactly(place: tuple[int, int], day: date, *, counted: bool = False) -> Said:
    return Said(*place, days=frozenset((day,)), alone=day, counted=counted)


def _counted(place: tuple[int, int], days: int, today: Today) -> Said:
    if days > FARTHEST_COUNT:
        return Said(*place, counted=True)
    return _exactly(place, today.date + days * _DAY, counted=True)


def _working_days(place: tuple[int, int], days: int, today: Today) -> Said:
    if today.working is None or days > MOST_WORKING_DAYS:
        return Said(*place, counted=True)
    at = today.now
    for _each in range(days):
        at = today.working.next_morning(at)
    return _exactly(place, at.astimezone(ZoneInfo(today.working.timezone)).date(), counted=True)


def _minutes(kind: str, number: int) -> int:
    return {"hours": 60 * number, "minutes": number, "half_hour": 30}[kind]


def _clocked(place: tuple[int, int], minutes: int, today: Today) -> Said:
    """Count hours on the clock; from a whole day on, only the day matters."""
    if minutes > FARTHEST_COUNT * 24 * 60:
        return Said(*place, counted=True)
    end = (today.now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(today.now.tzinfo)
    at = end.time().replace(second=0, microsecond=0) if minutes < 24 * 60 else None
    return Said(*place, days=frozenset((end.date(),)), alone=end.date(), at=at, counted=True)


def _week_end(place: tuple[int, int], monday: date, today: Today) -> Said:
    """Take the last working day of the week; if it has passed, the phrase names no day."""
    days = [monday + ahead * _DAY for ahead in range(6, -1, -1)]
    last = next((day for day in days if day >= today.date and _is_worked(day, today.working)), None)
    return _exactly(place, last) if last else Said(*place)


def _is_worked(day: date, working: WorkingTime | None) -> bool:
    if working is None:
        return day.weekday() < 5
    zone = ZoneInfo(working.timezone)
    eve = datetime.combine(day - _DAY, time(12), zone)
    return working.next_morning(eve).astimezone(zone).date() == day


def _each_month(today: date, day: int) -> Iterator[date]:
    """The dates with this day of the month, from today on, over 14 months."""
    for ahead in range(14):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        if day <= monthrange(year, month + 1)[1] and date(year, month + 1, day) >= today:
            yield date(year, month + 1, day)


def _soon(day: date, today: date) -> bool:
    return (day - today).days <= 31  # "the 31st", said in February, is not clearly the one in March


def _date(day: int, month: int, year: int | None, today: date) -> date | None:
    """The date meant, perhaps a past one; None if there is no such date."""
    try:
        if year is not None:
            return date(year, month, day)
        near = (date(one, month, day) for one in (today.year, today.year + 1) if _exists(day, month, one))
        return next((one for one in near if today <= one <= today + _AHEAD), date(today.year, month, day))
    except ValueError:
        return None


def _exists(day: int, month: int, year: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
