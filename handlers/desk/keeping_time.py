"""The due time of an answer: near it who has the case is told, past it the lead, and the card says late."""

from collections.abc import Sequence

from db import cases, timers
from handlers.desk.work import Work, use_case


@use_case
async def warn(work: Work, timer: timers.Timer, on_duty: Sequence[str]) -> None:
    """The owner alone; of a case that nobody has, those who are on duty."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    case = await cases.load(work.connection, timer.subject_id)
    if case.due_at is None or work.now >= case.due_at or not case.status.is_open:
        return
    due = int(case.due_at.timestamp())
    if case.owner:
        await work.tell(case.owner, "due_soon", case, due=due)
    for person in on_duty if case.owner is None else ():
        await work.tell(person, "unclaimed_soon", case, due=due)


@use_case
async def breach(work: Work, timer: timers.Timer) -> None:
    """Late, once: the card says so, and so does a direct message to the area's lead."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    case = await cases.load(work.connection, timer.subject_id)
    if case.due_at is None or case.late_at == case.due_at:
        return  # a further post of a customer kept waiting is no second delay
    await work.record(case, "late")
    late = await cases.change(work.connection, case, late_at=case.due_at)
    await work.tell_leads("late_now", late, due=int(case.due_at.timestamp()), owner=case.owner or "")
    await work.draw_card(late)
