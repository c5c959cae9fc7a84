"""A case prepared for an answer: read in one go."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from db import cases, mentions
from db.answers import approvals, drafts, replies
from db.answers import writers as writing
from db.rows import Approval, Draft, Reply, ReplyState
from handlers.desk.look import Look, one_look
from handlers.desk.obligations.pending_answer import pending_answer
from triage.cases.case import Case
from triage.cases.mention import Author
from triage.policy import Policy
from triage.replies.seen import Seen, news_since
from triage.replies.verdict import NotByApi, Situation, Undecided
from triage.rights import Person, require

# A reply that is public, on its way there, or may be.
UNDER_WAY = (ReplyState.QUEUED, ReplyState.SENT, ReplyState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Target:
    """The post to answer, and which of our accounts may."""

    post: mentions.Post
    account: str


@dataclass(frozen=True, slots=True)
class AtHand:
    """A case as it is answered: all that a verdict is made of."""

    case: Case
    author: Author
    posts: Sequence[mentions.Post]
    replies: Sequence[Reply]  # oldest first
    waiting: Approval | None  # a reply that waits for approval
    draft: Draft | None  # the writer's

    @property
    def seen(self) -> Seen:
        return seen_in(self.case, self.posts, self.replies)

    @property
    def answered_by(self) -> str | None:
        """The writer of our last reply."""
        return self.replies[-1].who if self.replies else None

    def target(self, policy: Policy) -> Target | None:
        return target_of(self.posts, self.case.account, policy.handles_on(self.case.network))

    def situation(self, policy: Policy) -> Situation:
        target = self.target(policy)
        return Situation(
            self.case,
            self.author,
            target.account if target else None,
            self.seen,
            self.answered_by,
            undecided=any(reply.state is ReplyState.UNKNOWN for reply in self.replies),
            waits=self.waiting is not None,
        )

    def news(self, seen: str | None) -> str:
        """Say in a sentence how the case differs from when it was seen so."""
        return news_since(Seen.read(seen) if seen else None, self.seen, self.answered_by)


async def at_hand(connection: AsyncConnection, case_id: int, writer: str) -> AtHand:
    """Read a case, its conversation, its replies and its writer's draft, each once."""
    case = await cases.load(connection, case_id)
    return AtHand(
        case,
        await mentions.author(connection, case.network, case.author_id),
        await mentions.conversation(connection, case_id),
        await replies.of_case(connection, case_id),
        await approvals.waiting(connection, case_id),
        await drafts.load(connection, case_id, writer),
    )


@dataclass(frozen=True, slots=True)
class Advice:
    """An expert's answer that the customer has not had yet."""

    expert: str
    text: str


@dataclass(frozen=True, slots=True)
class Composing:
    """The contents of the window in which an answer is written."""

    case: Case
    author: Author
    posts: Sequence[mentions.Post]
    target: Target | None
    draft: str
    advice: Advice | None
    seen: str
    news: str  # what is new since the draft was kept
    waits_for: str | None  # who wrote an answer that waits for approval
    writers: list[str]  # others who are writing an answer

    def require_target(self) -> Target:
        """Raise NotByApi when the network lets no account of ours answer."""
        if self.target is None:
            raise NotByApi
        return self.target


@one_look
async def composing(look: Look, case_id: int, person: Person) -> Composing:
    """The conversation, the post that would be answered, and the text to begin with. Raises Undecided."""
    connection = look.connection
    found = await at_hand(connection, case_id, person.slack)
    require(person, "reply", found.case)
    if found.situation(look.policy).undecided:
        raise Undecided
    advice = await _advice(connection, case_id)
    return Composing(
        found.case,
        found.author,
        found.posts,
        found.target(look.policy),
        found.draft.text if found.draft else (advice.text if advice else ""),
        advice,
        str(found.seen),
        found.news(found.draft.seen if found.draft else None),
        found.waiting.who if found.waiting else None,
        [who for who in await writing.writers(connection, case_id) if who != person.slack],
    )


async def _advice(connection: AsyncConnection, case_id: int) -> Advice | None:
    answer = await pending_answer(connection, case_id)
    return Advice(answer.expert, answer.answer or "") if answer else None


def target_of(posts: Sequence[mentions.Post], account: str, accounts: Sequence[str]) -> Target | None:
    """Their latest post that the network lets the case's account answer by API; else another one of ours."""
    for speaker in (account, *accounts):
        for post in reversed(posts):
            if not post.ours and speaker.lower() in post.answerable_by:
                return Target(post, speaker)
    return None


def seen_in(case: Case, posts: Sequence[mentions.Post], ours: Sequence[Reply]) -> Seen:
    theirs = [post.id for post in posts if not post.ours]
    last_reply = max((reply.id for reply in ours), default=0)
    return Seen(max(theirs, default=0), last_reply, case.owner, case.status.is_open)


async def seen_by(connection: AsyncConnection, case: Case) -> str:
    """The case as somebody who writes an answer sees it now."""
    posts = await mentions.conversation(connection, case.id)
    return str(seen_in(case, posts, await replies.of_case(connection, case.id)))
