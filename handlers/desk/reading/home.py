"""The parts of App Home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db import cases, mentions, said, troubles
from db.cases import FirstReply
from db.queue import deliveries
from db.rows import Delivery, FollowUp
from handlers.desk.look import Look, one_look
from handlers.desk.reading.lists import last_page
from handlers.desk.work import Desk
from triage.cases.mention import Author

MOST_REFUSALS = 5
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Banner:
    """The troubles of the moment."""

    over_budget: bool
    troubles: Sequence[tuple[str, datetime]]  # cause, since


@dataclass(frozen=True, slots=True)
class Refusals:
    """The number of messages that Slack refuses, and the oldest of them. `authors`: {case id: author}."""

    count: int
    oldest: Sequence[Delivery]
    authors: Mapping[int, Author]


@dataclass(frozen=True, slots=True)
class Promised:
    """A page of a person's due follow-ups, and the number of all of them. `authors`: {case id: author}."""

    count: int
    page: int
    follow_ups: Sequence[FollowUp]
    authors: Mapping[int, Author]


@dataclass(frozen=True, slots=True)
class Replies:
    """First replies of the cases opened since a moment, and the cases that came to a wrong account in a week."""

    first: Sequence[FirstReply]
    wrong_doors: Sequence[tuple[str, str, int]]  # from, to, how many


@one_look
async def banner(look: Look) -> Banner:
    over_budget = await said.said(look.connection, f"budget:{look.now:%Y-%m}")
    return Banner(over_budget, await troubles.causes(look.connection))


@one_look
async def not_shown(look: Look) -> Refusals:
    """What Slack refuses to show."""
    found = await deliveries.not_shown(look.connection, MOST_REFUSALS)
    case_ids = [one.case_id for one in found.oldest if one.case_id is not None]
    return Refusals(found.count, found.oldest, await mentions.authors_of(look.connection, case_ids))


@one_look
async def promised(look: Look, person: str, until: datetime, *, size: int, page: int) -> Promised:
    """A page of the follow-ups due until then; the last one there is when they have become fewer."""
    count = await cases.count_follow_ups(look.connection, person, until)
    page = min(page, last_page(count, size))
    due = await cases.due_follow_ups(look.connection, person, until, limit=size, offset=page * size)
    authors = await mentions.authors_of(look.connection, [one.case_id for one in due])
    return Promised(count, page, due, authors)


@one_look
async def replies_since(look: Look, since: datetime) -> Replies:
    first = await cases.first_replies(look.connection, since)
    return Replies(first, await cases.wrong_doors(look.connection, look.now - WEEK))


async def unchecked_posts(desk: Desk) -> mentions.Unchecked:
    """Stored posts not looked up on their network for a day. Goes through all of them."""
    async with desk.database.survey() as connection:
        return await mentions.unchecked(connection, desk.now() - DAY)
