"""Sends to Slack: posts a message once, redraws it in place, removes it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from db import messages
from db.messages import Standing
from db.queue.lanes import EditsIn, MessagesTo, PostsIn
from db.queue.subjects import CardOf
from db.rows import Delivery, DeliveryKind, DeliveryState, Place, Posted
from handlers.desk import outbox
from handlers.desk.outbox import Attempt
from handlers.desk.troubles import SLACK
from handlers.desk.work import Desk
from handlers.ports import Chat, Message
from handlers.problems import DoorProblem, PictureRefused, Refused, Uprooted
from handlers.slack.views.draw import Drawn, NotYet, Painter
from handlers.workers.item import Item, Repeatable
from handlers.workers.steps import Form, Found, Ground, Known, Step, Wanted
from triage.errors import NotOfThisVersion
from triage.i18n import _, speaking

# What the desk speaks with somebody.
LanguageOf = Callable[[str], Awaitable[str]]
# From when on a message about a case may reach somebody.
ReachableFrom = Callable[[str, int | None], Awaitable[datetime]]
# Slack takes about one message a second in a channel.
POST_SECONDS = 1.0
# A look into the past begins a little before the intent: two clocks never agree.
CLOCK_SLACK = timedelta(seconds=120)
# The longest pause, in seconds, before Slack gets again what it has refused.
LONGEST_REFUSED = 3600.0
# Refusals of the place, not of the message: no other form of it would be taken there.
CHANNEL_TROUBLE = {"channel_not_found", "not_in_channel", "is_archived"}
FORM_TROUBLE = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
NOBODY_THERE = {"user_not_found", "users_not_found", "user_disabled", "cant_dm_bot"}


@dataclass(frozen=True, slots=True)
class Showing:
    """Shows in Slack what a delivery's subject looks like now."""

    desk: Desk
    chat: Chat
    painter: Painter
    language_of: LanguageOf
    reachable_from: ReachableFrom | None = None  # None: everybody, at any time

    def message(self, attempt: Attempt) -> "ShownMessage":
        return ShownMessage(attempt, SLACK, timedelta(0), self)

    def removal(self, attempt: Attempt) -> "RemovedMessage":
        return RemovedMessage(attempt, SLACK, timedelta(0), self)


