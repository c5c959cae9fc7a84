"""The cost of X by its price list, counted as X bills it: each thing read once in a UTC day, and each post."""

from collections.abc import Sequence
from dataclasses import dataclass

from db import spending as ledger
from handlers.desk.work import Desk, Work, use_case
from triage.budget import left_for_rechecks
from triage.text import weight

# US dollars, pay per use, November 2026 (docs.x.com, "Pricing"). Media are billed like posts.
OWN_MENTION_USD = 0.001
POST_USD = 0.005
USER_USD = 0.010
REPLY_USD = 0.010
POST_WITH_URL_USD = 0.200

# The most that looking one post up can cost: the post, two that it refers to, four pictures.
LOOK_USD_AT_MOST = 7 * POST_USD

# What was posted; everything else is reading. The budget stops reading only.
REPLIES = "replies"
# Posts looked up because somebody answers them; stored posts looked up again because time has passed.
LOOKUPS, RECHECKS = "lookups", "rechecks"


def by(account: str, what: str) -> str:
    """The account's own line in the books: "mentions @acme"."""
    return f"{what} @{account.lower()}"


async def count(desk: Desk, what: str, ids: Sequence[str], price: float) -> None:
    """Count what was not read before on this day; a reading that overlaps the last one writes nothing."""
    async with desk.database.read() as connection:
        billed = await ledger.billed_on(connection, f"{desk.now():%Y-%m-%d}", ids)
    if not billed.issuperset(ids):
        await _bill(desk, what, ids, price)


async def bill(work: Work, what: str, ids: Sequence[str], price: float) -> None:
    """The same within a transaction."""
    day, month = f"{work.now:%Y-%m-%d}", f"{work.now:%Y-%m}"
    count = await ledger.bill_once(work.connection, day, ids)
    if count:
        await ledger.spend(work.connection, month, what, count, count * price)


_bill = use_case(bill)


def price_of(*, has_link: bool) -> float:
    """The price of a post of ours, by X's list."""
    return POST_WITH_URL_USD if has_link else REPLY_USD


async def bill_post(work: Work, account: str, text: str) -> None:
    """Bill a public post of ours."""
    price = price_of(has_link=weight.has_link(text))
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


async def affordable_rechecks(desk: Desk) -> int:
    """The number of stored posts that may be looked up again now, even if each costs the most."""
    spent, budget = await spent_this_month(desk), desk.policy.x.monthly_budget_usd
    return int(left_for_rechecks(budget, spent.reading, spent.rechecks, desk.now()) / LOOK_USD_AT_MOST)
