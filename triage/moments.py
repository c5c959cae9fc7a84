"""Moments as people write them: "until Monday", "fino a lunedì", "za 3 dni", "in 3 days", "2026-12-24 14:30"."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from triage.words import _

MORNING = time(9)
FARTHEST = timedelta(days=366)

_WEEKDAYS = (
    "monday mon lunedi lun poniedzialek poniedzialku pon",
    "tuesday tue martedi mar wtorek wtorku wt",
    "wednesday wed mercoledi mer sroda srode srody sr",
    "thursday thu giovedi gio czwartek czwartku czw",
    "friday fri venerdi ven piatek piatku pt",
    "saturday sat sabato sab sobota sobote soboty sob",
    "sunday sun domenica dom niedziela niedziele niedzieli niedz",
)
WEEKDAYS = {word: day for day, words in enumerate(_WEEKDAYS) for word in words.split()}
_SAID = {
    **dict.fromkeys(("today", "tonight", "oggi", "dzis", "dzisiaj"), 0),
    **dict.fromkeys(("tomorrow", "domani", "jutro", "jutra"), 1),
    **dict.fromkeys(("dopodomani", "pojutrze", "pojutrza"), 2),
}
_UNITS = {
    **dict.fromkeys(("hour", "hours", "h", "ora", "ore", "godzina", "godzine", "godziny", "godzin"), "hours"),
    **dict.fromkeys(("day", "days", "d", "giorno", "giorni", "gg", "dzien", "dni"), "days"),
    **dict.fromkeys(
        ("week", "weeks", "w", "settimana", "settimane", "tydzien", "tygodnie", "tygodni"), "weeks"
    ),
}
# Small words that say nothing about when.
_FILLERS = frozenset(
    "until till to by at on in for the morning fino a al alle entro tra fra per le il la di mattina "
    "do o na za w we rano od ore".split()
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2})[:.](\d\d)")
_COUNT = re.compile(r"(\d{1,3})([a-z]*)")


class NoMoment(ValueError):
    """A moment that can't be read, or can't be; says what to write instead."""


@dataclass(slots=True)
class _Found:
    """What has been read so far."""

    day: date | None = None
    at: time | None = None
    span: timedelta | None = None


def moment(text: str, now: datetime) -> datetime:
    """The moment that `text` names, in the zone of `now`; raises NoMoment.

    A day without a time is its morning. A weekday is the next one, never today; a time without a day is the
    next such time. In the hour that the clocks skip it is the moment of the skip.
    """
    found = _read(text, now)
    if found.span is not None:
        return _ahead(now + found.span, now)
    if found.day is None and found.at is None:
        raise NoMoment(_unreadable(text))
    if found.day is None:
        at = _at(now.date(), found.at or MORNING, now)
        return at if at > now else _at(now.date() + timedelta(days=1), found.at or MORNING, now)
    return _ahead(_at(found.day, found.at or MORNING, now), now)


def _read(text: str, now: datetime) -> _Found:
    found, words = _Found(), _words(text)
    count: int | None = None
    for word in words:
        if word in _FILLERS:
            continue
        if count is not None and word in _UNITS:
            found.span, found.day, count = _span(count, _UNITS[word], now, found), found.day, None
        elif word in _SAID:
            found.day = now.date() + timedelta(days=_SAID[word])
        elif word in WEEKDAYS:
            found.day = now.date() + timedelta(days=(WEEKDAYS[word] - now.weekday() - 1) % 7 + 1)
        elif iso := _ISO.fullmatch(word):
            found.day = _day(*map(int, iso.groups()))
        elif clock := _TIME.fullmatch(word):
            found.at = _clock(*map(int, clock.groups()))
        elif counted := _COUNT.fullmatch(word):
            count, unit = int(counted[1]), counted[2]
            if unit:
                if unit not in _UNITS:
                    raise NoMoment(_unreadable(text))
                found.span, count = _span(count, _UNITS[unit], now, found), None
        else:
            raise NoMoment(_unreadable(text))
    if count is not None:
        raise NoMoment(_unreadable(text))
    return found


def _words(text: str) -> Iterator[str]:
    """Small letters without their accents."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ł", "l"))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    yield from re.findall(r"[a-z0-9:.\-]+", bare)


def _span(count: int, unit: str, now: datetime, found: _Found) -> timedelta | None:
    """Hours are counted from now; days and weeks name a day, whose morning is meant."""
    if unit == "hours":
        return timedelta(hours=count)
    found.day = now.date() + timedelta(**{unit: count})
    return None


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NoMoment(
            _("There is no {year}-{month:02}-{day:02}.").format(year=year, month=month, day=day)
        ) from None


def _clock(hours: int, minutes: int) -> time:
    if hours > 23 or minutes > 59:
        raise NoMoment(
            _("There is no {hours}:{minutes:02} in a day.").format(hours=hours, minutes=minutes)
        )
    return time(hours, minutes)


def _at(day: date, at: time, now: datetime) -> datetime:
    """A wall clock's moment that there is: 02:30 of the night that skips it is 03:00."""
    wall = datetime.combine(day, at, tzinfo=now.tzinfo)
    back = wall.astimezone(ZoneInfo("UTC")).astimezone(wall.tzinfo)
    if back.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return wall
    return back.replace(minute=0, second=0, microsecond=0)


def _ahead(at: datetime, now: datetime) -> datetime:
    if at <= now:
        raise NoMoment(_("This moment has passed. Choose one in the future."))
    if at > now + FARTHEST:
        raise NoMoment(_("That is more than a year away. Choose an earlier day."))
    return at


def _unreadable(text: str) -> str:
    return _("“{text}” is no moment that I can read. Write “Monday”, “tomorrow 14:00”, “3 days” or 2026-12-24.").format(
        text=text[:60]
    )