@dataclass(slots=True)
class ShownMessage(Item):
    """A message that shows its subject as it is now: posted once, then redrawn in its place."""

    showing: Showing
    _drawn: Drawn | None = None
    _kept: Posted | None = None  # its place by the record
    _place: Place | None = None  # its place as this run found or made it
    _is_current: bool = False  # this run has posted it as it is now
    _begun: float = field(default_factory=time.monotonic)

    @property
    def _delivery(self) -> Delivery:
        return self.attempt.delivery

    async def prepare(self, known: Known) -> Known:
        """Draw it, and compare its place with the record."""
        try:
            self._drawn, self._kept = await self._draw()
        except NotYet:
            return replace(known, wanted=Wanted.LATER)
        drawn, kept = self._drawn, self._kept
        if drawn is None:
            return replace(known, wanted=Wanted.NO)
        if drawn.channel and self._delivery.channel not in (None, drawn.channel):
            return replace(known, wanted=Wanted.ELSEWHERE)
        if kept is not None and drawn.channel in (None, kept.channel):
            self._place = kept.place
            form = Form.NO_PICTURES if kept.plain else Form.FULL
            return replace(known, found=Found.THERE, form=form)
        return replace(
            known,
            wanted=Wanted.NO_NEW if drawn.moot else Wanted.YES,
            ground=Ground.UNCHECKED if drawn.thread else Ground.STANDS,
            must_mark=drawn.thread is not None,
            reader_awaited=self._may_come_at_any_time(drawn),
        )

    def _may_come_at_any_time(self, drawn: Drawn) -> bool:
        """True for what is read in a channel, or is stale by the next morning and can't wait for it."""
        return (
            drawn.person is None
            or self.showing.reachable_from is None
            or "stale_at" in self._delivery.payload
        )

    async def _draw(self) -> tuple[Drawn | None, Posted | None]:
        """In the language of whose direct message it is; in channels, in the desk's."""
        desk = self.showing.desk
        with speaking(await self._language(self._delivery.payload.get("person"))):
            async with desk.database.read() as connection:
                drawn = await self.showing.painter.draw(connection, self._delivery, desk.now())
                return drawn, await messages.place_of(connection, self._delivery.message_subject)

    async def _language(self, person: str | None) -> str:
        if person:
            with suppress(DoorProblem):
                return await self.showing.language_of(person)
        return self.showing.desk.policy.desk.staff_language

    async def look(self) -> Found:
        since = (self._delivery.intent_at or self._delivery.made_at) - CLOCK_SLACK
        thread = self._delivery.payload.get("thread")
        try:
            self._place = await self.showing.chat.find(
                await self._of_its_lane(), self._delivery.key, since=since, thread=thread
            )
        except Uprooted as uprooted:
            self._place = uprooted.place
            return Found.ASTRAY
        return Found.THERE if self._place else Found.NOWHERE

    async def _of_its_lane(self) -> str:
        """The channel of its lane, be it one of direct messages."""
        match self._delivery.lane:
            case MessagesTo(person):
                return await self.showing.chat.dm(person)
            case PostsIn(channel) | EditsIn(channel):
                return channel
            case other:
                raise NotOfThisVersion(str(other))

    async def awaits_reader(self) -> bool:
        """Put it off until its reader's hours. More than a few that are due then come as one digest."""
        desk, delivery = self.showing.desk, self._delivery
        assert self.showing.reachable_from is not None
        assert self._drawn is not None
        left = (await self.showing.reachable_from(str(self._drawn.person), delivery.case_id)) - desk.now()
        if left > timedelta(0):
            seconds = left.total_seconds()
            await outbox.postpone(desk, delivery, DeliveryState.PENDING, seconds, "outside their hours")
            return True
        return await outbox.gather(desk, delivery)

    async def check_ground(self) -> Ground:
        """A reply to a message that is gone would land at the channel's root, and Slack would not say so."""
        assert self._drawn is not None
        thread = Place(str(self._drawn.channel), str(self._drawn.thread))
        return Ground.STANDS if await self.showing.chat.stands(thread) else Ground.GONE

    def about_to_go(self) -> dict[str, object]:
        """The thread in which it has to be looked for."""
        thread = self._drawn.thread if self._drawn else None
        return {"payload": {**self._delivery.payload, "thread": thread}} if thread else {}

    async def send(self, form: Form) -> Found:
        drawn = self._drawn
        assert drawn is not None
        where = drawn.channel or await self.showing.chat.dm(str(drawn.person))
        self._begun = time.monotonic()
        message = self._in_form(form)
        try:
            self._place = await self.showing.chat.post(
                where, message, key=self._delivery.key, thread=drawn.thread
            )
        except Uprooted as uprooted:
            self._place = uprooted.place
            return Found.ASTRAY
        self._is_current = True
        return Found.THERE

    async def end(self, step: Step, known: Known) -> float:
        desk, delivery = self.showing.desk, self._delivery
        match step:
            case Step.RECORD:
                return await self._record(known.form)
            case Step.AWAIT_GROUND:
                await outbox.await_card(desk, delivery, known.if_not_done)
            case Step.LOSE_GROUND:
                await outbox.card_is_gone(desk, delivery, self._thread())
            case Step.PUT_BACK:
                await outbox.uprooted(desk, delivery, self._thread(), self._required_place())
                return POST_SECONDS
            case Step.REDIRECT:
                assert self._drawn is not None
                await outbox.redirect(desk, delivery, PostsIn(str(self._drawn.channel)), self._place)
            case Step.REMOVE:
                await self.showing.chat.remove(self._required_place())
                await outbox.end(desk, delivery)
            case _:
                await outbox.end(desk, delivery)
        return 0.0

    def _in_form(self, form: Form) -> Message:
        """The message as far as this form of it goes."""
        assert self._drawn is not None
        message = self._drawn.message
        match form:
            case Form.FULL:
                return message
            case Form.NO_PICTURES:
                return without_pictures(message)
            case Form.TEXT if isinstance(self._delivery.subject, CardOf):
                hint = _(
                    "Slack does not take this card's buttons. React with 👀 to take the case; Home shows it too."
                )
                return Message(f"{message.text}\n{hint}")
            case Form.TEXT:
                return Message(message.text)

    def _thread(self) -> str:
        return (self._drawn.thread if self._drawn else None) or str(self._delivery.payload.get("thread"))

    def _required_place(self) -> Place:
        assert self._place is not None
        return self._place

    async def _record(self, form: Form) -> float:
        """Redraw one that was there already, unless it shows the same; then keep its place."""
        drawn, kept, place = self._drawn, self._kept, self._required_place()
        assert drawn is not None
        is_in_place = kept is not None and kept.place == place
        shown = outbox.WORDS_ALONE + drawn.fingerprint if form is Form.TEXT else drawn.fingerprint
        if not self._is_current and not (is_in_place and kept and kept.drawn == shown):
            try:
                await self.showing.chat.update(place, self._in_form(form))
            except Refused as refusal:
                if refusal.code != "message_not_found":
                    raise
                await outbox.message_is_gone(self.showing.desk, self._delivery, place.ts)
                return 0.0
        standing = Standing(place, drawn.person, shown, form is Form.NO_PICTURES)
        old = kept.place if kept and not is_in_place else None
        await outbox.end(self.showing.desk, self._delivery, standing, old=old)
        return 0.0 if is_in_place else max(0.0, POST_SECONDS - (time.monotonic() - self._begun))

    async def plainer(self, known: Known, refusal: Refused) -> Known | None:
        """Words alone, if a new message was refused; of one that is there, only if its form was."""
        if refusal.code in CHANNEL_TROUBLE | NOBODY_THERE or known.form is Form.TEXT:
            return None
        is_of_form = isinstance(refusal, PictureRefused) or refusal.code in FORM_TROUBLE
        if self._kept is not None and known.found is Found.THERE and not is_of_form:
            return None
        await asyncio.sleep(POST_SECONDS)  # Slack counts what it refuses, too
        form = Form.NO_PICTURES if isinstance(refusal, PictureRefused) else Form.TEXT
        return replace(known, form=Form.TEXT if form is known.form else form)

    async def refused(self, known: Known, refusal: Refused) -> float | None:
        return await _refused(self.showing.desk, self._delivery, known, refusal)


@dataclass(slots=True)
class RemovedMessage(Repeatable):
    """A message that is taken out of Slack."""

    showing: Showing

    async def end(self, step: Step, known: Known) -> float:
        delivery = self.attempt.delivery
        place = Place(delivery.payload["channel"], delivery.payload["ts"])
        await self.showing.chat.remove(place)
        await outbox.removed(self.showing.desk, delivery, place)
        return 0.0

    async def refused(self, known: Known, refusal: Refused) -> float | None:
        return await _refused(self.showing.desk, self.attempt.delivery, known, refusal)


async def _refused(desk: Desk, delivery: Delivery, known: Known, refusal: Refused) -> float | None:
    """Give up only what nobody is there to read. A channel that is not ours to post in is tried each minute."""
    if delivery.kind is DeliveryKind.MESSAGE and refusal.code in CHANNEL_TROUBLE:
        await outbox.await_mending(desk, delivery, known.if_not_done, str(refusal))
        return None
    if refusal.code in NOBODY_THERE:
        await outbox.give_up(desk, delivery, refusal.code, str(refusal))
        return None
    return LONGEST_REFUSED


def without_pictures(message: Message) -> Message:
    """The same message with words in place of pictures, which Slack can't fetch."""
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
