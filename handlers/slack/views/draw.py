"""Draws the message for a delivery's subject, and names its place: every message is a projection of the record."""

import hashlib
import json
import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db import approvals, cases, follow_ups, mentions, questions
from db.messages import place_of
from db.queue.deliveries import Delivery
from handlers.desk.reading.card import view_of
from handlers.desk.replies.prepare import seen_by
from handlers.ports import Message, Network
from handlers.slack.views import board, card, messages
from handlers.slack.views.blocks import card_link
from triage.errors import NoSuchCase
from triage.policy import Policy


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message and its destination: a channel or a person, at the root or in a thread."""

    message: Message
    channel: str | None = None
    person: str | None = None
    thread: str | None = None
    moot: bool = False  # it was over before it was shown: redraw an existing message, but post no new one

    @property
    def fingerprint(self) -> str:
        content = json.dumps([self.message.text, self.message.blocks], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


class NotYet(Exception):
    """It hangs on a card that is not posted yet."""


@dataclass(frozen=True, slots=True)
class Painter:
    """Draws a subject from the database as it is now; None when there is nothing left to show."""

    policy: Policy
    networks: dict[str, Network]

    async def draw(self, connection: AsyncConnection, delivery: Delivery, now: datetime) -> Drawn | None:
        kind = delivery.subject.split(":")[0]
        try:
            match kind:
                case "card":
                    return await self._card(connection, delivery, now)
                case "mention":
                    return await self._announcement(connection, delivery)
                case "board":
                    return await self._board(connection, delivery, now)
                case "ask":
                    return await self._ask(connection, delivery)
                case "approval":
                    return await self._approval(connection, delivery)
                case "follow_up":
                    return await self._follow_up(connection, delivery)
                case _:
                    return await self._notice(connection, delivery, now)
        except NoSuchCase:
            return None

    async def _card(self, connection: AsyncConnection, delivery: Delivery, now: datetime) -> Drawn:
        case = await cases.load(connection, delivery.subject_id)
        view = await view_of(connection, case, self.policy, self.networks[case.network], now)
        return Drawn(card.draw_card(view), channel=case.channel)

    async def _board(self, connection: AsyncConnection, delivery: Delivery, now: datetime) -> Drawn | None:
        channel = delivery.subject.split(":")[1]
        message = await board.draw_board(connection, channel, now)
        return Drawn(message, channel=channel) if message else None

    async def _announcement(self, connection: AsyncConnection, delivery: Delivery) -> Drawn | None:
        post = await mentions.load(connection, delivery.subject_id)
        if post is None:
            return None
        place = await place_of(connection, f"card:{post.case_id}")
        if place is None:
            raise NotYet
        message = messages.draw_announcement(await self._matter(connection, post.case_id), post)
        return Drawn(message, channel=place.channel, thread=place.ts)

    async def _ask(self, connection: AsyncConnection, delivery: Delivery) -> Drawn | None:
        ask = await questions.load(connection, delivery.subject_id)
        if ask is None:
            return None
        message = messages.draw_ask(await self._matter(connection, ask.case_id), ask)
        return Drawn(message, person=ask.expert, moot=ask.state != "open")

    async def _approval(self, connection: AsyncConnection, delivery: Delivery) -> Drawn | None:
        row = await approvals.load(connection, delivery.subject_id)
        if row is None:
            return None
        matter = await self._matter(connection, row.case_id)
        message = messages.draw_approval(matter, row, await seen_by(connection, matter.case))
        return Drawn(message, person=delivery.subject.split(":")[2], moot=row.state != "asked")

    async def _follow_up(self, connection: AsyncConnection, delivery: Delivery) -> Drawn | None:
        row = await follow_ups.load(connection, delivery.subject_id)
        if row is None:
            return None
        message = messages.draw_follow_up(await self._matter(connection, row.case_id), row)
        return Drawn(message, person=row.person, moot=row.state not in ("promised", "reminded"))

    async def _notice(self, connection: AsyncConnection, delivery: Delivery, now: datetime) -> Drawn:
        payload = delivery.payload
        if payload["notice"] == "digest":
            is_stale = payload.get("stale_at", math.inf) < now.timestamp()
            return Drawn(await self._digest(connection, payload), person=payload["person"], moot=is_stale)
        matter = await self._matter(connection, payload["case"]) if payload.get("case") else None
        return Drawn(messages.draw_notice(payload["notice"], payload, matter), person=payload["person"])

    async def _digest(self, connection: AsyncConnection, payload: dict[str, Any]) -> Message:
        lines = []
        for told, case_id in payload["lines"]:
            with suppress(NoSuchCase):
                lines.append((told["notice"], told, await self._matter(connection, case_id)))
        return messages.draw_digest(payload, lines)

    async def _matter(self, connection: AsyncConnection, case_id: int) -> messages.Matter:
        case = await cases.load(connection, case_id)
        author = await mentions.author(connection, case.network, case.author_id)
        posts = await mentions.conversation(connection, case_id)
        place = await place_of(connection, f"card:{case_id}")
        link = card_link(place.channel, place.ts) if place else None
        return messages.Matter(case, author, posts, link)
