"""What somebody needs in front of them to answer, and what has happened since they saw it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from db import approvals, cases, mentions, replies
from db import writers as writing
from db.rows import Question
from handlers.desk.obligations.pending_answer import pending_answer
from handlers.desk.work import Work, use_case
from triage.cases.case import Case
from triage.errors import DeskError
from triage.i18n import _
from triage.rights import Person, require


class NotByApi(DeskError):
    """X lets us answer this post only by hand: use Open in X, then I posted it."""


class Undecided(DeskError):
    """Nobody knows yet whether the last reply went out. Look on X, then press a button on the card."""


@dataclass(frozen=True, slots=True)
class Target:
    """The post to answer, and which of our accounts may."""

    post: mentions.Post
    account: str


@dataclass(frozen=True, slots=True)
class Composing:
    """What somebody needs in front of them to answer."""

    case: Case
    posts: list[mentions.Post]
    target: Target | None
    draft: str
    answer: Question | None  # the expert's, when the customer has not had it yet
    seen: str
    news: str  # what is new since the draft was kept
    waits_for: str | None  # who wrote an answer that waits for approval
    writers: list[str]  # others who are writing an answer

    def require_target(self) -> Target:
        """Raise NotByApi when X lets no account of ours answer."""
        if self.target is None:
            raise NotByApi
        return self.target


async def composing(
    connection: AsyncConnection, case_id: int, person: Person, accounts: Sequence[str]
) -> Composing:
    """The conversation, the post that would be answered, and the text to begin with. Raises Undecided."""
    case = await cases.load(connection, case_id)
    require(person, "reply", case)
    await require_decided(connection, case)
    posts = await mentions.conversation(connection, case_id)
    answer = await pending_answer(connection, case_id)
    kept = await replies.draft(connection, case_id, person.slack)
    draft = kept.text if kept else (answer.answer or "" if answer else "")
    seen, news = await changed_since(connection, case, kept.seen if kept else None)
    others = [who for who in await writing.writers(connection, case_id) if who != person.slack]
    target = target_of(posts, case.account, accounts)
    waiting = await approvals.waiting(connection, case_id)
    return Composing(case, posts, target, draft, answer, seen, news, waiting.who if waiting else None, others)


async def require_decided(connection: AsyncConnection, case: Case) -> None:
    reply = await replies.foremost(connection, case.id)
    if reply is not None and reply.state == "unknown":
        raise Undecided


def target_of(posts: Sequence[mentions.Post], account: str, accounts: Sequence[str]) -> Target | None:
    """Their latest post that X's rule lets the case's account answer by API; else another one of ours."""
    for speaker in (account, *accounts):
        for post in reversed(posts):
            if not post.ours and speaker.lower() in post.answerable_by:
                return Target(post, speaker)
    return None


async def seen_by(connection: AsyncConnection, case: Case) -> str:
    """The case as somebody who writes an answer sees it: their last post, our last reply, the owner."""
    theirs = [post.id for post in await mentions.conversation(connection, case.id) if not post.ours]
    ours = [reply.id for reply in await replies.of_case(connection, case.id)]
    return f"{max(theirs, default=0)}/{max(ours, default=0)}/{case.owner or ''}/{case.status.is_open:d}"


async def changed_since(connection: AsyncConnection, case: Case, seen: str | None) -> tuple[str, str]:
    """The case as it is seen now, and in a sentence what is new about it: empty when nothing is."""
    now = await seen_by(connection, case)
    return now, await _what_changed(connection, case, seen, now) if seen not in (None, now) else ""


async def _what_changed(connection: AsyncConnection, case: Case, seen: str, now: str) -> str:
    before, after = seen.split("/"), now.split("/")
    if before[1] != after[1]:
        reply = (await replies.of_case(connection, case.id))[-1]
        who = f"<@{reply.who}>" if reply.who else _("Somebody")
        return _("{who} answered meanwhile.").format(who=who)
    if before[0] != after[0]:
        return _("The customer wrote again meanwhile.")
    if before[2] != after[2]:
        return _("The case changed hands meanwhile.")
    return _("The case was closed or reopened meanwhile.")


@use_case
async def keep_draft(work: Work, case_id: int, person: Person, text: str, seen: str) -> None:
    """Keep what was typed, and the case as its writer saw it."""
    case = await work.case_for(case_id, person, "reply")
    await replies.keep_draft(work.connection, case.id, person.slack, text, seen, work.now)
