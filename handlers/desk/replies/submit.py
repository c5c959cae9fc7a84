"""Answering in the brand's name: judged and queued, taken back, sent, refused."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from db import cases, mentions
from db.answers import drafts, replies, writers
from db.queue import deliveries
from db.queue.lanes import RepliesBy
from db.queue.subjects import ReplyPart
from db.rows import Delivery, DeliveryKind, DeliveryState, Reply, ReplyState
from handlers.desk import spending
from handlers.desk.follow_ups.remind import promise
from handlers.desk.obligations.open_items import take_up_reminder
from handlers.desk.replies.hand_over import hand_over
from handlers.desk.replies.prepare import UNDER_WAY, AtHand, Target, at_hand, seen_by
from handlers.desk.work import RANK_CLICKED, Work, use_case
from triage import traits
from triage.cases.case import MOVES, Case, Move
from triage.cases.mention import Mention
from triage.errors import DeskError
from triage.events import (
    Moved,
    Replied,
    RepliedUnread,
    ReplyRefused,
    ReplyUndone,
    ReplyUnsettled,
    Sent,
    SentAnyway,
)
from triage.i18n import _
from triage.people import People
from triage.promise.promise import promise_in
from triage.replies.seen import Seen
from triage.replies.verdict import NobodyReads, NotByApi, Verdict, judge
from triage.rights import Person, require


class TooLate(DeskError):
    """Too late: the reply has left already."""


class NoDraft(DeskError):
    """This text has gone out already, or was taken away. Close this window and look at the card."""


class Difference(StrEnum):
    """A difference between the reply or its case now and as their writer saw them."""

    TEXT = "text"  # changed in another window
    READERS = "readers"  # somebody has to read it first now, or nobody has to any more
    CASE = "case"  # the verdict's news say what is new


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview: the digest of what it showed, and if it said that somebody reads it first."""

    digest: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A press of Send: the text, the case as its writer saw it, and what they say about both.

    `text` None is the draft that is kept. `shown` None: nothing was previewed, and what the rules decide is done.
    `remind_at` is when to look whether the customer did what it asks for: promised once it is public.
    """

    seen: str
    text: str | None = None
    reason: str = ""
    remind_at: datetime | None = None
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """It leaves after `undo_seconds`."""

    verdict: Verdict
    case: Case


@dataclass(frozen=True, slots=True)
class Waits:
    """It waits until one of the verdict's approvers has read it."""

    verdict: Verdict
    case: Case


@dataclass(frozen=True, slots=True)
class Refused:
    """It goes nowhere, and `why`."""

    verdict: Verdict
    why: DeskError


@dataclass(frozen=True, slots=True)
class Changed:
    """It goes nowhere yet: its writer has not seen this."""

    verdict: Verdict
    difference: Difference


Outcome = Queued | Waits | Refused | Changed


@use_case
async def submit(work: Work, case_id: int, person: Person, people: People, request: Request) -> Outcome:
    """Judge a text as things are now, then queue it, hand it over for approval, or refuse it.

    Raises NotAllowed, and NoDraft when there is no text.
    """
    found = await at_hand(work.connection, case_id, person.slack)
    require(person, "reply", found.case)
    text, seen = _text_of(request, found), Seen.read(request.seen)
    situation = found.situation(work.policy)
    # The preview has read this text ahead. If it has not, a thread reads it now, and the loop goes on.
    verdict = await asyncio.to_thread(judge, text, situation, person, people, work.policy, work.now, seen)
    stopped = stop(verdict, request.shown, request.reason)
    if stopped is not None:
        return stopped
    if verdict.waits:
        case = await hand_over(work, found, person, verdict, request.reason, request.remind_at)
        return Waits(verdict, case)
    case = await leave(
        work,
        found,
        verdict,
        person.slack,
        reason=request.reason,
        remind_at=request.remind_at,
        nobody_else=bool(verdict.why),
    )
    return Queued(verdict, case)


def _text_of(request: Request, found: AtHand) -> str:
    if request.text is not None:
        return request.text
    if found.draft is None:
        raise NoDraft
    return found.draft.text


def stop(verdict: Verdict, shown: Shown | None, reason: str) -> Refused | Changed | None:
    """Find what keeps a text where it is; None if it may go on its way."""
    if verdict.refusal is not None:
        return Refused(verdict, verdict.refusal)
    if shown is not None and shown.digest != verdict.digest:
        return Changed(verdict, Difference.TEXT)
    if shown is not None and shown.waits != verdict.waits:
        return Changed(verdict, Difference.READERS)
    if verdict.news:
        return Changed(verdict, Difference.CASE)
    against = verdict.against(reason)
    return Refused(verdict, against) if against else None


