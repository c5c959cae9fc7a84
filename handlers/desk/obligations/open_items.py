"""Open items of a case that changes hands or ends: questions asked, dates promised, replies waiting for approval."""

from datetime import datetime

from db import follow_ups, questions
from db.answers import approvals, drafts
from db.queue import timers
from db.queue.subjects import ApprovalBy, ApprovalOf, AskOf, FollowUpOf
from db.rows import Approval, ApprovalState, FollowUp, FollowUpState, QuestionState, TimerKind
from handlers.desk.work import Work
from triage.cases.case import Case


async def tie_up(work: Work, case: Case) -> None:
    """End the questions, the promises and the waiting reply of a case that ends or goes back to the channel."""
    await withdraw_asks(work, case)
    await cancel_follow_ups(work, case)
    await withdraw_approval(work, case)


async def withdraw_approval(work: Work, case: Case) -> None:
    """Withdraw the case's reply from approval; its text becomes the writer's draft again."""
    row = await approvals.waiting(work.connection, case.id)
    if row is None or not await approvals.settle(
        work.connection, row.id, ApprovalState.WITHDRAWN, decided_at=work.now, decided_by=None
    ):
        return
    await end_approval(work, row)
    await work.tell(row.who, "approval_moot", case)


async def end_approval(work: Work, row: Approval) -> None:
    """Its timer ends, what each approver sees says so, and what they made of it is kept no longer."""
    await drafts.drop_edits(work.connection, row.case_id)
    await timers.cancel(work.connection, ApprovalOf(row.id), at=work.now)
    await draw_approval(work, row)


async def draw_approval(work: Work, row: Approval) -> None:
    """Show a reply that waits, or what became of it, to each who was asked."""
    for person in row.asked:
        await work.draw_dm(ApprovalBy(row.id, person), person, row.case_id)


async def withdraw_asks(work: Work, case: Case) -> None:
    """Take back the open questions of a case; the experts' messages say so."""
    for ask in await questions.open_ones(work.connection, case.id):
        await questions.end(work.connection, ask.id, QuestionState.WITHDRAWN, work.now)
        await timers.cancel(work.connection, AskOf(ask.id), at=work.now)
        await work.draw_dm(AskOf(ask.id), ask.expert, case.id)


async def cancel_follow_ups(work: Work, case: Case) -> None:
    """End the promised dates of a case."""
    for follow_up in await follow_ups.open_ones(work.connection, case.id):
        await settle_follow_up(work, follow_up, FollowUpState.CANCELLED)


async def take_up_reminder(work: Work, case: Case) -> None:
    """A reminder is answered by working on the case: it does not go back to the channel."""
    for follow_up in await follow_ups.open_ones(work.connection, case.id):
        if follow_up.state is FollowUpState.REMINDED:
            await settle_follow_up(work, follow_up, FollowUpState.DONE)


async def hand_over_follow_ups(work: Work, case: Case, person: str) -> None:
    """The new owner inherits the promises; a reminder already given is given to them."""
    for follow_up in await follow_ups.open_ones(work.connection, case.id):
        await settle_follow_up(work, follow_up, FollowUpState.MOVED)
        await keep_date(work, case.id, person, max(follow_up.due_at, work.now), follow_up.note)


async def keep_date(work: Work, case_id: int, person: str, due_at: datetime, note: str) -> None:
    """A promised date, and the timer that holds it."""
    made = await follow_ups.make(
        work.connection, case_id=case_id, person=person, due_at=due_at, note=note, made_at=work.now
    )
    await timers.arm(work.connection, TimerKind.FOLLOW_UP, FollowUpOf(made), due_at, case_id)


async def settle_follow_up(work: Work, follow_up: FollowUp, state: FollowUpState) -> bool:
    """End a promise and redraw its reminder in the DM, if any, without buttons; False if it was settled before."""
    if not await follow_ups.settle(work.connection, follow_up.id, state):
        return False
    await timers.cancel(work.connection, FollowUpOf(follow_up.id), at=work.now)
    if follow_up.state is FollowUpState.REMINDED:
        await work.draw_dm(FollowUpOf(follow_up.id), follow_up.person, follow_up.case_id)
    return True
