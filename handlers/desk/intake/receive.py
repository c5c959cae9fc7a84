"""Receives posts: each opens a case or joins one."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from db import absences, cases, cursors, events, mentions, said
from db.answers import replies, saved_replies
from db.queue import deliveries
from db.queue.deliveries import Wanted
from db.queue.lanes import PostsIn
from db.queue.subjects import CardOf, MentionOf
from db.rows import Reply, ReplyState
from handlers.desk.cases.claim import give_back
from handlers.desk.intake import hearing
from handlers.desk.intake.changed_posts import set_by_a_person, take_over_edit
from handlers.desk.intake.hearing import Heard
from handlers.desk.obligations.open_items import take_up_reminder
from handlers.desk.work import RANKS, Desk, Work, rank_of, use_case
from triage import traits
from triage.cases.case import MOVES, Case, Move, Outcome, Status
from triage.cases.mention import Author, Mention
from triage.events import CustomerWrote, Opened, RepliedByHand, ReturnedFromAway, SaidThanks, WroteAgain
from triage.rights import Person
from triage.scoring import priority, thanks
from triage.text.likeness import same_text


@dataclass(frozen=True, slots=True)
class Voice:
    """Our own accounts on a network: {handle in lower case: author id}."""

    ids: Mapping[str, str]

    def is_ours(self, author_id: str) -> bool:
        return author_id in self.ids.values()


@dataclass(frozen=True, slots=True)
class _Page:
    """Posts of a page that were not received before, the oldest first, with what must be known of all of them."""

    posts: Sequence[Mention]
    heard: Mapping[str, Heard]  # by post id, for customers' own words
    authors: Mapping[str, Author]
    voice: Voice
    reposted: Collection[str | None]
    busy: Collection[str]  # authors of several of them, or with a case that one may join

    def opens_a_case(self, mention: Mention) -> bool:
        """True if a post is sure to open a case of its own, whatever else is on the page."""
        return not (
            mention.reposts
            or set(mention.editions) > {mention.post_id}
            or mention.post_id in self.reposted
            or mention.author_id in self.busy
            or self.voice.is_ours(mention.author_id)
        )


@use_case
async def all_taken_in(work: Work, network: str, source: str, newest: str) -> None:
    """Record that all posts of a source up to this one are taken in; the next read begins there."""
    await cursors.set_watermark(work.connection, source, newest, work.now, traits.of(network).order)


async def receive(desk: Desk, posts: Sequence[Mention], authors: Collection[Author], voice: Voice) -> int:
    """Take in one page of a network's posts, oldest first; returns how many were new.

    Posts seen before are dropped by their id, so a page may be received twice. A long page is several transactions,
    each short: what takes long, reading the posts, is done before, in a thread.
    """
    by_id = {post.post_id: post for post in posts}
    reposted = frozenset(post.reposts for post in posts)
    new, fresh = 0, authors
    if not posts:
        await _keep_authors(desk, authors)
        return 0
    order = traits.of(posts[0].network).order
    for some in hearing.slices(sorted(by_id.values(), key=lambda post: order(post.place))):
        ours = [post for post in some if voice.is_ours(post.author_id)]
        theirs = [post for post in some if not voice.is_ours(post.author_id)]
        theirs = await hearing.veil(theirs, desk.policy)
        heard = await hearing.hear([post for post in theirs if not post.reposts], desk.policy)
        page = _Page([*ours, *theirs], heard, {author.id: author for author in authors}, voice, reposted, ())
        new += await _take_in(desk, page, fresh)
        fresh = ()
        await asyncio.sleep(0)
    return new


@use_case
async def _keep_authors(work: Work, authors: Collection[Author]) -> None:
    await mentions.keep_authors(work.connection, authors, work.now)


@use_case
async def _take_in(work: Work, piece: _Page, fresh: Collection[Author]) -> int:
    await cursors.one_at_a_time(work.connection)
    await mentions.keep_authors(work.connection, fresh, work.now)
    page = await _not_known(work, piece)
    new = 0
    for opens_a_case, some in groupby(page.posts, key=page.opens_a_case):
        if opens_a_case:
            new += len(await _open(work, page, list(some)))
        else:
            new += sum([await _receive_one(work, page, mention) for mention in some])
    return new


async def _not_known(work: Work, page: _Page) -> _Page:
    """The posts of a page that are new, the oldest first, with their authors."""
    by_id = {post.post_id: post for post in page.posts}
    network = page.posts[0].network
    known = await mentions.known(work.connection, network, by_id)
    order = traits.of(network).order
    unknown = [post for post_id, post in by_id.items() if post_id not in known]
    new = sorted(unknown, key=lambda post: order(post.place))
    wrote = Counter(post.author_id for post in new)
    missing = await mentions.authors_by_id(work.connection, network, wrote.keys() - page.authors.keys())
    since = work.ago(days=work.policy.desk.reopen_days)
    busy = await cases.with_joinable(work.connection, network, wrote, since)
    busy |= {author_id for author_id, count in wrote.items() if count > 1}
    return replace(page, posts=new, authors={**page.authors, **missing}, busy=busy)


async def _only_dug_up(work: Work, mention: Mention, voice: Voice) -> bool:
    """True for an old post that a repost brought up, to which nobody expects an answer; it is skipped for good."""
    stale = mention.posted_at < work.ago(days=work.policy.desk.reopen_days)
    if not stale or voice.is_ours(mention.author_id):
        return False
    key = mentions.once_key(mention.network, mention.post_id)
    await said.first_time(work.connection, key, work.now)
    return True


async def _receive_one(work: Work, page: _Page, mention: Mention) -> bool:
    if mention.post_id in page.reposted and await _only_dug_up(work, mention, page.voice):
        return False
    others = [edition for edition in mention.editions if edition != mention.post_id]
    if others and (kept := await mentions.find(work.connection, mention.network, others)):
        order = traits.of(mention.network).order
        if order(mention.post_id) > order(kept.post_id):  # ignore an older edition that is read late
            await take_over_edit(work, kept, mention)
        return False
    if page.voice.is_ours(mention.author_id):
        return await _record_our_own(work, mention)
    if mention.reposts:
        return await _fold_repost(work, mention)
    await _file(work, page, mention)
    return True


async def _file(work: Work, page: _Page, mention: Mention) -> None:
    """Put a customer's post into the case it belongs to."""
    since = work.ago(days=work.policy.desk.reopen_days)
    earlier = await cases.joinable(
        work.connection,
        mention.network,
        mention.author_id,
        mention.account,
        mention.conversation_id,
        since,
    )
    if earlier is None:
        await _open(work, page, [mention])
        return
    case = await _join(work, earlier, mention, page)
    kept = await mentions.keep(
        work.connection,
        case.id,
        mention,
        at=work.now,
        answerable_by=mention.answerable_by(page.voice.ids),
        quoted=mention.quotes,
    )
    await work.draw(MentionOf(kept), case.id, PostsIn(case.channel), RANKS[case.priority])


