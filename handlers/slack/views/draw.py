"""Draws the message for a delivery's subject, and names its place: every message is a projection of the record."""

import hashlib
import json
import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db import cases, follow_ups, mentions, questions
from db.answers import approvals
from db.messages import place_of
from db.queue.subjects import (
    ApprovalBy,
    AskOf,
    BoardOf,
    CardOf,
    FollowUpOf,
    MentionOf,
    Notice,
    kind_of,
)
from db.rows import ApprovalState, Delivery, Facts
from handlers.desk.reading.card import view_of
from handlers.desk.replies.prepare import seen_by
from handlers.ports import Message, Network
from handlers.slack.views import board, card, messages
from handlers.slack.views.blocks import card_link
from triage.errors import NoSuchCase, NotOfThisVersion
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
        """Raises NotYet, and NotOfThisVersion."""
        try:
            match delivery.subject:
                case CardOf(case_id):
                    return await self._card(connection, case_id, now)
                case MentionOf(mention_id):
                    return await self._announcement(connection, mention_id)
                case BoardOf(channel):
                    return await self._board(connection, channel, now)
                case AskOf(question_id):
                    return await self._ask(connection, question_id)
                case ApprovalBy(approval_id, person):
                    return await self._approval(connection, approval_id, person)
                case FollowUpOf(follow_up_id):
                    return await self._follow_up(connection, follow_up_id)
                case Notice(name):
                    return await self._notice(connection, name, delivery.payload, now)
                case unknown:
                    raise NotOfThisVersion(kind_of(unknown))
        except NoSuchCase:
            return None

    async def _card(self, connection: AsyncConnection, case_id: int, now: datetime) -> Drawn:
        case = await cases.load(connection, case_id)
        view = await view_of(connection, case, self.policy, self.networks[case.network], now)
        return Drawn(card.draw_card(view), channel=case.channel)

    async def _board(self, connection: AsyncConnection, channel: str, now: datetime) -> Drawn | None:
        message = await board.draw_board(connection, channel, now)
        return Drawn(message, channel=channel) if message else None

    async def _announcement(self, connection: AsyncConnection, mention_id: int) -> Drawn | None:
        post = await mentions.load(connection, mention_id)
        if post is None:
            return None
        place = await place_of(connection, CardOf(post.case_id))
        if place is None:
            raise NotYet
        message = messages.draw_announcement(await self._matter(connection, post.case_id), post)
        return Drawn(message, channel=place.channel, thread=place.ts)

    async def _ask(self, connection: AsyncConnection, question_id: int) -> Drawn | None:
        ask = await questions.load(connection, question_id)
        if ask is None:
            return None
        message = messages.draw_ask(await self._matter(connection, ask.case_id), ask)
        return Drawn(message, person=ask.expert, moot=not ask.is_open)

    async def _approval(self, connection: AsyncConnection, approval_id: int, person: str) -> Drawn | None:
        row = await approvals.load(connection, approval_id)
        if row is None:
            return None
        matter = await self._matter(connection, row.case_id)
        message = messages.draw_approval(matter, row, await seen_by(connection, matter.case))
        return Drawn(message, person=person, moot=row.state is not ApprovalState.ASKED)

    async def _follow_up(self, connection: AsyncConnection, follow_up_id: int) -> Drawn | None:
        row = await follow_ups.load(connection, follow_up_id)
        if row is None:
            return None
        message = messages.draw_follow_up(await self._matter(connection, row.case_id), row)
        return Drawn(message, person=row.person, moot=not row.is_open)

    async def _notice(self, connection: AsyncConnection, name: str, payload: Facts, now: datetime) -> Drawn:
        if name == "digest":
            is_stale = payload.get("stale_at", math.inf) < now.timestamp()
            return Drawn(await self._digest(connection, payload), person=payload["person"], moot=is_stale)
        matter = await self._matter(connection, payload["case"]) if payload.get("case") else None
        return Drawn(messages.draw_notice(name, payload, matter), person=payload["person"])

    async def _digest(self, connection: AsyncConnection, payload: Facts) -> Message:
        lines = []
        for told, case_id in payload["lines"]:
            with suppress(NoSuchCase):
                lines.append((told["notice"], told, await self._matter(connection, case_id)))
        return messages.draw_digest(payload, lines)

    async def _matter(self, connection: AsyncConnection, case_id: int) -> messages.Matter:
        case = await cases.load(connection, case_id)
        author = await mentions.author(connection, case.network, case.author_id)
        posts = await mentions.conversation(connection, case_id)
        place = await place_of(connection, CardOf(case_id))
        link = card_link(place.channel, place.ts) if place else None
        return messages.Matter(case, author, posts, link)
