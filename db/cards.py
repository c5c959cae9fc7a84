"""Facts that a card shows besides its case and its posts, in one query."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.follow_ups import OPEN as OPEN_PROMISES
from db.mentions import author_of
from db.rows import ApprovalState
from db.sql.literals import literal_in
from db.sql.tables import approvals, asks, authors, cases, follow_ups, replies, writing
from triage.cases.case import OPEN, Case, Outcome
from triage.cases.mention import Author


@dataclass(frozen=True, slots=True)
class Beside:
    """The author, their earlier cases and the last one's outcome, the near-copies and the unanswered among them."""

    author: Author
    earlier: tuple[int, Outcome | None]
    alike: tuple[int, int]
    replied: bool
    asked: bool
    promised: bool
    writing: bool
    approval: bool


async def beside(connection: AsyncConnection, case: Case) -> Beside:
    """Read the facts beside a case; an author who was never looked up gets their id as name."""
    row = (await connection.execute(_BESIDE, {"case_id": case.id})).one()
    unknown = Author(case.network, case.author_id, case.author_id, case.author_id)
    return Beside(
        author=author_of(row) if row.id is not None else unknown,
        earlier=(row.earlier, Outcome.read(row.last_outcome) if row.last_outcome else None),
        alike=(row.alike, row.unanswered),
        replied=row.replied,
        asked=row.asked,
        promised=row.promised,
        writing=row.writing,
        approval=row.approval,
    )


def _beside() -> Select[Any]:
    """Build the query, once, because it runs at each click."""
    other = cases.alias()
    before = and_(
        other.c.network == cases.c.network, other.c.author_id == cases.c.author_id, other.c.id < cases.c.id
    )
    last = select(other.c.outcome).where(before).order_by(other.c.id.desc()).limit(1)
    copies = other.c.alike == cases.c.id
    unanswered = and_(copies, literal_in(other.c.status, OPEN), other.c.first_reply_at.is_(None))
    promised = and_(follow_ups.c.case_id == cases.c.id, literal_in(follow_ups.c.state, OPEN_PROMISES))
    waits = and_(approvals.c.case_id == cases.c.id, literal_in(approvals.c.state, [ApprovalState.ASKED]))
    return (
        select(
            authors,
            select(func.count(other.c.id)).where(before).scalar_subquery().label("earlier"),
            last.scalar_subquery().label("last_outcome"),
            select(func.count(other.c.id)).where(copies).scalar_subquery().label("alike"),
            select(func.count(other.c.id)).where(unanswered).scalar_subquery().label("unanswered"),
            select(replies.c.id).where(replies.c.case_id == cases.c.id).exists().label("replied"),
            select(asks.c.id).where(asks.c.case_id == cases.c.id).exists().label("asked"),
            select(follow_ups.c.id).where(promised).exists().label("promised"),
            select(approvals.c.id).where(waits).exists().label("approval"),
            select(writing.c.person).where(writing.c.case_id == cases.c.id).exists().label("writing"),
        )
        .select_from(cases)
        .outerjoin(authors, and_(authors.c.network == cases.c.network, authors.c.id == cases.c.author_id))
        .where(cases.c.id == bindparam("case_id"))
    )


_BESIDE = _beside()
