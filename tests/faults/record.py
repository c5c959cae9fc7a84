"""The independent record: what people did, what they were told, and every state that a card was ever shown in."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from faults.stage import CHANNELS

from demo.slack import Message

BOT = "U0BOT"
_OWNER = re.compile(r"(?:🙋 With|🧠 With an expert, for|⏳ \*Waiting\*,) <@(\w+)>")
_NOBODY = re.compile(r"🆕 \*Unclaimed\*|⏳ \*Waiting\*(?!,)")


@dataclass(frozen=True, slots=True)
class Customers:
    """A post of theirs on X."""

    post_id: str
    handle: str
    account: str


@dataclass(slots=True)
class Submission:
    """A modal sent off. `token` is a word that no other submission has, in whatever text it carries."""

    kind: str
    case: int
    person: str
    values: Mapping[str, Any]
    token: str = ""
    acked: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A message in a card's thread: acked at `at`, on the machine's own clock, or not at all."""

    ts: str
    case: int
    person: str
    text: str
    acked: bool
    at: float


@dataclass(frozen=True, slots=True)
class Typed:
    """A text typed and left: acked, and the modal closed, at `at` on the machine's own clock."""

    text: str
    at: float


@dataclass(slots=True)
class Record:
    """Kept beside the program, from what the pretend Slack and X saw."""

    posted: dict[str, Customers] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    submissions: list[Submission] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    # The last text typed and left, by case and person; and who sent off an answer of theirs to which case.
    typed: dict[tuple[int, str], Typed] = field(default_factory=dict)
    answered: set[tuple[int, str]] = field(default_factory=set)
    doings: Counter[str] = field(default_factory=Counter)
    kills: list[float] = field(default_factory=list)
    cuts: list[float] = field(default_factory=list)
    restarts_of_database: list[float] = field(default_factory=list)
    ended_by_itself: list[str] = field(default_factory=list)
    exit_codes: list[int] = field(default_factory=list)
    removed_by_hand: set[tuple[str, str]] = field(default_factory=set)
    # {case id: the owners its card was shown with, one after the other}
    owners_shown: defaultdict[int, list[str | None]] = field(default_factory=lambda: defaultdict(list))
    _on_message: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def watch(self, message: Message) -> None:
        """Called by the pretend Slack for each message as it is posted or edited."""
        if message.user != BOT or message.deleted or message.thread_ts or message.channel not in CHANNELS:
            return
        case, owner = case_of(message), owner_on(message)
        if case is None or owner is None:
            return
        place, shown = (message.channel, message.ts), self.owners_shown[case]
        is_new = place not in self._on_message or self._on_message[place] != owner.name
        self._on_message[place] = owner.name
        # A reaction to an old card that is about to go is no news.
        if is_new and (not shown or shown[-1] != owner.name):
            shown.append(owner.name)

    def was_disturbed(self, at: float, before: float, after: float) -> bool:
        """Whether a process was killed, or the database restarted, about then (`time.monotonic`)."""
        blows = (*self.kills, *self.restarts_of_database)
        return any(at - before <= blow <= at + after for blow in blows)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a card says has the case; nobody: None."""

    name: str | None


def owner_on(message: Message) -> Owner | None:
    """None for a card that does not say: a closed one."""
    if found := _OWNER.search(message.plain):
        return Owner(found.group(1))
    return Owner(None) if _NOBODY.search(message.plain) else None


def case_of(message: Message) -> int | None:
    """The case that a message's buttons and menus belong to."""
    values = list(_values(message.all_blocks))
    found = {value.rsplit(":", 1)[-1] for value in values if value.rsplit(":", 1)[-1].isdigit()}
    return int(found.pop()) if len(found) == 1 else None


def options_of(message: Message) -> list[str]:
    """The values of every option in it."""
    return [value for value in _values(message.all_blocks) if ":" in value]


def _values(node: Any) -> Any:
    if isinstance(node, dict):
        if isinstance(node.get("value"), str):
            yield node["value"]
        for value in node.values():
            yield from _values(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _values(value)


def now() -> float:
    return time.monotonic()
