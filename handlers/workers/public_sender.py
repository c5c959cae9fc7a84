"""Sends replies in public: each part once, and never again without first looking for it."""

from dataclasses import dataclass, replace
from datetime import timedelta

from db import cases, mentions
from db.answers import replies
from db.queue.subjects import PublishedPart, ReplyPart
from db.rows import Delivery, DeliveryState
from handlers.desk import outbox, spending
from handlers.desk.intake import changed_posts
from handlers.desk.outbox import Attempt
from handlers.desk.replies import delete, submit
from handlers.desk.spending import Priced
from handlers.desk.work import Desk
from handlers.ports import Network
from handlers.problems import DoorProblem, Refused
from handlers.workers.item import Item, Repeatable
from handlers.workers.slack_sender import CLOCK_SLACK
from handlers.workers.steps import Form, Found, Ground, Known, Step, Wanted
from triage import traits
from triage.i18n import _
from triage.text.likeness import same_text

# A network is given this long to list what it may have taken, before a person is asked.
SHOWS_WITHIN = timedelta(seconds=10)


class PostGone(Refused):
    """The post that was to be answered is no longer there."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """Publishes a reply's parts, and deletes them."""

    desk: Desk
    networks: dict[str, Network]

    def part(self, attempt: Attempt) -> "PublicPart":
        return PublicPart(attempt, str(attempt.delivery.lane), SHOWS_WITHIN, self)

    def deletion(self, attempt: Attempt) -> "PublicDeletion":
        return PublicDeletion(attempt, str(attempt.delivery.lane), timedelta(0), self)


@dataclass(frozen=True, slots=True)
class Part:
    """One numbered part of a reply, ready to leave."""

    network: str
    account: str
    number: int
    text: str
    answers: str


@dataclass(slots=True)
class PublicPart(Item):
    """A part of a reply on its way to the network."""

    publishing: Publishing
    _reply: Part | None = None
    _post_id: str = ""

    @property
    def _delivery(self) -> Delivery:
        return self.attempt.delivery

    @property
    def _network(self) -> Network:
        return self.publishing.networks[self._part.network]

    @property
    def _part(self) -> Part:
        assert self._reply is not None
        return self._reply

    async def prepare(self, known: Known) -> Known:
        """Read the part. It is not wanted any more once its author was forgotten; what is public stays."""
        self._reply = await _part_of(self.publishing.desk, self._delivery)
        if self._reply is None:
            return replace(known, state=DeliveryState.PENDING, wanted=Wanted.NO)
        ground = Ground.STANDS if self._reply.number else Ground.UNCHECKED
        # Where a later answer replaces the former, sending the same once more does no harm: nobody is asked.
        can_ask = not traits.of(self._reply.network).is_edited
        return replace(known, can_ask=can_ask, ground=ground)

    async def look(self) -> Found:
        """Look for this very part among the account's own recent posts: same answered post, same text."""
        part, delivery, desk = self._part, self._delivery, self.publishing.desk
        network = traits.of(part.network)
        start = (delivery.intent_at or delivery.made_at) - CLOCK_SLACK
        async for page in self._network.own_posts(part.account, since=None, start=start):
            own = spending.by(part.account, "own")
            await spending.count(desk, part.network, own, page.read, Priced.POST)
            alike = {
                post.post_id: post.place
                for post in page.mentions
                if post.answers == part.answers and same_text(post.text, part.text, network.measure)
            }
            recorded = set() if network.is_edited else await self._recorded(list(alike))
            if new := alike.keys() - recorded:
                self._post_id = max(new, key=lambda post_id: network.order(alike[post_id]))
                return Found.THERE
        return Found.NOWHERE

    async def _recorded(self, post_ids: list[str]) -> set[str]:
        """Those of these posts that are recorded already: an earlier answer with the same words is not this one."""
        if not post_ids:
            return set()
        async with self.publishing.desk.database.read() as connection:
            return await mentions.known(connection, self._part.network, post_ids)

    async def check_ground(self) -> Ground:
        """Check that the post still exists, so that we do not answer one that its author has deleted."""
        try:
            looked = await self._network.look_up(self._part.account, [self._part.answers])
        except DoorProblem:
            return Ground.STANDS  # the network decides when it gets the reply
        await changed_posts.honour_lookup(
            self.publishing.desk, self._part.network, looked.mentions, looked.gone, read=looked.read
        )
        return Ground.GONE if self._part.answers in looked.gone else Ground.STANDS

    async def send(self, form: Form) -> Found:
        part = self._part
        self._post_id = await self._network.post(part.account, part.text, answers=part.answers)
        return Found.THERE

    async def end(self, step: Step, known: Known) -> float:
        desk, delivery = self.publishing.desk, self._delivery
        match step:
            case Step.RECORD:
                url = self._network.post_url(self._part.account, self._post_id)
                await submit.part_sent(desk, delivery, self._post_id, url)
            case Step.ASK_PERSON:
                await submit.part_unknown(
                    desk,
                    delivery,
                    _("{network} did not say whether the reply went out.").format(
                        network=traits.title(self._part.network)
                    ),
                )
            case Step.LOSE_GROUND:
                raise PostGone(_("The customer has deleted the post."), "deleted")
            case _:
                await outbox.end(desk, delivery)
        return 0.0

    async def refused(self, known: Known, refusal: Refused) -> float | None:
        await submit.part_refused(self.publishing.desk, self._delivery, str(refusal))
        return None


@dataclass(slots=True)
class PublicDeletion(Repeatable):
    """A published part that is deleted."""

    publishing: Publishing

    async def end(self, step: Step, known: Known) -> float:
        desk, delivery = self.publishing.desk, self.attempt.delivery
        published = delivery.about(PublishedPart)
        async with desk.database.read() as connection:
            reply = await replies.load(connection, published.reply_id)
            case = await cases.load(connection, reply.case_id) if reply else None
        if reply is None or case is None:
            await outbox.end(desk, delivery)
            return 0.0
        post_id = reply.posts[published.number]
        await self.publishing.networks[case.network].delete(reply.account, post_id)
        await delete.post_deleted(desk, delivery, post_id)
        return 0.0

    async def refused(self, known: Known, refusal: Refused) -> float | None:
        await delete.refused(self.publishing.desk, self.attempt.delivery, str(refusal))
        return None


async def _part_of(desk: Desk, delivery: Delivery) -> Part | None:
    part = delivery.about(ReplyPart)
    async with desk.database.read() as connection:
        reply = await replies.load(connection, part.reply_id)
        if reply is None:
            return None  # its author was forgotten
        case = await cases.load(connection, reply.case_id)
    text, answers = reply.parts[part.number], submit.answered_by(reply, part.number)
    return Part(case.network, reply.account, part.number, text, answers)
