"""Traits: what a network is like. Each network's room holds one instance; the composition root makes them known."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from triage.text.measure import Measure, plain


class Answers(Enum):
    """How a customer's post is answered there."""

    PARTS = "parts"  # by any number of posts; a long answer goes out in numbered parts
    ONE_EDITABLE = "one editable"  # by one answer, which a later one replaces


@dataclass(frozen=True, slots=True)
class Prices:
    """A network's price list, in US dollars. `of`: the date of the list."""

    of: date
    own_mention: float  # of the account that owns the app; others pay for a post
    post: float
    user: float
    answer: float
    answer_with_link: float
    most_beside: int  # posts and pictures that come along with a post, and are billed like one


class Summoned(Protocol):
    """What a rule about answering reads of a customer's post."""

    @property
    def tags(self) -> Collection[str]: ...

    @property
    def quotes_author_id(self) -> str | None: ...


Order = Callable[[str], tuple[int, str]]
# Called with `handle=`; None where a network has no such page.
Link = Callable[..., str] | None
# Whether an account (its handle in lower case, its author id) may answer a post by the network's API.
MayAnswer = Callable[[Summoned, str, str], bool]


def anybody(_post: Summoned, _handle: str, _author_id: str) -> bool:
    """Every post may be answered."""
    return True


@dataclass(frozen=True, slots=True)
class Traits:
    """What a network is like, as far as rules, screens and readers must know.

    `order` makes a key of a post's place (its id, or the cursor that the network gives) by which later posts sort last.
    """

    name: str  # in the database and in desk.toml
    title: str  # in sentences
    measure: Measure
    order: Order
    answers: Answers = Answers.PARTS
    may_answer: MayAnswer = anybody
    prices: Prices | None = None
    counts_followers: bool = True
    handle: re.Pattern[str] = re.compile(r"[^\s@/]{1,60}")  # in desk.toml
    mention: re.Pattern[str] = re.compile(r"(?<![\w@＠.])[@＠]([A-Za-z0-9_.-]{1,60})(?<![.-])")  # in a text
    profile_url: Link = None
    person_url: Link = None  # called with `id=`: leads to a person whatever their handle is now
    answers_url: Link = None  # an account's own answers
    post_link: str = ""  # an example of a link to a post; {handle} is one of our accounts
    mentions_query: Link = None  # the search that finds what tags an account

    @property
    def is_edited(self) -> bool:
        """True where there is one answer, which a later one replaces."""
        return self.answers is Answers.ONE_EDITABLE


_KNOWN: dict[str, Traits] = {}


def make_known(*networks: Traits) -> None:
    """Called by the composition root, before anything reads desk.toml."""
    _KNOWN.update({traits.name: traits for traits in networks})


def forget(name: str) -> None:
    _KNOWN.pop(name, None)


def names() -> list[str]:
    return list(_KNOWN)


def of(network: str) -> Traits:
    """The traits of a network. One that this version does not know, in a row of a newer one, has none of its own."""
    found = _KNOWN.get(network)
    return found or Traits(network, network, plain(280), order=lambda post_id: (len(post_id), post_id))


def makes_link(text: str) -> bool:
    """True if some network would make a part of the text a link."""
    return any(one.measure.has_link(text) for one in _KNOWN.values())


def strictest() -> Measure:
    """The measure of the network that takes the shortest text: what fits there fits everywhere."""
    return min((one.measure for one in _KNOWN.values()), key=lambda measure: measure.limit)


def title(network: str) -> str:
    """The network's name in a sentence."""
    return of(network).title
