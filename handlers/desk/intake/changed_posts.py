"""Edited and deleted posts: the change or deletion is made here too, everywhere the post is shown."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from db import cases, mentions, messages
from db.queue.lanes import EditsIn
from db.queue.subjects import ApprovalBy, AskOf, FollowUpOf, MentionOf
from handlers.desk import spending
from handlers.desk.intake import hearing
from handlers.desk.obligations.open_items import tie_up
from handlers.desk.work import RANK_CLICKED, Desk, Work, use_case
from triage.cases.case import MOVES, Case, Move, Outcome
from triage.cases.mention import Mention
from triage.events import OurPostDeleted, PostDeleted, PostEdited, Vanished
from triage.policy import Policy
from triage.scoring import language, priority
from triage.scoring.priority import Score


async def honour_lookup(
    desk: Desk,
    network: str,
    current: Collection[Mention],
    gone: Collection[str],
    *,
    read: Sequence[str] = (),
    asked: Collection[str] = (),
    counted_as: str = spending.LOOKUPS,
) -> list[int]:
    """Take over what a look-up said: posts edited, posts deleted. Returns the ids of the cases touched.

    `read` is what it cost, `counted_as` the line in the books. Posts `asked` for count as checked, even those that
    the network neither shows nor calls gone.
    """
    checked = {*asked, *(mention.post_id for mention in current)}
    edited = await hearing.veil(await _edited(desk, network, current), desk.policy)
    return await _honour(desk, network, edited, gone, read, checked, counted_as)


async def _edited(desk: Desk, network: str, current: Collection[Mention]) -> list[Mention]:
    """The posts that are not as we keep them."""
    async with desk.database.read() as connection:
        return [
            replace(mention, network=network)
            for mention in current
            if (kept := await _kept(connection, network, mention)) and _is_edited(kept, mention)
        ]


async def _kept(connection: AsyncConnection, network: str, mention: Mention) -> mentions.Post | None:
    return await mentions.find(connection, network, [mention.post_id, *mention.editions])


@use_case
async def _honour(
    work: Work,
    network: str,
    edited: Collection[Mention],
    gone: Collection[str],
    read: Sequence[str],
    checked: Collection[str],
    counted_as: str,
) -> list[int]:
    touched: list[int] = []
    for mention in edited:
        kept = await _kept(work.connection, network, mention)
        if kept and _is_edited(kept, mention):
            await take_over_edit(work, kept, mention)
            touched.append(kept.case_id)
    for post_id in gone:
        kept = await mentions.find(work.connection, network, [post_id])
        if kept and await mentions.wipe(work.connection, kept.id, work.now):
            await _after_deletion(work, kept)
            touched.append(kept.case_id)
    await mentions.mark_checked(work.connection, network, checked, work.now)
    await spending.bill(work, network, counted_as, read, spending.Priced.POST)
    return touched


def _is_edited(kept: mentions.Post, mention: Mention) -> bool:
    """Our own words come back with their links shortened: only a new id says that they were edited."""
    return kept.post_id != mention.post_id or (not kept.ours and kept.text != mention.text)


async def _after_deletion(work: Work, kept: mentions.Post) -> None:
    case = await cases.load(work.connection, kept.case_id)
    await work.record(case, OurPostDeleted(kept.post_id) if kept.ours else PostDeleted(kept.post_id))
    remaining = [
        post
        for post in await mentions.conversation(work.connection, case.id)
        if not post.ours and post.deleted_at is None
    ]
    if not remaining and not kept.ours and (case.status, Move.VANISH) in MOVES:
        await _vanish(work, case)
    elif not kept.ours:
        await _judge_anew(work, case)
    await redraw_all(work, await cases.load(work.connection, case.id))


async def _vanish(work: Work, case: Case) -> None:
    """Close a case whose posts are all deleted, and tell its owner."""
    was_open = case.status.is_open
    changes: dict[str, object] = {"due_at": None, "outcome": Outcome.DELETED.value}
    if was_open:
        changes["closed_at"] = work.now
    moved = await work.move(case, Vanished(), None, **changes)
    await work.stop_clock(case.id)
    await tie_up(work, moved)
    if was_open and case.owner:
        await work.tell(case.owner, "post_deleted", moved)


async def redraw_all(work: Work, case: Case) -> None:
    """Redraw every message in Slack that shows this case: card, thread, direct messages."""
    await work.draw_card(case)
    for row in await messages.places_of_case(work.connection, case.id):
        if isinstance(row.subject, MentionOf | AskOf | FollowUpOf | ApprovalBy):
            await work.draw(row.subject, case.id, EditsIn(row.channel), RANK_CLICKED, row.person)


async def take_over_edit(work: Work, kept: mentions.Post, mention: Mention) -> None:
    """Store an edited post, with its new id and new words, and redraw the messages that show it.

    The guard has read the new words before.
    """
    hidden = mention.hidden and not kept.ours
    await mentions.rewrite(work.connection, kept.id, replace(mention, hidden=hidden), work.now)
    case = await cases.load(work.connection, kept.case_id)
    await work.record(case, PostEdited())
    await redraw_all(work, await _judge_anew(work, case))


async def _judge_anew(work: Work, case: Case) -> Case:
    """Score a case again by its remaining posts, because its reasons quote posts that may have changed or gone."""
    posts = await mentions.conversation(work.connection, case.id)
    standing = [post.text for post in posts if not post.ours and post.deleted_at is None]
    if set_by_a_person(case) or not standing:
        return case
    author = await mentions.author(work.connection, case.network, case.author_id)
    best = await asyncio.to_thread(_most_urgent, standing, author.followers, work.policy)
    return await cases.change(
        work.connection,
        case,
        priority=best.priority.value,
        value=best.value,
        reasons=[reason.to_json() for reason in best.reasons],
        queue_at=priority.queue_at(best.priority, best.value, case.waiting_since),
    )


def _most_urgent(texts: Sequence[str], followers: int, policy: Policy) -> Score:
    """The highest score of these posts; for a thread, because a customer may have written many."""
    spoken = [(text, language.detect(text, policy.desk.languages)) for text in texts]
    scores = [priority.assess(text, one, followers, policy.priority) for text, one in spoken]
    return max(scores, key=lambda score: score.value)


def set_by_a_person(case: Case) -> bool:
    return any(reason.kind == "person" for reason in case.reasons)
