"""A person's working day: a list of what waits at its start, and of what stays open at its end."""

from datetime import timedelta
from typing import Any

from db import cases, people, timers
from handlers.desk.work import Desk, Work, use_case
from triage.people import Person

MORNING, EVENING = "shift_start", "shift_end"
TITLES = {MORNING: "morning", EVENING: "shift_end"}
MOST_LINES = 20
SOON = timedelta(days=1)


@use_case
async def arm(work: Work, person: Person) -> None:
    """The next start and the next end of somebody who has hours; nothing for those who have none."""
    if person.working is None:
        return
    subject = f"shift:{person.slack}"
    await timers.arm_once(work.connection, MORNING, subject, person.working.day_begins(work.now), None)
    await timers.arm_once(work.connection, EVENING, subject, person.working.day_ends(work.now), None)


@use_case
async def tell(work: Work, timer: timers.Timer, person: Person) -> None:
    """Say it once, unless it is nothing, or they are away, or want no such list; and arm the next."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    if person.working is None:
        return
    following = person.working.day_begins if timer.kind == MORNING else person.working.day_ends
    await timers.arm(work.connection, timer.kind, timer.subject, following(work.now), None)
    if await people.away(work.connection, [person.slack], work.now):
        return
    if timer.kind in await people.unwanted(work.connection, person.slack):
        return
    lines = await _lines(work, person)
    if lines:
        await work.tell(
            person.slack, "digest", title=TITLES[timer.kind], n=len(lines), lines=lines[:MOST_LINES]
        )


async def _lines(work: Work, person: Person) -> list[list[Any]]:
    """What was promised for the next day first, then the open cases by their place in the queue."""
    until = work.now + SOON
    promised = await cases.due_follow_ups(work.connection, person.slack, until, limit=MOST_LINES, offset=0)
    mine = await cases.open_cases(work.connection, cases.Listed(owner=person.slack), limit=200)
    told = {row.case_id for row in promised}
    return [
        *(
            [
                {"notice": "promised", "note": row.note, "promised_at": int(row.due_at.timestamp())},
                row.case_id,
            ]
            for row in promised
        ),
        *([{"notice": "open"}, case.id] for case in mine if case.id not in told),
    ]


@use_case
async def want(work: Work, person: Person, what: str, *, wanted: bool) -> None:
    """Switch a list on or off for oneself."""
    await people.want(work.connection, person.slack, what, wanted=wanted)


async def unwanted(desk: Desk, person: Person) -> set[str]:
    async with desk.database.read() as connection:
        return await people.unwanted(connection, person.slack)
