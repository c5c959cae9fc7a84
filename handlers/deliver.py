"""deliver(id): mark the intent, send, record; on any second run look before sending again."""

import random
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from db import cases, deliveries, mentions, replies
from db.deliveries import Delivery, Place, State
from handlers.desk import alerting, receiving, replying, spending
from handlers.desk.work import Desk, Work, use_case
from handlers.ports import (
    AccountProblem,
    Chat,
    DoorProblem,
    Message,
    Network,
    NotDone,
    OutcomeUnknown,
    PictureRefused,
    RateLimited,
    Refused,
)
from handlers.slack.drawing import Drawn, NotYet, Painter
from triage.words import _

log = structlog.get_logger()

# Slack takes about one message a second in a channel.
POST_SECONDS = 1.0
FIRST_RETRY, LONGEST_RETRY = 1.0, 300.0
# How often X is asked whether a reply with a lost answer stands, before a person is.
LOOKS = 4
# After a crash X is given this long to list what may have been posted, before it is posted again.
SETTLES = timedelta(seconds=10)
# A look into the past begins a little before the intent: two clocks never agree.
CLOCK_SLACK = timedelta(seconds=120)


# A person mends these by inviting the app, and the card shall appear by itself then.
CHANNEL_TROUBLE = {"channel_not_found", "not_in_channel", "is_archived"}
MENDING_SECONDS = 60.0


