"""Mentions and their authors; a deleted post keeps its row but loses its words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.literals import literal_in
from db.sql.tables import authors, cases, mentions, said_once
from db.sql.upsert import upsert
from triage.cases.case import OPEN
from triage.cases.mention import Author, Mention, Picture


@dataclass(frozen=True, slots=True)
class Post:
    """A stored post of a case: the customer's, or with `ours` the brand's."""

    id: int
    case_id: int
    network: str
    post_id: str
    author_id: str
    text: str
    url: str
    answers: str | None
    quoted: str | None
    pictures: tuple[Picture, ...]
    answerable_by: tuple[str, ...]
    ours: bool
    posted_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    hidden: bool = False  # it shows private data, so we do not quote it


_POST = [
    mentions.c[name]
    for name in (
        "id",
        "case_id",
        "network",
        "post_id",
        "author_id",
        "text",
        "url",
        "answers",
        "quoted",
        "pictures",
        "answerable_by",
        "ours",
        "hidden",
        "posted_at",
        "edited_at",
        "deleted_at",
    )
]


async def known(connection: AsyncConnection, network: str, post_ids: Collection[str]) -> set[str]:
    """Those of these posts that were received before, counted as reposts, or forgotten."""
    kept = select(mentions.c.post_id).where(mentions.c.network == network, mentions.c.post_id.in_(post_ids))
    seen = select(said_once.c.key).where(said_once.c.key.in_([once_key(network, post) for post in post_ids]))
    return {post for (post,) in await connection.execute(kept)} | {
        key.rsplit(":", 1)[1] for (key,) in await connection.execute(seen)
    }


def once_key(network: str, post_id: str) -> str:
    return f"post:{network}:{post_id}"


async def keep(
    connection: AsyncConnection,
    case_id: int,
    mention: Mention,
    *,
    at: datetime,
    ours: bool = False,
    answerable_by: Sequence[str] = (),
    quoted: str | None = None,
) -> int:
    """Insert a post, unique by network and post id; returns the row's id."""
    values = {**_values(case_id, mention, at, answerable_by, quoted), "ours": ours}
    return int((await connection.execute(_KEEP, values)).scalar_one())


async def reword(connection: AsyncConnection, post: int, text: str) -> None:
    """Give a post of ours the words that it has now."""
    await connection.execute(update(mentions).where(mentions.c.id == post).values(text=text))


_KEEP = insert(mentions).returning(mentions.c.id)


async def keep_openings(
    connection: AsyncConnection, opened: Mapping[int, Mention], accounts: Mapping[str, str], at: datetime
) -> None:
    """Insert the customers' posts that opened cases, {case id: post}; `accounts` are our own, {handle: id}."""
    rows = [
        {**_values(case_id, post, at, post.answerable_by(accounts), post.quotes), "ours": False}
        for case_id, post in opened.items()
    ]
    await connection.execute(insert(mentions), rows)


def _values(
    case_id: int, mention: Mention, at: datetime, answerable_by: Sequence[str], quoted: str | None
) -> dict[str, object]:
    return {
        "case_id": case_id,
        "network": mention.network,
        "post_id": mention.post_id,
        "author_id": mention.author_id,
        "text": mention.text,
        "url": mention.url,
        "conversation_id": mention.conversation_id,
        "answers": mention.answers,
        "quoted": quoted,
        "pictures": [[picture.url, picture.alt] for picture in mention.pictures],
        "hidden": mention.hidden,
        "answerable_by": list(answerable_by),
        "posted_at": mention.posted_at,
        "received_at": at,
        "checked_at": at,
    }


_CONVERSATION = (
    select(*_POST)
    .where(mentions.c.case_id == bindparam("which"))
    .order_by(mentions.c.posted_at, mentions.c.id)
)


async def conversation(connection: AsyncConnection, case_id: int) -> list[Post]:
    """The posts of a case, oldest first, including the brand's own."""
    return [post_of(row) for row in await connection.execute(_CONVERSATION, {"which": case_id})]


