"""What reading costs by X's price list, counted as X bills it: each thing once in a UTC day."""

from collections.abc import Sequence

from db import reading
from handlers.desk.work import Desk, Work, use_case

# US dollars, pay per use, November 2026 (docs.x.com, "Pricing"). Media are billed like posts.
OWN_MENTION_USD = 0.001
POST_USD = 0.005
USER_USD = 0.010


async def count(desk: Desk, what: str, ids: Sequence[str], price: float) -> None:
    """Count what was not read before on this day; a reading that overlaps the last one writes nothing."""
    async with desk.database.read() as connection:
        billed = await reading.billed_on(connection, f"{desk.now():%Y-%m-%d}", ids)
    if not billed.issuperset(ids):
        await _bill(desk, what, ids, price)


async def bill(work: Work, what: str, ids: Sequence[str], price: float) -> None:
    """The same within a transaction."""
    day, month = f"{work.now:%Y-%m-%d}", f"{work.now:%Y-%m}"
    count = await reading.bill_once(work.connection, day, ids)
    if count:
        await reading.spend(work.connection, month, what, count, count * price)


_bill = use_case(bill)


async def spent_this_month(desk: Desk) -> float:
    """US dollars."""
    async with desk.database.read() as connection:
        spent = await reading.spent(connection, f"{desk.now():%Y-%m}")
    return sum(usd for _count, usd in spent.values())