async def _open(work: Work, page: _Page, posts: Sequence[Mention]) -> list[Case]:
    """Open a case for each of these posts."""
    judged = [_judged(work, post, page) for post in posts]
    opened = await cases.insert_each(work.connection, [columns for columns, _matched in judged])
    lines = [(case, Opened(tuple(words))) for case, (_columns, words) in zip(opened, judged, strict=True)]
    await events.record_each(work.connection, lines, at=work.now)
    ids = [case.id for case in opened]
    await mentions.keep_openings(
        work.connection, dict(zip(ids, posts, strict=True)), page.voice.ids, work.now
    )
    await work.aim_clocks(opened)
    cards = [Wanted(CardOf(case.id), case.id, PostsIn(case.channel), rank_of(case)) for case in opened]
    await deliveries.insert_messages(work.connection, cards, work.now)
    return opened


def _judged(work: Work, mention: Mention, page: _Page) -> tuple[dict[str, object], list[str]]:
    """The new case of a post, and the keywords that led to its area."""
    author, heard = page.authors[mention.author_id], page.heard[mention.post_id]
    score = priority.weigh(heard.mood, author.followers, work.policy.priority)
    routed = heard.routed
    columns: dict[str, object] = {
        "network": mention.network,
        "account": mention.account,
        "author_id": author.id,
        "conversation_id": mention.conversation_id,
        "status": Status.NEW.value,
        "area": routed.area,
        "channel": work.policy.channel_of(routed.area),
        "language": heard.language,
        "priority": score.priority.value,
        "value": score.value,
        "reasons": score.reasons,
        "opened_at": mention.posted_at,
        "waiting_since": mention.posted_at,
        "queue_at": priority.queue_at(score.priority, score.value, mention.posted_at),
        "due_at": work.due(score.priority, mention.posted_at, routed.area, answered=False),
        "reposts": 0,
        "version": 1,
    }
    return columns, list(routed.matched)


async def _join(work: Work, case: Case, mention: Mention, page: _Page) -> Case:
    """A further post: the owner's turn again, unless it is a bare "thanks" or the case was dismissed for good."""
    languages = (case.language, page.heard[mention.post_id].language)
    if any(thanks.is_bare_thanks(mention.text, one) for one in languages):
        await work.record(case, SaidThanks())
        return await _touch(work, case)
    stays_shut = case.status is Status.DISMISSED and case.outcome in (Outcome.SPAM, Outcome.TROLL)
    if stays_shut or (case.status, Move.CUSTOMER_WROTE) not in MOVES:
        await work.record(case, WroteAgain())
        return await _touch(work, case)
    return await _customer_wrote(work, case, mention, page)


async def _touch(work: Work, case: Case) -> Case:
    touched = await cases.change(work.connection, case)
    await work.draw_card(touched)
    return touched


