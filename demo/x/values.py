"""The data of the pretend X: profiles, posts, and the record of calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Json = dict[str, Any]


class Clock(Protocol):
    """The clock of the pretend X; its times are aware, in UTC."""

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody on the pretend X; with an access token, a brand account the bot may speak as."""

    id: str
    handle: str
    name: str
    created_at: datetime
    followers: int = 0
    avatar: str | None = None
    access_token: str | None = field(default=None, repr=False)
    access_secret: str | None = field(default=None, repr=False)
    protected: bool = False
    verified: bool = False
    suspended: bool = False

    @property
    def is_brand(self) -> bool:
        return self.access_token is not None


@dataclass(frozen=True, slots=True)
class Post:
    """One version of one public post. An edit makes another version with a new id."""

    id: str
    author: str
    text: str
    at: datetime
    conversation_id: str
    indexed_at: datetime
    reply_to: str | None = None
    quote_of: str | None = None
    repost_of: str | None = None
    media: tuple[str, ...] = ()
    lang: str = "und"
    edit_history: tuple[str, ...] = ()
    deleted: bool = False
    source_by_api: bool = False
    raw: Mapping[str, Any] | None = None

    @property
    def is_latest_version(self) -> bool:
        return self.edit_history[-1] == self.id


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose sender is known: who asks, for what."""

    me: Profile
    params: Mapping[str, str]
    path: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of X: the body, and the ids in it, which X bills."""

    body: Json
    status: int = 200
    posts: tuple[str, ...] = ()
    included_posts: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One request to X, for tests and for the page. `handle` is None if no known account signed it."""

    endpoint: str
    params: Mapping[str, str]
    at: datetime
    handle: str | None
    posts: tuple[str, ...]
    status: int
