"""Acts of people on messages and in channels: click, write, react, command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from demo.slack import payloads
from demo.slack.args import Args
from demo.slack.delivery import Delivery
from demo.slack.fields import KINDS, entered, rendered
from demo.slack.methods_chat import erase
from demo.slack.methods_conversations import add_member
from demo.slack.methods_people import put_reaction, take_reaction
from demo.slack.passes import Source
from demo.slack.response_url import say
from demo.slack.state import BOT_USER, State
from demo.slack.texts import action_ids, as_typed, elements
from demo.slack.values import Ack, Channel, Json, Message, SlackError

UNHEARD = Ack(True, 0.0)  # the app does not listen to such events: nothing to wait for


class Gestures:
    """Doings in the workspace; each returns when the bot has acked, or has not in 3 s.

    All raise LookupError for a person, a channel, a message or an element that is not there.
    """

    def __init__(self, state: State, delivery: Delivery) -> None:
        self._state = state
        self._delivery = delivery

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        *,
        option: object = None,
        in_ephemeral: Message | None = None,
        block_id: str | None = None,
    ) -> Ack:
        """A button; with `option` (an option's value, a user's id, a date, or a list) a menu or picker."""
        message = in_ephemeral or self._message(channel, ts)
        block, element = find(message.all_blocks, action_id, block_id)
        element = self._state.offers.joined(user, message.ts, block, element)
        action = action_json(self._state, block, element, option)
        shown = rendered([one for one in message.all_blocks if one["type"] != "input"])
        if element["type"] in KINDS:
            shown[block["block_id"]][action_id] = entered(element, option)
        return await self._delivery.interaction(
            payloads.click_in_message(self._state, user, message, action, shown)
        )

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Ack:
        """A slash command, e.g. "/desk". What the ack says is shown to the person, or in the channel."""
        place = self._state.channel(channel)
        payload = payloads.slash_command(self._state, user, place, command, text)
        ack = await self._delivery.command(payload)
        if not ack.ok:
            return replace(ack, errors={"_timeout": f'{command} failed with the error "operation_timeout"'})
        return self._show_answer(ack, Source(user, channel))

    def _show_answer(self, ack: Ack, source: Source) -> Ack:
        if not ack.payload:
            return ack
        try:
            say(self._state, source, Args(ack.payload))
        except SlackError as error:
            return replace(ack, ok=False, errors={"_invalid_response": error.error})
        return ack

    async def write(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Message:
        """Type a message. Markup like <@U…> stays, other & < > are escaped as Slack does."""
        message, _ack = await self.write_and_hear(user, channel, text, thread_ts)
        return message

    async def write_and_hear(
        self, user: str, channel: str, text: str, thread_ts: str | None = None
    ) -> tuple[Message, Ack]:
        """The same, with how the bot took the message's first delivery."""
        place = self._in_channel(user, channel)
        message = self._state.add_message(
            Message(place.id, self._state.new_ts(), user, as_typed(text), thread_ts=thread_ts)
        )
        ack = await self._heard(payloads.message_event(self._state, message))
        if f"<@{BOT_USER}>" in text and not place.is_im:
            await self._heard(payloads.app_mention(self._state, message))
        return message, ack

    async def edit_message(self, user: str, channel: str, ts: str, text: str) -> Message:
        """Change one's own message."""
        before = self._message(channel, ts)
        if before.user != user:
            raise LookupError(f"{ts} was not written by {user}")
        after = replace(before, text=as_typed(text), edited=True)
        self._state.put_message(after)
        await self._heard(payloads.message_changed(self._state, after, before))
        return after

    def delete_message(self, user: str, channel: str, ts: str) -> Awaitable[Ack]:
        """Gone at once; await the result to wait for the bot. Whose message it is does not matter."""
        self._state.user(user)
        return self._told(erase(self._state, self._message(channel, ts)))

    async def react(self, user: str, channel: str, ts: str, name: str) -> Ack:
        """React to a message; a second reaction with the same emoji changes nothing and tells nobody."""
        message, name = self._message(channel, ts), name.strip(":")
        self._state.user(user)
        if user in message.reactions.get(name, ()):
            return UNHEARD
        return await self._heard(put_reaction(self._state, user, message, name))

    async def unreact(self, user: str, channel: str, ts: str, name: str) -> Ack:
        message, name = self._message(channel, ts), name.strip(":")
        if user not in message.reactions.get(name, ()):
            raise LookupError(f"{user} did not react with {name}")
        return await self._heard(take_reaction(self._state, user, message, name))

    async def join(self, user: str, channel: str) -> None:
        """Become a member; told like the rest, but not waited for."""
        self._state.user(user)
        place = self._state.channel(channel)
        if user not in place.members:
            add_member(self._state, place, user)

    async def leave(self, user: str, channel: str) -> Ack:
        """A person leaves, or the bot (U0BOT) is removed."""
        place = self._state.channel(channel)
        left = replace(place, members=tuple(member for member in place.members if member != user))
        self._state.put_channel(left)
        return await self._heard(payloads.membership(self._state, "member_left_channel", user, left))

    async def redeliver(self, n: int = 1) -> None:
        """Send the last n events again with their old event_ids."""
        await self._delivery.redeliver(n)

    def _message(self, channel: str, ts: str) -> Message:
        self._state.channel(channel)
        message = self._state.message(channel, ts)
        if message is None or message.deleted:
            raise LookupError(f"there is no message {ts} in {channel}")
        return message

    def _in_channel(self, user: str, channel: str) -> Channel:
        self._state.user(user)
        place = self._state.channel(channel)
        if user not in place.members:
            raise LookupError(f"{user} is not in {channel}")
        return place

    async def _heard(self, event: Json) -> Ack:
        return await self._told(event)

    def _told(self, event: Json) -> Awaitable[Ack]:
        task = self._delivery.event(event)
        if task is not None:
            return task
        return unheard()


def unheard() -> Awaitable[Ack]:
    """To await where there is nothing to wait for."""
    nothing: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
    nothing.set_result(UNHEARD)
    return nothing


def find(blocks: Any, action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """(block, element). Raises LookupError that names what there is to click."""
    for block, element in elements(blocks):
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            return block, element
    raise LookupError(f"there is no {action_id!r} here, only {action_ids(blocks)}")


def action_json(state: State, block: Json, element: Json, option: object) -> Json:
    """One entry of `actions`."""
    if element["type"] == "button":
        offered: Json = {key: element[key] for key in ("text", "value", "style", "url") if key in element}
        return told(state, block, element, {**offered, "type": "button"})
    if option is None and element["type"] == "overflow":
        raise LookupError(f"{element['action_id']} is a menu: name an option")
    return told(state, block, element, entered(element, option))


def told(state: State, block: Json, element: Json, content: Json) -> Json:
    """The action entry for the value that the element has already."""
    first = {key: value for key, value in element.items() if key.startswith("initial_")}
    common = {"action_id": element["action_id"], "block_id": block["block_id"], "action_ts": state.new_ts()}
    return {**common, **first, **content}
