"""A second, small network for tests: reviews of an app. It shares nothing with X but the doors.

Ids are opaque and hold colons and slashes; the order is that of time; a review has one answer of at most 350
characters, which a later one replaces; anybody may be answered; nothing has a price; handles hold dots.
"""

import re
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot import networks
from bot.networks import Room
from handlers.ports import Looked, Pace, Page
from handlers.problems import NotDone, OutcomeUnknown, Refused
from triage import traits
from triage.cases.mention import Author, Mention
from triage.text.measure import plain
from triage.traits import Answers, Traits

NAME = "reviews"
TRAITS = Traits(
    name=NAME,
    title="App reviews",
    measure=plain(350),
    order=lambda place: (0, place),
    answers=Answers.ONE_EDITABLE,
    counts_followers=False,
    handle=re.compile(r"[A-Za-z0-9_.]{1,40}"),
    profile_url="https://reviews.example/people/{handle}".format,
)


@dataclass
class Review:
    id: str
    author: Author
    text: str
    at: datetime
    answer: str = ""
    answered_at: datetime | None = None

    @property
    def answer_id(self) -> str:
        return f"{self.id}/answer:1"


@dataclass
class Store:
    """The store that keeps reviews and answers. `loses`: how many answers are taken whose receipt is lost."""

    now: Callable[[], datetime]
    reviews: list[Review] = field(default_factory=list)
    loses: int = 0
    published: list[str] = field(default_factory=list)

    def write(self, handle: str, text: str) -> Review:
        author = Author(NAME, f"rev:{handle}/1", handle, handle.title(), followers=0)
        number = len(self.reviews) + 1
        review = Review(f"gp:app/{number:03}:{handle}", author, text, self.now())
        self.reviews.append(review)
        return review

    def find(self, post_id: str) -> Review | None:
        return next((one for one in self.reviews if post_id in (one.id, one.answer_id)), None)


def _place(at: datetime, post_id: str) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}|{post_id}"


@dataclass
class Reviews:
    """The network, as the desk sees it."""

    store: Store
    name: str = NAME

    def _review(self, one: Review, account: str) -> Mention:
        return Mention(
            network=NAME,
            post_id=one.id,
            author_id=one.author.id,
            account=account,
            text=one.text,
            posted_at=one.at,
            conversation_id=one.id,
            url=self.post_url(account, one.id),
            cursor=_place(one.at, one.id),
        )

    def _answer(self, one: Review, account: str) -> Mention:
        at = one.answered_at or one.at
        return Mention(
            network=NAME,
            post_id=one.answer_id,
            author_id=f"brand:{account}",
            account=account,
            text=one.answer,
            posted_at=at,
            conversation_id=one.id,
            url=self.post_url(account, one.id),
            answers=one.id,
            cursor=_place(at, one.answer_id),
        )

    async def mentions(
        self, account: str, *, since: str | None, until: str | None = None, start: datetime | None
    ) -> AsyncIterator[Page]:
        found = [self._review(one, account) for one in reversed(self.store.reviews)]
        wanted = [
            post for post in found if (since or "") < post.cursor and not (until and post.cursor >= until)
        ]
        yield self._page([post for post in wanted if start is None or post.posted_at >= start])

    def _page(self, posts: Sequence[Mention]) -> Page:
        authors = {one.author.id: one.author for one in self.store.reviews}
        known = tuple(authors[post.author_id] for post in posts if post.author_id in authors)
        return Page(tuple(posts), known, (), last=True, read=tuple(post.post_id for post in posts))

    async def search(
        self, query: str, *, account: str, since: str | None, until: str | None, start: datetime | None
    ) -> AsyncIterator[Page]:
        raise Refused("Reviews can't be searched.", "unsupported")
        yield  # an iterator all the same

    async def own_posts(
        self, account: str, *, since: str | None, until: str | None = None, start: datetime | None
    ) -> AsyncIterator[Page]:
        found = [self._answer(one, account) for one in self.store.reviews if one.answer]
        yield self._page([post for post in found if (since or "") < post.cursor])

    async def look_up(self, account: str, post_ids: Sequence[str]) -> Looked:
        found = {post_id: self.store.find(post_id) for post_id in post_ids}
        there = tuple(
            self._answer(one, account) if post_id == one.answer_id else self._review(one, account)
            for post_id, one in found.items()
            if one
        )
        return Looked(there, tuple(post_id for post_id, one in found.items() if one is None), tuple(post_ids))

    async def authors(self, account: str, ids: Collection[str]) -> list[Author]:
        return [one.author for one in self.store.reviews if one.author.id in ids]

    async def account_id(self, account: str) -> str:
        return f"brand:{account}"

    async def post(self, account: str, text: str, *, answers: str) -> str:
        review = self.store.find(answers)
        if review is None:
            raise Refused("The review is gone.", "gone")
        review.answer, review.answered_at = text, self.store.now()
        self.store.published.append(text)
        if self.store.loses:
            self.store.loses -= 1
            raise OutcomeUnknown("The store did not answer.")
        return review.answer_id

    async def delete(self, account: str, post_id: str) -> None:
        review = self.store.find(post_id)
        if review is None:
            raise NotDone("The review can't be found.")
        review.answer = ""

    def pace(self, account: str, what: str) -> Pace:
        return Pace()

    def cursor_at(self, moment: datetime) -> str:
        return _place(moment, "")

    def time_of(self, cursor: str) -> datetime:
        return datetime.fromisoformat(cursor.partition("|")[0]).replace(tzinfo=UTC)

    def post_url(self, account: str, post_id: str) -> str:
        return f"https://reviews.example/{account}?review={post_id}"

    def message_url(self, account: str) -> str | None:
        return None

    def intent_url(self, post_id: str, text: str) -> str | None:
        return None

    def post_id_in(self, link: str) -> tuple[str, str] | None:
        return None

    async def close(self) -> None:
        return None


async def _no_faults(_settings: object, _policy: object) -> list[str]:
    return []


def open_room(store: Store) -> None:
    """Let the desks of this process know the network."""
    networks.ROOMS[NAME] = Room(TRAITS, lambda settings, policy, ids, now: Reviews(store), _no_faults)
    traits.make_known(TRAITS)


def close_room() -> None:
    networks.ROOMS.pop(NAME, None)
    traits.forget(NAME)
