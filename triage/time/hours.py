"""Opening hours in desk.toml: shifts, special days, regions and zones; each fault is told in a sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import groupby, pairwise
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from triage.i18n import _

MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """One stretch of a day, in minutes by the wall clock since midnight; 1440 is the day's end."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.start)}–{_clock(self.end)}"


Week = tuple[tuple[Shift, ...], ...]
ROUND_THE_CLOCK: Week = ((Shift(0, MIDNIGHT),),) * 7


def known_zone(name: str) -> str:
    """`name` itself if it is a time zone; raises ValueError otherwise."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"“{name}” is not a time zone; write one like Europe/Rome or America/New_York"
        ) from None
    return name


def _shifts(value: object) -> tuple[Shift, ...]:
    """One day's shifts in order, from a list such as ["09:00-13:00", "14:00-18:00"]."""
    if not isinstance(value, list | tuple):
        raise ValueError(_('write the shifts as a list, such as ["09:00-13:00", "14:00-18:00"]'))
    shifts = tuple(sorted(entry if isinstance(entry, Shift) else _shift(entry) for entry in value))
    for earlier, later in pairwise(shifts):
        if later.start < earlier.end:
            raise ValueError(
                _(
                    "the shifts {earlier} and {later} overlap; join them, or end one before the other starts"
                ).format(earlier=earlier, later=later)
            )
    return shifts


def _shift(entry: object) -> Shift:
    found = re.fullmatch(r"\s*(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)\s*", str(entry), re.ASCII)
    if not found:
        raise ValueError(_("“{entry}” is not a shift; write it like 09:00-17:30").format(entry=entry))
    hours, minutes, end_hours, end_minutes = map(int, found.groups())
    shift = Shift(hours * 60 + minutes, end_hours * 60 + end_minutes)
    if max(minutes, end_minutes) > 59 or shift.start >= MIDNIGHT or shift.end > MIDNIGHT:
        raise ValueError(_("“{entry}” has no such time; a day runs from 00:00 to 24:00").format(entry=entry))
    if shift.end <= shift.start:
        raise ValueError(
            _(
                "“{entry}” does not end after it starts; write a night as two shifts, "
                "up to 24:00 on one day and from 00:00 on the next"
            ).format(entry=entry)
        )
    return shift


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


DayShifts = Annotated[tuple[Shift, ...], BeforeValidator(_shifts)]


def _day(value: object) -> date:
    """A date as TOML writes it; Python also reads 20261224 and 2026-W52-4, which could name a day twice."""
    written = str(value)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII):
        raise ValueError(_("“{day}” is not a date; write it like 2026-12-24").format(day=written))
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueError(
            _("“{day}” is not in the calendar; look at its month and its day").format(day=written)
        ) from None


Days = dict[Annotated[date, BeforeValidator(_day)], DayShifts]


def _known_regions(codes: list[str]) -> list[str]:
    for code in codes:
        region_of(code)
    return codes


Timezone = Annotated[str, AfterValidator(known_zone)]
Regions = Annotated[list[str], AfterValidator(_known_regions)]


class Hours(BaseModel):
    """`[desk.hours]`: the shifts of each weekday; a day left out is closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mon: DayShifts = ()
    tue: DayShifts = ()
    wed: DayShifts = ()
    thu: DayShifts = ()
    fri: DayShifts = ()
    sat: DayShifts = ()
    sun: DayShifts = ()

    @property
    def week(self) -> Week:
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)

    @model_validator(mode="after")
    def _open_at_some_time(self) -> Self:
        refuse_closed(self.week)
        return self


def refuse_closed(week: Week) -> None:
    if not any(week):
        raise ValueError(
            _(
                "no day has a shift, so no promise could ever fall due; "
                'write one such as mon = ["09:00-17:00"], or remove the table to be always open'
            )
        )


def region_of(code: str) -> str:
    """`code` as the calendar spells it: "us-ca" becomes "US-CA"; raises ValueError for an unknown one."""
    import holidays as public_holidays

    country, dash, subdivision = code.strip().partition("-")
    countries = public_holidays.list_supported_countries(include_aliases=True)
    if country.upper() not in countries:
        raise ValueError(_unknown_country(code, countries))
    if not dash:
        return country.upper()
    for known in countries[country.upper()]:
        if known.upper() == subdivision.upper():
            return f"{country.upper()}-{known}"
    raise ValueError(_unknown_part(code, country.upper(), countries[country.upper()]))


def _unknown_country(code: str, countries: dict[str, list[str]]) -> str:
    import holidays as public_holidays

    names = {entry[0].upper(): entry[1] for entry in public_holidays.registry.COUNTRIES.values()}
    near = get_close_matches(code.upper(), [*names, *(known for known in countries if len(known) == 2)])
    codes = list(dict.fromkeys(names.get(match, match) for match in near)) or ["IT", "PL", "US-CA"]
    return _(
        "“{code}” is not a country whose holidays are known; use its two-letter code, such as {codes}"
    ).format(code=code, codes=", ".join(codes))


def _unknown_part(code: str, country: str, parts: Sequence[str]) -> str:
    if not parts:
        return _("“{code}”: the parts of {country} have no holidays of their own; write {country}").format(
            code=code, country=country
        )
    near = get_close_matches(code.partition("-")[2].upper(), parts, n=5, cutoff=0.4) or parts[:12]
    return _("“{code}” is not a part of {country} whose holidays are known; try {parts}").format(
        code=code, country=country, parts=", ".join(f"{country}-{part}" for part in near)
    )


def day_in_words(day: date, shifts: tuple[Shift, ...]) -> str:
    return f"{day.isoformat()} {', '.join(map(str, shifts)) or _('closed')}"


def week_in_words(week: Week) -> str:
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    runs = ((shifts, list(run)) for shifts, run in groupby(range(7), key=lambda day: week[day]))
    return "; ".join(
        f"{_span([names[day] for day in run])} {', '.join(map(str, shifts))}"
        for shifts, run in runs
        if shifts
    )


def _span(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"
