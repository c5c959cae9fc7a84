"""Messages and reactions on a card: a thread message becomes a note, a reaction claims or resolves."""

from handlers.desk.cases.claim import take
from handlers.desk.cases.close import close
from handlers.desk.work import Work, use_case
from triage.cases.case import Outcome, Status
from triage.events import Noted, Resolved
from triage.rights import Person

LONGEST = 3000


@use_case
async def note(work: Work, event_id: str, case_id: int, person: Person, text: str, ts: str) -> None:
    """Keep a thread message in the case's history, which it never leaves."""
    if await work.first_heard(event_id):
        case = await work.case_for(case_id, person, "note")
        await work.record(case, Noted(text[:LONGEST], ts), person)


@use_case
async def claim(work: Work, event_id: str, case_id: int, person: Person) -> None:
    if await work.first_heard(event_id):
        await take(work, case_id, person)


@use_case
async def resolve(work: Work, event_id: str, case_id: int, person: Person) -> None:
    """Resolve as answered; a case that is resolved already keeps its reason."""
    if not await work.first_heard(event_id):
        return
    case = await work.case_for(case_id, person, "resolve")
    if case.status is not Status.RESOLVED:
        await close(work, case, Resolved(Outcome.ANSWERED), person)