async def _customer_wrote(work: Work, case: Case, mention: Mention, page: _Page) -> Case:
    case = await _unless_away(work, case)
    author, heard = page.authors[mention.author_id], page.heard[mention.post_id]
    score = priority.weigh(heard.mood, author.followers, work.policy.priority)
    raised = score if score.priority > case.priority and not set_by_a_person(case) else None
    urgency = raised.priority if raised else case.priority
    start = _clock_start(case, mention)
    area = heard.routed.area if case.area is None else case.area
    due_at = work.due(urgency, start, area, answered=case.answered)
    changes: dict[str, object] = {
        "waiting_since": start,
        "queue_at": priority.queue_at(urgency, raised.value if raised else case.value, start),
        "due_at": due_at,
        "closed_at": None,
        "outcome": None,
    }
    if raised:
        changes |= {
            "priority": raised.priority.value,
            "value": raised.value,
            "reasons": [reason.to_json() for reason in raised.reasons],
        }
    if case.area is None:
        changes |= {"area": area, "channel": work.policy.channel_of(area)}
    if not case.status.is_open:
        await saved_replies.came_back(work.connection, case.id)
    wrote = CustomerWrote(case.status.value, mention.posted_at)
    moved = await work.move(case, wrote, None, **changes)
    await work.aim_clock(moved, start, due_at)
    if moved.owner:
        await work.tell(moved.owner, "customer_wrote", moved, reopened=not case.status.is_open)
    return moved


async def _unless_away(work: Work, case: Case) -> Case:
    """Give a case back to the channel if its owner is away, so that the customer does not wait for them.

    A case that is with an expert stays: the answer goes to the people on duty.
    """
    is_away = case.owner and await absences.away(work.connection, [case.owner], work.now)
    if case.owner is None or not is_away or case.status is Status.ESCALATED:
        return case
    return await give_back(work, case, ReturnedFromAway(case.owner), None)


def _clock_start(case: Case, mention: Mention) -> datetime:
    """An unanswered customer who writes again does not get a later due time; an older post, read late, an earlier."""
    if case.due_at is None or not case.status.is_open:
        return mention.posted_at
    return min(case.waiting_since, mention.posted_at)


async def _fold_repost(work: Work, mention: Mention) -> bool:
    """Count a repost on the case of the post that it repeats; it never opens one."""
    key = mentions.once_key(mention.network, mention.post_id)
    await said.first_time(work.connection, key, work.now)
    kept = await mentions.find(work.connection, mention.network, [str(mention.reposts)])
    if kept is None:
        return False
    case = await cases.load(work.connection, kept.case_id)
    case = await cases.change(work.connection, case, reposts=case.reposts + 1)
    await work.draw_card(case)
    return True


async def _record_our_own(work: Work, mention: Mention) -> bool:
    """A post of the brand's: never a case; an answer given outside Mentiondesk is recorded on its case."""
    answered = mention.answers and await mentions.find(work.connection, mention.network, [mention.answers])
    if not answered:
        return False
    case = await cases.load(work.connection, answered.case_id)
    if any(_is_part_of(reply, mention) for reply in await replies.of_case(work.connection, case.id)):
        return False
    await record_outside_reply(work, case, mention, who=None)
    return True


def _is_part_of(reply: Reply, mention: Mention) -> bool:
    """True if a post is a part of this reply: recorded as such, or sent but not recorded yet."""
    measure = traits.of(mention.network).measure
    unsure = reply.state in (ReplyState.QUEUED, ReplyState.UNKNOWN) or "" in reply.posts
    return mention.post_id in reply.posts or (
        unsure and any(same_text(mention.text, part, measure) for part in reply.parts)
    )


async def record_outside_reply(work: Work, case: Case, mention: Mention, who: Person | None) -> Case:
    """Record a public answer that did not go through the desk: the customer has been answered."""
    await replies.keep(
        work.connection,
        case_id=case.id,
        who=who.slack if who else None,
        account=mention.account,
        answers=mention.answers or "",
        typed=mention.text,
        parts=[mention.text],
        posts=[mention.post_id],
        state=ReplyState.SENT,
        by_hand=True,
        queued_at=work.now,
        goes_at=work.now,
        sent_at=mention.posted_at,
    )
    await mentions.keep(work.connection, case.id, mention, at=work.now, ours=True)
    await work.stop_clock(case.id)
    await take_up_reminder(work, case)
    changes: dict[str, object] = {"due_at": None, "first_reply_at": case.first_reply_at or mention.posted_at}
    if who and case.owner is None:
        changes["owner"] = who.slack
    replied = RepliedByHand(mention.url)
    if (case.status, replied.move) in MOVES:
        return await work.move(case, replied, who, **changes)
    await work.record(case, replied, who)
    changed = await cases.change(work.connection, case, first_reply_at=changes["first_reply_at"])
    await work.draw_card(changed)
    return changed
