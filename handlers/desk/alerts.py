"""Alerts: tell the leads, once, of faults outside the desk."""

from db import cases, said
from db.queue.subjects import CardOf, Removal, kind_of
from db.rows import Delivery, DeliveryKind
from handlers.desk.work import Work, use_case
from triage.cases.case import Case


@use_case
async def budget_reached(work: Work) -> None:
    if await said.first_time(work.connection, _budget_key(work), work.now):
        await work.tell_leads("budget", None, usd=f"{work.policy.reading_budget_usd:.0f}")


@use_case
async def budget_left(work: Work) -> None:
    """A new month, or a budget raised: what was said holds no more."""
    await said.unsay(work.connection, _budget_key(work))


def _budget_key(work: Work) -> str:
    return f"budget:{work.now:%Y-%m}"


@use_case
async def gap(work: Work, network: str, account: str) -> None:
    """Mentions that the network does not let us read back."""
    when = f"{work.now:%Y-%m-%d %H:%M} UTC"
    if await said.first_time(work.connection, f"gap:{network}:{account}:{_hour(work)}", work.now):
        await work.tell_leads("gap", None, network=network, account=account, when=when)


async def something_new(work: Work, what: str) -> None:
    """Tell the leads once of a kind of thing that this version does not know; `what` helps to find it in the database."""
    if await said.first_time(work.connection, f"something_new:{what}", said.FOR_GOOD):
        await work.tell_leads("something_new", None, what=what)


async def card_refused(work: Work, channel: str, problem: str) -> None:
    """Slack refuses to show cards in a channel."""
    if await said.first_time(work.connection, f"card_refused:{channel}:{_hour(work)}", work.now):
        await work.tell_leads("card_refused", None, channel=channel, problem=problem)


async def refused(work: Work, delivery: Delivery, code: str, problem: str) -> None:
    """Slack refuses a message: tell of the first of each kind in an hour; Home lists all of them."""
    if delivery.kind is DeliveryKind.NOTICE:  # a notice about a notice would never end
        return
    what = kind_of(delivery.subject)
    if await said.first_time(work.connection, f"refused:{what}:{code}:{_hour(work)}", work.now):
        case = await _case_of(work, delivery)
        notice = "card_not_shown" if isinstance(delivery.subject, CardOf) else "message_not_shown"
        if case is None or isinstance(delivery.subject, Removal):
            notice = "message_refused"
        await work.tell_leads(notice, case, what=what.replace("_", " "), problem=problem)


async def _case_of(work: Work, delivery: Delivery) -> Case | None:
    if delivery.case_id is None or not await cases.exists(work.connection, delivery.case_id):
        return None
    return await cases.load(work.connection, delivery.case_id)


def _hour(work: Work) -> str:
    return f"{work.now:%Y-%m-%dT%H}"
