"""The list of what stays open comes as a day ends, or not at all: by the next morning it would be stale."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from db import tables
from db.engine import Database
from handlers.desk import claiming, receiving, shifts
from handlers.desk.receiving import Voice
from handlers.desk.work import Desk
from handlers.timers import Timekeeper
from scene import policy_with
from triage.mention import Author, Mention
from triage.people import Person, Role
from triage.sla import Hours, WorkingTime

OFFICE = Hours.model_validate({"wed": ["09:00-17:00"]})
ANNA = Person("U0ANNA", "Anna Bianchi", "AB", Role.AGENT, working=WorkingTime.of(OFFICE, "UTC"))
NOON, END = datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 25, 17, tzinfo=UTC)
POST = Mention("x", "1001", "1", "acme_help", "where is it?", NOON, "1001", "https://x.com/i/status/1")


@pytest.mark.parametrize(
    ("fired", "is_quiet", "told"),
    [
        pytest.param(END, False, 1, id="as it ends"),
        pytest.param(END + timedelta(hours=3), False, 0, id="hours later, for the machine stood still"),
        pytest.param(END, True, 0, id="while they want no notifications"),
    ],
)
async def test_a_days_end_is_told_as_it_ends(
    database: Database, fired: datetime, is_quiet: bool, told: int
) -> None:
    now = NOON
    desk = Desk(database, policy_with(), lambda: now)
    await receiving.receive(desk, [POST], [Author("x", "1", "cust_1", "Customer")], Voice({"acme_help": "9"}))
    await claiming.claim(desk, 1, ANNA)
    await shifts.arm(desk, ANNA)
    now = fired
    keeper = Timekeeper(desk, _who_is_who(), _duty(is_quiet))
    for timer in await keeper.due():
        if timer.kind == shifts.EVENING:
            await keeper.fire(timer)
    async with database.read() as connection:
        payloads = list((await connection.execute(select(tables.deliveries.c.payload))).scalars())
        armed = select(tables.timers.c.due_at).where(
            tables.timers.c.kind == shifts.EVENING, tables.timers.c.state == "armed"
        )
        next_end = (await connection.execute(armed)).scalar_one()
    assert sum(payload.get("title") == "shift_end" for payload in payloads) == told
    assert next_end == END + timedelta(days=7)


def _who_is_who() -> Any:
    async def person(_slack: str) -> Person:
        return ANNA

    return SimpleNamespace(person=person)


def _duty(is_quiet: bool) -> Any:
    async def quiet(_slack: str) -> bool:
        return is_quiet

    return SimpleNamespace(is_quiet=quiet)
