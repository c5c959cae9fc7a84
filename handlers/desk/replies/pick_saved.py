"""A saved reply is put into somebody's answer."""

from db import drafts
from handlers.desk.work import Work, use_case
from triage.rights import Person


@use_case
async def pick(work: Work, case_id: int, person: Person, saved_id: int, text: str, seen: str) -> None:
    """Keep the draft as it stands now, and what it began with: the first of several."""
    case = await work.case_for(case_id, person, "reply")
    kept = await drafts.load(work.connection, case.id, person.slack)
    await drafts.keep(work.connection, case.id, person.slack, text, seen, work.now)
    await drafts.begin_with(work.connection, case.id, person.slack, (kept and kept.saved) or saved_id)
