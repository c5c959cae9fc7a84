"""Two pairs of eyes: a reply that waits, and what becomes of it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db import cases
from db.answers import approvals, drafts
from db.queue import timers
from db.queue.subjects import ApprovalOf
from db.rows import Approval, ApprovalState, Timer
from handlers.desk.look import Look, one_look
from handlers.desk.obligations.open_items import draw_approval, end_approval
from handlers.desk.replies.hand_over import ask
from handlers.desk.replies.prepare import AtHand, at_hand
from handlers.desk.replies.submit import (
    Changed,
    Outcome,
    Queued,
    Refused,
    Shown,
    leave,
    stop,
)
from handlers.desk.work import Desk, Work, use_case
from triage.cases.case import Case
from triage.errors import DeskError
from triage.events import (
    ApprovalPassedOn,
    Approved,
    ApprovedEdited,
    SentBack,
    Withdrawn,
)
from triage.i18n import _
from triage.people import People
from triage.policy import Policy
from triage.replies.approval import readers
from triage.replies.seen import Seen
from triage.replies.verdict import Verdict, judge_as_written, judge_edit, read_ahead, require_keepable
from triage.rights import NotAllowed, Person, Role, require


class Decided(DeskError):
    """This reply does not wait any more. The card shows what became of it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reply that waits, and its case as its writer answers it."""

    row: Approval
    found: AtHand


@one_look
async def reply_to_read(
    look: Look, case_id: int, approval_id: int, person: Person, people: People
) -> Approval:
    """The reply that `person` is to read; raises Decided, or NotAllowed with the reason."""
    return (await waiting_for(look.connection, look.policy, case_id, approval_id, person, people)).row


async def waiting_for(
    connection: AsyncConnection,
    policy: Policy,
    case_id: int,
    approval_id: int,
    person: Person,
    people: People,
) -> Waiting:
    """The reply that `person` is to read; raises Decided, or NotAllowed with the reason."""
    row = await approvals.load(connection, approval_id)
    if row is None or row.case_id != case_id:
        raise Decided
    if row.state is not ApprovalState.ASKED:
        by = f"<@{row.decided_by}>" if row.decided_by else _("Somebody")
        raise Decided(_("{who} was faster: this reply does not wait any more.").format(who=by))
    found = await at_hand(connection, case_id, row.who)
    _require_reader(row, found.case, person, people, policy)
    return Waiting(row, found)


def _require_reader(row: Approval, case: Case, person: Person, people: People, policy: Policy) -> None:
    """A lead; or somebody who was asked and still may, as desk.toml has it today."""
    if row.who == person.slack:
        raise NotAllowed(_("Nobody approves their own reply. Ask a colleague."))
    require(person, "approve", case)
    if person.role is Role.LEAD:
        return
    if person.slack not in row.asked:
        raise NotAllowed(_("You were not asked to approve this reply. A lead can."))
    if person.slack not in _asked_so_far(row, case, people, policy):
        raise NotAllowed(_("You can't approve replies any more. A lead can."))


def _asked_so_far(row: Approval, case: Case, people: People, policy: Policy) -> set[str]:
    """Everybody whom today's rules ask for this reply, up to its step: passing it on takes it from nobody."""
    leads = policy.all_leads(case.area)
    steps = range(row.step + 1)
    return {who for step in steps for who in readers(policy.approval, leads, people, row.who, step)}


@dataclass(frozen=True, slots=True)
class Edit:
    """An approver's own version of a reply: kept as their draft, shown in a preview, signed by its writer."""

    writer: Person
    shown: Shown
    reason: str = ""


@use_case
async def approve(
    work: Work,
    case_id: int,
    approval_id: int,
    person: Person,
    people: People,
    seen: str,
    edit: Edit | None = None,
) -> Outcome:
    """Judge a reply as things are now, then let it go, as it was written or as it was edited.

    Raises Decided, NotAllowed.
    """
    waiting = await waiting_for(work.connection, work.policy, case_id, approval_id, person, people)
    row, found, case = waiting.row, waiting.found, waiting.found.case
    verdict = await _judge(work, waiting, person, Seen.read(seen or row.seen), edit)
    reason = edit.reason if edit else row.despite.get("note", "")
    stopped = stop(verdict, edit.shown if edit else None, reason) or _another_voice(row, verdict)
    if stopped is not None:
        if isinstance(stopped, Changed):
            await draw_approval(work, row)
        return stopped
    await _decide(work, row, ApprovalState.APPROVED, person, sent_text=verdict.text if edit else None)
    if edit:
        await work.record(case, ApprovedEdited(row.typed, verdict.text), person)
    else:
        await work.record(case, Approved(), person)
    case = await leave(
        work,
        found,
        verdict,
        row.who,
        reason=reason,
        remind_at=row.remind_at,
        approved_by=person.slack,
    )
    return Queued(verdict, case)


async def _judge(work: Work, waiting: Waiting, person: Person, seen: Seen, edit: Edit | None) -> Verdict:
    situation, row = waiting.found.situation(work.policy), waiting.row
    if edit is None:
        return await asyncio.to_thread(judge_as_written, row.typed, row.parts, situation, work.policy, seen)
    text = await edit_of(work.connection, row, person)
    return await asyncio.to_thread(judge_edit, text, situation, person, edit.writer, work.policy, seen)


