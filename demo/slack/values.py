"""The data of the pretend Slack: people, channels, messages, views, and the record of calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.slack.fields import friendly
from demo.slack.texts import action_ids, visible_text

Json = dict[str, Any]
TypedState = Mapping[str, Mapping[str, Json]]


class SlackError(Exception):
    """Slack answers `{"ok": false, "error": …}`; `more` joins the body."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    @property
    def body(self) -> Json:
        return {"ok": False, "error": self.error, **self.more}


@dataclass(frozen=True, slots=True)
class User:
    """A person of the workspace, or (team_id of another one) a guest over Slack Connect."""

    id: str
    name: str
    real_name: str
    team_id: str
    tz: str = "Europe/Rome"
    locale: str = "en-US"
    restricted: bool = False
    deleted: bool = False
    is_bot: bool = False
    avatar: str | None = None
    snoozes_until: datetime | None = None  # Do Not Disturb, switched on by hand


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, or with `partner` set the bot's direct messages with that person."""

    id: str
    name: str
    members: tuple[str, ...]
    private: bool = False
    archived: bool = False
    partner: str | None = None

    @property
    def is_im(self) -> bool:
        return self.partner is not None

    @property
    def kind(self) -> str:
        """The kind of channel as message events name it."""
        if self.is_im:
            return "im"
        return "group" if self.private else "channel"


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    handle: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it is now; read it again to see a change."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: Sequence[Json] = ()
    metadata: Json | None = None
    thread_ts: str | None = None  # of a reply: its parent; None at the channel's root
    reactions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    edited: bool = False
    deleted: bool = False
    ephemeral_for: str | None = None
    attachments: Sequence[Json] = ()

    @property
    def all_blocks(self) -> list[Json]:
        """Its own blocks and those of its attachments."""
        return [
            *self.blocks,
            *(block for attached in self.attachments for block in attached.get("blocks", [])),
        ]

    @property
    def plain(self) -> str:
        """All that can be read in it, one text a line."""
        return "\n".join(part for part in (self.text, *visible_text(self.all_blocks)) if part)

    @property
    def button_ids(self) -> list[str]:
        """The action_id of everything that can be clicked, in the order shown."""
        return action_ids(self.all_blocks)


@dataclass(frozen=True, slots=True)
class View:
    """A modal or a Home as it is now. `state` holds the value of each input, as Slack sends it."""

    id: str
    hash: str
    type: str
    blocks: Sequence[Json]
    callback_id: str = ""
    title: str = ""
    submit: str | None = None
    close: str | None = None
    private_metadata: str = ""
    external_id: str = ""
    clear_on_close: bool = False
    notify_on_close: bool = False
    submit_disabled: bool = False
    state: TypedState = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    root_view_id: str = ""
    previous_view_id: str | None = None

    @property
    def plain(self) -> str:
        """All readable text in it, including the inputs' values, one text a line."""
        typed = [value for value in self.values.values() if isinstance(value, str)]
        labels = [self.title, *visible_text(self.blocks), self.submit or "", self.close or ""]
        return "\n".join(part for part in (*labels, *typed, *self.errors.values()) if part)

    @property
    def values(self) -> dict[str, Any]:
        """The value of each input by block_id: a text, an option's value, a person's id, or a list."""
        return {
            block_id: friendly(value)
            for block_id, by_action in self.state.items()
            for value in by_action.values()
        }

    @property
    def button_ids(self) -> list[str]:
        return action_ids(self.blocks)


@dataclass(frozen=True, slots=True)
class Ack:
    """The bot's answer to an act of a person. Without an answer in time `errors` has the key `_timeout`."""

    ok: bool
    seconds: float
    errors: dict[str, str] = field(default_factory=dict)
    payload: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API. outcome: "ok", Slack's error, or the fault that hit it."""

    method: str
    args: Json
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Posted:
    """The record of a posted message, which later edits and deletions do not change."""

    ts: str
    channel: str
    thread_ts: str | None
    metadata: Json | None
    user: str


@dataclass(frozen=True, slots=True)
class Ping:
    """A text that notified somebody: `target` is e.g. "!channel", "!here", "U0ANNA"."""

    target: str
    channel: str
    ts: str
    text: str
