"""The doors to the world: a chat for staff, and networks for customers."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from db.rows import Place
from triage.cases.mention import Author, Mention
from triage.errors import NotOfThisVersion

# The JSON of a chat, as its own library gives and takes it: blocks, views, what somebody pressed.
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message for Slack: `text` for notifications and screen readers, blocks for the screen."""

    text: str
    blocks: list[Payload] = field(default_factory=list)


class Chat(Protocol):
    """The chat of the staff. Each call has a timeout and raises a DoorProblem."""

    async def post(self, channel: str, message: Message, *, key: str, thread: str | None = None) -> Place: ...

    async def update(self, place: Place, message: Message) -> None: ...

    async def remove(self, place: Place) -> None: ...

    async def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> Place | None:
        """The message that carries `key`. Raises Uprooted when it missed `thread`, which was gone."""
        ...

    async def stands(self, place: Place) -> bool:
        """True if the message is still there."""
        ...

    async def dm(self, person: str) -> str:
        """The channel of the direct messages with a person."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """One page of posts, newest first as the network gives them. `last`: nothing lies beyond it.

    Billed are the posts in `read`, and `beside` them the posts they refer to and their pictures.
    """

    mentions: tuple[Mention, ...]
    authors: tuple[Author, ...]
    malformed: tuple[str, ...]
    last: bool
    read: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """Posts looked up by id: as they are now, and the ids of those that are gone. The network bills `read`."""

    mentions: tuple[Mention, ...]
    gone: tuple[str, ...]
    read: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """Authors looked up by id, and the names of those that can't be read."""

    authors: tuple[Author, ...]
    malformed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace that the network's headers allow: `remaining` calls until `reset`."""

    remaining: int | None = None
    reset: datetime | None = None


class Network(Protocol):
    """A public network. It only fetches and posts; each call has a timeout and raises a DoorProblem."""

    name: str

    def mentions(
        self, account: str, *, since: str | None, until: str | None = None, start: datetime | None
    ) -> AsyncIterator[Page]: ...

    def search(
        self, query: str, *, account: str, since: str | None, until: str | None, start: datetime | None
    ) -> AsyncIterator[Page]: ...

    def own_posts(
        self, account: str, *, since: str | None, until: str | None = None, start: datetime | None
    ) -> AsyncIterator[Page]: ...

    async def look_up(self, account: str, post_ids: Sequence[str]) -> Looked: ...

    async def authors(self, account: str, ids: Collection[str]) -> Met: ...

    async def account_id(self, account: str) -> str: ...

    async def post(self, account: str, text: str, *, answers: str) -> str:
        """Publish an answer; returns its post id."""
        ...

    async def delete(self, account: str, post_id: str) -> None:
        """Delete a post of the account's; one that is gone already is no error."""
        ...

    def pace(self, account: str, what: str) -> Pace: ...

    def cursor_at(self, moment: datetime) -> str:
        """The place in the network's order before every post of that instant."""
        ...

    def time_of(self, cursor: str) -> datetime:
        """The time of a place in the network's order."""
        ...

    def post_url(self, account: str, post_id: str) -> str: ...

    def message_url(self, account: str) -> str | None:
        """A link that opens a private message to one of our accounts; None where nobody can write one."""
        ...

    def intent_url(self, post_id: str, text: str) -> str | None:
        """A link that opens the network with an answer ready to be sent by hand; None where there is none."""
        ...

    async def close(self) -> None: ...

    def post_id_in(self, link: str) -> tuple[str, str] | None:
        """(handle, post id) in a pasted link, or None when it is no link to a post."""
        ...


class Networks(dict[str, Network]):
    """The networks by name. Raises NotOfThisVersion for one that only a newer version knows."""

    def __missing__(self, name: str) -> Network:
        raise NotOfThisVersion(f"network:{name}")