async def leave(
    work: Work,
    found: AtHand,
    verdict: Verdict,
    who: str,
    *,
    reason: str,
    remind_at: datetime | None,
    approved_by: str | None = None,
    nobody_else: bool = False,
) -> Case:
    """Queue what `who` has written, if its verdict lets it go: it leaves after `undo_seconds`.

    `reason` is given for what the guard found: both stay in the history.
    """
    _require_free(verdict, reason)
    target, case = found.target(work.policy), found.case
    if target is None:
        raise NotByApi
    reply = await _queue(work, found, who, verdict, target, remind_at)
    await drafts.drop(work.connection, case.id, who)
    await writers.end(work.connection, case.id, who)
    if despite := verdict.despite(reason):
        await work.record(case, SentAnyway(reply, **despite), who)
    await work.stop_clock(case.id)
    replied = RepliedUnread(reply) if nobody_else else Replied(reply, approved_by)
    return await work.move(case, replied, who, owner=case.owner or who, due_at=None)


def _require_free(verdict: Verdict, reason: str) -> None:
    """Raise what speaks against it. There is no other way into the queue than past this."""
    against = verdict.against(reason)
    if against is not None:
        raise against
    if verdict.waits:
        raise NobodyReads


async def _queue(
    work: Work, found: AtHand, who: str, verdict: Verdict, target: Target, remind_at: datetime | None
) -> int:
    """The reply's row and the delivery of its first part; returns its id."""
    case = found.case
    goes_at = work.now + timedelta(seconds=work.policy.desk.undo_seconds)
    reply = await replies.keep(
        work.connection,
        case_id=case.id,
        who=who,
        account=target.account,
        answers=target.post.post_id,
        typed=verdict.text,
        parts=verdict.texts,
        state=ReplyState.QUEUED,
        queued_at=work.now,
        goes_at=goes_at,
        due_before=case.due_at,
        remind_at=remind_at,
        saved=found.draft.saved if found.draft else None,
    )
    await deliver_part(work, case, reply, target.account, 0, goes_at)
    return reply


async def deliver_part(
    work: Work, case: Case, reply: int, account: str, number: int, not_before: datetime | None = None
) -> None:
    await deliveries.insert_delivery(
        work.connection,
        DeliveryKind.REPLY,
        ReplyPart(reply, number),
        case_id=case.id,
        lane=RepliesBy(case.network, account),
        rank=RANK_CLICKED,
        at=work.now,
        not_before=not_before,
    )


@use_case
async def undo(work: Work, case_id: int, person: Person) -> Case:
    """Take back a reply that has not left; its text becomes a draft. Raises TooLate otherwise."""
    case = await work.case_for(case_id, person, "undo")
    reply = await replies.foremost(work.connection, case.id)
    if reply is None or not await deliveries.cancel(
        work.connection, ReplyPart(reply.id, 0), at=work.now, before=work.now
    ):
        raise TooLate
    await replies.settle(work.connection, reply.id, state=ReplyState.UNDONE, seen=ReplyState.QUEUED)
    return await _take_back(work, case, reply, person, ReplyUndone(reply.id))


async def _take_back(work: Work, case: Case, reply: Reply, person: Person | None, event: Moved) -> Case:
    """Make the unpublished part a draft again; if nothing is public, restore the customer's clock."""
    if reply.who:
        seen = await seen_by(work.connection, case)
        await drafts.keep(work.connection, case.id, reply.who, _left_of(reply), seen, work.now)
        await drafts.begin_with(work.connection, case.id, reply.who, reply.saved)
    due_at = case.due_at if reply.posts or not case.status.is_open else await due_again(work, case, reply)
    return await work.move_if_legal(case, event, person, due_at=due_at)


def _left_of(reply: Reply) -> str:
    """The part of a reply that is not public yet, without the numbers of its parts."""
    if not reply.posts:
        return str(reply.typed)
    total = len(reply.parts)
    numbered = list(enumerate(reply.parts, start=1))[len(reply.posts) :]
    return " ".join(part.rpartition(f" {number}/{total}")[0] for number, part in numbered)


async def due_again(work: Work, case: Case, reply: Reply) -> datetime | None:
    """The due time that this reply ended; a later reply that may be public ends it instead."""
    if reply.due_before is None:
        return case.due_at
    for later in reversed(await replies.of_case(work.connection, case.id)):
        if later.id > reply.id and later.state in UNDER_WAY:
            await replies.settle(
                work.connection, later.id, state=later.state, seen=later.state, due_before=reply.due_before
            )
            return case.due_at
    due_at: datetime = reply.due_before
    await work.aim_clock(case, min(case.waiting_since, due_at), due_at)
    return due_at


