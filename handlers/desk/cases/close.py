"""Ending a case, and taking it up again."""

from typing import Any

from db import replies, saved_replies
from db.rows import ReplyState
from handlers.desk.obligations.open_items import tie_up
from handlers.desk.work import Work, use_case
from triage.cases.case import Case, Move, Outcome
from triage.rights import Person


@use_case
async def resolve(work: Work, case_id: int, person: Person, outcome: Outcome) -> Case:
    case = await work.case_for(case_id, person, "resolve")
    return await close(work, case, Move.RESOLVE, person, outcome)


@use_case
async def dismiss(work: Work, case_id: int, person: Person, outcome: Outcome) -> Case:
    case = await work.case_for(case_id, person, "dismiss")
    return await close(work, case, Move.DISMISS, person, outcome)


async def close(work: Work, case: Case, move: Move, person: Person, outcome: Outcome) -> Case:
    """End a case: its clock stops, its questions are taken back, its dates are kept no longer."""
    changes: dict[str, Any] = {"closed_at": work.now, "outcome": outcome.value, "due_at": None}
    moved = await work.move(
        case, move, person, detail={"outcome": outcome.value}, owner=case.owner or person.slack, **changes
    )
    await work.stop_clock(case.id)
    await tie_up(work, moved)
    return moved


@use_case
async def reopen(work: Work, case_id: int, person: Person) -> Case:
    """Take up a closed case again; whoever reopens it owns it, and one never answered is due anew from now."""
    case = await work.case_for(case_id, person, "reopen")
    await saved_replies.came_back(work.connection, case.id)
    changes: dict[str, Any] = {"closed_at": None, "outcome": None}
    if case.first_reply_at is None and not await _answer_under_way(work, case):
        due_at = work.due(case.priority, work.now, case.area, answered=False)
        changes |= {"waiting_since": work.now, "due_at": due_at}
        await work.aim_clock(case, work.now, due_at)
    return await work.move(case, Move.REOPEN, person, owner=person.slack, **changes)


async def _answer_under_way(work: Work, case: Case) -> bool:
    reply = await replies.foremost(work.connection, case.id)
    return reply is not None and reply.state in (ReplyState.QUEUED, ReplyState.UNKNOWN)
