"""The bill that X would send: things read, each once per UTC day, and things written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

PRICES_USD = {
    "own_mentions_read": Decimal("0.001"),
    "posts_read": Decimal("0.005"),
    "users_read": Decimal("0.010"),
    "media_read": Decimal("0.005"),
    "posts_created": Decimal("0.015"),
    "summoned_replies_created": Decimal("0.010"),
    "posts_with_link_created": Decimal("0.200"),
}


@dataclass(slots=True)
class Spent:
    """Counters by price. Own mentions are cheap only for the account that owns the X app."""

    own_mentions_read: int = 0
    posts_read: int = 0
    users_read: int = 0
    media_read: int = 0
    posts_created: int = 0
    summoned_replies_created: int = 0
    posts_with_link_created: int = 0
    _day: date | None = field(default=None, repr=False)
    _read_today: set[str] = field(default_factory=set, repr=False)

    @property
    def usd(self) -> Decimal:
        return sum((price * int(getattr(self, item)) for item, price in PRICES_USD.items()), Decimal(0))

    def read(self, item: str, ids: Iterable[str], day: date) -> None:
        """item: the counter's name. What was read before on the same day costs nothing."""
        if day != self._day:
            self._day, self._read_today = day, set()
        fresh = set(ids) - self._read_today
        self._read_today |= fresh
        setattr(self, item, getattr(self, item) + len(fresh))

    def wrote(self, *, is_summoned_reply: bool, has_link: bool) -> None:
        if has_link:
            self.posts_with_link_created += 1
        elif is_summoned_reply:
            self.summoned_replies_created += 1
        else:
            self.posts_created += 1
