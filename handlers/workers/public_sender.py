"""Sends replies in public: each part once, and never again without first looking for it."""

from dataclasses import dataclass, field
from datetime import timedelta

from db import cases, mentions, replies
from db.queue.subjects import PublishedPart, ReplyPart
from db.rows import Delivery, DeliveryState
from handlers.desk import outbox, spending
from handlers.desk.intake import changed_posts
from handlers.desk.outbox import Attempt
from handlers.desk.replies import delete, submit
from handlers.desk.work import Desk
from handlers.ports import Network
from handlers.problems import DoorProblem, OutcomeUnknown, Refused
from handlers.workers.grace_period import Settling
from handlers.workers.slack_sender import CLOCK_SLACK
from triage.i18n import _
from triage.text.likeness import same_text

# X is given this long to list what it may have taken, before a person is asked.
SHOWS_WITHIN = timedelta(seconds=10)


class PostGone(Refused):
    """The post that was to be answered is no longer there."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """Publishes a reply's parts."""

    desk: Desk
    networks: dict[str, Network]
    settling: Settling = field(default_factory=Settling)

    async def reply(self, attempt: Attempt) -> None:
        """Publish one part; if an earlier attempt began, look for the part first."""
        delivery = attempt.delivery
        part = await _part_of(self.desk, delivery)
        if part is None:
            await outbox.end(self.desk, delivery)
            return
        network = self.networks[part.network]
        post_id = await self._stands(network, part, delivery) if attempt.maybe else None
        if post_id is None and not await self._may_be_sent(attempt):
            return
        if post_id is None and attempt.maybe:
            post_id = await self._stands(network, part, delivery)  # it may have come meanwhile
        if post_id is None:
            await self._require_standing(network, part)
            if (attempt.maybe or attempt.lingers) and not await outbox.try_again(self.desk, delivery):
                return
            attempt.maybe = False
            post_id = await network.post(part.account, part.text, answers=part.answers)
        await submit.part_sent(self.desk, delivery, post_id, network.post_url(part.account, post_id))

    async def unpost(self, delivery: Delivery) -> None:
        """Delete one post of a reply; doing it twice does no harm."""
        part = delivery.about(PublishedPart)
        async with self.desk.database.read() as connection:
            reply = await replies.load(connection, part.reply_id)
            case = await cases.load(connection, reply.case_id) if reply else None
        if reply is None or case is None:
            await outbox.end(self.desk, delivery)
            return
        post_id = reply.posts[part.number]
        await self.networks[case.network].delete(reply.account, post_id)
        await delete.post_deleted(self.desk, delivery, post_id)

    async def _may_be_sent(self, attempt: Attempt) -> bool:
        """True if a part that was not found may be sent.

        After a crash (SENDING) it may, once X would show it; with unknown outcome (UNKNOWN) never: a person decides.
        """
        delivery = attempt.delivery
        if not attempt.maybe:
            return True
        if attempt.found is DeliveryState.UNKNOWN:
            if self.desk.now() - (delivery.tried_at or delivery.made_at) < SHOWS_WITHIN:
                raise OutcomeUnknown(_("X has not shown the reply yet."))
            await submit.part_unknown(self.desk, delivery, _("X did not say whether the reply went out."))
            return False
        left = await self.settling.postponed_by(delivery)
        if left > 0:
            await outbox.postpone(self.desk, delivery, DeliveryState.SENDING, left, "cut off")
        return left == 0

    async def _require_standing(self, network: Network, part: "Part") -> None:
        """Check that the post still exists, so that we do not answer one that its author has deleted."""
        if part.number > 0:
            return
        try:
            looked = await network.look_up(part.account, [part.answers])
        except DoorProblem:
            return  # X decides when it gets the reply
        await changed_posts.honour_lookup(
            self.desk, network.name, looked.mentions, looked.gone, read=looked.read
        )
        if part.answers in looked.gone:
            raise PostGone(_("The customer has deleted the post."), "deleted")

    async def _stands(self, network: Network, part: "Part", delivery: Delivery) -> str | None:
        """The id of this very part among the account's own recent posts: same answered post, same text."""
        start = (delivery.intent_at or delivery.made_at) - CLOCK_SLACK
        async for page in network.own_posts(part.account, since=None, start=start):
            await spending.count(self.desk, spending.by(part.account, "own"), page.read, spending.POST_USD)
            alike = [
                post.post_id
                for post in page.mentions
                if post.answers == part.answers and same_text(post.text, part.text)
            ]
            if alike and (new := set(alike) - await self._recorded(network, alike)):
                return max(new, key=int)
        return None

    async def _recorded(self, network: Network, post_ids: list[str]) -> set[str]:
        """Those of these posts that are recorded already: an earlier answer with the same words is not this one."""
        async with self.desk.database.read() as connection:
            return await mentions.known(connection, network.name, post_ids)


@dataclass(frozen=True, slots=True)
class Part:
    """One numbered part of a reply, ready to leave."""

    network: str
    account: str
    number: int
    text: str
    answers: str


async def _part_of(desk: Desk, delivery: Delivery) -> Part | None:
    part = delivery.about(ReplyPart)
    async with desk.database.read() as connection:
        reply = await replies.load(connection, part.reply_id)
        if reply is None:
            return None  # its author was forgotten
        case = await cases.load(connection, reply.case_id)
    text, answers = reply.parts[part.number], submit.answered_by(reply, part.number)
    return Part(case.network, reply.account, part.number, text, answers)
