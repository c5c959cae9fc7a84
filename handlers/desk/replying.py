"""Answering in the brand's name: queued, taken back, sent, refused, or sent by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from db import cases, deliveries, mentions, replies, writing
from handlers.desk import spending
from handlers.desk.composing import NotByApi, changed_since, require_decided, seen_by, target_of
from handlers.desk.loose_ends import take_up_reminder
from handlers.desk.receiving import record_outside_reply
from handlers.desk.work import RANK_CLICKED, Work, use_case
from triage.case import Case, DeskError, Move
from triage.likeness import same_text
from triage.mention import Mention
from triage.people import Person
from triage.words import _


class Changed(DeskError):
    """The case changed while you were writing."""


class TooLate(DeskError):
    """Too late: the reply has left already."""


@use_case
async def send(
    work: Work,
    case_id: int,
    person: Person,
    parts: Sequence[str],
    text: str,
    seen: str,
    despite: Mapping[str, str] | None = None,
) -> Case:
    """Queue a reply, to leave after `undo_seconds`. `text` is what was typed, kept if it comes back.

    `despite` is what the guard found, and the reason why it goes out all the same: it stays in the history.

    Raises Changed when the case is not as the writer saw it, NotByApi when X forbids it,
    Undecided while nobody knows of an earlier reply whether it went out.
    """
    case = await work.case_for(case_id, person, "reply")
    await require_decided(work.connection, case)
    _now, news = await changed_since(work.connection, case, seen)
    if news:
        raise Changed(news)
    target = target_of(await mentions.conversation(work.connection, case.id), case.account)
    if target is None:
        raise NotByApi
    reply = await _queue(work, case, person, parts, text, target.post_id)
    await replies.drop_draft(work.connection, case.id, person.slack)
    await writing.end(work.connection, case.id, person.slack)
    if despite:
        await work.record(case, "sent_anyway", person, reply=reply, **despite)
    await work.stop_clock(case.id)
    return await work.move(
        case, Move.REPLY, person, detail={"reply": reply}, owner=case.owner or person.slack, due_at=None
    )


async def _queue(
    work: Work, case: Case, person: Person, parts: Sequence[str], text: str, answers: str
) -> int:
    """The reply's row and the delivery of its first part; returns its id."""
    goes_at = work.now + timedelta(seconds=work.policy.desk.undo_seconds)
    reply = await replies.keep(
        work.connection,
        case_id=case.id,
        who=person.slack,
        account=case.account,
        answers=answers,
        typed=text,
        parts=list(parts),
        posts=[],
        state="queued",
        queued_at=work.now,
        goes_at=goes_at,
        due_before=case.due_at,
    )
    await deliver_part(work, case, reply, 0, goes_at)
    return reply


