"""The cost of a network by its price list, counted as it bills: each thing read once in a UTC day, and each post."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from db import spending as ledger
from handlers.desk.work import Desk, Work, use_case
from triage import traits
from triage.budget import left_for_rechecks
from triage.traits import Prices


class Priced(Enum):
    """What a network bills for reading; media cost as much as posts."""

    OWN_MENTION = "own_mention"
    POST = "post"
    USER = "user"


# What was posted; everything else is reading. The budget stops reading only.
REPLIES = "replies"
# Posts looked up because somebody answers them; stored posts looked up again because time has passed.
LOOKUPS, RECHECKS = "lookups", "rechecks"


def by(account: str, what: str) -> str:
    """The account's own line in the books: "mentions @acme"."""
    return f"{what} @{account.lower()}"


async def count(desk: Desk, network: str, what: str, ids: Sequence[str], priced: Priced) -> None:
    """Count what was not read before on this day; a reading that overlaps the last one writes nothing."""
    if traits.of(network).prices is None:
        return
    async with desk.database.read() as connection:
        billed = await ledger.billed_on(connection, f"{desk.now():%Y-%m-%d}", ids)
    if not billed.issuperset(ids):
        await _bill(desk, network, what, ids, priced)


async def bill(work: Work, network: str, what: str, ids: Sequence[str], priced: Priced) -> None:
    """The same within a transaction."""
    prices = traits.of(network).prices
    if prices is None:
        return
    price: float = getattr(prices, priced.value)
    day, month = f"{work.now:%Y-%m-%d}", f"{work.now:%Y-%m}"
    count = await ledger.bill_once(work.connection, day, ids)
    if count:
        await ledger.spend(work.connection, month, what, count, count * price)


_bill = use_case(bill)


def price_of(prices: Prices, *, has_link: bool) -> float:
    """The price of a post of ours."""
    return prices.answer_with_link if has_link else prices.answer


async def bill_post(work: Work, network: str, account: str, text: str) -> None:
    """Bill a public post of ours, where the network has a price."""
    there = traits.of(network)
    if there.prices is None:
        return
    price = price_of(there.prices, has_link=there.measure.has_link(text))
    await ledger.spend(work.connection, f"{work.now:%Y-%m}", by(account, REPLIES), 1, price)


@dataclass(frozen=True, slots=True)
class Spent:
    """The cost of a month, in US dollars. `rechecks` are a part of `reading`."""

    reading: float
    replies: float
    rechecks: float = 0.0


async def spent_this_month(desk: Desk) -> Spent:
    async with desk.database.read() as connection:
        spent = await ledger.spent(connection, f"{desk.now():%Y-%m}")
    replies = sum(usd for what, (_count, usd) in spent.items() if what.startswith(REPLIES))
    _count, rechecks = spent.get(RECHECKS, (0, 0.0))
    return Spent(sum(usd for _count, usd in spent.values()) - replies, replies, rechecks)


async def affordable_rechecks(desk: Desk, network: str) -> int | None:
    """The number of stored posts that may be looked up again now, even if each costs the most; None: any number."""
    prices = traits.of(network).prices
    if prices is None:
        return None
    spent, budget = await spent_this_month(desk), desk.policy.reading_budget_usd
    left = left_for_rechecks(budget, spent.reading, spent.rechecks, desk.now())
    return int(left / (prices.post * (1 + prices.most_beside)))
