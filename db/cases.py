"""Cases: reading them whole, and the only statement that changes one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.follow_ups import OPEN as OPEN_PROMISES
from db.rows import ApprovalState, FollowUp, read_all
from db.sql.literals import literal_in
from db.sql.tables import approvals, cases, follow_ups, mentions
from triage.cases.case import OPEN, Case, Outcome, Status
from triage.errors import CaseMoved, NoSuchCase
from triage.scoring.priority import Priority, Reason

_ONE = select(cases).where(cases.c.id == bindparam("case_id"))


async def load(connection: AsyncConnection, case_id: int) -> Case:
    row = (await connection.execute(_ONE, {"case_id": case_id})).one_or_none()
    if row is None:
        raise NoSuchCase
    return case_of(row)


async def exists(connection: AsyncConnection, case_id: int) -> bool:
    return (
        await connection.execute(select(cases.c.id).where(cases.c.id == case_id))
    ).one_or_none() is not None


async def insert_each(connection: AsyncConnection, new: Sequence[Mapping[str, Any]]) -> list[Case]:
    """Insert new cases, each by another author, and return them in this order; `reasons` as Reason values."""
    rows = [{**one, "reasons": [reason.to_json() for reason in one["reasons"]]} for one in new]
    inserted = await connection.execute(_INSERT, rows)
    # Rows come back in any order; to get them in ours, SQLAlchemy would send SQLite one statement for each row.
    opened = {case.author_id: case for case in map(case_of, inserted)}
    return [opened[one["author_id"]] for one in new]


_INSERT = insert(cases).returning(cases)


_CHANGE = (
    update(cases)
    .where(cases.c.id == bindparam("seen_id"), cases.c.version == bindparam("seen_version"))
    .returning(cases)
)


async def change(connection: AsyncConnection, seen: Case, **changes: Any) -> Case:
    """Write columns if the case is unchanged since `seen` was read; raises CaseMoved otherwise."""
    as_seen = {"seen_id": seen.id, "seen_version": seen.version}
    changed = await connection.execute(_CHANGE, {**changes, "version": seen.version + 1, **as_seen})
    row = changed.one_or_none()
    if row is None:
        raise CaseMoved(seen.id)
    return case_of(row)


def _opening_post() -> ScalarSelect[Any]:
    """The id of a case's first post."""
    post = mentions.alias()
    return select(func.min(post.c.id)).where(post.c.case_id == cases.c.id).correlate(cases).scalar_subquery()


async def openings(
    connection: AsyncConnection, network: str, post_ids: Collection[str]
) -> list[tuple[int, str, str]]:
    """(case id, priority, text) of the new cases that these posts opened, oldest first."""
    first = _opening_post()
    statement = (
        select(cases.c.id, cases.c.priority, mentions.c.text)
        .join(mentions, mentions.c.case_id == cases.c.id)
        .where(mentions.c.network == network, mentions.c.post_id.in_(post_ids), mentions.c.id == first)
        .where(cases.c.status == Status.NEW)
        .order_by(cases.c.id)
    )
    return [(row.id, row.priority, row.text) for row in await connection.execute(statement)]


async def recent_openings(connection: AsyncConnection, since: datetime, limit: int) -> list[tuple[int, str]]:
    """(case id, text) of the latest open cases that are no near-copies of another, oldest first."""
    first = _opening_post()
    statement = (
        select(cases.c.id, mentions.c.text)
        .select_from(cases)
        .join(mentions, mentions.c.id == first)
        .where(literal_in(cases.c.status, OPEN), cases.c.alike.is_(None), cases.c.opened_at >= since)
        .order_by(cases.c.id.desc())
        .limit(limit)
    )
    return [(row.id, row.text) for row in reversed((await connection.execute(statement)).all())]


_WAITING = select(approvals.c.case_id).where(literal_in(approvals.c.state, [ApprovalState.ASKED]))


