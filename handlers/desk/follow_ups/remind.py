"""Promises to come back at a date: kept, moved, or given back to the channel."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db import absences, cases, follow_ups
from db.queue import timers
from db.queue.subjects import FollowUpOf
from db.rows import FollowUp, FollowUpState, Timer, TimerKind
from handlers.desk.cases.claim import give_back
from handlers.desk.cases.close import close
from handlers.desk.look import Look, one_look
from handlers.desk.obligations.open_items import keep_date, settle_follow_up
from handlers.desk.work import Work, use_case
from triage.cases.case import MOVES, Case, Move, Outcome, Status
from triage.errors import DeskError
from triage.events import FellDue, Moved, Promised, PromiseKept, Resolved, Returned, ReturnedFromAway
from triage.i18n import _
from triage.rights import Person, require

# Working minutes between the steps: remind, remind again, give the case back.
HALF_A_DAY = 240


class Settled(DeskError):
    """This follow-up is settled already. The card shows how the case stands."""


@use_case
async def follow_up(work: Work, case_id: int, person: Person, due_at: datetime, note: str) -> Case:
    """Promise to come back to a case; an earlier date of the same case gives way to it."""
    case = await work.case_for(case_id, person, "follow_up")
    return await _promise_anew(work, case, person, due_at, note)


async def _promise_anew(work: Work, case: Case, person: Person, due_at: datetime, note: str) -> Case:
    if due_at <= work.now:
        raise DeskError(_("This moment has passed. Choose one in the future."))
    return await promise(work, case, person.slack, due_at, note)


async def promise(work: Work, case: Case, who: str, due_at: datetime, note: str) -> Case:
    """Keep a date for a case; an earlier one gives way to it."""
    for earlier in await follow_ups.open_ones(work.connection, case.id):
        await _settle(work, earlier, FollowUpState.MOVED)
    await keep_date(work, case.id, who, due_at, note)
    return await work.move(case, Promised(due_at, note), who, owner=case.owner or who)


async def _settle(work: Work, row: FollowUp, state: FollowUpState) -> None:
    if not await settle_follow_up(work, row, state):
        raise Settled


@use_case
async def fall_due(work: Work, timer: Timer, on_duty: Sequence[str]) -> None:
    """The date has come: the owner's turn, said by DM. Who is away is not waited for: it is the channel's turn."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    row = await follow_ups.load(work.connection, timer.about(FollowUpOf).follow_up_id)
    if row is None or not await follow_ups.remind(work.connection, row.id, work.now):
        return
    case = await cases.load(work.connection, row.case_id)
    if (case.status, Move.FALL_DUE) in MOVES:
        await work.move(case, FellDue(row.note), None)
    reminded = await follow_ups.load(work.connection, row.id)
    if reminded is not None and await absences.away(work.connection, [row.person], work.now):
        await _return(work, reminded, on_duty, ReturnedFromAway(row.person))
        return
    await work.draw_dm(FollowUpOf(row.id), row.person, case.id)
    await _wait_half_a_day(work, case, row)


async def _wait_half_a_day(work: Work, case: Case, row: FollowUp) -> None:
    until = work.policy.working_time_of(case.area).due(work.now, HALF_A_DAY)
    await timers.arm(work.connection, TimerKind.FOLLOW_UP_UNANSWERED, FollowUpOf(row.id), until, row.case_id)


@use_case
async def unanswered(work: Work, timer: Timer, on_duty: Sequence[str]) -> None:
    """Follow up a reminder that nobody took: remind a second time, then give the case back to the channel."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    row = await follow_ups.load(work.connection, timer.about(FollowUpOf).follow_up_id)
    if row is None or row.state is not FollowUpState.REMINDED:
        return
    if row.reminders == 0:
        await follow_ups.remind_again(work.connection, row.id)
        case = await cases.load(work.connection, row.case_id)
        await work.tell(row.person, "reminded_again", case, note=row.note)
        await _wait_half_a_day(work, case, row)
        return
    await _return(work, row, on_duty, Returned())


async def _return(work: Work, row: FollowUp, on_duty: Sequence[str], event: Moved) -> None:
    """Back to the channel: an owner who is here reads so, and who is on duty is told; late once more, the lead is."""
    case = await cases.load(work.connection, row.case_id)
    await _settle(work, row, FollowUpState.RETURNED)
    if not case.status.is_open:
        return
    if case.owner and isinstance(event, Returned):
        await work.tell(case.owner, "returned", case)
    moved = await give_back(work, case, event, None)
    due_at = work.due(moved.priority, work.now, moved.area, answered=moved.answered)
    await work.aim_clock(moved, work.now, due_at)
    # The clock starts now; later corrections of priority or area compute the due time from here.
    await cases.change(work.connection, moved, waiting_since=work.now, due_at=due_at)
    await work.tell_on_duty(on_duty, "back_in_channel", moved, knows=case.owner, note=row.note)


@use_case
async def done(work: Work, case_id: int, person: Person) -> Case:
    """The promise is kept: the case is resolved, unless the customer still waits for an answer."""
    row, case = await _reminded(work, case_id, person)
    await _settle(work, row, FollowUpState.DONE)
    await work.record(case, PromiseKept(row.note), person)
    if case.due_at is not None or case.status not in (Status.CLAIMED, Status.WAITING):
        changed = await cases.change(work.connection, case)
        await work.draw_card(changed)
        return changed
    require(person, "resolve", case)
    return await close(work, case, Resolved(Outcome.FIXED), person)


@use_case
async def not_yet(work: Work, case_id: int, person: Person, due_at: datetime, note: str) -> Case:
    """A new date for the same promise."""
    row, case = await _reminded(work, case_id, person)
    return await _promise_anew(work, case, person, due_at, note or row.note)


async def _reminded(work: Work, case_id: int, person: Person) -> tuple[FollowUp, Case]:
    case = await work.case_for(case_id, person, "follow_up")
    return await reminded(work.connection, case_id), case


@one_look
async def require_reminder(look: Look, case_id: int) -> None:
    """Raise Settled when no reminder of the case waits for an answer."""
    await reminded(look.connection, case_id)


async def reminded(connection: AsyncConnection, case_id: int) -> FollowUp:
    """The promise that the case's reminder is about; raises Settled."""
    for row in await follow_ups.open_ones(connection, case_id):
        if row.state is FollowUpState.REMINDED:
            return row
    raise Settled
