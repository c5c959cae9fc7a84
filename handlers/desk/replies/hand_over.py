"""Handing a reply over to the people who read it before it goes out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db import cases
from db.answers import approvals, writers
from db.queue import timers
from db.queue.subjects import ApprovalBy, ApprovalOf
from db.rows import TimerKind
from handlers.desk.replies.prepare import AtHand
from handlers.desk.work import Work
from triage.cases.case import Case
from triage.events import ApprovalAsked, Claimed
from triage.replies.approval import Approval
from triage.replies.verdict import Verdict
from triage.rights import Person


async def hand_over(
    work: Work, found: AtHand, person: Person, verdict: Verdict, reason: str, remind_at: datetime | None
) -> Case:
    """Keep a reply until one of its approvers has read it; its text stays its writer's draft."""
    case, seen, approvers = found.case, found.seen, verdict.approvers
    if case.owner is None:
        case = await work.move(case, Claimed(), person, owner=person.slack)
        seen = replace(seen, owner=person.slack)
    else:
        # A move at the same moment, such as Resolve, must not miss the reply that waits.
        case = await cases.change(work.connection, case)
        await work.draw_card(case)
    waiting = await approvals.ask(
        work.connection,
        case_id=case.id,
        who=person.slack,
        typed=verdict.text,
        parts=verdict.texts,
        account=verdict.account,
        seen=str(seen),
        despite=verdict.despite(reason),
        remind_at=remind_at,
        reasons=verdict.why,
        asked=approvers,
        asked_at=work.now,
    )
    await writers.end(work.connection, case.id, person.slack)
    await work.record(case, ApprovalAsked(approvers[0]), person)
    await ask(work, case, waiting, approvers)
    return case


async def ask(work: Work, case: Case, approval_id: int, approvers: Sequence[str]) -> None:
    """Show a reply that waits to these people, and give them their time."""
    for person in approvers:
        await work.draw_dm(ApprovalBy(approval_id, person), person, case.id)
    at = work.now + timedelta(minutes=(work.policy.approval or Approval()).minutes)
    await timers.arm(work.connection, TimerKind.APPROVAL, ApprovalOf(approval_id), at, case.id)