async def deliver_part(work: Work, case: Case, reply: int, number: int, not_before: Any = None) -> None:
    await deliveries.insert_delivery(
        work.connection,
        "reply",
        f"reply:{reply}:{number}",
        case_id=case.id,
        lane=f"x:{case.account.lower()}",
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
        work.connection, f"reply:{reply.id}:0", at=work.now, before=work.now
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
    await work.aim_clock(case.id, min(case.waiting_since, due_at), due_at)
    return due_at


@use_case
async def part_sent(work: Work, delivery: deliveries.Delivery, post_id: str, url: str) -> None:
    """X has taken a part."""
    if not await deliveries.mark(work.connection, delivery, deliveries.State.DONE, ended_at=work.now):
        return
    reply = await replies.load(work.connection, delivery.subject_id)
    if reply is None:
        return  # its author was forgotten meanwhile
    case = await cases.load(work.connection, reply.case_id)
    await spending.bill_post(work, reply.account, reply.parts[len(reply.posts)])
    await _keep_our_post(work, case, reply, post_id, url)
    if len(reply.posts) + 1 == len(reply.parts):
        await work.record(case, "sent", None, reply=reply.id, url=url)
    await _part_stands(work, case, reply, post_id, work.now)


async def _part_stands(work: Work, case: Case, reply: Row[Any], post_id: str, at: datetime) -> Case:
    """One part more is public: the next one follows, or the reply is complete and the promise kept."""
    posts = [*reply.posts, post_id]
    if len(posts) < len(reply.parts):
        await replies.settle(work.connection, reply.id, state="queued", seen=reply.state, posts=posts)
        await deliver_part(work, case, reply.id, len(posts))
    else:
        await replies.settle(
            work.connection, reply.id, state="sent", seen=reply.state, posts=posts, sent_at=at
        )
        await take_up_reminder(work, case)
    changed = await cases.change(work.connection, case, first_reply_at=case.first_reply_at or at)
    await work.draw_card(changed)
    return changed


async def _keep_our_post(work: Work, case: Case, reply: Row[Any], post_id: str, url: str) -> None:
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
async def part_refused(work: Work, delivery: deliveries.Delivery, problem: str) -> None:
    """X said no for good: the owner's turn again, with what is left of the text and the reason in words."""
    if not await deliveries.mark(
        work.connection, delivery, deliveries.State.FAILED, ended_at=work.now, problem=problem
    ):
        return
    reply = await replies.load(work.connection, delivery.subject_id)
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
async def part_unknown(work: Work, delivery: deliveries.Delivery, problem: str) -> None:
    """Nobody can tell whether it stands: shown on the card, with "It was sent" and "Send again"."""
    if not await deliveries.mark(
        work.connection, delivery, deliveries.State.FAILED, ended_at=work.now, problem=problem
    ):
        return
    reply = await replies.load(work.connection, delivery.subject_id)
    if reply is None:
        return
    case = await cases.load(work.connection, reply.case_id)
    await replies.settle(work.connection, reply.id, state="unknown", seen="queued", problem=problem)
    await work.record(case, "reply_unknown", None, reply=reply.id)
    await work.draw_card(case)
    if reply.who:
        await work.tell(reply.who, "reply_unknown", case)


@use_case
async def was_sent(work: Work, case_id: int, person: Person, own: Sequence[Mention]) -> Case:
    """A person has looked: the part stands in public. It is looked for among our `own` posts for its id."""
    case = await work.case_for(case_id, person, "was_sent")
    reply = await replies.foremost(work.connection, case.id)
    if reply is None or reply.state != "unknown":
        raise TooLate
    await work.record(case, "was_sent", person, reply=reply.id)
    found = await _part_among(work, reply, own)
    if found is None:
        return await _part_stands(work, case, reply, "", reply.goes_at)
    await _keep_our_post(work, case, reply, found.post_id, found.url)
    return await _part_stands(work, case, reply, found.post_id, found.posted_at)


async def _part_among(work: Work, reply: Row[Any], own: Sequence[Mention]) -> Mention | None:
    """The next part of a reply among our posts: same answered post, same text, not recorded for another."""
    number = len(reply.posts)
    alike = {
        post.post_id: post
        for post in own
        if post.answers == answered_by(reply, number) and same_text(post.text, reply.parts[number])
    }
    network = next((post.network for post in own), "")
    new = alike.keys() - await mentions.known(work.connection, network, alike)
    return alike[max(new, key=int)] if new else None


def answered_by(reply: Row[Any], number: int) -> str:
    """The post that a part answers: the former part, where its id is known."""
    return str((number and reply.posts[number - 1]) or reply.answers)


@use_case
async def send_again(work: Work, case_id: int, person: Person) -> Case:
    """A person has looked: it does not stand; the part goes out once more."""
    case = await work.case_for(case_id, person, "send_again")
    reply = await replies.foremost(work.connection, case.id)
    if reply is None or not await replies.settle(
        work.connection, reply.id, state="queued", seen="unknown", goes_at=work.now
    ):
        raise TooLate
    await deliver_part(work, case, reply.id, len(reply.posts))
    await work.record(case, "send_again", person, reply=reply.id)
    touched = await cases.change(work.connection, case)
    await work.draw_card(touched)
    return touched


@use_case
async def posted(work: Work, case_id: int, person: Person, post: Mention) -> Case:
    """ "I posted it": an answer given by hand on X. One that the desk has found itself gets its author."""
    case = await work.case_for(case_id, person, "posted")
    if await mentions.known(work.connection, case.network, [post.post_id]):
        return await _sign_found(work, case, person, post)
    if post.posted_at < case.opened_at:
        raise DeskError(_("That post is older than the customer's. Paste the link of your answer to it."))
    return await record_outside_reply(work, case, post, person)


async def _sign_found(work: Work, case: Case, person: Person, post: Mention) -> Case:
    found = [
        reply
        for reply in await replies.of_case(work.connection, case.id)
        if reply.who is None and post.post_id in reply.posts
    ]
    if not found:
        raise DeskError(_("This post is recorded already. Paste the link of your own answer."))
    await replies.settle(work.connection, found[0].id, state="sent", seen="sent", who=person.slack)
    await work.record(case, Move.REPLY.value, person, by_hand=True, url=post.url)
    signed = await cases.change(work.connection, case, owner=case.owner or person.slack)
    await work.draw_card(signed)
    return signed
