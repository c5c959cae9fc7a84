"""What is shown in Slack: a message posted once, redrawn in place, removed."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from db import deliveries
from db.deliveries import Delivery, Place, Standing, State
from handlers.desk import delivering
from handlers.desk.work import Desk
from handlers.ports import Chat, Message, PictureRefused, Refused
from handlers.slack.drawing import Drawn, NotYet, Painter
from triage.words import _

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

    async def message(self, delivery: Delivery, *, again: bool) -> float:
        """Draw it as it is now; post it, or redraw it where it stands."""
        try:
            drawn, kept = await self._drawn(delivery)
        except NotYet:
            await delivering.postpone(self.desk, delivery, State.PENDING, 1.0, "its card is not posted yet")
            return 0.0
        if drawn is None:
            await delivering.end(self.desk, delivery)
            return 0.0
        where = drawn.channel or await self.chat.dm(str(drawn.person))
        if kept is None or kept.channel != where:
            old = Place(kept.channel, kept.ts) if kept else None
            return await self._post(delivery, drawn, where, again, old=old)
        return await self._update(delivery, drawn, Place(kept.channel, kept.ts), kept.drawn, kept.plain)

    async def _drawn(self, delivery: Delivery) -> tuple[Drawn | None, Row[Any] | None]:
        async with self.desk.database.read() as connection:
            drawn = await self.painter.draw(connection, delivery, self.desk.now())
            return drawn, await deliveries.place_of(connection, delivery.message_subject)

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
                await delivering.card_is_gone(self.desk, delivery)
                return 0.0
            place, plain = await self._send(delivery, drawn, where)
        if old is not None:
            await self.chat.remove(old)
        await delivering.end(self.desk, delivery, _standing(drawn, place, plain))
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
            await delivering.end(self.desk, delivery, _standing(drawn, place, plain))
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
        await delivering.end(self.desk, delivery, _standing(drawn, place, plain))
        return 0.0

    async def remove(self, delivery: Delivery) -> float:
        await self.chat.remove(Place(delivery.payload["channel"], delivery.payload["ts"]))
        await delivering.end(self.desk, delivery)
        return 0.0


def _standing(drawn: Drawn, place: Place, plain: bool) -> Standing:
    return Standing(place, drawn.person, drawn.fingerprint, plain)


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
