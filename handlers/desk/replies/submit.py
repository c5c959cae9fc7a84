"""Answering in the brand's name: queued, taken back, sent, refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from db import cases, mentions, replies, saved_replies, writers
from db.queue import deliveries
from db.queue.lanes import RepliesBy
from db.queue.subjects import ReplyPart
from db.rows import Delivery, DeliveryKind, DeliveryState
from handlers.desk import spending
from handlers.desk.follow_ups.remind import promise
from handlers.desk.obligations.open_items import take_up_reminder
from handlers.desk.replies.prepare import NotByApi, Target, changed_since, require_decided, seen_by, target_of
from handlers.desk.work import RANK_CLICKED, Work, use_case
from triage.cases.case import MOVES, Case, Move
from triage.cases.mention import Mention
from triage.errors import DeskError
from triage.i18n import _
from triage.promise.promise import promise_in
from triage.rights import Person
from triage.scoring.priority import Priority


class Changed(DeskError):
    """The case changed while you were writing."""


class TooLate(DeskError):
    """Too late: the reply has left already."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out. `typed` is kept, should it come back.

    `despite` is what the guard found, and the reason why it goes out all the same: it stays in the history.
    `remind_at` is when to look whether the customer did what it asks for: promised once it is public.
    """

    parts: Sequence[str]
    typed: str
    despite: Mapping[str, str] = field(default_factory=dict)
    remind_at: datetime | None = None


@use_case
async def send(
    work: Work,
    case_id: int,
    person: Person,
    answer: Answer,
    seen: str,
    priority: Priority,
    *,
    nobody_else: bool = False,
) -> Case:
    """Queue a reply, to leave after `undo_seconds`.

    `priority` is what was asked whether it may go unread; `nobody_else`: somebody should have read it first,
    and there was nobody. Raises Changed when the case is not as the writer saw it, NotByApi when X forbids it,
    Undecided while nobody knows of an earlier reply whether it went out.
    """
    case = await work.case_for(case_id, person, "reply")
    await require_decided(work.connection, case)
    _now, news = await changed_since(work.connection, case, seen)
    if news:
        raise Changed(news)
    if case.priority is not priority and work.policy.approval:
        raise Changed(_("Its priority changed meanwhile. Press Send again."))
    detail: dict[str, Any] = {"nobody_else": True} if nobody_else else {}
    return await leave(work, case, person.slack, answer, **detail)


async def leave(
    work: Work, case: Case, who: str, answer: Answer, *, written_for: str | None = None, **detail: Any
) -> Case:
    """Queue what `who` has written: it leaves after `undo_seconds`. Raises NotByApi, Undecided.

    `written_for` is the account that it was shown with, where somebody else has read it since.
    """
    await require_decided(work.connection, case)
    posts = await mentions.conversation(work.connection, case.id)
    target = target_of(posts, case.account, work.policy.handles)
    if target is None:
        raise NotByApi
    if written_for not in (None, target.account):
        line = _("It was written for @{before}, and would go out from @{after} now. Send it back.")
        raise DeskError(line.format(before=written_for, after=target.account))
    reply = await _queue(work, case, who, answer, target)
    await replies.drop_draft(work.connection, case.id, who)
    await writers.end(work.connection, case.id, who)
    if answer.despite:
        await work.record(case, "sent_anyway", who, reply=reply, **answer.despite)
    await work.stop_clock(case.id)
    told = {"reply": reply, **detail}
    return await work.move(case, Move.REPLY, who, detail=told, owner=case.owner or who, due_at=None)


async def _queue(work: Work, case: Case, who: str, answer: Answer, target: Target) -> int:
    """The reply's row and the delivery of its first part; returns its id."""
    goes_at = work.now + timedelta(seconds=work.policy.desk.undo_seconds)
    reply = await replies.keep(
        work.connection,
        case_id=case.id,
        who=who,
        account=target.account,
        answers=target.post.post_id,
        typed=answer.typed,
        parts=list(answer.parts),
        posts=[],
        state="queued",
        queued_at=work.now,
        goes_at=goes_at,
        due_before=case.due_at,
        remind_at=answer.remind_at,
        saved=await saved_replies.began_with(work.connection, case.id, who),
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
    await replies.settle(work.connection, reply.id, state="undone", seen="queued")
    return await _take_back(work, case, reply, person, detail={"reply": reply.id})


async def _take_back(
    work: Work, case: Case, reply: Row[Any], person: Person | None, detail: dict[str, Any]
) -> Case:
    """What does not stand is a draft again; if nothing does, the customer's clock is as it was before."""
    if reply.who:
        seen = await seen_by(work.connection, case)
        await replies.keep_draft(work.connection, case.id, reply.who, _left_of(reply), seen, work.now)
        await saved_replies.begin_with(work.connection, case.id, reply.who, reply.saved)
    due_at = case.due_at if reply.posts or not case.status.is_open else await due_again(work, case, reply)
    return await work.move(case, Move.UNDO, person, detail=detail, due_at=due_at)


def _left_of(reply: Row[Any]) -> str:
    """What of a reply is not public yet, without the numbers that its parts bear."""
    if not reply.posts:
        return str(reply.typed)
    total = len(reply.parts)
    numbered = list(enumerate(reply.parts, start=1))[len(reply.posts) :]
    return " ".join(part.rpartition(f" {number}/{total}")[0] for number, part in numbered)


async def due_again(work: Work, case: Case, reply: Row[Any]) -> datetime | None:
    """The due time that this reply ended; a later one that may stand has ended it in its stead."""
    if reply.due_before is None:
        return case.due_at
    for later in reversed(await replies.of_case(work.connection, case.id)):
        if later.id > reply.id and later.state in ("queued", "sent", "unknown"):
            await replies.settle(
                work.connection, later.id, state=later.state, seen=later.state, due_before=reply.due_before
            )
            return case.due_at
    due_at: datetime = reply.due_before
    await work.aim_clock(case, min(case.waiting_since, due_at), due_at)
    return due_at


@use_case
async def part_sent(work: Work, delivery: Delivery, post_id: str, url: str) -> None:
    """X has taken a part."""
    if not await deliveries.mark(work.connection, delivery, DeliveryState.DONE, ended_at=work.now):
        return
    reply = await replies.load(work.connection, delivery.about(ReplyPart).reply_id)
    if reply is None:
        return  # its author was forgotten meanwhile
    case = await cases.load(work.connection, reply.case_id)
    await spending.bill_post(work, reply.account, reply.parts[len(reply.posts)])
    await keep_our_post(work, case, reply, post_id, url)
    if len(reply.posts) + 1 == len(reply.parts):
        await work.record(case, "sent", None, reply=reply.id, url=url)
    await part_stands(work, case, reply, post_id, work.now)


async def part_stands(work: Work, case: Case, reply: Row[Any], post_id: str, at: datetime) -> Case:
    """One part more is public: the next one follows, or the reply is complete and the promise kept."""
    posts = [*reply.posts, post_id]
    if len(posts) < len(reply.parts):
        await replies.settle(work.connection, reply.id, state="queued", seen=reply.state, posts=posts)
        await deliver_part(work, case, reply.id, reply.account, len(posts))
    else:
        await replies.settle(
            work.connection, reply.id, state="sent", seen=reply.state, posts=posts, sent_at=at
        )
        await take_up_reminder(work, case)
        case = await _keep_in_mind(work, case, reply)
    changed = await cases.change(work.connection, case, first_reply_at=case.first_reply_at or at)
    await work.draw_card(changed)
    return changed


async def _keep_in_mind(work: Work, case: Case, reply: Row[Any]) -> Case:
    """What was promised, or what the customer was asked to do, is looked after at the date that its writer chose."""
    if reply.remind_at is None or reply.who is None or (case.status, Move.FOLLOW_UP) not in MOVES:
        return case
    due_at = max(reply.remind_at, work.now + timedelta(minutes=1))
    promised = promise_in(reply.typed, work.now)
    note = promised.words if promised else _("Have they written in private?")
    return await promise(work, case, reply.who, due_at, note)


async def keep_our_post(work: Work, case: Case, reply: Row[Any], post_id: str, url: str) -> None:
    if await mentions.known(work.connection, case.network, [post_id]):
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
    """X said no for good: the owner's turn again, with what is left of the text and the reason in words."""
    if not await deliveries.mark(
        work.connection, delivery, DeliveryState.FAILED, ended_at=work.now, problem=problem
    ):
        return
    reply = await replies.load(work.connection, delivery.about(ReplyPart).reply_id)
    if reply is None:
        return
    await _refuse(work, reply, problem)


async def _refuse(work: Work, reply: Row[Any], problem: str) -> None:
    case = await cases.load(work.connection, reply.case_id)
    await replies.settle(work.connection, reply.id, state="refused", seen=reply.state, problem=problem)
    case = await _take_back(work, case, reply, None, {"reply": reply.id, "problem": problem})
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
    await replies.settle(work.connection, reply.id, state="unknown", seen="queued", problem=problem)
    await work.record(case, "reply_unknown", None, reply=reply.id)
    await work.draw_card(case)
    if reply.who:
        await work.tell(reply.who, "reply_unknown", case)


def answered_by(reply: Row[Any], number: int) -> str:
    """The post that a part answers: the former part, where its id is known."""
    return str((number and reply.posts[number - 1]) or reply.answers)
