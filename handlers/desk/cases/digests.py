"""Scheduled lists: waiting cases at a day's start, open ones at its end, and for leads a week's dismissed ones."""

from datetime import datetime, time, timedelta

from db import absences, cases, events
from db.queue import timers
from db.queue.subjects import ShiftOf
from db.rows import Facts, Timer, TimerKind
from handlers.desk.work import Desk, Work, use_case
from triage.cases.case import Outcome
from triage.events import ListSwitchedOff, ListSwitchedOn
from triage.rights import Person, Role

MORNING, EVENING, WEEK = TimerKind.SHIFT_START, TimerKind.SHIFT_END, TimerKind.WEEK
TITLES = {MORNING: "morning", EVENING: "shift_end", WEEK: "week"}
# Further posts in such cases open nothing and notify nobody, so a lead checks these cases once a week.
SHUT = (Outcome.SPAM, Outcome.TROLL)
MOST_LINES = 20
SOON = timedelta(days=1)
# What one line tells, and of which case.
Line = tuple[Facts, int]
# What stays open at a day's end is told as it ends; whoever has gone home would read it in the night.
STALE = timedelta(minutes=15)


@use_case
async def arm(work: Work, person: Person) -> None:
    """The next of each list that concerns somebody."""
    for kind in kinds_for(person):
        await timers.arm_once(work.connection, kind, ShiftOf(person.slack), _next(work, person, kind), None)


def kinds_for(person: Person) -> list[TimerKind]:
    """A day's lists for who has hours, the week's for leads."""
    return [*((MORNING, EVENING) if person.working else ()), *((WEEK,) if person.role is Role.LEAD else ())]


def _next(work: Work, person: Person, kind: TimerKind) -> datetime:
    """The next due time of a list; the weekly one comes on Monday morning, by the person's hours or the desk's."""
    working = person.working or work.policy.working_time
    if kind == MORNING:
        return working.day_begins(work.now)
    if kind == EVENING:
        return working.day_ends(work.now)
    local = work.now.astimezone(person.zone)
    sunday = local.date() + timedelta(days=6 - local.weekday())  # today, on a Sunday: tomorrow is Monday
    return working.next_morning(datetime.combine(sunday, time(12), person.zone))


@use_case
async def tell(work: Work, timer: Timer, person: Person, *, is_quiet: bool = False) -> None:
    """Send a list once, unless it is empty, or the person is away or does not want it; then arm the next timer.

    `is_quiet`: the person wants no notifications just now. The list at a day's end can't wait for the next morning.
    """
    if not await timers.fire(work.connection, timer, work.now):
        return
    if timer.kind not in kinds_for(person):
        return  # desk.toml says otherwise by now
    await timers.arm(work.connection, timer.kind, timer.subject, _next(work, person, timer.kind), None)
    ended_at = person.working.day_ends(work.now - STALE) if person.working else work.now
    if timer.kind == EVENING and (is_quiet or ended_at > work.now):
        return
    if await absences.away(work.connection, [person.slack], work.now):
        return
    if timer.kind in await absences.unwanted(work.connection, person.slack):
        return
    lines = await (_shut(work) if timer.kind == WEEK else _lines(work, person))
    if not lines:
        return
    told: Facts = {"title": TITLES[timer.kind], "n": len(lines), "lines": lines[:MOST_LINES]}
    if timer.kind == EVENING:
        told["stale_at"] = int((ended_at + STALE).timestamp())
    await work.tell(person.slack, "digest", **told)


async def _lines(work: Work, person: Person) -> list[Line]:
    """The lines of a list: promises for the next day first, then open cases in the order of the queue."""
    until = work.now + SOON
    promised = await cases.due_follow_ups(work.connection, person.slack, until, limit=MOST_LINES, offset=0)
    mine = await cases.open_cases(work.connection, cases.Listed(owner=person.slack), limit=200)
    told = {row.case_id for row in promised}
    return [
        *(
            (
                {"notice": "promised", "note": row.note, "promised_at": int(row.due_at.timestamp())},
                row.case_id,
            )
            for row in promised
        ),
        *(({"notice": "open"}, case.id) for case in mine if case.id not in told),
    ]


async def _shut(work: Work) -> list[Line]:
    """The lines about spam and trolls dismissed, or written to again, within the week; most posts first."""
    moved = await events.shut_and_moved(work.connection, SHUT, work.ago(days=7))
    return [({"notice": "shut", "n": n, "outcome": outcome}, case_id) for case_id, outcome, n in moved]


@use_case
async def want(work: Work, person: Person, what: str, *, wanted: bool) -> None:
    """Switch a list on or off for oneself."""
    await absences.want(work.connection, person.slack, what, wanted=wanted)
    await work.record_on_desk(ListSwitchedOn(what) if wanted else ListSwitchedOff(what), person)


async def unwanted(desk: Desk, person: Person) -> set[str]:
    async with desk.database.read() as connection:
        return await absences.unwanted(connection, person.slack)
