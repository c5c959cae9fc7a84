"""Working time: hours, holidays and clock changes, by table and by property."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from triage.time.hours import Days, Hours, Shift
from triage.time.working_time import Sla, WorkingTime

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WEEKDAYS, "sat", "sun")


def hours(*shifts: str, days: tuple[str, ...] = WEEKDAYS) -> Hours:
    return Hours.model_validate({day: list(shifts) for day in days})


def days(**shifts: list[str]) -> dict[date, tuple[Shift, ...]]:
    """Special days: days(_2026_12_24=["09:00-13:00"])."""
    return TypeAdapter(Days).validate_python({day[1:].replace("_", "-"): one for day, one in shifts.items()})


def at(local: str, zone: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))


OFFICE = hours("09:00-17:00")
SPLIT = hours("09:00-13:00", "14:00-18:00")
EVENING = Hours.model_validate({"mon": ["18:00-24:00"], "tue": ["00:00-02:00"]})
ROME, WARSAW, NEW_YORK = "Europe/Rome", "Europe/Warsaw", "America/New_York"


@pytest.mark.parametrize(
    ("table", "zone", "holidays", "start", "minutes", "due"),
    [
        pytest.param(OFFICE, ROME, [], "2026-11-20T16:45", 30, "2026-11-23T09:15", id="over a weekend"),
        pytest.param(SPLIT, ROME, ["IT"], "2026-11-24T12:50", 30, "2026-11-24T14:20", id="over lunch"),
        pytest.param(
            SPLIT, ROME, ["IT"], "2026-11-24T12:30", 30, "2026-11-24T13:00", id="exactly until lunch"
        ),
        pytest.param(
            SPLIT, ROME, ["IT"], "2026-11-24T07:12", 30, "2026-11-24T09:30", id="before the opening"
        ),
        pytest.param(
            SPLIT, ROME, ["IT"], "2026-04-03T17:50", 15, "2026-04-07T09:05", id="Easter Monday 2026"
        ),
        pytest.param(
            SPLIT, ROME, ["IT"], "2027-03-26T17:50", 15, "2027-03-30T09:05", id="Easter Monday 2027"
        ),
        pytest.param(
            SPLIT, ROME, ["IT"], "2026-12-24T17:50", 15, "2026-12-28T09:05", id="Christmas in Italy"
        ),
        pytest.param(
            OFFICE, ROME, ["IT-BZ"], "2026-05-22T16:50", 20, "2026-05-26T09:10", id="Whit Monday, Bozen"
        ),
        pytest.param(
            OFFICE, ROME, ["IT"], "2026-05-22T16:50", 20, "2026-05-25T09:10", id="Whit Monday, Rome"
        ),
        pytest.param(OFFICE, ROME, [], "2026-03-27T16:50", 20, "2026-03-30T09:10", id="Rome, spring 2026"),
        pytest.param(OFFICE, ROME, [], "2026-10-23T16:50", 20, "2026-10-26T09:10", id="Rome, autumn 2026"),
        pytest.param(OFFICE, ROME, [], "2027-03-26T16:50", 20, "2027-03-29T09:10", id="Rome, spring 2027"),
        pytest.param(OFFICE, ROME, [], "2027-10-29T16:50", 20, "2027-11-01T09:10", id="Rome, autumn 2027"),
        pytest.param(
            OFFICE, WARSAW, ["PL"], "2026-11-10T16:50", 20, "2026-11-12T09:10", id="11 November 2026"
        ),
        pytest.param(
            OFFICE, WARSAW, ["PL"], "2027-11-10T16:50", 20, "2027-11-12T09:10", id="11 November 2027"
        ),
        pytest.param(OFFICE, WARSAW, ["PL"], "2026-06-03T16:50", 20, "2026-06-05T09:10", id="Corpus Christi"),
        pytest.param(OFFICE, NEW_YORK, ["US"], "2026-11-25T16:50", 20, "2026-11-27T09:10", id="Thanksgiving"),
        pytest.param(
            OFFICE, NEW_YORK, ["US"], "2026-07-02T16:50", 20, "2026-07-06T09:10", id="4 July, observed"
        ),
        pytest.param(OFFICE, NEW_YORK, [], "2026-03-06T16:50", 20, "2026-03-09T09:10", id="NY, spring 2026"),
        pytest.param(OFFICE, NEW_YORK, [], "2026-10-30T16:50", 20, "2026-11-02T09:10", id="NY, autumn 2026"),
        pytest.param(OFFICE, NEW_YORK, [], "2027-03-12T16:50", 20, "2027-03-15T09:10", id="NY, spring 2027"),
        pytest.param(OFFICE, NEW_YORK, [], "2027-11-05T16:50", 20, "2027-11-08T09:10", id="NY, autumn 2027"),
        pytest.param(
            OFFICE, ROME, ["IT", "PL"], "2026-11-10T16:50", 20, "2026-11-12T09:10", id="two calendars"
        ),
        pytest.param(EVENING, ROME, [], "2026-11-23T23:50", 20, "2026-11-24T00:10", id="through midnight"),
        pytest.param(
            EVENING, ROME, [], "2026-11-23T23:50", 10, "2026-11-24T00:00", id="exactly until midnight"
        ),
        pytest.param(EVENING, ROME, [], "2026-11-24T01:50", 20, "2026-11-30T18:10", id="to the next week"),
        pytest.param(
            None, ROME, ["IT"], "2026-12-24T23:50", 20, "2026-12-27T00:10", id="no hours, but holidays"
        ),
    ],
)
def test_a_promise_falls_due(
    table: Hours | None, zone: str, holidays: list[str], start: str, minutes: float, due: str
) -> None:
    working = WorkingTime.of(table, zone, holidays)
    answer = working.due(at(start, zone), minutes)
    assert answer == at(due, zone)
    assert answer.tzinfo is UTC
    assert working.minutes_between(at(start, zone), answer) == minutes


CHRISTMAS = days(_2026_12_24=["09:00-13:00"], _2026_12_27=["09:00-13:00"], _2026_12_31=[])


@pytest.mark.parametrize(
    ("table", "zone", "holidays", "special", "start", "minutes", "due"),
    [
        pytest.param(
            SPLIT, ROME, ["IT"], CHRISTMAS, "2026-12-24T12:50", 20, "2026-12-27T09:10", id="a half-day"
        ),
        pytest.param(
            SPLIT, ROME, ["IT"], CHRISTMAS, "2026-12-24T12:50", 10, "2026-12-24T13:00", id="until it ends"
        ),
        pytest.param(
            SPLIT, ROME, ["IT"], CHRISTMAS, "2026-12-27T12:50", 20, "2026-12-28T09:10", id="a Sunday opened"
        ),
        pytest.param(
            SPLIT, ROME, ["IT"], CHRISTMAS, "2026-12-30T17:50", 20, "2027-01-04T09:10", id="a day closed"
        ),
        pytest.param(
            OFFICE,
            WARSAW,
            ["PL"],
            days(_2026_11_11=["10:00-12:00"]),
            "2026-11-10T16:50",
            20,
            "2026-11-11T10:10",
            id="open on a holiday",
        ),
        pytest.param(
            OFFICE,
            WARSAW,
            ["PL"],
            days(_2026_11_11=["10:00-12:00"]),
            "2027-11-10T16:50",
            20,
            "2027-11-12T09:10",
            id="but not on the next year's",
        ),
        pytest.param(
            OFFICE,
            NEW_YORK,
            ["US"],
            days(_2026_11_27=["09:00-13:00"]),
            "2026-11-25T16:50",
            260,
            "2026-11-30T09:10",
            id="the day after Thanksgiving",
        ),
        pytest.param(
            OFFICE,
            ROME,
            [],
            days(_2026_03_29=["00:00-06:00"]),
            "2026-03-27T16:50",
            310,
            "2026-03-29T06:00",
            id="the night of the spring change",
        ),
        pytest.param(
            OFFICE,
            ROME,
            [],
            days(_2027_10_31=["00:00-06:00"]),
            "2027-10-29T16:50",
            430,
            "2027-10-31T06:00",
            id="the night of the autumn change",
        ),
        pytest.param(
            None,
            ROME,
            [],
            days(_2026_12_25=[]),
            "2026-12-24T23:50",
            20,
            "2026-12-26T00:10",
            id="always but one",
        ),
    ],
)
def test_a_special_day_stands_before_the_week_and_the_holidays(
    table: Hours | None,
    zone: str,
    holidays: list[str],
    special: dict[date, tuple[Shift, ...]],
    start: str,
    minutes: float,
    due: str,
) -> None:
    working = WorkingTime.of(table, zone, holidays, special)
    assert working.due(at(start, zone), minutes) == at(due, zone)
    assert working.minutes_between(at(start, zone), at(due, zone)) == minutes


@pytest.mark.parametrize(
    ("day", "shifts", "advice"),
    [
        ("2026-02-31", [], "“2026-02-31” is not in the calendar"),
        ("2027-02-29", [], "is not in the calendar"),
        ("2026-13-01", [], "is not in the calendar"),
        ("20261224", [], "is not a date; write it like 2026-12-24"),
        ("2026-W52-4", [], "is not a date"),
        ("24.12.2026", [], "is not a date"),
        ("Christmas", [], "is not a date"),
        (20261224, [], "is not a date"),
        ("2026-12-24", "09:00-13:00", "as a list"),
        ("2026-12-24", "closed", "as a list"),
        ("2026-12-24", ["morning"], "“morning” is not a shift"),
        ("2026-12-24", ["13:00-09:00"], "does not end after it starts"),
        ("2026-12-24", ["09:00-12:00", "11:00-13:00"], "the shifts 09:00–12:00 and 11:00–13:00 overlap"),
        ("2026-12-24", ["09:00-25:00"], "a day runs from 00:00 to 24:00"),
    ],
)
def test_a_faulty_special_day_is_refused_with_advice(day: object, shifts: object, advice: str) -> None:
    with pytest.raises(ValidationError, match=advice):
        TypeAdapter(Days).validate_python({day: shifts})


@pytest.mark.parametrize(
    ("zone", "sunday", "minutes"),
    [
        (ROME, "2026-03-29", 300),
        (ROME, "2026-10-25", 420),
        (ROME, "2027-03-28", 300),
        (ROME, "2027-10-31", 420),
        (WARSAW, "2026-03-29", 300),
        (NEW_YORK, "2026-03-08", 300),
        (NEW_YORK, "2026-11-01", 420),
        (NEW_YORK, "2027-03-14", 300),
        (NEW_YORK, "2027-11-07", 420),
        (ROME, "2026-11-22", 360),
    ],
)
def test_a_night_shift_is_as_long_as_the_clocks_make_it(zone: str, sunday: str, minutes: float) -> None:
    working = WorkingTime.of(hours("00:00-06:00", days=("sun",)), zone, [])
    midnight = at(f"{sunday}T00:00", zone)
    assert working.minutes_between(midnight, at(f"{sunday}T23:59", zone)) == minutes
    assert working.due(midnight, minutes) == at(f"{sunday}T06:00", zone)


def test_a_shift_that_starts_at_a_skipped_time_starts_at_the_skip() -> None:
    working = WorkingTime.of(hours("02:30-06:00", days=("sun",)), ROME, [])
    assert working.next_opening(at("2026-03-29T00:00", ROME)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_shift_that_ends_at_a_skipped_time_ends_at_the_skip() -> None:
    working = WorkingTime.of(hours("00:00-02:30", days=("sun",)), ROME, [])
    assert working.minutes_between(at("2026-03-29T00:00", ROME), at("2026-03-29T12:00", ROME)) == 120


def test_a_shift_starts_at_the_first_and_ends_at_the_second_of_a_repeated_time() -> None:
    early = WorkingTime.of(hours("00:00-02:30", days=("sun",)), ROME, [])
    late = WorkingTime.of(hours("02:30-06:00", days=("sun",)), ROME, [])
    both = WorkingTime.of(hours("00:00-02:30", "02:30-06:00", days=("sun",)), ROME, [])
    midnight, noon = at("2026-10-25T00:00", ROME), at("2026-10-25T12:00", ROME)
    assert early.minutes_between(midnight, noon) == 210
    assert late.minutes_between(midnight, noon) == 270
    assert both.minutes_between(midnight, noon) == 420


@pytest.mark.parametrize(
    ("zone", "day", "shift", "minutes"),
    [
        (NEW_YORK, "2026-11-01", "00:00-01:00", 60),
        (NEW_YORK, "2026-11-01", "00:00-01:01", 121),
        (ROME, "2027-10-31", "00:00-02:00", 120),
        ("America/Havana", "2026-10-31", "18:00-24:00", 360),
    ],
)
def test_a_shift_until_the_time_that_the_clocks_go_back_to_is_over_the_first_time(
    zone: str, day: str, shift: str, minutes: float
) -> None:
    working = WorkingTime.of(OFFICE, zone, [], days(**{f"_{day}": [shift]}))
    noon = at(f"{day}T12:00", zone)
    around = noon - timedelta(hours=14), noon + timedelta(hours=20)
    assert working.minutes_between(*around) == minutes


def test_clocks_that_change_at_midnight_neither_lose_nor_double_time() -> None:
    working = WorkingTime.of(None, "Africa/Cairo", [])
    friday = datetime(2026, 4, 22, tzinfo=UTC)  # 24 April has no 00:30 there
    assert working.minutes_between(friday, friday + timedelta(days=4)) == 4 * 1440
    autumn = datetime(2026, 10, 28, tzinfo=UTC)  # 29 October has 23:30 twice
    assert working.minutes_between(autumn, autumn + timedelta(days=4)) == 4 * 1440


def test_a_closing_instant_is_closed_and_an_opening_instant_open() -> None:
    working = WorkingTime.of(SPLIT, ROME, ["IT"])
    assert working.is_open(at("2026-11-24T09:00", ROME))
    assert not working.is_open(at("2026-11-24T13:00", ROME))
    assert not working.is_open(at("2026-12-08T10:00", ROME))
    assert working.next_opening(at("2026-11-24T13:00", ROME)) == at("2026-11-24T14:00", ROME)
    assert working.next_opening(at("2026-11-24T10:00", ROME)) == at("2026-11-24T10:00", ROME)


def test_no_minutes_are_due_at_once_or_at_the_next_opening() -> None:
    working = WorkingTime.of(SPLIT, ROME, [])
    assert working.due(at("2026-11-24T10:00", ROME), 0) == at("2026-11-24T10:00", ROME)
    assert working.due(at("2026-11-24T13:00", ROME), 0) == at("2026-11-24T13:00", ROME)
    assert working.due(at("2026-11-24T13:01", ROME), 0) == at("2026-11-24T14:00", ROME)


@pytest.mark.parametrize(
    ("table", "holidays", "moment", "morning"),
    [
        pytest.param(OFFICE, [], "2026-11-20T23:59", "2026-11-23T09:00", id="Friday night"),
        pytest.param(OFFICE, [], "2026-11-24T03:00", "2026-11-25T09:00", id="not this morning"),
        pytest.param(OFFICE, ["IT"], "2026-12-07T10:00", "2026-12-09T09:00", id="over a holiday"),
        pytest.param(None, [], "2026-11-21T23:59", "2026-11-22T09:00", id="always open"),
        pytest.param(None, ["IT"], "2026-12-24T10:00", "2026-12-27T09:00", id="always open but for holidays"),
        pytest.param(
            hours("00:00-24:00"), [], "2026-11-20T10:00", "2026-11-23T09:00", id="open from midnight"
        ),
        pytest.param(hours("00:00-08:00"), [], "2026-11-20T10:00", "2026-11-23T00:00", id="nights only"),
        pytest.param(None, [], "2026-03-28T10:00", "2026-03-29T09:00", id="the night the clocks change"),
    ],
)
def test_the_next_morning_is_a_working_days(
    table: Hours | None, holidays: list[str], moment: str, morning: str
) -> None:
    working = WorkingTime.of(table, ROME, holidays)
    assert working.next_morning(at(moment, ROME)) == at(morning, ROME)


@pytest.mark.parametrize(
    ("table", "holidays", "words"),
    [
        (SPLIT, [], "Mon–Fri 09:00–13:00, 14:00–18:00 (Europe/Rome)"),
        (OFFICE, ["IT", "pl"], "Mon–Fri 09:00–17:00 (Europe/Rome), closed on public holidays: Italy, Poland"),
        (EVENING, [], "Mon 18:00–24:00; Tue 00:00–02:00 (Europe/Rome)"),
        (
            hours("10:00-12:00", days=("mon", "wed", "thu")),
            [],
            "Mon 10:00–12:00; Wed–Thu 10:00–12:00 (Europe/Rome)",
        ),
        (None, [], "around the clock (Europe/Rome)"),
    ],
)
def test_hours_can_be_said_in_words(table: Hours | None, holidays: list[str], words: str) -> None:
    assert WorkingTime.of(table, ROME, holidays).in_words() == words


def test_the_next_special_days_can_be_said_in_words() -> None:
    working = WorkingTime.of(OFFICE, ROME, [], CHRISTMAS)
    office = "Mon–Fri 09:00–17:00 (Europe/Rome)"
    sunday = "2026-12-27 09:00–13:00; 2026-12-31 closed"
    assert working.in_words() == office
    assert working.in_words(at("2026-12-24T23:59", ROME)) == (
        f"{office}; special days: 2026-12-24 09:00–13:00; {sunday}"
    )
    assert working.in_words(at("2026-12-25T00:00", ROME)) == f"{office}; special days: {sunday}"
    assert working.in_words(at("2027-01-01T00:00", ROME)) == office
    more = WorkingTime.of(OFFICE, ROME, [], CHRISTMAS | days(_2027_01_02=[]))
    assert more.in_words(at("2026-11-01T00:00", ROME)).endswith("2026-12-31 closed; …")


@pytest.mark.parametrize(
    ("table", "advice"),
    [
        ({"mon": "09:00-17:00"}, "as a list"),
        ({"mon": ["9-17"]}, "“9-17” is not a shift; write it like 09:00-17:30"),
        ({"mon": [9]}, "“9” is not a shift"),
        ({"mon": ["17:00-09:00"]}, "write a night as two shifts"),
        ({"mon": ["09:00-09:00"]}, "does not end after it starts"),
        ({"mon": ["09:60-12:00"]}, "a day runs from 00:00 to 24:00"),
        ({"mon": ["22:00-24:30"]}, "a day runs from 00:00 to 24:00"),
        ({"mon": ["24:00-24:00"]}, "a day runs from 00:00 to 24:00"),
        ({"mon": ["09:00-12:00", "11:00-13:00"]}, "the shifts 09:00–12:00 and 11:00–13:00 overlap"),
        ({"mon": ["٠٩:٠٠-١٧:٠٠"]}, "is not a shift"),
        ({}, "no day has a shift"),
        ({"mon": [], "sun": []}, "no day has a shift"),
        ({"lun": ["09:00-12:00"]}, "Extra inputs"),
    ],
)
def test_faulty_hours_are_refused_with_advice(table: dict[str, object], advice: str) -> None:
    with pytest.raises(ValidationError, match=advice):
        Hours.model_validate(table)


def test_shifts_may_touch_and_stand_in_any_order() -> None:
    table = Hours.model_validate({"mon": ["13:00 – 24:00", "9:00-13:00"]})
    assert [str(shift) for shift in table.mon] == ["09:00–13:00", "13:00–24:00"]


@pytest.mark.parametrize(
    "fault", [{"urgent": 0}, {"high": True}, {"low": 2.5}, {"expert": "soon"}, {"warn": 1}]
)
def test_a_promise_is_a_whole_number_of_minutes(fault: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=r"whole number of working minutes|Extra inputs"):
        Sla.model_validate(fault)


@pytest.mark.parametrize("share", [0, 1, -0.5, 75, True, "most", float("nan")])
def test_the_warning_comes_within_the_promised_time(share: object) -> None:
    with pytest.raises(ValidationError, match="between 0 and 1"):
        Sla.model_validate({"warn_at": share})


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("Italy", "such as IT"),
        ("polska", "such as PL"),
        ("XX", "its two-letter code"),
        ("IT-Bozen", "IT-BZ"),
        ("US-ZZ", "is not a part of US"),
        ("US-", "is not a part of US"),
        ("", "is not a country"),
    ],
)
def test_an_unknown_holiday_code_is_refused_with_the_closest_ones(code: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        WorkingTime.of(OFFICE, ROME, [code])


def test_a_holiday_code_may_be_written_in_any_case() -> None:
    assert WorkingTime.of(OFFICE, ROME, ["it", " us-ca", "IT"]).holidays == ("IT", "US-CA")


def test_a_desk_that_never_opens_is_reported_not_searched_for_ever() -> None:
    never = WorkingTime(((),) * 7, ROME)
    with pytest.raises(ValueError, match="no open time for 370 days"):
        never.due(at("2026-11-24T10:00", ROME), 15)


def test_a_naive_time_and_a_negative_promise_are_refused() -> None:
    working = WorkingTime.of(OFFICE, ROME, [])
    with pytest.raises(ValueError, match="no time zone"):
        working.due(datetime(2026, 11, 24, 10), 15)  # noqa: DTZ001  # the point of the test
    with pytest.raises(ValueError, match="cannot be -1 minutes"):
        working.due(at("2026-11-24T10:00", ROME), -1)


TWO_YEARS = 2 * 365 * 24 * 60
# Clock changes of Rome, New York, Lord Howe and Cairo; Easter Mondays, 11 November, Thanksgiving, Christmas.
TURNS = [
    *(
        date(2026, month, day)
        for month, day in [(3, 29), (10, 25), (3, 8), (11, 1), (4, 5), (10, 4), (4, 24)]
    ),
    *(date(2027, month, day) for month, day in [(3, 28), (10, 31), (3, 14), (11, 7), (4, 4), (10, 3)]),
    *(date(2026, month, day) for month, day in [(4, 6), (11, 11), (11, 26), (12, 25), (12, 31)]),
    *(date(2027, month, day) for month, day in [(1, 1), (3, 29), (11, 11), (12, 24)]),
]
dates = st.builds(
    lambda turn, apart: turn + timedelta(days=apart), st.sampled_from(TURNS), st.integers(-2, 2)
)
moments = st.integers(0, TWO_YEARS).map(
    lambda passed: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=passed)
) | st.builds(
    lambda day, passed: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=passed),
    dates,
    st.integers(0, 1439),
)
minutes = st.integers(0, 3000)


@st.composite
def day_shifts(draw: st.DrawFn) -> list[str]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    starts_and_ends = zip(edges[::2], edges[1::2], strict=False)
    return [
        f"{start // 4:02}:{start % 4 * 15:02}-{end // 4:02}:{end % 4 * 15:02}"
        for start, end in starts_and_ends
    ]


ZONES = [ROME, WARSAW, NEW_YORK, "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata"]
hours_or_none = st.fixed_dictionaries({day: day_shifts() for day in EVERY_DAY}).map(
    lambda table: Hours.model_validate(table) if any(table.values()) else None
)
calendars = st.lists(st.sampled_from(["IT", "PL", "US-CA"]), max_size=2)
special_days = st.dictionaries(dates.map(str), day_shifts(), max_size=6).map(
    TypeAdapter(Days).validate_python
)
working_times = st.builds(WorkingTime.of, hours_or_none, st.sampled_from(ZONES), calendars, special_days)


@given(working_times, moments, minutes, minutes)
@settings(deadline=None)
def test_promises_add_up(working: WorkingTime, start: datetime, first: int, second: int) -> None:
    assert working.due(working.due(start, first), second) == working.due(start, first + second)


@given(working_times, moments, minutes)
@settings(deadline=None)
def test_the_minutes_until_a_promise_falls_due_are_those_promised(
    working: WorkingTime, start: datetime, promised: int
) -> None:
    due = working.due(start, promised)
    assert working.minutes_between(start, due) == promised
    assert working.minutes_between(due, start) == -promised


@given(working_times, moments, minutes, minutes)
@settings(deadline=None)
def test_what_starts_or_is_promised_later_is_due_no_earlier(
    working: WorkingTime, start: datetime, later: int, promised: int
) -> None:
    assert working.due(start, promised) <= working.due(start, promised + later)
    assert working.due(start, promised) <= working.due(start + timedelta(minutes=later), promised)


@given(working_times, moments, minutes)
@settings(deadline=None)
def test_a_promise_never_falls_due_in_closed_time(
    working: WorkingTime, start: datetime, promised: int
) -> None:
    due = working.due(start, promised)
    closes_then = working.is_open(due - timedelta(seconds=1))
    assert working.is_open(due) or closes_then


@given(working_times, moments)
@settings(deadline=None)
def test_the_next_opening_is_open_and_nothing_before_it_counts(
    working: WorkingTime, moment: datetime
) -> None:
    opening = working.next_opening(moment)
    assert opening >= moment
    assert working.is_open(opening)
    assert working.minutes_between(moment, opening) == 0


@given(working_times, moments)
@settings(deadline=None)
def test_the_next_morning_is_open_and_on_a_later_day(working: WorkingTime, moment: datetime) -> None:
    zone = ZoneInfo(working.timezone)
    morning = working.next_morning(moment)
    assert working.is_open(morning)
    assert morning.astimezone(zone).date() > moment.astimezone(zone).date()


@given(st.sampled_from([ROME, NEW_YORK]), moments, st.integers(0, 4000))
@settings(max_examples=40, deadline=None)
@example(NEW_YORK, datetime(2027, 11, 7, tzinfo=UTC), 301)
def test_minutes_are_those_that_a_wall_clock_shows_within_the_shifts(
    zone: str, start: datetime, length: int
) -> None:
    working = WorkingTime.of(hours("00:00-01:00", "03:00-12:00", "17:00-24:00", days=EVERY_DAY), zone, [])
    walls = [(start + timedelta(minutes=passed)).astimezone(ZoneInfo(zone)) for passed in range(length)]
    shown = sum(wall.hour < 1 or 3 <= wall.hour < 12 or wall.hour >= 17 for wall in walls)
    assert working.minutes_between(start, start + timedelta(minutes=length)) == shown


@given(st.sampled_from(["Asia/Kolkata", "UTC"]), hours_or_none, calendars, special_days, moments)
@settings(max_examples=60, deadline=None)
def test_minutes_are_those_of_the_day_s_own_shifts_or_the_week_s_but_on_holidays(
    zone: str,
    table: Hours | None,
    holidays: list[str],
    special: dict[date, tuple[Shift, ...]],
    start: datetime,
) -> None:
    working = WorkingTime.of(table, zone, holidays, special)
    calendar = set(
        chain.from_iterable(country_holidays(*one.split("-"), years=range(2025, 2029)) for one in holidays)
    )
    walls = [(start + timedelta(minutes=passed)).astimezone(ZoneInfo(zone)) for passed in range(5000)]
    worked = 0
    for wall in walls:
        usual = () if wall.date() in calendar else table.week[wall.weekday()] if table else (Shift(0, 1440),)
        minute = wall.hour * 60 + wall.minute
        worked += any(one.start <= minute < one.end for one in special.get(wall.date(), usual))
    assert working.minutes_between(start, start + timedelta(minutes=5000)) == worked


@given(working_times, moments, moments, moments)
@settings(deadline=None)
def test_working_time_adds_up_whatever_lies_between(
    working: WorkingTime, one: datetime, two: datetime, three: datetime
) -> None:
    there = working.minutes_between(one, two) + working.minutes_between(two, three)
    assert there == working.minutes_between(one, three)


@given(working_times, moments, minutes, st.sampled_from(ZONES))
@settings(deadline=None)
def test_an_instant_is_the_same_in_any_zone(
    working: WorkingTime, start: datetime, promised: int, zone: str
) -> None:
    assert working.due(start.astimezone(ZoneInfo(zone)), promised) == working.due(start, promised)


def alike(one: WorkingTime, other: WorkingTime, start: datetime, promised: int) -> bool:
    due = one.due(start, promised)
    later = start + timedelta(minutes=promised)
    return (
        other.due(start, promised) == due
        and other.minutes_between(start, later) == one.minutes_between(start, later)
        and other.next_opening(start) == one.next_opening(start)
        and other.next_morning(start) == one.next_morning(start)
    )


def cut(shifts: tuple[Shift, ...], share: float) -> tuple[Shift, ...]:
    """Each shift as two that adjoin."""
    return tuple(
        part
        for one in shifts
        for middle in [one.start + max(1, int((one.end - one.start) * share))]
        for part in (Shift(one.start, middle), Shift(middle, one.end))
    )


@given(working_times, moments, minutes, st.floats(0, 0.9))
@settings(deadline=None)
def test_a_shift_cut_in_two_that_adjoin_changes_nothing(
    working: WorkingTime, start: datetime, promised: int, share: float
) -> None:
    week = {day: cut(shifts, share) for day, shifts in zip(EVERY_DAY, working.week, strict=True)}
    special = {day: cut(shifts, share) for day, shifts in working.days}
    same = WorkingTime.of(Hours.model_validate(week), working.timezone, working.holidays, special)
    assert alike(working, same, start, promised)
    assert hash(same) == hash(working)
    assert same == working
    # The promise itself does not hang on their being written as one.
    as_written = WorkingTime(tuple(week.values()), working.timezone, working.holidays, tuple(special.items()))
    assert as_written.due(start, promised) == working.due(start, promised)


@given(hours_or_none, st.sampled_from(ZONES), special_days, st.lists(dates, max_size=9), moments, minutes)
@settings(deadline=None)
def test_a_special_day_with_its_weekday_s_shifts_changes_nothing(
    table: Hours | None,
    zone: str,
    special: dict[date, tuple[Shift, ...]],
    repeated: list[date],
    start: datetime,
    promised: int,
) -> None:
    working = WorkingTime.of(table, zone, [], special)
    same = {day: working.week[day.weekday()] for day in repeated} | special
    assert alike(working, WorkingTime.of(table, zone, [], same), start, promised)


@given(hours_or_none, st.sampled_from(ZONES), special_days, moments, minutes)
@settings(deadline=None)
def test_holidays_written_as_closed_days_are_the_same_holidays(
    table: Hours | None, zone: str, special: dict[date, tuple[Shift, ...]], start: datetime, promised: int
) -> None:
    closed = dict.fromkeys(country_holidays("IT", years=range(2025, 2030)), ())
    by_name = WorkingTime.of(table, zone, ["IT"], special)
    by_date = WorkingTime.of(table, zone, [], closed | special)
    assert alike(by_name, by_date, start, promised)


def test_hours_round_the_clock_are_no_hours_at_all() -> None:
    written = hours("00:00-09:00", "09:00-24:00", days=EVERY_DAY)
    assert WorkingTime.of(written, ROME) == WorkingTime.of(None, ROME)