async def load(connection: AsyncConnection, mention_id: int) -> Post | None:
    row = (await connection.execute(select(*_POST).where(mentions.c.id == mention_id))).one_or_none()
    return post_of(row) if row else None


async def find(connection: AsyncConnection, network: str, post_ids: Collection[str]) -> Post | None:
    """One stored post with one of these ids, or None."""
    statement = select(*_POST).where(mentions.c.network == network, mentions.c.post_id.in_(post_ids)).limit(1)
    row = (await connection.execute(statement)).one_or_none()
    return post_of(row) if row else None


async def rewrite(connection: AsyncConnection, mention_id: int, mention: Mention, at: datetime) -> None:
    """Store an edited post: a new id and new words in the same row."""
    changes = {
        "post_id": mention.post_id,
        "text": mention.text,
        "url": mention.url,
        "pictures": [[picture.url, picture.alt] for picture in mention.pictures],
        "hidden": mention.hidden,
        "edited_at": at,
        "checked_at": at,
    }
    await connection.execute(update(mentions).where(mentions.c.id == mention_id).values(**changes))


async def wipe(connection: AsyncConnection, mention_id: int, at: datetime) -> bool:
    """Delete a post's words and pictures but keep its row; False if that was done before."""
    statement = update(mentions).where(mentions.c.id == mention_id, mentions.c.deleted_at.is_(None))
    wiped: dict[str, object] = {
        "text": "",
        "pictures": [],
        "quoted": None,
        "deleted_at": at,
        "answerable_by": [],
    }
    return (await connection.execute(statement.values(**wiped))).rowcount == 1


