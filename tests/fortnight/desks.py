"""Three desks and the twelve people who work on them, each with a fortnight that is not like any other."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from triage.policy import Policy, read

Hours = dict[str, list[str]]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekdays(*shifts: str, days: int = 5) -> Hours:
    return {day: list(shifts) for day in WEEKDAYS[:days]}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody on a desk: when they work, and how they do it. Moments are local: "2026-12-28 09:00"."""

    slack: str
    name: str
    timezone: str
    hours: Hours | None = None
    is_expert: bool = False
    away: tuple[tuple[str, str, bool], ...] = ()  # (from, until, hands over)
    quiet: tuple[str, str] | None = None  # Do Not Disturb each day, such as ("12:00", "13:30")
    forgets: float = 0.1  # the share of reminders that they never take up

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def moment(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A desk: its desk.toml, its people, and when its fortnight begins (UTC)."""

    name: str
    toml: str
    people: tuple[Colleague, ...]
    start: datetime
    timezone: str
    hours: Hours | None
    holidays: str | None
    area_hours: dict[str, Hours] = field(default_factory=dict)  # areas that keep hours of their own
    groups: dict[str, list[str]] = field(default_factory=dict)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=14)

    @property
    def policy(self) -> Policy:
        return read(self.toml + "".join(map(_entry, self.people)))


def _entry(one: Colleague) -> str:
    lines = [f'\n[[person]]\nslack = "{one.slack}"\ntimezone = "{one.timezone}"\n']
    if one.hours:
        lines += ["[person.hours]\n", *(f"{day} = {shifts}\n" for day, shifts in one.hours.items())]
    return "".join(lines).replace("'", '"')


_ACCOUNT = '[[account]]\nnetwork = "x"\nhandle = "acme_help"\npurpose = "support"\n'
_SLA = "[sla]\nurgent = 15\nhigh = 30\nnormal = 60\nlow = 240\nexpert = 60\n"


def _hours(table: str, hours: Hours) -> str:
    lines = "".join(f"{day} = {shifts}\n" for day, shifts in hours.items())
    return f"[{table}]\n{lines}".replace("'", '"')


SHOP = Place(
    "A shop in Rome over Christmas",
    f"""
[desk]
name = "Acme Shop"
timezone = "Europe/Rome"
channel = "C0SHOP"
languages = ["en"]
leads = ["U0DARIO"]
undo_seconds = 0
holidays = ["IT"]
{_hours("desk.hours", _weekdays("09:00-17:00"))}
{_ACCOUNT}{_SLA}
[[rota]]
people = ["U0ADA", "U0BRUNO"]
turn = "weekly"
[[area]]
name = "billing"
experts = ["U0CARLA", "U0BRUNO"]
keywords = {{ en = ["invoice"] }}
""",
    (
        Colleague(
            "U0ADA",
            "Ada",
            "Europe/Rome",
            _weekdays("09:00-17:00"),
            away=(("2026-12-28 09:00", "2026-12-31 09:00", True),),
        ),
        Colleague("U0BRUNO", "Bruno", "Europe/Rome", _weekdays("10:00-18:00"), quiet=("13:00", "14:00")),
        Colleague("U0CARLA", "Carla", "Europe/Rome", _weekdays("10:00-14:00", days=4), is_expert=True),
        Colleague("U0DARIO", "Dario", "Europe/Rome", _weekdays("09:00-13:00", "15:00-18:00"), forgets=0),
    ),
    datetime(2026, 12, 20, 23, tzinfo=UTC),
    "Europe/Rome",
    _weekdays("09:00-17:00"),
    "IT",
)

TELECOM = Place(
    "A telecom in New York, always open, as the clocks go back",
    f"""
[desk]
name = "Acme Mobile"
timezone = "America/New_York"
channel = "C0TELECOM"
languages = ["en"]
leads = ["U0HANK"]
undo_seconds = 0
{_ACCOUNT}{_SLA}
[[rota]]
people = ["U0EVA", "U0FRANK"]
turn = "daily"
[[rota]]
area = "network"
people = ["S0NET"]
turn = "weekly"
[[area]]
name = "network"
experts = ["S0NET"]
lead = "U0HANK"
keywords = {{ en = ["signal"] }}
""",
    (
        Colleague("U0EVA", "Eva", "America/New_York", _weekdays("06:00-14:00", days=7)),
        Colleague(
            "U0FRANK",
            "Frank",
            "America/New_York",
            _weekdays("14:00-22:00", days=7),
            away=(("2026-10-30 14:00", "2026-11-02 14:00", False),),
        ),
        Colleague("U0GINA", "Gina", "Europe/Warsaw", _weekdays("09:00-17:00"), is_expert=True),
        Colleague(
            "U0HANK", "Hank", "America/Chicago", _weekdays("08:00-17:00"), quiet=("11:30", "12:30"), forgets=0
        ),
    ),
    datetime(2026, 10, 26, 4, tzinfo=UTC),
    "America/New_York",
    None,
    None,
    groups={"S0NET": ["U0GINA", "U0EVA"]},
)

BANK = Place(
    "A bank in Warsaw, split shifts, around 11 November",
    f"""
[desk]
name = "Acme Bank"
timezone = "Europe/Warsaw"
channel = "C0BANK"
languages = ["en"]
leads = ["U0LUCA"]
undo_seconds = 0
holidays = ["PL"]
{_hours("desk.hours", _weekdays("08:00-12:00", "13:00-17:00") | {"sat": ["09:00-13:00"]})}
{_ACCOUNT}{_SLA}
[[rota]]
people = ["U0IGA", "U0JAN"]
turn = "weekly"
[[area]]
name = "cards"
experts = ["U0KATIA"]
keywords = {{ en = ["card"] }}
{_hours("area.hours", _weekdays("07:00-22:00", days=7))}
""",
    (
        Colleague(
            "U0IGA",
            "Iga",
            "Europe/Warsaw",
            _weekdays("08:00-12:00", "13:00-17:00"),
            quiet=("16:00", "16:30"),
            forgets=0.3,
        ),
        Colleague(
            "U0JAN",
            "Jan",
            "Europe/Warsaw",
            _weekdays("10:00-18:00", days=6),
            away=(("2026-11-09 10:00", "2026-11-12 10:00", False),),
        ),
        Colleague("U0KATIA", "Katia", "Europe/London", _weekdays("09:00-17:00"), is_expert=True),
        Colleague("U0LUCA", "Luca", "Europe/Rome", _weekdays("09:00-18:00"), forgets=0),
    ),
    datetime(2026, 11, 1, 23, tzinfo=UTC),
    "Europe/Warsaw",
    _weekdays("08:00-12:00", "13:00-17:00") | {"sat": ["09:00-13:00"]},
    "PL",
    area_hours={"cards": _weekdays("07:00-22:00", days=7)},
)

PLACES = (SHOP, TELECOM, BANK)
