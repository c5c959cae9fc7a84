"""Absences from start to end, and duty by command."""

from datetime import datetime

from db import absences, events
from db.queue import deliveries, timers
from db.queue.lanes import MessagesTo
from db.queue.subjects import AbsenceOf
from db.rows import Timer, TimerKind
from handlers.desk.cases.claim import give_back, pass_to
from handlers.desk.work import Work, use_case
from triage.cases.case import Case
from triage.errors import DeskError
from triage.events import CameBack, PutOnDuty, Released, WentAway
from triage.i18n import _
from triage.rights import NotAllowed, Person, Role


@use_case
async def leave(work: Work, person: Person, until: datetime) -> None:
    """Somebody is away until then: direct messages wait, and no case comes back to them."""
    await absences.leave(work.connection, person.slack, work.now, until)
    await deliveries.wake(
        work.connection, MessagesTo(person.slack), work.now
    )  # it may wait for another moment now
    await timers.arm(work.connection, TimerKind.ABSENCE, AbsenceOf(person.slack), until, None)
    await work.record_on_desk(WentAway(until), person)


@use_case
async def come_back(work: Work, person: Person) -> datetime | None:
    """Somebody is here again; returns since when they were away, None if they were not."""
    row = await absences.come_back(work.connection, person.slack)
    await deliveries.wake(work.connection, MessagesTo(person.slack), work.now)
    await timers.cancel(work.connection, AbsenceOf(person.slack), at=work.now)
    if row is None:
        return None
    await work.record_on_desk(CameBack(), person)
    return row.since


@use_case
async def is_over(work: Work, timer: Timer) -> None:
    """The time that somebody named has come: they read what happened meanwhile."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    person = timer.about(AbsenceOf).person
    row = await absences.come_back(work.connection, person)
    if row is None:
        return
    await work.record_on_desk(CameBack(), person)
    touched = await events.touched_since(work.connection, person, row.since, limit=10)
    lines = [[{"notice": "touched"}, case.id] for case in touched]
    await work.tell(person, "digest", title="welcome_back", n=len(lines), lines=lines)


@use_case
async def hand_over(work: Work, case_id: int, person: Person, to: Person | None) -> Case:
    """Hand a person's own case to `to`, who is on duty, or back to the channel if that is None."""
    case = await work.case_for(case_id, person, "release")
    if case.owner != person.slack:
        raise DeskError(_("This case is not yours any more."))
    if to is None:
        return await give_back(work, case, Released(), person)
    return await pass_to(work, case, person, to, "")


@use_case
async def put_on_duty(work: Work, by: Person, area: str | None, person: str, until: datetime) -> None:
    """Put a person on duty until then, ahead of the rota; raises NotAllowed."""
    if by.role is not Role.LEAD and by.slack != person:
        raise NotAllowed(_("Leads choose who is on duty. You can take the duty yourself."))
    await absences.put_on_duty(work.connection, area, person, until, by.slack)
    await work.record_on_desk(PutOnDuty(person, area, until), by)
    if person != by.slack:
        await work.tell(person, "on_duty", by=by.slack, area=area or "", until_day=int(until.timestamp()))
