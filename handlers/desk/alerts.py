"""Alerts: tell the leads, once, of faults outside the desk."""

from db import said
from db.queue.subjects import kind_of
from db.rows import Delivery
from handlers.desk.work import Work, use_case


@use_case
async def budget_reached(work: Work) -> None:
    if await said.first_time(work.connection, _budget_key(work), work.now):
        await work.tell_leads("budget", None, usd=f"{work.policy.x.monthly_budget_usd:.0f}")


@use_case
async def budget_left(work: Work) -> None:
    """A new month, or a budget raised: what was said holds no more."""
    await said.unsay(work.connection, _budget_key(work))


def _budget_key(work: Work) -> str:
    return f"budget:{work.now:%Y-%m}"


@use_case
async def gap(work: Work, account: str) -> None:
    """Mentions that X does not let us read back."""
    when = f"{work.now:%Y-%m-%d %H:%M} UTC"
    if await said.first_time(work.connection, f"gap:{account}:{_hour(work)}", work.now):
        await work.tell_leads("gap", None, account=account, when=when)


async def something_new(work: Work, what: str) -> None:
    """Tell the leads once of a kind of thing that this version does not know; `what` helps to find it in the database."""
    if await said.first_time(work.connection, f"something_new:{what}", said.FOR_GOOD):
        await work.tell_leads("something_new", None, what=what)


async def card_refused(work: Work, channel: str, problem: str) -> None:
    """Slack refuses to show cards in a channel."""
    if await said.first_time(work.connection, f"card_refused:{channel}:{_hour(work)}", work.now):
        await work.tell_leads("card_refused", None, channel=channel, problem=problem)


async def message_refused(work: Work, delivery: Delivery, problem: str) -> None:
    """Slack refuses a question, a reminder or a removal."""
    if await said.first_time(work.connection, f"message_refused:{delivery.id}", work.now):
        what = kind_of(delivery.subject).replace("_", " ")
        await work.tell_leads("message_refused", None, what=what, problem=problem)


def _hour(work: Work) -> str:
    return f"{work.now:%Y-%m-%dT%H}"