@use_case
async def part_sent(work: Work, delivery: Delivery, post_id: str, url: str) -> None:
    """The network has taken a part."""
    if not await deliveries.mark(work.connection, delivery, DeliveryState.DONE, ended_at=work.now):
        return
    reply = await replies.load(work.connection, delivery.about(ReplyPart).reply_id)
    if reply is None:
        return  # its author was forgotten meanwhile
    case = await cases.load(work.connection, reply.case_id)
    await spending.bill_post(work, case.network, reply.account, reply.parts[len(reply.posts)])
    await keep_our_post(work, case, reply, post_id, url)
    if len(reply.posts) + 1 == len(reply.parts):
        await work.record(case, Sent(reply.id, url))
    await part_stands(work, case, reply, post_id, work.now)


async def part_stands(work: Work, case: Case, reply: Reply, post_id: str, at: datetime) -> Case:
    """Note one more public part: the next one follows, or the reply is complete and the promise kept.

    A reply in a state of a newer version keeps it, and no further part of it leaves.
    """
    posts = [*reply.posts, post_id]
    whole = len(posts) == len(reply.parts)
    changes = {"posts": posts, "sent_at": at} if whole else {"posts": posts}
    state = ReplyState.SENT if whole else ReplyState.QUEUED
    if not await replies.settle(work.connection, reply.id, state=state, seen=reply.state, **changes):
        return case
    if not whole:
        await deliver_part(work, case, reply.id, reply.account, len(posts))
    else:
        await take_up_reminder(work, case)
        case = await _keep_in_mind(work, case, reply)
    changed = await cases.change(work.connection, case, first_reply_at=case.first_reply_at or at)
    await work.draw_card(changed)
    return changed


async def _keep_in_mind(work: Work, case: Case, reply: Reply) -> Case:
    """Set a follow-up for a promise or a request, at the date that its writer chose."""
    if reply.remind_at is None or reply.who is None or (case.status, Move.FOLLOW_UP) not in MOVES:
        return case
    due_at = max(reply.remind_at, work.now + timedelta(minutes=1))
    promised = await asyncio.to_thread(promise_in, reply.typed, work.now)
    note = promised.words if promised else _("Have they written in private?")
    return await promise(work, case, reply.who, due_at, note)


async def keep_our_post(work: Work, case: Case, reply: Reply, post_id: str, url: str) -> None:
    if known := await mentions.find(work.connection, case.network, [post_id]):
        if traits.of(case.network).is_edited:  # one answer, which this one has replaced
            await mentions.reword(work.connection, known.id, reply.parts[len(reply.posts)])
        return
    post = Mention(
        network=case.network,
        post_id=post_id,
        author_id="",
        account=reply.account,
        text=reply.parts[len(reply.posts)],
        posted_at=work.now,
        conversation_id=case.conversation_id,
        url=url,
        answers=reply.answers,
    )
    await mentions.keep(work.connection, case.id, post, at=work.now, ours=True)


@use_case
async def part_refused(work: Work, delivery: Delivery, problem: str) -> None:
    """The network said no for good: the owner's turn again, with what is left of the text and the reason in words."""
    if not await deliveries.mark(
        work.connection, delivery, DeliveryState.FAILED, ended_at=work.now, problem=problem
    ):
        return
    reply = await replies.load(work.connection, delivery.about(ReplyPart).reply_id)
    if reply is None:
        return
    await _refuse(work, reply, problem)


async def _refuse(work: Work, reply: Reply, problem: str) -> None:
    case = await cases.load(work.connection, reply.case_id)
    await replies.settle(
        work.connection, reply.id, state=ReplyState.REFUSED, seen=reply.state, problem=problem
    )
    case = await _take_back(work, case, reply, None, ReplyRefused(reply.id, problem))
    if reply.who:
        notice = "reply_cut_short" if reply.posts else "reply_refused"
        await work.tell(reply.who, notice, case, problem=problem)


@use_case
async def part_unknown(work: Work, delivery: Delivery, problem: str) -> None:
    """Nobody can tell whether it stands: shown on the card, with "It was sent" and "Send again"."""
    if not await deliveries.mark(
        work.connection, delivery, DeliveryState.FAILED, ended_at=work.now, problem=problem
    ):
        return
    reply = await replies.load(work.connection, delivery.about(ReplyPart).reply_id)
    if reply is None:
        return
    case = await cases.load(work.connection, reply.case_id)
    await replies.settle(
        work.connection, reply.id, state=ReplyState.UNKNOWN, seen=ReplyState.QUEUED, problem=problem
    )
    await work.record(case, ReplyUnsettled(reply.id))
    await work.draw_card(case)
    if reply.who:
        await work.tell(reply.who, "reply_unknown", case)


def answered_by(reply: Reply, number: int) -> str:
    """The post that a part answers: the former part, where its id is known."""
    return str((number and reply.posts[number - 1]) or reply.answers)