async def next_alike(connection: AsyncConnection, head: int, person: str) -> int | None:
    """The next unanswered case of a group, free or owned by `person`; the head itself comes first."""
    statement = (
        select(cases.c.id)
        .where(or_(cases.c.alike == head, cases.c.id == head))
        .where(literal_in(cases.c.status, OPEN), cases.c.first_reply_at.is_(None))
        .where(or_(cases.c.owner.is_(None), cases.c.owner == person), cases.c.due_at.is_not(None))
        .where(cases.c.id.not_in(_WAITING))
        .order_by(cases.c.id)
        .limit(1)
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def hold(connection: AsyncConnection, case_id: int) -> None:
    """Lock this case against other writers until the transaction ends; SQLite has one writer anyway."""
    await connection.execute(select(cases.c.id).where(cases.c.id == case_id).with_for_update())


async def with_joinable(
    connection: AsyncConnection, network: str, author_ids: Collection[str], since: datetime
) -> set[str]:
    """Those of these authors who have a case that a new post could join; `joinable` decides for each post."""
    could_be = or_(
        literal_in(cases.c.status, [*OPEN, Status.DISMISSED]),
        and_(cases.c.status == Status.RESOLVED, cases.c.closed_at >= since),
    )
    statement = select(cases.c.author_id).where(
        cases.c.network == network, cases.c.author_id.in_(author_ids), could_be
    )
    return set((await connection.execute(statement.distinct())).scalars())


async def joinable(
    connection: AsyncConnection,
    network: str,
    author_id: str,
    account: str,
    conversation_id: str,
    since: datetime,
) -> Case | None:
    """The case that a new post of this author joins: an open one with the same account or conversation,
    else the same conversation's closed one: resolved since `since`, or dismissed."""
    same_author = and_(cases.c.network == network, cases.c.author_id == author_id)
    same_conversation = cases.c.conversation_id == conversation_id
    is_open = literal_in(cases.c.status, OPEN)
    statement = (
        select(cases)
        .where(
            same_author,
            or_(
                and_(is_open, or_(same_conversation, cases.c.account == account)),
                and_(same_conversation, cases.c.status == Status.RESOLVED, cases.c.closed_at >= since),
                and_(same_conversation, cases.c.status == Status.DISMISSED),
            ),
        )
        .order_by(case((same_conversation, 0), else_=1), case((is_open, 0), else_=1), cases.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).one_or_none()
    return case_of(row) if row else None


@dataclass(frozen=True, slots=True)
class Listed:
    """A filter on open cases: one owner's, unclaimed ones, or those past their due time."""

    owner: str | None = None
    unclaimed: bool = False
    late_at: datetime | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        wanted: list[ColumnElement[bool]] = [literal_in(cases.c.status, OPEN)]
        if self.owner:
            wanted.append(cases.c.owner == self.owner)
        if self.unclaimed:
            wanted += [cases.c.owner.is_(None), cases.c.status == Status.NEW]
        if self.late_at:
            wanted.append(cases.c.due_at < self.late_at)
        return and_(*wanted)


async def count_open(connection: AsyncConnection, listed: Listed) -> int:
    statement = select(func.count()).select_from(cases).where(listed.condition)
    return (await connection.execute(statement)).scalar_one()


async def open_cases(
    connection: AsyncConnection, listed: Listed, *, limit: int, offset: int = 0
) -> list[Case]:
    """A page of open cases, in the order of the queue."""
    statement = select(cases).where(listed.condition).order_by(cases.c.queue_at, cases.c.id)
    rows = await connection.execute(statement.limit(limit).offset(offset))
    return [case_of(row) for row in rows]


async def opened_since(connection: AsyncConnection, since: datetime, *, limit: int) -> list[Case]:
    """The cases opened since then, latest first."""
    statement = select(cases).where(cases.c.opened_at >= since).order_by(cases.c.opened_at.desc())
    return [case_of(row) for row in await connection.execute(statement.limit(limit))]


async def open_outside(connection: AsyncConnection, channels: Collection[str]) -> list[Case]:
    """Open cases whose card is in none of these channels."""
    statement = select(cases).where(literal_in(cases.c.status, OPEN), cases.c.channel.not_in(channels))
    return [case_of(row) for row in await connection.execute(statement.order_by(cases.c.id))]


def _promised(person: str, until: datetime) -> ColumnElement[bool]:
    return and_(
        follow_ups.c.person == person,
        literal_in(follow_ups.c.state, OPEN_PROMISES),
        follow_ups.c.due_at <= until,
    )


async def count_follow_ups(connection: AsyncConnection, person: str, until: datetime) -> int:
    statement = select(func.count()).select_from(follow_ups).where(_promised(person, until))
    return (await connection.execute(statement)).scalar_one()


async def due_follow_ups(
    connection: AsyncConnection, person: str, until: datetime, *, limit: int, offset: int = 0
) -> list[FollowUp]:
    """A page of a person's promises that fall due before `until`, soonest first."""
    statement = select(follow_ups).where(_promised(person, until))
    page = statement.order_by(follow_ups.c.due_at, follow_ups.c.id).limit(limit).offset(offset)
    return read_all(FollowUp, await connection.execute(page))


@dataclass(frozen=True, slots=True)
class FirstReply:
    """A case as the measure of first replies sees it."""

    opened_at: datetime
    first_reply_at: datetime | None
    outcome: Outcome | None
    late_at: datetime | None


async def first_replies(connection: AsyncConnection, since: datetime) -> list[FirstReply]:
    """Each case opened since then, oldest first."""
    statement = (
        select(cases.c.opened_at, cases.c.first_reply_at, cases.c.outcome, cases.c.late_at)
        .where(cases.c.opened_at >= since)
        .order_by(cases.c.opened_at)
    )
    return [
        FirstReply(opened, replied, Outcome.read(outcome) if outcome else None, late)
        for opened, replied, outcome, late in await connection.execute(statement)
    ]


async def wrong_doors(connection: AsyncConnection, since: datetime) -> list[tuple[str, str, int]]:
    """(moved_from, account, n): how many cases opened since then came to the wrong account."""
    statement = (
        select(cases.c.moved_from, cases.c.account, func.count().label("n"))
        .where(cases.c.opened_at >= since, cases.c.moved_from.is_not(None))
        .group_by(cases.c.moved_from, cases.c.account)
        .order_by(cases.c.moved_from, cases.c.account)
    )
    return [(came_to, account, n) for came_to, account, n in await connection.execute(statement)]


async def closed_before(connection: AsyncConnection, before: datetime, limit: int) -> list[Case]:
    closed = cases.c.status.in_([Status.RESOLVED, Status.DISMISSED])
    statement = select(cases).where(closed, cases.c.closed_at < before).order_by(cases.c.id).limit(limit)
    return [case_of(row) for row in await connection.execute(statement)]


async def erase(connection: AsyncConnection, case_id: int) -> None:
    """Delete a case with all its rows in other tables."""
    await connection.execute(delete(cases).where(cases.c.id == case_id))


async def counts(connection: AsyncConnection) -> dict[str, int]:
    rows = await connection.execute(
        select(cases.c.status, func.count().label("total")).group_by(cases.c.status)
    )
    return {row.status: row.total for row in rows}


def case_of(row: Row[Any]) -> Case:
    columns = dict(row._mapping)
    columns["status"] = Status.read(columns["status"])
    columns["priority"] = Priority.read(columns["priority"])
    columns["outcome"] = Outcome.read(columns["outcome"]) if columns["outcome"] else None
    columns["reasons"] = tuple(Reason.from_json(reason) for reason in columns["reasons"])
    return Case(**columns)
