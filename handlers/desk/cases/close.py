"""Closes a case, and opens it again."""

from db.answers import replies, saved_replies
from db.rows import ReplyState
from handlers.desk.obligations.open_items import tie_up
from handlers.desk.work import Work, use_case
from triage.cases.case import Case, Outcome
from triage.events import Closed, Dismissed, Reopened, Resolved
from triage.rights import Person


@use_case
async def resolve(work: Work, case_id: int, person: Person, outcome: Outcome) -> Case:
    case = await work.case_for(case_id, person, "resolve")
    return await close(work, case, Resolved(outcome), person)


@use_case
async def dismiss(work: Work, case_id: int, person: Person, outcome: Outcome) -> Case:
    case = await work.case_for(case_id, person, "dismiss")
    return await close(work, case, Dismissed(outcome), person)


async def close(work: Work, case: Case, end: Closed, person: Person) -> Case:
    """End a case: its clock stops, its questions are taken back, its dates are kept no longer."""
    changes: dict[str, object] = {"closed_at": work.now, "outcome": end.outcome.value, "due_at": None}
    moved = await work.move(case, end, person, owner=case.owner or person.slack, **changes)
    await work.stop_clock(case.id)
    await tie_up(work, moved)
    return moved


@use_case
async def reopen(work: Work, case_id: int, person: Person) -> Case:
    """Reopen a closed case for the person who asks; a case that was never answered gets a new due time, from now."""
    case = await work.case_for(case_id, person, "reopen")
    await saved_replies.came_back(work.connection, case.id)
    changes: dict[str, object] = {"closed_at": None, "outcome": None}
    if case.first_reply_at is None and not await _answer_under_way(work, case):
        due_at = work.due(case.priority, work.now, case.area, answered=False)
        changes |= {"waiting_since": work.now, "due_at": due_at}
        await work.aim_clock(case, work.now, due_at)
    return await work.move(case, Reopened(), person, owner=person.slack, **changes)


async def _answer_under_way(work: Work, case: Case) -> bool:
    reply = await replies.foremost(work.connection, case.id)
    return reply is not None and reply.state in (ReplyState.QUEUED, ReplyState.UNKNOWN)
