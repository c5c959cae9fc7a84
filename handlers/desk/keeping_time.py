"""The due time of an answer: near it the owner is told, past it the card says late."""

from db import cases, timers
from handlers.desk.work import Work, use_case


@use_case
async def warn(work: Work, timer: timers.Timer) -> None:
    if not await timers.fire(work.connection, timer, work.now):
        return
    case = await cases.load(work.connection, timer.subject_id)
    if case.due_at is not None and case.owner and work.now < case.due_at:
        await work.tell(case.owner, "due_soon", case, due=int(case.due_at.timestamp()))


@use_case
async def breach(work: Work, timer: timers.Timer) -> None:
    if not await timers.fire(work.connection, timer, work.now):
        return
    case = await cases.load(work.connection, timer.subject_id)
    if case.due_at is None or case.late_at == case.due_at:
        return  # a further post of a customer kept waiting is no second delay
    await work.record(case, "late")
    late = await cases.change(work.connection, case, late_at=case.due_at)
    await work.draw_card(late)