async def to_check(connection: AsyncConnection, network: str, before: datetime, limit: int) -> list[str]:
    """Posts not looked up since `before`: customers' in open cases, then in closed ones, then the brand's own.

    An open case's card shows whole posts, a closed one's a line of 90 characters. In each group the newest is first.
    """
    overdue = select(mentions.c.post_id).where(
        mentions.c.network == network, mentions.c.deleted_at.is_(None), mentions.c.checked_at < before
    )
    if (await connection.execute(overdue.order_by(mentions.c.checked_at).limit(1))).first() is None:
        return []  # found by an index; the statements below would go through all posts
    open_cases = select(cases.c.id).where(literal_in(cases.c.status, OPEN))
    theirs = overdue.where(~mentions.c.ours)
    found: dict[str, None] = {}
    for statement in (theirs.where(mentions.c.case_id.in_(open_cases)), theirs, overdue):
        if len(found) < limit:
            newest_first = statement.order_by(mentions.c.id.desc()).limit(limit)
            found |= dict.fromkeys((await connection.execute(newest_first)).scalars())
    return list(found)[:limit]


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Counts of all stored posts and of those not looked up since a time, and the time of the oldest look-up."""

    stored: int
    overdue: int
    oldest: datetime | None


async def unchecked(connection: AsyncConnection, before: datetime) -> Unchecked:
    """Count stored posts, and those not looked up since `before`; reads the whole table."""
    statement = select(
        func.count(),
        func.count(case((mentions.c.checked_at < before, 1))),
        func.min(mentions.c.checked_at),
    ).where(mentions.c.deleted_at.is_(None))
    return Unchecked(*(await connection.execute(statement)).one())


async def mark_checked(
    connection: AsyncConnection, network: str, post_ids: Collection[str], at: datetime
) -> None:
    statement = update(mentions).where(mentions.c.network == network, mentions.c.post_id.in_(post_ids))
    await connection.execute(statement.values(checked_at=at))


async def keep_authors(connection: AsyncConnection, found: Iterable[Author], at: datetime) -> None:
    """Store authors who were just looked up."""
    rows = {
        (author.network, author.id): {
            "network": author.network,
            "id": author.id,
            "handle": author.handle,
            "name": author.name,
            "followers": author.followers,
            "avatar": author.avatar,
            "seen_at": at,
        }
        for author in found
    }
    if not rows:
        return
    statement = upsert(connection, authors)
    changed = {
        name: statement.excluded[name] for name in ("handle", "name", "followers", "avatar", "seen_at")
    }
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[authors.c.network, authors.c.id], set_=changed),
        list(rows.values()),
    )


async def cached_authors(
    connection: AsyncConnection, network: str, ids: Collection[str], since: datetime
) -> dict[str, Author]:
    """Those of the authors `ids` who were looked up since then."""
    statement = select(authors).where(
        authors.c.network == network, authors.c.id.in_(ids), authors.c.seen_at >= since
    )
    return {row.id: author_of(row) for row in await connection.execute(statement)}


async def authors_by_id(connection: AsyncConnection, network: str, ids: Collection[str]) -> dict[str, Author]:
    """Authors, even if looked up long ago; one who was never looked up gets their id as name."""
    if not ids:
        return {}
    statement = select(authors).where(authors.c.network == network, authors.c.id.in_(ids))
    found = {row.id: author_of(row) for row in await connection.execute(statement)}
    return {one: found.get(one, Author(network, one, one, one)) for one in ids}


async def author(connection: AsyncConnection, network: str, author_id: str) -> Author:
    """An author; one who was never looked up gets their id as name."""
    statement = select(authors).where(authors.c.network == network, authors.c.id == author_id)
    row = (await connection.execute(statement)).one_or_none()
    return author_of(row) if row else Author(network, author_id, author_id, author_id)


async def authors_of(connection: AsyncConnection, case_ids: Collection[int]) -> dict[int, Author]:
    """The author of each case, for lists."""
    statement = (
        select(cases.c.id.label("case_id"), authors)
        .join(authors, (authors.c.network == cases.c.network) & (authors.c.id == cases.c.author_id))
        .where(cases.c.id.in_(case_ids))
    )
    return {row.case_id: author_of(row) for row in await connection.execute(statement)}


async def by_handle(connection: AsyncConnection, handle: str) -> list[Author]:
    statement = select(authors).where(func.lower(authors.c.handle) == handle.lower())
    return [author_of(row) for row in await connection.execute(statement)]


async def cases_of(connection: AsyncConnection, who: Author) -> list[int]:
    statement = select(cases.c.id).where(cases.c.network == who.network, cases.c.author_id == who.id)
    return list((await connection.execute(statement)).scalars())


async def erase_author(connection: AsyncConnection, who: Author) -> None:
    await connection.execute(delete(authors).where(authors.c.network == who.network, authors.c.id == who.id))


async def erase_strangers(connection: AsyncConnection, before: datetime) -> None:
    """Delete authors without a case who were not looked up since then."""
    has_case = select(cases.c.id).where(
        cases.c.network == authors.c.network, cases.c.author_id == authors.c.id
    )
    await connection.execute(delete(authors).where(authors.c.seen_at < before, ~has_case.exists()))


async def opening_posts(connection: AsyncConnection, case_ids: Collection[int]) -> dict[int, Post]:
    """The first post of each case, for lists."""
    first = (
        select(func.min(mentions.c.id)).where(mentions.c.case_id.in_(case_ids)).group_by(mentions.c.case_id)
    )
    rows: Sequence[Row[Any]] = (
        await connection.execute(select(*_POST).where(mentions.c.id.in_(first)))
    ).all()
    return {row.case_id: post_of(row) for row in rows}


def post_of(row: Row[Any]) -> Post:
    columns = dict(row._mapping)
    columns["answerable_by"] = tuple(columns["answerable_by"])
    columns["pictures"] = tuple(Picture(url, alt) for url, alt in columns["pictures"])
    return Post(**columns)


def author_of(row: Row[Any]) -> Author:
    return Author(row.network, row.id, row.handle, row.name, row.followers, row.avatar)