def _another_voice(row: Approval, verdict: Verdict) -> Refused | None:
    """Refuse a reply that was written for another account than the one it would go out from."""
    if row.account == verdict.account:
        return None
    line = _("It was written for @{before}, and would go out from @{after} now. Send it back.")
    return Refused(verdict, DeskError(line.format(before=row.account, after=verdict.account)))


async def preview_edit(
    desk: Desk, case_id: int, approval_id: int, person: Person, people: People, writer: Person, text: str
) -> Verdict:
    """Judge an approver's version of a reply, and keep it unless it must not be kept."""
    await asyncio.to_thread(read_ahead, text, writer, desk.policy)
    return await _preview_edit(desk, case_id, approval_id, person, people, writer, text)


@use_case
async def _preview_edit(
    work: Work, case_id: int, approval_id: int, person: Person, people: People, writer: Person, text: str
) -> Verdict:
    waiting = await waiting_for(work.connection, work.policy, case_id, approval_id, person, people)
    situation = waiting.found.situation(work.policy)
    verdict = await asyncio.to_thread(judge_edit, text, situation, person, writer, work.policy)
    if verdict.keepable:
        editor = drafts.editor(person.slack, approval_id)
        await drafts.keep(work.connection, case_id, editor, text, waiting.row.seen, work.now)
    return verdict


async def keep_edit(
    desk: Desk, case_id: int, approval_id: int, person: Person, people: People, text: str, typed_at: datetime
) -> None:
    """Keep what an approver has typed by then. Raises BadText for what must not be sent, so not kept either."""
    await asyncio.to_thread(require_keepable, text, desk.policy)
    await _keep_edit(desk, case_id, approval_id, person, people, text, typed_at)


@use_case
async def _keep_edit(
    work: Work,
    case_id: int,
    approval_id: int,
    person: Person,
    people: People,
    text: str,
    typed_at: datetime,
) -> None:
    waiting = await waiting_for(work.connection, work.policy, case_id, approval_id, person, people)
    editor = drafts.editor(person.slack, approval_id)
    await drafts.keep_typed(work.connection, case_id, editor, text, waiting.row.seen, typed_at)


@one_look
async def edit_begun(look: Look, row: Approval, person: Person) -> str:
    """The text that an approver's edit goes on from."""
    return await edit_of(look.connection, row, person)


async def edit_of(connection: AsyncConnection, row: Approval, person: Person) -> str:
    """Give an approver's version of a reply; as it was written, if they have not begun."""
    kept = await drafts.load(connection, row.case_id, drafts.editor(person.slack, row.id))
    return row.typed if kept is None else kept.text


async def _decide(
    work: Work,
    row: Approval,
    state: ApprovalState,
    person: Person,
    *,
    reason: str | None = None,
    sent_text: str | None = None,
) -> None:
    decided = {"decided_by": person.slack, "decided_at": work.now, "reason": reason, "sent_text": sent_text}
    if not await approvals.settle(work.connection, row.id, state, **decided):
        raise Decided
    await end_approval(work, row)


@use_case
async def send_back(
    work: Work, case_id: int, approval_id: int, person: Person, people: People, reason: str
) -> Case:
    """Not like this: the writer is told why, and the text is their draft."""
    waiting = await waiting_for(work.connection, work.policy, case_id, approval_id, person, people)
    row, case = waiting.row, waiting.found.case
    await _decide(work, row, ApprovalState.SENT_BACK, person, reason=reason)
    await work.record(case, SentBack(reason), person)
    await work.tell(row.who, "sent_back", case, by=person.slack, note=reason)
    await work.draw_card(case)
    return case


@use_case
async def withdraw(work: Work, case_id: int, person: Person) -> Case:
    """The writer takes it back; it is their draft again."""
    case = await work.case_for(case_id, person, "withdraw")
    row = await approvals.waiting(work.connection, case.id)
    if row is None:
        raise Decided
    if row.who != person.slack and person.role is not Role.LEAD:
        raise NotAllowed(_("<@{who}> wrote this reply: they or a lead can withdraw it.").format(who=row.who))
    await _decide(work, row, ApprovalState.WITHDRAWN, person)
    await work.record(case, Withdrawn(), person)
    await work.draw_card(case)
    return case


@use_case
async def expire(work: Work, timer: Timer, people: People) -> None:
    """Ask the next readers when nobody answered in time; tell the leads when none is left. It waits on."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    row = await approvals.load(work.connection, timer.about(ApprovalOf).approval_id)
    if row is None or row.state is not ApprovalState.ASKED:
        return
    case = await cases.load(work.connection, row.case_id)
    leads = work.policy.all_leads(case.area)
    next_ones = readers(work.policy.approval, leads, people, row.who, row.step + 1)
    new = [person for person in next_ones if person not in row.asked]
    if not await approvals.pass_on(work.connection, row, new):
        return
    if new:
        await work.record(case, ApprovalPassedOn(new[0]))
        await ask(work, case, row.id, new)
    else:
        await work.tell_leads("approval_stuck", case, by=row.who)
    await work.draw_card(case)
