"""Sends to Slack: posts a message once, redraws it in place, removes it."""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db import messages
from db.messages import Standing
from db.queue.lanes import EditsIn, MessagesTo, PostsIn
from db.rows import Delivery, DeliveryState, Place, Posted
from handlers.desk import outbox
from handlers.desk.outbox import Attempt
from handlers.desk.work import Desk
from handlers.ports import Chat, Message
from handlers.problems import DoorProblem, PictureRefused, Refused, Uprooted
from handlers.slack.views.draw import Drawn, NotYet, Painter
from handlers.workers.grace_period import Settling
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


@dataclass(frozen=True, slots=True)
class Showing:
    """Shows what a delivery's subject looks like now. Returns for how many seconds its lane must rest."""

    desk: Desk
    chat: Chat
    painter: Painter
    language_of: LanguageOf
    settling: Settling = field(default_factory=Settling)
    reachable_from: ReachableFrom | None = None  # None: everybody, at any time

    async def message(self, attempt: Attempt) -> float:
        """Draw a message as it is now, and post it or redraw it in its place."""
        delivery = attempt.delivery
        try:
            drawn, kept = await self._drawn(delivery)
        except NotYet:
            await outbox.await_card(self.desk, delivery, attempt.state_if_not_done)
            return 0.0
        if drawn is None:
            return await self._nothing_to_show(attempt)
        if drawn.moot and kept is None and not attempt.maybe:
            await outbox.end(self.desk, delivery)
            return 0.0
        if kept is None and drawn.person and await self._waits_for_hours(attempt, drawn.person):
            return 0.0
        where = drawn.channel or await self.chat.dm(str(drawn.person))
        if delivery.channel not in (None, where):
            await self._elsewhere(attempt, where)
            return 0.0
        if kept is None or kept.channel != where:
            return await self._post(attempt, drawn, where, kept.place if kept else None)
        return await self._update(delivery, drawn, kept)

    async def _waits_for_hours(self, attempt: Attempt, person: str) -> bool:
        """Postpone a message outside its reader's hours; True if it waits. More than a few come as one digest."""
        delivery = attempt.delivery
        if attempt.maybe or self.reachable_from is None or "stale_at" in delivery.payload:
            return False  # what is stale by the next morning can't wait for it
        left = await self.reachable_from(person, delivery.case_id) - self.desk.now()
        if left > timedelta(0):
            await outbox.postpone(
                self.desk, delivery, DeliveryState.PENDING, left.total_seconds(), "outside their hours"
            )
            return True
        return await outbox.gather(self.desk, delivery)

    async def _nothing_to_show(self, attempt: Attempt) -> float:
        """End a delivery whose case is gone, and remove a message that an earlier attempt may have posted."""
        delivery = attempt.delivery
        if attempt.maybe:
            stray = await self._stray(delivery, await self._where(delivery))
            if stray is not None:
                await self.chat.remove(stray)
        await outbox.end(self.desk, delivery)
        return 0.0

    async def _where(self, delivery: Delivery) -> str:
        """The channel of its lane, be it one of direct messages."""
        match delivery.lane:
            case MessagesTo(person):
                return await self.chat.dm(person)
            case PostsIn(channel) | EditsIn(channel):
                return channel
            case other:
                raise NotOfThisVersion(str(other))

    async def _drawn(self, delivery: Delivery) -> tuple[Drawn | None, Posted | None]:
        """In the language of whose direct message it is; in channels, in the desk's."""
        person = delivery.payload.get("person")
        with speaking(await self._language(person)):
            return await self._as_it_is(delivery)

    async def _language(self, person: str | None) -> str:
        if person:
            with suppress(DoorProblem):
                return await self.language_of(person)
        return self.desk.policy.desk.staff_language

    async def _as_it_is(self, delivery: Delivery) -> tuple[Drawn | None, Posted | None]:
        async with self.desk.database.read() as connection:
            drawn = await self.painter.draw(connection, delivery, self.desk.now())
            return drawn, await messages.place_of(connection, delivery.message_subject)

    async def _post(self, attempt: Attempt, drawn: Drawn, where: str, old: Place | None) -> float:
        delivery, place, plain = attempt.delivery, None, False
        begun = time.monotonic()
        if attempt.maybe:
            try:
                place, settled = await self._found_once_settled(attempt, where)
            except Uprooted as uprooted:
                return await self._uprooted(delivery, uprooted.place)
            if not settled or (place is None and not await self._goes_again(delivery, drawn)):
                return 0.0
            attempt.maybe = place is not None
            if place is not None:
                plain = await self._redraw(place, drawn.message, plain)  # it shows the case as it was then
        if place is None:
            if drawn.thread and not await self.chat.stands(Place(where, drawn.thread)):
                # A reply to a message that is gone would land at the channel's root, and Slack would not say so.
                await outbox.card_is_gone(self.desk, delivery, drawn.thread)
                return 0.0
            if drawn.thread and not await outbox.aim(self.desk, delivery, drawn.thread):
                return 0.0
            if attempt.lingers and not await outbox.try_again(self.desk, delivery):
                return 0.0
            try:
                place, plain = await self._send(delivery, drawn, where)
            except Uprooted as uprooted:
                return await self._uprooted(delivery, uprooted.place, drawn.thread)
        await outbox.end(self.desk, delivery, _standing(drawn, place, plain), old=old)
        return max(0.0, POST_SECONDS - (time.monotonic() - begun))

    async def _found_once_settled(self, attempt: Attempt, channel: str) -> tuple[Place | None, bool]:
        """The place where an earlier attempt posted it, and True if it may be posted again when there is none.

        After a crash it may still be under way: the sender is dead, but Slack is not.
        """
        delivery = attempt.delivery
        place = await self._found(delivery, channel)
        if place is not None or attempt.found is not DeliveryState.SENDING:
            return place, True
        left = await self.settling.postponed_by(delivery)
        if left > 0:
            await outbox.postpone(self.desk, delivery, DeliveryState.SENDING, left, "cut off")
            return None, False
        return await self._found(delivery, channel), True

    async def _goes_again(self, delivery: Delivery, drawn: Drawn) -> bool:
        """True if a message that was surely not posted is still wanted, and ours to send."""
        if drawn.moot:
            await outbox.end(self.desk, delivery)
            return False
        return await outbox.try_again(self.desk, delivery)

    async def _uprooted(self, delivery: Delivery, place: Place, thread: str | None = None) -> float:
        """Handle a message that landed at the channel's root, because its card was deleted while it was under way."""
        thread = thread or str(delivery.payload.get("thread"))
        await outbox.uprooted(self.desk, delivery, thread, place)
        return POST_SECONDS

    async def _found(self, delivery: Delivery, channel: str) -> Place | None:
        """The place where an earlier attempt posted it; raises Uprooted if it missed its thread."""
        since = (delivery.intent_at or delivery.made_at) - CLOCK_SLACK
        return await self.chat.find(channel, delivery.key, since=since, thread=delivery.payload.get("thread"))

    async def _stray(self, delivery: Delivery, channel: str) -> Place | None:
        """The place of a message that an earlier attempt posted and that is not wanted there any more."""
        try:
            return await self._found(delivery, channel)
        except Uprooted as uprooted:
            return uprooted.place

    async def _elsewhere(self, attempt: Attempt, where: str) -> None:
        """Send it to the new channel of a case that has moved, and remove a copy that may be in the old one."""
        delivery, stray = attempt.delivery, None
        if attempt.maybe:
            try:
                stray, settled = await self._found_once_settled(attempt, str(delivery.channel))
            except Uprooted as uprooted:
                stray, settled = uprooted.place, True
            if not settled:
                return
        await outbox.redirect(self.desk, delivery, PostsIn(where), stray)

    async def _send(self, delivery: Delivery, drawn: Drawn, where: str) -> tuple[Place, bool]:
        try:
            return await self.chat.post(where, drawn.message, key=delivery.key, thread=drawn.thread), False
        except PictureRefused:
            bare = without_pictures(drawn.message)
            return await self.chat.post(where, bare, key=delivery.key, thread=drawn.thread), True

    async def _update(self, delivery: Delivery, drawn: Drawn, kept: Posted) -> float:
        place, plain = kept.place, kept.plain
        if drawn.fingerprint != kept.drawn:
            try:
                plain = await self._redraw(place, drawn.message, plain)
            except Refused as refusal:
                if refusal.code != "message_not_found":
                    raise
                await outbox.message_is_gone(self.desk, delivery, kept.ts)
                return 0.0
        await outbox.end(self.desk, delivery, _standing(drawn, place, plain))
        return 0.0

    async def _redraw(self, place: Place, message: Message, plain: bool) -> bool:
        """Returns whether it had to go without its pictures."""
        if not plain:
            try:
                await self.chat.update(place, message)
            except PictureRefused:
                plain = True
        if plain:
            await self.chat.update(place, without_pictures(message))
        return plain

    async def remove(self, delivery: Delivery) -> float:
        place = Place(delivery.payload["channel"], delivery.payload["ts"])
        await self.chat.remove(place)
        await outbox.removed(self.desk, delivery, place)
        return 0.0


def _standing(drawn: Drawn, place: Place, plain: bool) -> Standing:
    return Standing(place, drawn.person, drawn.fingerprint, plain)


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
