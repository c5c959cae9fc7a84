"""A case is due by its area's hours, in the area's own time zone, and anew when its area is corrected."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database
from db.rows import TimerKind
from db.sql import tables
from handlers.desk.cases import claim, close, correct
from handlers.desk.experts import escalate
from handlers.desk.follow_ups import remind
from handlers.desk.intake import receive
from handlers.desk.intake.receive import Voice
from handlers.desk.work import Desk
from handlers.workers.timers import Timekeeper
from scene import policy_with
from triage.cases.mention import Author, Mention
from triage.rights import Person, Role
from triage.scoring.priority import Priority

OFFICE = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
AREAS = [
    {"name": "billing", "keywords": {"en": ["invoice"]}, "experts": ["U0KASIA"]},
    {
        "name": "network",
        "keywords": {"en": ["signal"]},
        "timezone": "America/New_York",
        "holidays": ["US"],
        "days": {"2026-11-27": ["09:00-09:30"]},
    },
    {"name": "delivery", "keywords": {"en": ["parcel"]}},
]
POLICY = policy_with(hours=OFFICE, holidays=["IT"], area=AREAS)
ANNA = Person("U0ANNA", "Anna Bianchi", "AB", Role.AGENT)
KASIA = Person("U0KASIA", "Kasia Nowak", "KN", Role.AGENT)
CUSTOMER = Author("x", "1", "cust_1", "Customer")
# Tuesday, 16:00 in Rome and 10:00 in New York; both desks are open.
TUESDAY = datetime(2026, 11, 24, 15, tzinfo=UTC)
# Wednesday, 22:30 in Rome and 16:30 in New York; Thursday is Thanksgiving there, Friday a half-hour.
WEDNESDAY = datetime(2026, 11, 25, 21, 30, tzinfo=UTC)


async def _nobody(_area: str | None) -> list[str]:
    return []


DIRECTORY: Any = SimpleNamespace()
DUTY: Any = SimpleNamespace(experts=_nobody, on_duty=_nobody, on_duty_for=_nobody)


class Play:
    """The desk at an instant that the test sets."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now, self.posts = database, now, 0

    @property
    def desk(self) -> Desk:
        return Desk(self.database, POLICY, lambda: self.now)

    async def has_an_hour_for(self, text: str) -> int:
        """A customer's post, whose case may wait for an hour; the case's id."""
        await self.writes(text)
        case_id = (await self.case()).id
        await correct.set_priority(self.desk, case_id, ANNA, Priority.NORMAL)
        return int(case_id)

    async def writes(self, text: str) -> None:
        self.posts += 1
        post = Mention(
            network="x",
            post_id=str(1000 + self.posts),
            author_id=CUSTOMER.id,
            account="acme_help",
            text=text,
            posted_at=self.now,
            conversation_id="1001",
            url="https://x.com/i/status/1",
            tags=("acme_help",),
        )
        await receive.receive(self.desk, [post], [CUSTOMER], Voice({"acme_help": "900"}))

    async def case(self) -> Any:
        (case,) = await self.rows(tables.cases)
        return case

    async def clock(self) -> dict[str, datetime]:
        """What is armed, and for when; but for how the card puts it."""
        armed = [row for row in await self.rows(tables.timers) if row.state == "armed"]
        return {row.kind: row.due_at for row in armed if row.kind != TimerKind.WORDING}

    async def rows(self, table: Any) -> list[Any]:
        async with self.database.read() as connection:
            return list((await connection.execute(select(table).order_by(table.c.id))).all())

    async def wait_until(self, moment: datetime) -> None:
        self.now = moment
        keeper = Timekeeper(self.desk, DIRECTORY, DUTY)
        while due := await keeper.due():
            for timer in due:
                await keeper.fire(timer)


def of(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "area", "now", "warned", "due"),
    [
        # By Rome: on Thursday at ten. By New York: half an hour on Wednesday, half an hour on Friday.
        ("my invoice is wrong", "billing", WEDNESDAY, of(26, 8, 45), of(26, 9, 0)),
        ("no signal at all", "network", WEDNESDAY, of(27, 14, 15), of(27, 14, 30)),
        ("hello, anybody?", None, WEDNESDAY, of(26, 8, 45), of(26, 9, 0)),
        ("my invoice is wrong", "billing", TUESDAY, of(24, 15, 45), of(24, 16, 0)),
        ("no signal at all", "network", TUESDAY, of(24, 15, 45), of(24, 16, 0)),
    ],
)
async def test_a_case_is_due_by_its_areas_hours(
    database: Database, text: str, area: str | None, now: datetime, warned: datetime, due: datetime
) -> None:
    play = Play(database, now)
    await play.has_an_hour_for(text)
    case = await play.case()
    assert (case.area, case.due_at) == (area, due)
    assert await play.clock() == {"warning": warned, "breach": due}


async def test_a_new_case_is_aimed_by_its_area_before_anybody_touches_it(database: Database) -> None:
    play = Play(database, WEDNESDAY)
    await play.writes("no signal at all")
    case = await play.case()
    new_york = POLICY.working_time_of("network")
    promised = POLICY.target_minutes(Priority(case.priority), answered=False)
    assert case.due_at == new_york.due(WEDNESDAY, promised)
    assert await play.clock() == {
        "warning": new_york.due(WEDNESDAY, promised * POLICY.sla.warn_at),
        "breach": case.due_at,
    }