class PostGone(Refused):
    """The post that was to be answered is no longer there."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """Delivers one thing by its id. Returns for how many seconds its lane must rest."""

    desk: Desk
    chat: Chat
    networks: dict[str, Network]
    painter: Painter
    jitter: random.Random = field(default_factory=random.Random)

    async def __call__(self, delivery_id: int) -> float:
        begun = await _begin(self.desk, delivery_id)
        if begun is None:
            return 0.0
        delivery, found = begun
        try:
            match delivery.kind:
                case "reply":
                    return await self._reply(delivery, found)
                case "remove":
                    return await self._remove(delivery)
                case _:
                    return await self._message(delivery, again=found is not State.PENDING)
        except RateLimited as limit:
            await _postpone(self.desk, delivery, State.PENDING, limit.seconds, str(limit))
            return limit.seconds
        except (NotDone, AccountProblem) as problem:
            return await self._retry(delivery, State.PENDING, problem)
        except OutcomeUnknown as problem:
            return await self._retry(delivery, State.UNKNOWN, problem)
        except Refused as refusal:
            return await self._refused(delivery, refusal)
        except Exception as error:  # recorded on the row: a fault of ours must not stop the lane for ever
            log.exception("delivery_failed", delivery=delivery.id, subject=delivery.subject)
            return await self._retry(delivery, State.UNKNOWN, error)

    async def _retry(self, delivery: Delivery, state: State, problem: Exception) -> float:
        """Later, and later still; some jitter, so that many do not come back at once."""
        longest = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(delivery.attempts, 10))
        seconds = longest * self.jitter.uniform(0.5, 1.0)
        log.warning(
            "delivery_postponed", subject=delivery.subject, problem=str(problem), seconds=round(seconds, 1)
        )
        await _postpone(self.desk, delivery, state, seconds, str(problem))
        return 0.0

    async def _refused(self, delivery: Delivery, refusal: Refused) -> float:
        log.warning("delivery_refused", subject=delivery.subject, problem=str(refusal), code=refusal.code)
        if delivery.kind == "message" and refusal.code in CHANNEL_TROUBLE:
            await _await_mending(self.desk, delivery, str(refusal))
        elif delivery.kind == "reply":
            await replying.part_refused(self.desk, delivery, str(refusal))
        else:
            await _give_up(self.desk, delivery, str(refusal))
        return 0.0

    # What is shown in Slack

    async def _message(self, delivery: Delivery, *, again: bool) -> float:
        async with self.desk.database.read() as connection:
            try:
                drawn = await self.painter.draw(connection, delivery, self.desk.now())
            except NotYet:
                drawn = None
                waits = True
            else:
                waits = False
            kept = await deliveries.place_of(connection, _message_subject(delivery))
        if waits:
            await _postpone(self.desk, delivery, State.PENDING, 1.0, "its card is not posted yet")
            return 0.0
        if drawn is None:
            await _end(self.desk, delivery, None, None, False)
            return 0.0
        where = drawn.channel or await self.chat.dm(str(drawn.person))
        if kept is None or kept.channel != where:
            return await self._post(
                delivery, drawn, where, again, old=Place(kept.channel, kept.ts) if kept else None
            )
        return await self._update(delivery, drawn, Place(kept.channel, kept.ts), kept.drawn, kept.plain)

    async def _post(
        self, delivery: Delivery, drawn: Drawn, where: str, again: bool, old: Place | None
    ) -> float:
        place, plain = None, False
        begun = time.monotonic()
        if again and delivery.intent_at:
            since = delivery.intent_at - CLOCK_SLACK
            place = await self.chat.find(where, delivery.key, since=since, thread=drawn.thread)
        if place is None:
            if drawn.thread and not await self.chat.stands(Place(where, drawn.thread)):
                # A reply to a message that is gone would land at the channel's root, and Slack would not say so.
                await _card_is_gone(self.desk, delivery)
                return 0.0
            place, plain = await self._send(delivery, drawn, where)
        if old is not None:
            await self.chat.remove(old)
        await _end(self.desk, delivery, drawn, place, plain)
        return max(0.0, POST_SECONDS - (time.monotonic() - begun))

    async def _send(self, delivery: Delivery, drawn: Drawn, where: str) -> tuple[Place, bool]:
        try:
            return await self.chat.post(where, drawn.message, key=delivery.key, thread=drawn.thread), False
        except PictureRefused:
            bare = without_pictures(drawn.message)
            return await self.chat.post(where, bare, key=delivery.key, thread=drawn.thread), True

    async def _update(
        self, delivery: Delivery, drawn: Drawn, place: Place, before: str, plain: bool
    ) -> float:
        if drawn.fingerprint == before:
            await _end(self.desk, delivery, drawn, place, plain)
            return 0.0
        message = without_pictures(drawn.message) if plain else drawn.message
        try:
            await self.chat.update(place, message)
        except PictureRefused:
            plain = True
            await self.chat.update(place, without_pictures(drawn.message))
        except Refused as refusal:
            if refusal.code != "message_not_found":
                raise
            # Somebody deleted it by hand in Slack: it is posted anew.
            return await self._post(delivery, drawn, place.channel, again=False, old=None)
        await _end(self.desk, delivery, drawn, place, plain)
        return 0.0

    async def _remove(self, delivery: Delivery) -> float:
        await self.chat.remove(Place(delivery.payload["channel"], delivery.payload["ts"]))
        await _end(self.desk, delivery, None, None, False)
        return 0.0

    # What is said in public

    async def _reply(self, delivery: Delivery, found: State) -> float:
        part = await _part_of(self.desk, delivery)
        if part is None:
            await _end(self.desk, delivery, None, None, False)
            return 0.0
        network = self.networks[part.network]
        if found is State.PENDING:
            await self._require_standing(network, part)
            post_id: str | None = await network.post(part.account, part.text, answers=part.answers)
        else:
            post_id = await self._reconcile(network, part, delivery, found)
        if post_id is not None:
            url = network.post_url(part.account, post_id)
            await replying.part_sent(self.desk, delivery, post_id, url)
        return 0.0

    async def _reconcile(
        self, network: Network, part: "Part", delivery: Delivery, found: State
    ) -> str | None:
        """The id under which a part stands that was begun before; None when that is put off, or up to a person.

        Cut off by a crash (SENDING) it is sent again once X would show it; tried in vain (UNKNOWN), never.
        """
        post_id = await self._stands(network, part, delivery)
        if post_id is not None:
            return post_id
        if found is State.UNKNOWN:
            if delivery.attempts <= LOOKS:
                raise OutcomeUnknown(_("X has not shown the reply yet."))
            await replying.part_unknown(self.desk, delivery, _("X did not say whether the reply went out."))
            return None
        settled_in = SETTLES - (self.desk.now() - (delivery.intent_at or delivery.made_at))
        if settled_in > timedelta(0):
            await _postpone(self.desk, delivery, State.SENDING, settled_in.total_seconds(), "cut off")
            return None
        await self._require_standing(network, part)
        return await network.post(part.account, part.text, answers=part.answers)

    async def _require_standing(self, network: Network, part: "Part") -> None:
        """Nobody answers a post that its author has deleted."""
        if part.number > 0:
            return
        try:
            looked = await network.look_up(part.account, [part.answers])
        except DoorProblem:
            return  # X decides when it gets the reply
        await receiving.honour_lookup(self.desk, network.name, looked.mentions, looked.gone, read=looked.read)
        if part.answers in looked.gone:
            raise PostGone(_("The customer has deleted the post."), "deleted")

    async def _stands(self, network: Network, part: "Part", delivery: Delivery) -> str | None:
        """The id of this very part among the account's own recent posts: same answered post, same text."""
        start = (delivery.intent_at or delivery.made_at) - CLOCK_SLACK
        async for page in network.own_posts(part.account, since=None, start=start):
            await spending.count(self.desk, "own", page.read, spending.POST_USD)
            alike = [
                post.post_id
                for post in page.mentions
                if post.answers == part.answers and same_text(post.text, part.text)
            ]
            if alike and (new := set(alike) - await self._recorded(network, alike)):
                return max(new, key=int)
        return None

    async def _recorded(self, network: Network, post_ids: list[str]) -> set[str]:
        """Posts that are known to stand: an earlier answer with the same words is not this one."""
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
    number = int(delivery.subject.split(":")[2])
    async with desk.database.read() as connection:
        reply = await replies.load(connection, delivery.subject_id)
        if reply is None:
            return None  # its author was forgotten
        case = await cases.load(connection, reply.case_id)
    answers = reply.posts[number - 1] if number else reply.answers
    return Part(case.network, reply.account, number, reply.parts[number], answers)


