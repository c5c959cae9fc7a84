"""Lists of cases, for App Home and /desk: each line with its author, opening post and card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db import cases, events, mentions, messages
from db.cases import Listed
from db.rows import Place
from handlers.desk.look import Look, one_look
from triage.cases.case import Case
from triage.cases.mention import Author


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list. `card`: its place in Slack, once it has one."""

    case: Case
    author: Author | None
    post: mentions.Post | None
    card: Place | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, and how many lines the whole list has."""

    count: int
    page: int
    lines: list[Line]


async def lines_of(connection: AsyncConnection, found: Sequence[Case]) -> list[Line]:
    """A line for each of these cases."""
    ids = [case.id for case in found]
    authors = await mentions.authors_of(connection, ids)
    posts = await mentions.opening_posts(connection, ids)
    cards = {one: Place(*place) for one, place in (await messages.places_of_cards(connection, ids)).items()}
    return [Line(case, authors.get(case.id), posts.get(case.id), cards.get(case.id)) for case in found]


@one_look
async def open_cases(look: Look, listed: Listed, *, size: int, page: int = 0) -> Listing:
    """A page of open cases; the last one there is when the list has become shorter."""
    count = await cases.count_open(look.connection, listed)
    page = min(page, last_page(count, size))
    found = await cases.open_cases(look.connection, listed, limit=size, offset=page * size)
    return Listing(count, page, await lines_of(look.connection, found))


@one_look
async def owned_by(look: Look, person: str, most: int) -> list[Case]:
    """A person's open cases, in the order of the queue."""
    return await cases.open_cases(look.connection, Listed(owner=person), limit=most)


@one_look
async def touched_since(look: Look, person: str, since: datetime, most: int) -> list[Line]:
    """A person's cases in which others did something since then."""
    found = await events.touched_since(look.connection, person, since, limit=most)
    return await lines_of(look.connection, found)


def last_page(count: int, size: int) -> int:
    return max(0, (count - 1) // size)
