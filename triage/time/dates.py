"""Reads times as people write them: "until Monday", "fino a lunedì", "za 3 dni", "2026-12-24 14:30"."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from triage.errors import DeskError
from triage.i18n import _

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
# Small words that carry no time.
_ENGLISH = "until till to by at on in for the morning"
_ITALIAN = "fino a al alle entro tra fra per le il la di mattina ore"
_POLISH = "do o na za w we rano od"
_FILLERS = frozenset(f"{_ENGLISH} {_ITALIAN} {_POLISH}".split())
_LONGEST = 200  # characters
_PIECE = re.compile(
    r"(?P<day>\d{4}-\d{1,2}-\d{1,2})|(?P<time>\d{1,2}[:.]\d\d)|(?P<count>\d{1,3})\s*(?P<unit>[a-z]+)"
    r"|(?P<word>[a-z]+)|(?P<rest>[^\s,]+)"
)


class NoMoment(DeskError):
    """That is no moment that I can read. Write “Monday”, “tomorrow 14:00”, “3 days” or 2026-12-24."""


@dataclass(slots=True)
class _Found:
    """The parts of a time read so far."""

    day: date | None = None
    at: time | None = None
    span: timedelta | None = None


def moment(text: str, now: datetime) -> datetime:
    """The time that `text` names, in the zone of `now`; raises NoMoment.

    A day without a time means its morning. A weekday means the next one, never today. A time without a day means
    the next such time. A time in the hour that the clocks skip means the moment of the skip.
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
    found = _Found()
    if len(text) > _LONGEST:
        raise NoMoment(_unreadable(text[:_LONGEST]))
    for piece in _PIECE.finditer(_plain(text)):
        match piece.lastgroup:
            case "day":
                found.day = _day(*map(int, piece[0].split("-")))
            case "time":
                found.at = _clock(*map(int, re.split("[:.]", piece[0])))
            case "unit" if piece["unit"] in _UNITS:
                _count(found, int(piece["count"]), _UNITS[piece["unit"]], now.date())
            case "word" if piece[0] in _FILLERS:
                continue
            case "word" if piece[0] in _SAID:
                found.day = now.date() + timedelta(days=_SAID[piece[0]])
            case "word" if piece[0] in WEEKDAYS:
                found.day = now.date() + timedelta(days=(WEEKDAYS[piece[0]] - now.weekday() - 1) % 7 + 1)
            case _:
                raise NoMoment(_unreadable(text))
    return found


def _plain(text: str) -> str:
    """`text` in lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("ł", "l"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _count(found: _Found, count: int, unit: str, today: date) -> None:
    """Count hours from now; take days and weeks as a day, meaning its morning."""
    if unit == "hours":
        found.span = timedelta(hours=count)
    else:
        found.day = today + timedelta(**{unit: count})


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NoMoment(
            _("There is no {year}-{month:02}-{day:02}.").format(year=year, month=month, day=day)
        ) from None


def _clock(hours: int, minutes: int) -> time:
    if hours > 23 or minutes > 59:
        raise NoMoment(_("There is no {hours}:{minutes:02} in a day.").format(hours=hours, minutes=minutes))
    return time(hours, minutes)


def _at(day: date, at: time, now: datetime) -> datetime:
    """The time `at` on `day` by the wall clock; 02:30 on a night that skips it becomes 03:00."""
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
    if not text.strip():
        return _("Until when? Write “Monday”, “tomorrow 14:00”, “3 days” or 2026-12-24.")
    return _(
        "“{text}” is no moment that I can read. Write “Monday”, “tomorrow 14:00”, “3 days” or 2026-12-24."
    ).format(text=text[:60])
