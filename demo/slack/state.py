"""The pretend Slack's memory: one workspace's people, channels, messages and views."""

from __future__ import annotations

import random
import string
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from demo.clock import Clock
from demo.slack.app_settings import AppSettings
from demo.slack.fields import rendered
from demo.slack.offers import Offers
from demo.slack.passes import Gesture, Passes, Source
from demo.slack.texts import mrkdwn_texts, pinged
from demo.slack.values import (
    Call,
    Channel,
    Group,
    Json,
    Message,
    Ping,
    Posted,
    SlackError,
    User,
    View,
)

BOT_USER = "U0BOT"
BOT_ID = "B0BOT"
APP_ID = "A0DESK"
MODAL_STACK = 3
EPHEMERALS_KEPT = 500


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str

    @property
    def domain(self) -> str:
        return self.name.lower().replace(" ", "-")


class State:
    """Everything there is. `on_event` hears each Slack event, `on_change` each visible change.

    `on_message` sees each message as it is posted, and again each time it is edited or deleted.
    """

    def __init__(self, clock: Clock, team: Team, app: AppSettings, *, calls_kept: int) -> None:
        self.clock = clock
        self.team = team
        self.app = app
        self.base_url = ""
        self.triggers: Passes[Gesture] = Passes()
        self.response_urls: Passes[Source] = Passes()
        self.offers = Offers()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self.posts: list[Posted] = []
        self.pings: list[Ping] = []
        self.calls: deque[Call] = deque(maxlen=calls_kept)
        self.homes: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}
        self.ephemerals: dict[str, deque[Message]] = defaultdict(lambda: deque(maxlen=EPHEMERALS_KEPT))
        self.on_change: Callable[[], None] = lambda: None
        self.on_event: Callable[[Json], object] = lambda event: None
        self.on_message: Callable[[Message], None] = lambda message: None
        self._messages: dict[str, dict[str, Message]] = defaultdict(dict)
        self._threads: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._last_micros = 0
        self._last_view = 0

    # time and ids

    def new_ts(self) -> str:
        """Unique and increasing, even if the clock is set back."""
        micros = int(self.clock.now().timestamp() * 1_000_000)
        self._last_micros = max(self._last_micros + 1, micros)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def new_view_id(self) -> str:
        self._last_view += 1
        return f"V{self._last_view:010d}"

    def new_hash(self) -> str:
        return f"{int(self.clock.now().timestamp())}.{_random_name(8)}"

    def new_trigger(self, gesture: Gesture) -> str:
        return self.triggers.issue(gesture, self.app.trigger_seconds)

    def new_response_url(self, source: Source) -> str:
        secret = self.response_urls.issue(source, self.app.response_url_seconds)
        return f"{self.base_url}/slack/response/{secret}"

    # people and channels

    def user(self, user_id: str) -> User:
        """Raises LookupError."""
        if user_id not in self.users:
            raise LookupError(f"there is no user {user_id}")
        return self.users[user_id]

    def channel(self, channel_id: str) -> Channel:
        """Raises LookupError."""
        if channel_id not in self.channels:
            raise LookupError(f"there is no channel {channel_id}")
        return self.channels[channel_id]

    def dm(self, user_id: str) -> Channel:
        """The bot's direct messages with a person, opened if need be."""
        user = self.user(user_id)
        dm_id = f"D{user_id[1:]}"
        if dm_id not in self.channels:
            self.channels[dm_id] = Channel(dm_id, "directmessage", (user_id, BOT_USER), partner=user.id)
        return self.channels[dm_id]

    def put_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self.on_change()

    # messages

    def message(self, channel: str, ts: str) -> Message | None:
        """Deleted ones too."""
        return self._messages[channel].get(ts) if channel in self._messages else None

    def live(self, channel: str, ts: str) -> Message:
        """Raises SlackError message_not_found."""
        message = self.message(channel, ts)
        if message is None or message.deleted:
            raise SlackError("message_not_found")
        return message

    def roots(self, channel: str) -> list[Message]:
        """The messages in the channel itself, not in threads, oldest first, including deleted ones."""
        found = self._messages[channel].values() if channel in self._messages else ()
        return [message for message in found if message.thread_ts is None]

    def replies(self, channel: str, ts: str) -> list[Message]:
        """The live replies in a thread, oldest first."""
        known = self._threads.get((channel, ts), [])
        found = (self._messages[channel][reply] for reply in known)
        return [message for message in found if not message.deleted]

    def add_message(self, message: Message) -> Message:
        """Keep it. A reply whose parent is gone lands at the channel's root, as in Slack."""
        parent = self.message(message.channel, message.thread_ts) if message.thread_ts else None
        if parent is None or parent.deleted:
            message = replace(message, thread_ts=None)
        elif parent.thread_ts is not None:
            message = replace(message, thread_ts=parent.thread_ts)
        self._messages[message.channel][message.ts] = message
        if message.thread_ts is not None:
            self._threads[message.channel, message.thread_ts].append(message.ts)
        self.posts.append(
            Posted(message.ts, message.channel, message.thread_ts, message.metadata, message.user)
        )
        self.note_pings(message)
        self.on_message(message)
        self.on_change()
        return message

    def put_message(self, message: Message) -> None:
        """Replace what is kept under the same ts."""
        if message.ephemeral_for is not None:
            shown = self.ephemerals[message.ephemeral_for]
            kept = [message if old.ts == message.ts else old for old in shown]
            self.ephemerals[message.ephemeral_for] = deque(kept, maxlen=EPHEMERALS_KEPT)
        else:
            self._messages[message.channel][message.ts] = message
            self.on_message(message)
        self.on_change()

    def add_ephemeral(self, message: Message) -> None:
        self.ephemerals[str(message.ephemeral_for)].append(message)
        self.on_change()

    def drop_ephemeral(self, message: Message) -> None:
        shown = self.ephemerals[str(message.ephemeral_for)]
        kept = [other for other in shown if other.ts != message.ts]
        self.ephemerals[str(message.ephemeral_for)] = deque(kept, maxlen=EPHEMERALS_KEPT)
        self.on_change()

    def note_pings(self, message: Message) -> None:
        """Record whom a text of the bot notifies."""
        if message.deleted or message.user != BOT_USER:
            return
        for text in (message.text, *mrkdwn_texts(message.all_blocks)):
            self.pings += [Ping(target, message.channel, message.ts, text) for target in pinged(text)]

    # views

    def view(self, view_id: str) -> tuple[str, View] | None:
        """(user, view) of an open modal or a published Home."""
        for user, stack in self.modals.items():
            for view in stack:
                if view.id == view_id:
                    return user, view
        return next(((user, view) for user, view in self.homes.items() if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        shown = [*(view for stack in self.modals.values() for view in stack), *self.homes.values()]
        return next((view for view in shown if view.external_id == external_id), None)

    def put_view(self, user: str, view: View) -> None:
        """Replace what is shown under the same id."""
        if view.type == "home":
            self.homes[user] = view
        else:
            stack = self.modals.get(user, [])
            self.modals[user] = [view if old.id == view.id else old for old in stack]
        self.on_change()

    def open_modal(self, user: str, view: View) -> View:
        view = replace(view, root_view_id=view.id, previous_view_id=None)
        self.modals[user] = [view]
        self.on_change()
        return view

    def push_modal(self, user: str, view: View) -> View:
        """Raises SlackError push_limit_reached on the fourth."""
        stack = self.modals.get(user, [])
        if not stack:
            return self.open_modal(user, view)
        if len(stack) >= MODAL_STACK:
            raise SlackError("push_limit_reached")
        view = replace(view, root_view_id=stack[0].id, previous_view_id=stack[-1].id)
        self.modals[user] = [*stack, view]
        self.on_change()
        return view

    def drop_modals(self, user: str, *, everything: bool) -> list[View]:
        """Close the top modal, or all; returns the closed ones, top first."""
        stack = self.modals.pop(user, [])
        kept = [] if everything else stack[:-1]
        if kept:
            self.modals[user] = kept
        self.on_change()
        return stack[len(kept) :][::-1]

    def drawn(self, definition: Json, *, over: View | None = None) -> View:
        """The view a bot's definition makes, in the place of `over` if given: what was typed there stays."""
        blocks = with_ids(definition["blocks"])
        return View(
            id=over.id if over else self.new_view_id(),
            hash=self.new_hash(),
            type=definition["type"],
            blocks=blocks,
            callback_id=definition.get("callback_id", ""),
            title=_label(definition.get("title")) or "",
            submit=_label(definition.get("submit")),
            close=_label(definition.get("close")),
            private_metadata=definition.get("private_metadata", ""),
            external_id=definition.get("external_id", ""),
            clear_on_close=definition.get("clear_on_close", False),
            notify_on_close=definition.get("notify_on_close", False),
            submit_disabled=definition.get("submit_disabled", False),
            state=rendered(blocks, over.state if over else None),
            root_view_id=over.root_view_id if over else "",
            previous_view_id=over.previous_view_id if over else None,
        )


def with_ids(blocks: Iterable[Json]) -> list[Json]:
    """A copy in which Slack has filled in each missing block_id and action_id."""
    named = deepcopy(list(blocks))
    for block in named:
        block.setdefault("block_id", _random_name(5))
        inside = [block.get("accessory"), block.get("element"), *_elements_of(block)]
        for element in inside:
            if isinstance(element, dict) and element.get("type") not in ("image", "plain_text", "mrkdwn"):
                element.setdefault("action_id", _random_name(5))
    return named


def _elements_of(block: Json) -> list[Any]:
    return block["elements"] if block["type"] == "actions" else []


def _label(text: Json | None) -> str | None:
    return text["text"] if text else None


def _random_name(length: int) -> str:
    return "".join(random.choices(string.ascii_letters + string.digits, k=length))
