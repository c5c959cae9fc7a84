"""Tickets: a case that continues in the help desk, with its reference and a date to check on it."""

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
    """Record the help desk's reference; the case waits, and the person promises to check at `look_at`."""
    case = await work.case_for(case_id, person, "ticket")
    await work.record(case, TicketKept(ticket), person)
    case = await cases.change(work.connection, case, ticket=ticket)
    note = _("How far is the help desk with {ticket}?").format(ticket=ticket)
    return await promise(work, case, person.slack, look_at, note)