async def test_a_corrected_area_aims_the_clock_anew_from_its_true_start(database: Database) -> None:
    play = Play(database, WEDNESDAY)
    case_id = await play.has_an_hour_for("my invoice is wrong")
    await play.wait_until(of(26, 10, 0))
    late = await play.case()
    assert late.late_at == late.due_at == of(26, 9, 0)

    await correct.set_area(play.desk, case_id, ANNA, "network")
    moved = await play.case()
    assert (moved.waiting_since, moved.due_at, moved.late_at) == (WEDNESDAY, of(27, 14, 30), None)
    assert await play.clock() == {"warning": of(27, 14, 15), "breach": of(27, 14, 30)}

    await correct.set_area(play.desk, case_id, ANNA, None)
    assert (await play.case()).due_at == of(26, 9, 0)
    await play.wait_until(of(26, 10, 1))
    assert (await play.case()).late_at == of(26, 9, 0)


async def test_a_further_post_brings_no_second_warning_of_the_same_due_time(database: Database) -> None:
    play = Play(database, WEDNESDAY)
    case_id = await play.has_an_hour_for("my invoice is wrong")
    await claim.claim(play.desk, case_id, ANNA)
    await play.wait_until((await play.clock())["warning"])
    await play.writes("hello? my invoice is still wrong")
    await play.wait_until(play.now + timedelta(minutes=5))
    told = [row.subject for row in await play.rows(tables.deliveries) if row.kind == "notice"]
    assert told.count("notice:due_soon") == 1


async def test_areas_of_the_same_hours_leave_the_clock_as_it_is(database: Database) -> None:
    play = Play(database, WEDNESDAY)
    case_id = await play.has_an_hour_for("my invoice is wrong")
    await play.wait_until(of(26, 10, 0))
    before = await play.case()
    await correct.set_area(play.desk, case_id, ANNA, "delivery")
    after = await play.case()
    assert (after.area, after.due_at, after.late_at) == ("delivery", before.due_at, before.late_at)
    assert await play.clock() == {}
    late = [event for event in await play.rows(tables.events) if event.what == "late"]
    assert len(late) == 1


async def test_an_answered_case_gets_no_due_time_by_a_new_area(database: Database) -> None:
    play = Play(database, WEDNESDAY)
    case_id = await play.has_an_hour_for("my invoice is wrong")
    await close.resolve(play.desk, case_id, ANNA, close.Outcome.ANSWERED)
    await correct.set_area(play.desk, case_id, ANNA, "network")
    assert (await play.case()).due_at is None
    assert await play.clock() == {}


async def test_a_reopened_case_is_due_by_its_areas_hours(database: Database) -> None:
    play = Play(database, TUESDAY)
    case_id = await play.has_an_hour_for("no signal at all")
    await close.resolve(play.desk, case_id, ANNA, close.Outcome.FIXED)
    play.now = WEDNESDAY
    await close.reopen(play.desk, case_id, ANNA)
    assert (await play.case()).due_at == of(27, 14, 30)


async def test_a_further_post_that_leads_to_an_area_is_due_by_that_areas_hours(database: Database) -> None:
    play = Play(database, WEDNESDAY)
    await play.has_an_hour_for("hello, anybody?")
    assert (await play.case()).due_at == of(26, 9, 0)
    play.now += timedelta(minutes=5)
    await play.has_an_hour_for("there is no signal")
    case = await play.case()
    assert (case.area, case.waiting_since, case.due_at) == ("network", WEDNESDAY, of(27, 14, 30))


async def test_an_experts_time_is_counted_by_the_areas_hours(database: Database) -> None:
    play = Play(database, WEDNESDAY)
    case_id = await play.has_an_hour_for("no signal at all")
    await claim.claim(play.desk, case_id, ANNA)
    await escalate.escalate(play.desk, case_id, ANNA, [KASIA], "Is it down?")
    (ask,) = await play.rows(tables.asks)
    assert ask.due_at == (await play.clock())["ask"] == of(27, 14, 30)


async def test_a_reminder_nobody_takes_goes_back_by_the_areas_hours_and_is_due_from_then(
    database: Database,
) -> None:
    play = Play(database, TUESDAY)
    case_id = await play.has_an_hour_for("no signal at all")
    await claim.claim(play.desk, case_id, ANNA)
    await remind.follow_up(play.desk, case_id, ANNA, of(25, 15, 0), "call back")
    await play.wait_until(of(25, 15, 0))
    area = (await play.case()).area
    working = play.desk.policy.working_time_of(area)
    assert working != play.desk.policy.working_time
    again = working.due(of(25, 15, 0), remind.HALF_A_DAY)
    assert (await play.clock())["follow_up_unanswered"] == again
    await play.wait_until(again)
    last = (await play.clock())["follow_up_unanswered"]
    assert last == working.due(again, remind.HALF_A_DAY)
    await play.wait_until(last)
    back = await play.case()
    assert (back.status, back.waiting_since) == ("new", last)
    assert back.due_at == working.due(
        last, play.desk.policy.target_minutes(Priority(back.priority), answered=False)
    )
