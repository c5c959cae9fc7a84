"""The due time of an answer: the desk warns the owner before it, tells the lead after it, and marks the card late."""

from collections.abc import Sequence

from db import cases
from db.queue import deliveries, timers
from db.queue.lanes import EditsIn
from db.queue.subjects import CaseOf
from db.rows import Timer, TimerKind
from handlers.desk.work import Work, use_case
from triage.cases.case import Case
from triage.events import Late
from triage.time.nearness import next_change

# Slack takes about fifty edits a minute in a channel, and people's clicks go first.
MOST_WAITING = 20


@use_case
async def warn(work: Work, timer: Timer, on_duty: Sequence[str]) -> None:
    """Warn the owner; for an unclaimed case, the people on duty, or else the leads."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    case = await cases.load(work.connection, timer.about(CaseOf).case_id)
    if case.due_at is None or work.now >= case.due_at or not case.status.is_open:
        return
    if await timers.fired_before(work.connection, timer):
        return  # a further post, or a reply taken back, has aimed the clock at the same due time again
    due = int(case.due_at.timestamp())
    if case.owner:
        await work.tell(case.owner, "due_soon", case, due=due)
    else:
        await work.tell_on_duty(on_duty, "unclaimed_soon", case, due=due)
    await _reword(work, case)


@use_case
async def breach(work: Work, timer: Timer) -> None:
    """Late, once: the card says so, and so does a direct message to the area's lead."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    case = await cases.load(work.connection, timer.about(CaseOf).case_id)
    if case.due_at is None or case.late_at == case.due_at:
        return  # a further post of a customer kept waiting is no second delay
    await work.record(case, Late())
    late = await cases.change(work.connection, case, late_at=case.due_at)
    await work.tell_leads("late_now", late, due=int(case.due_at.timestamp()), owner=case.owner or "")
    await _reword(work, late)


@use_case
async def reword(work: Work, timer: Timer) -> None:
    """The card says how near the due time is, at a few steps."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    case = await cases.load(work.connection, timer.about(CaseOf).case_id)
    if case.due_at is not None and case.status.is_open:
        await _reword(work, case)


async def _reword(work: Work, case: Case) -> None:
    """Draw the card, unless its channel has more to draw than Slack takes, and again at the next step."""
    if await deliveries.count_due(work.connection, EditsIn(case.channel), work.now) < MOST_WAITING:
        await work.draw_card(case)
    at = next_change(work.now, case.due_at) if case.due_at else None
    if at is not None:
        await timers.arm(work.connection, TimerKind.WORDING, CaseOf(case.id), at, case.id)
