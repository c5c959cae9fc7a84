"""Customers on X: they write, write again, say thanks, and think better of it."""

import asyncio
import random
from dataclasses import dataclass, field

from faults.plan import Plan
from faults.record import Customers, Record
from faults.stage import AREAS, BRANDS

from demo.x import Post, Timeline

COMPLAINTS = (
    "my {word} is wrong again, when will somebody look at it?",
    "third time I ask about the {word}, this is a disgrace!!",
    "no {word} since this morning, I work from home and need it NOW",
    "how do I change my {word}? thanks in advance",
    "the {word} you promised has not come",
)
MORE = ("still nothing about the {word}", "and another thing about the {word}", "hello? the {word}?")
THANKS = "thanks"


@dataclass(slots=True)
class Crowd:
    """All customers. `wrote` are their posts, the oldest first."""

    plan: Plan
    x: Timeline
    record: Record
    die: random.Random
    wrote: list[Post] = field(default_factory=list)
    count: int = 0

    async def write(self) -> None:
        """Post until all mentions are posted."""
        while self.count < self.plan.mentions:
            self.one_more()
            await asyncio.sleep(self.die.expovariate(self.plan.mentions_a_second))

    def one_more(self) -> Post:
        """One mention more: of somebody new, or of somebody who wrote before."""
        lot = self.die.random()
        if not self.wrote or lot < 0.5:
            return self._new_customer()
        earlier = self._recent()
        if lot < 0.85:
            words = THANKS if self.die.random() < 0.15 else self._text(MORE)
            return self._post(earlier.author, words, self._account_of(earlier), reply_to=earlier.id)
        if lot < 0.97 or self.count < 20:
            return self._post(earlier.author, self._text(COMPLAINTS), self._account())
        self._delete(earlier)
        return self._new_customer()

    def greet(self) -> None:
        """One mention of each account, so that every source has been read once before anything breaks."""
        for account in BRANDS:
            self._new_customer(account)

    def again(self, post_id: str) -> Post:
        """Its author writes again in the same conversation."""
        earlier = self.x.get(post_id)
        assert earlier is not None
        return self._post(earlier.author, self._text(MORE), self._account_of(earlier), reply_to=earlier.id)

    def _new_customer(self, account: str | None = None) -> Post:
        handle = f"c{self.count}"
        self.x.add_profile(handle, f"Customer {self.count}", followers=self.die.randrange(5000))
        return self._post(handle, self._text(COMPLAINTS), account or self._account())

    def _post(self, handle: str, text: str, account: str, *, reply_to: str | None = None) -> Post:
        self.count += 1
        number = "" if text == THANKS else f" #{self.count}"
        late = self.die.choice((0.0, 0.0, 0.0, 1.0, 20.0)) if self.count > len(BRANDS) else 0.0
        post = self.x.post(handle, f"@{account} {text}{number}", reply_to=reply_to, lang="en", late_by=late)
        self.record.posted[post.id] = Customers(post.id, handle, account)
        self.wrote.append(post)
        return post

    def _delete(self, post: Post) -> None:
        if post.id not in self.record.deleted:
            self.x.delete(post.id)
            self.record.deleted.add(post.id)
            self.record.doings["posts deleted on X"] += 1

    def _recent(self) -> Post:
        return self.die.choice(self.wrote[-80:])

    def _account(self) -> str:
        return "acme" if self.die.random() < 0.1 else "acme_help"

    def _account_of(self, post: Post) -> str:
        return self.record.posted[post.id].account

    def _text(self, among: tuple[str, ...]) -> str:
        return self.die.choice(among).format(word=self.die.choice(list(AREAS.values())))