def same_text(theirs: str, ours: str) -> bool:
    """Whether a post read back is what we sent: links come back shortened, ampersands escaped."""
    return _bare(theirs) == _bare(ours)


def _bare(text: str) -> str:
    plain = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    kept = [word for word in plain.split() if "://" not in word and not word.startswith("@")]
    return " ".join(kept)


def without_pictures(message: Message) -> Message:
    """The same message where Slack can't fetch a picture: its words stand in its place."""
    blocks = []
    for block in message.blocks:
        if block["type"] == "image":
            block = {
                "type": "context",
                "elements": [{"type": "mrkdwn", "text": _("🖼️ A picture that Slack can't show")}],
            }
        elif block["type"] == "context":
            block = block | {"elements": [one for one in block["elements"] if one["type"] != "image"]}
        blocks.append(block)
    return Message(message.text, [block for block in blocks if block.get("elements") != []])


def _message_subject(delivery: Delivery) -> str:
    return delivery.subject if delivery.kind == "message" else f"notice:{delivery.id}"


@use_case
async def _begin(work: Work, delivery_id: int) -> tuple[Delivery, State] | None:
    """Mark the intent. Returns the delivery and the state it was found in: but for PENDING, it may have happened."""
    seen = await deliveries.load(work.connection, delivery_id)
    if seen is None or seen.state not in deliveries.LIVE or seen.not_before > work.now:
        return None
    intent_at = work.now if seen.state is State.PENDING else seen.intent_at
    begun = replace(seen, state=State.SENDING, attempts=seen.attempts + 1, intent_at=intent_at)
    marked = await deliveries.mark(
        work.connection, seen, State.SENDING, attempts=begun.attempts, intent_at=intent_at
    )
    return (begun, seen.state) if marked else None


@use_case
async def _postpone(work: Work, delivery: Delivery, state: State, seconds: float, problem: str) -> None:
    not_before = work.now + timedelta(seconds=seconds)
    await deliveries.mark(work.connection, delivery, state, not_before=not_before, problem=problem[:1000])


@use_case
async def _end(work: Work, delivery: Delivery, drawn: Drawn | None, place: Place | None, plain: bool) -> None:
    if not await deliveries.mark(work.connection, delivery, State.DONE, ended_at=work.now, problem=None):
        return
    if drawn is not None and place is not None:
        await deliveries.keep_place(
            work.connection,
            _message_subject(delivery),
            place,
            case_id=delivery.case_id,
            person=drawn.person,
            drawn=drawn.fingerprint,
            plain=plain,
            at=work.now,
        )


@use_case
async def _card_is_gone(work: Work, delivery: Delivery) -> None:
    """The card was deleted by hand: it is posted anew, and what hangs on it follows."""
    await deliveries.mark(
        work.connection,
        delivery,
        State.PENDING,
        not_before=work.now + timedelta(seconds=1),
        problem="its card is gone",
    )
    if delivery.case_id is not None:
        await deliveries.forget_place(work.connection, f"card:{delivery.case_id}")
        await work.draw_card(await cases.load(work.connection, delivery.case_id))


@use_case
async def _await_mending(work: Work, delivery: Delivery, problem: str) -> None:
    """The channel is not ours to post in: the leads are told, and the message waits."""
    not_before = work.now + timedelta(seconds=MENDING_SECONDS)
    await deliveries.mark(work.connection, delivery, State.PENDING, not_before=not_before, problem=problem)
    await alerting.card_refused(work, delivery.lane.split(":")[1], problem)


@use_case
async def _give_up(work: Work, delivery: Delivery, problem: str) -> None:
    """Slack refuses a message for good: the leads are told once an hour for each channel."""
    await deliveries.mark(work.connection, delivery, State.FAILED, ended_at=work.now, problem=problem[:1000])
    if delivery.kind == "message" and delivery.subject.startswith("card:"):
        await alerting.card_refused(work, delivery.lane.split(":")[1], problem)
