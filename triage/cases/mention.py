"""A mention: one public post that concerns the brand, and its author."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from triage import traits


@dataclass(frozen=True, slots=True)
class Author:
    """The author of a post, as the network shows them; `handle` and `name` are the id if it says no more."""

    network: str
    id: str
    handle: str
    name: str
    followers: int = 0
    avatar: str | None = None

    @property
    def is_named(self) -> bool:
        """False if all that is known of them is their id."""
        return self.handle != self.id


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a post: the address to fetch it from, and its description in words."""

    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """One public post, as fetched from a network.

    `account` is the brand's account that it addresses: the account whose mentions were read, or the account
    that answers for a watch. `tags` are the handles that it mentions, in lower case.
    """

    network: str
    post_id: str
    author_id: str
    account: str
    text: str
    posted_at: datetime
    conversation_id: str
    url: str
    answers: str | None = None
    quotes: str | None = None
    quotes_author_id: str | None = None
    reposts: str | None = None
    tags: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    language_hint: str | None = None
    editions: tuple[str, ...] = ()
    hidden: bool = False  # it shows private data, so we do not quote it
    cursor: str = ""  # its place in the network's order; its id where ids have one

    @property
    def place(self) -> str:
        return self.cursor or self.post_id

    def answerable_by(self, accounts: Mapping[str, str]) -> tuple[str, ...]:
        """Our accounts that may answer this post by API, out of `accounts` ({handle in lower case: author id})."""
        may_answer = traits.of(self.network).may_answer
        return tuple(handle for handle, author_id in accounts.items() if may_answer(self, handle, author_id))
