"""The facts on a card, read in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db import cards, follow_ups, mentions, questions
from db.answers import approvals, replies
from db.answers import writers as writing
from db.rows import Approval, FollowUp, Question, Reply
from handlers.desk.replies.prepare import target_of
from handlers.ports import Network
from triage.cases.case import Case, Outcome
from triage.cases.mention import Author
from triage.policy import Policy


@dataclass(frozen=True, slots=True)
class CardView:
    """The facts on a card."""

    case: Case
    author: Author
    posts: list[mentions.Post]
    earlier: tuple[int, Outcome | None]
    reply: Reply | None
    asks: Sequence[Question]  # the questions of the latest escalation, oldest first
    follow_up: FollowUp | None
    approval: Approval | None  # a reply that waits until somebody else has read it
    writers: list[str]  # who writes an answer just now
    alike: tuple[int, int]  # near-copies under this card, and how many of them nobody has answered
    policy: Policy
    network: Network
    now: datetime

    @property
    def theirs(self) -> list[mentions.Post]:
        return [post for post in self.posts if not post.ours]

    @property
    def speaker(self) -> str | None:
        """The account that may answer by API, the case's own if it may; None: none may."""
        target = target_of(self.posts, self.case.account, self.policy.handles_on(self.case.network))
        return target.account if target else None


async def view_of(
    connection: AsyncConnection, case: Case, policy: Policy, network: Network, now: datetime
) -> CardView:
    beside = await cards.beside(connection, case)
    promised = await follow_ups.open_ones(connection, case.id) if beside.promised else ()
    return CardView(
        case=case,
        author=beside.author,
        posts=await mentions.conversation(connection, case.id),
        earlier=beside.earlier,
        reply=await replies.foremost(connection, case.id) if beside.replied else None,
        asks=await questions.latest(connection, case.id) if beside.asked else (),
        follow_up=promised[0] if promised else None,
        approval=await approvals.waiting(connection, case.id) if beside.approval else None,
        writers=await writing.writers(connection, case.id) if beside.writing else [],
        alike=beside.alike,
        policy=policy,
        network=network,
        now=now,
    )
