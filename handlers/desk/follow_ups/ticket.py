"""A case that goes on in the help desk: its reference is kept, and a date to look how it went."""

from datetime import datetime

from db import cases
from handlers.desk.follow_ups.remind import promise
from handlers.desk.work import Work, use_case
from triage.cases.case import Case
from triage.events import TicketKept
from triage.i18n import _
from triage.rights import Person


@use_case
async def keep_ticket(work: Work, case_id: int, person: Person, ticket: str, look_at: datetime) -> Case:
    """Keep the help desk's reference; the case waits, and whoever wrote it down looks at that date."""
    case = await work.case_for(case_id, person, "ticket")
    await work.record(case, TicketKept(ticket), person)
    case = await cases.change(work.connection, case, ticket=ticket)
    note = _("How far is the help desk with {ticket}?").format(ticket=ticket)
    return await promise(work, case, person.slack, look_at, note)
