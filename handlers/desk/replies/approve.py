"""Two pairs of eyes: a reply that waits, and what becomes of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from db import approvals, cases, replies, writers
from db.queue import timers
from db.queue.subjects import ApprovalBy, ApprovalOf
from db.rows import Timer, TimerKind
from handlers.desk.obligations.open_items import draw_approval, end_approval
from handlers.desk.replies.prepare import changed_since, require_decided
from handlers.desk.replies.submit import Answer, Changed, leave
from handlers.desk.work import Work, use_case
from triage.cases.case import Case, Move
from triage.errors import DeskError
from triage.i18n import _
from triage.replies.approval import Why
from triage.rights import NotAllowed, Person, Role, require


class Decided(DeskError):
    """This reply does not wait any more. The card shows what became of it."""


class Waits(DeskError):
    """A reply of this case waits for approval already. Withdraw it first, or wait."""


@use_case
async def ask(
    work: Work,
    case_id: int,
    person: Person,
    answer: Answer,
    account: str,
    seen: str,
    why: Sequence[Why],
    approvers: Sequence[str],
) -> Case:
    """Keep a reply until one of these has read it; its text stays the writer's draft. Raises Changed, Waits."""
    case = await work.case_for(case_id, person, "reply")
    await require_decided(work.connection, case)
    if await approvals.waiting(work.connection, case.id):
        raise Waits
    _now, news = await changed_since(work.connection, case, seen)
    if news:
        raise Changed(news)
    if case.owner is None:
        case = await work.move(case, Move.CLAIM, person, owner=person.slack)
        seen, _none = await changed_since(work.connection, case, None)
    waiting = await approvals.ask(
        work.connection,
        case_id=case.id,
        who=person.slack,
        typed=answer.typed,
        parts=list(answer.parts),
        account=account,
        seen=seen,
        despite=dict(answer.despite),
        remind_at=answer.remind_at,
        reasons=[one.value for one in why],
        asked=list(approvers),
        asked_at=work.now,
    )
    await writers.end(work.connection, case.id, person.slack)
    await work.record(case, "ask_approval", person, to=approvers[0])
    await _ask(work, case, waiting, approvers)
    return case


async def _ask(work: Work, case: Case, approval_id: int, approvers: Sequence[str]) -> None:
    assert work.policy.approval is not None
    for person in approvers:
        await work.draw_dm(ApprovalBy(approval_id, person), person, case.id)
    at = work.now + timedelta(minutes=work.policy.approval.minutes)
    await timers.arm(work.connection, TimerKind.APPROVAL, ApprovalOf(approval_id), at, case.id)
    await work.draw_card(case)


async def waiting_for(
    connection: AsyncConnection, case_id: int, approval_id: int, person: Person
) -> Row[Any]:
    """The reply that `person` is to read; raises Decided, or NotAllowed with the reason."""
    row = await approvals.load(connection, approval_id)
    if row is None or row.case_id != case_id:
        raise Decided
    if row.state != "asked":
        by = f"<@{row.decided_by}>" if row.decided_by else _("Somebody")
        raise Decided(_("{who} was faster: this reply does not wait any more.").format(who=by))
    if row.who == person.slack:
        raise NotAllowed(_("Nobody approves their own reply. Ask a colleague."))
    require(person, "approve", await cases.load(connection, case_id))
    if person.role is not Role.LEAD and person.slack not in row.asked:
        raise NotAllowed(_("You were not asked to approve this reply. A lead can."))
    return row


@use_case
async def approve(
    work: Work,
    case_id: int,
    approval_id: int,
    person: Person,
    seen: str,
    edited: Answer | None = None,
) -> str:
    """Let a reply go, as it was written or as it was edited. Returns what is new since `seen`, if it did not go.

    Raises Decided, NotAllowed.
    """
    row = await waiting_for(work.connection, case_id, approval_id, person)
    case = await cases.load(work.connection, case_id)
    _now, news = await changed_since(work.connection, case, seen)
    if news:
        await draw_approval(work, row)
        return news
    answer = edited or Answer(row.parts, row.typed, row.despite, row.remind_at)
    changes: dict[str, Any] = {"sent_text": edited.typed} if edited else {}
    await _decide(work, row, "approved", person, **changes)
    if edited:
        await work.record(case, "edited_reply", person, before_text=row.typed, after_text=edited.typed)
    else:
        await work.record(case, "approve", person)
    await leave(work, case, row.who, answer, written_for=row.account, approved_by=person.slack)
    return ""


@use_case
async def keep_edit(
    work: Work, case_id: int, approval_id: int, person: Person, text: str, typed_at: datetime | None = None
) -> None:
    """What an approver has made of a reply, whoever has the case; typed by then, or previewed, which is the last word."""
    row = await waiting_for(work.connection, case_id, approval_id, person)
    editor = replies.editor(person.slack, approval_id)
    if typed_at is None:
        await replies.keep_draft(work.connection, case_id, editor, text, row.seen, work.now)
    else:
        await replies.keep_typed(work.connection, case_id, editor, text, row.seen, typed_at)


async def edit_of(connection: AsyncConnection, row: Row[Any], person: Person) -> str:
    """What an approver has made of a reply so far; as it was written, where they have not begun."""
    kept = await replies.draft(connection, row.case_id, replies.editor(person.slack, row.id))
    return str(row.typed if kept is None else kept.text)


async def _decide(work: Work, row: Row[Any], state: str, person: Person, **changes: Any) -> None:
    if not await approvals.settle(
        work.connection, row.id, state, decided_by=person.slack, decided_at=work.now, **changes
    ):
        raise Decided
    await end_approval(work, row)


@use_case
async def send_back(work: Work, case_id: int, approval_id: int, person: Person, reason: str) -> Case:
    """Not like this: the writer is told why, and the text is their draft."""
    row = await waiting_for(work.connection, case_id, approval_id, person)
    case = await cases.load(work.connection, case_id)
    await _decide(work, row, "sent_back", person, reason=reason)
    await work.record(case, "send_back", person, note=reason)
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
    await _decide(work, row, "withdrawn", person)
    await work.record(case, "withdraw", person)
    await work.draw_card(case)
    return case


@use_case
async def expire(work: Work, timer: Timer, next_ones: Sequence[str]) -> None:
    """Nobody answered in time: these are asked too; at the end the leads are told, and it waits on."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    row = await approvals.load(work.connection, timer.about(ApprovalOf).approval_id)
    if row is None or row.state != "asked":
        return
    case = await cases.load(work.connection, row.case_id)
    new = [person for person in next_ones if person not in (*row.asked, row.who)]
    if not await approvals.pass_on(work.connection, row, new):
        return
    if new:
        await work.record(case, "approval_passed_on", to=new[0])
        await _ask(work, case, row.id, new)
    else:
        await work.tell_leads("approval_stuck", case, by=row.who)
        await work.draw_card(case)


def written_by(row: Row[Any]) -> dict[str, Any]:
    """What the modals of an approval carry along."""
    return {"case": row.case_id, "approval": row.id, "seen": row.seen}
