"""Questions to experts, and their answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.rows import Question, QuestionState, read_all, read_one
from db.sql.tables import asks


class Asked(TypedDict):
    """A new question's columns."""

    case_id: int
    chain: int
    expert: str
    asked_by: str
    question: str
    asked_at: datetime
    due_at: datetime
    area: str | None


async def ask(connection: AsyncConnection, **columns: Unpack[Asked]) -> int:
    statement = insert(asks).values(**columns, state=QuestionState.OPEN).returning(asks.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def load(connection: AsyncConnection, ask_id: int) -> Question | None:
    found = await connection.execute(select(asks).where(asks.c.id == ask_id))
    return read_one(Question, found.one_or_none())


async def put_to(connection: AsyncConnection, case_id: int, expert: str) -> Question | None:
    """The latest question in a case to this person."""
    statement = select(asks).where(asks.c.case_id == case_id, asks.c.expert == expert)
    found = await connection.execute(statement.order_by(asks.c.id.desc()).limit(1))
    return read_one(Question, found.one_or_none())


async def latest(connection: AsyncConnection, case_id: int) -> Sequence[Question]:
    """The questions of a case's latest escalation, oldest first: to experts one after the other, or several at once."""
    latest = select(func.max(asks.c.chain)).where(asks.c.case_id == case_id).scalar_subquery()
    statement = select(asks).where(asks.c.case_id == case_id, asks.c.chain == latest).order_by(asks.c.id)
    return read_all(Question, await connection.execute(statement))


async def end(
    connection: AsyncConnection, ask_id: int, state: QuestionState, at: datetime, answer: str | None = None
) -> bool:
    """End an open question; False if it was answered, passed or withdrawn meanwhile."""
    statement = update(asks).where(asks.c.id == ask_id, asks.c.state == QuestionState.OPEN)
    return (await connection.execute(statement.values(state=state, ended_at=at, answer=answer))).rowcount == 1


class Change(TypedDict, total=False):
    """Columns of an open question that may change."""

    due_at: datetime
    asked_back: str | None
    told_back: str | None


async def change(connection: AsyncConnection, ask_id: int, **changes: Unpack[Change]) -> bool:
    """Write columns of an open question; False if it is not open any more."""
    statement = update(asks).where(asks.c.id == ask_id, asks.c.state == QuestionState.OPEN)
    return (await connection.execute(statement.values(**changes))).rowcount == 1


async def open_ones(connection: AsyncConnection, case_id: int) -> Sequence[Question]:
    statement = (
        select(asks).where(asks.c.case_id == case_id, asks.c.state == QuestionState.OPEN).order_by(asks.c.id)
    )
    return read_all(Question, await connection.execute(statement))


async def last_chain(connection: AsyncConnection, case_id: int) -> int:
    statement = select(func.max(asks.c.chain)).where(asks.c.case_id == case_id)
    return (await connection.execute(statement)).scalar_one() or 0


async def asked(connection: AsyncConnection, case_id: int, chain: int) -> set[str]:
    statement = select(asks.c.expert).where(asks.c.case_id == case_id, asks.c.chain == chain)
    return set((await connection.execute(statement)).scalars())


async def last_answer(connection: AsyncConnection, case_id: int) -> Question | None:
    statement = (
        select(asks)
        .where(asks.c.case_id == case_id, asks.c.state == QuestionState.ANSWERED)
        .order_by(asks.c.ended_at.desc(), asks.c.id.desc())
        .limit(1)
    )
    return read_one(Question, (await connection.execute(statement)).one_or_none())
