"""Puts a saved reply into an answer."""

from db.answers import drafts
from handlers.desk.work import Desk, Work, use_case
from triage.replies.verdict import require_keepable
from triage.rights import Person


async def pick(desk: Desk, case_id: int, person: Person, saved_id: int, text: str, seen: str) -> None:
    """Keep the draft as it is now, and what it began with: the first of several. Raises BadText."""
    require_keepable(text, desk.policy)
    await _pick(desk, case_id, person, saved_id, text, seen)


@use_case
async def _pick(work: Work, case_id: int, person: Person, saved_id: int, text: str, seen: str) -> None:
    case = await work.case_for(case_id, person, "reply")
    kept = await drafts.load(work.connection, case.id, person.slack)
    await drafts.keep(work.connection, case.id, person.slack, text, seen, work.now)
    await drafts.begin_with(work.connection, case.id, person.slack, (kept and kept.saved) or saved_id)
