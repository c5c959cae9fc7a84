"""Questions to experts, and their answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.tables import asks


async def ask(connection: AsyncConnection, **columns: Any) -> int:
    statement = insert(asks).values(**columns, state="open").returning(asks.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def load(connection: AsyncConnection, ask_id: int) -> Row[Any] | None:
    return (await connection.execute(select(asks).where(asks.c.id == ask_id))).one_or_none()


async def put_to(connection: AsyncConnection, case_id: int, expert: str) -> Row[Any] | None:
    """The latest question of a case that was put to this person."""
    statement = select(asks).where(asks.c.case_id == case_id, asks.c.expert == expert)
    return (await connection.execute(statement.order_by(asks.c.id.desc()).limit(1))).one_or_none()


async def latest(connection: AsyncConnection, case_id: int) -> Sequence[Row[Any]]:
    """The questions of a case's latest escalation, oldest first: to one expert after the other, or to several at once."""
    latest = select(func.max(asks.c.chain)).where(asks.c.case_id == case_id).scalar_subquery()
    statement = select(asks).where(asks.c.case_id == case_id, asks.c.chain == latest).order_by(asks.c.id)
    return (await connection.execute(statement)).all()


async def end(
    connection: AsyncConnection, ask_id: int, state: str, at: datetime, answer: str | None = None
) -> bool:
    """End an open question; False when it was answered, passed or withdrawn meanwhile."""
    statement = update(asks).where(asks.c.id == ask_id, asks.c.state == "open")
    return (await connection.execute(statement.values(state=state, ended_at=at, answer=answer))).rowcount == 1


async def change(connection: AsyncConnection, ask_id: int, **changes: Any) -> bool:
    """Write columns of an open question; False when it is open no more."""
    statement = update(asks).where(asks.c.id == ask_id, asks.c.state == "open")
    return (await connection.execute(statement.values(**changes))).rowcount == 1


async def open_ones(connection: AsyncConnection, case_id: int) -> Sequence[Row[Any]]:
    statement = select(asks).where(asks.c.case_id == case_id, asks.c.state == "open").order_by(asks.c.id)
    return (await connection.execute(statement)).all()


async def last_chain(connection: AsyncConnection, case_id: int) -> int:
    statement = select(func.max(asks.c.chain)).where(asks.c.case_id == case_id)
    return (await connection.execute(statement)).scalar_one() or 0


async def asked(connection: AsyncConnection, case_id: int, chain: int) -> set[str]:
    statement = select(asks.c.expert).where(asks.c.case_id == case_id, asks.c.chain == chain)
    return set((await connection.execute(statement)).scalars())


async def last_answer(connection: AsyncConnection, case_id: int) -> Row[Any] | None:
    statement = (
        select(asks)
        .where(asks.c.case_id == case_id, asks.c.state == "answered")
        .order_by(asks.c.ended_at.desc(), asks.c.id.desc())
        .limit(1)
    )
    return (await connection.execute(statement)).one_or_none()
