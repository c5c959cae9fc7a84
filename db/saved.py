"""Saved replies: found, kept, and counted."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Row, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import saved_replies
from db.upsert import upsert


async def valid(connection: AsyncConnection, today: str) -> Sequence[Row[Any]]:
    """All that have not expired by `today`, an ISO date."""
    expires = saved_replies.c.expires_on
    return (
        await connection.execute(select(saved_replies).where(or_(expires.is_(None), expires >= today)))
    ).all()


async def everything(connection: AsyncConnection) -> Sequence[Row[Any]]:
    ordered = select(saved_replies).order_by(saved_replies.c.language, saved_replies.c.title)
    return (await connection.execute(ordered)).all()


async def count(connection: AsyncConnection) -> int:
    return int((await connection.execute(select(func.count()).select_from(saved_replies))).scalar_one())


async def load(connection: AsyncConnection, saved_id: int) -> Row[Any] | None:
    statement = select(saved_replies).where(saved_replies.c.id == saved_id)
    return (await connection.execute(statement)).one_or_none()


async def keep(connection: AsyncConnection, **columns: Any) -> None:
    await connection.execute(insert(saved_replies).values(**columns, uses=0, reopens=0))


async def keep_or_rewrite(connection: AsyncConnection, **columns: Any) -> None:
    """By title and language: what is known is written anew, and keeps its counts."""
    statement = upsert(connection, saved_replies).values(**columns, uses=0, reopens=0)
    same = [saved_replies.c.title, saved_replies.c.language]
    await connection.execute(statement.on_conflict_do_update(index_elements=same, set_=columns))


async def rewrite(connection: AsyncConnection, saved_id: int, **columns: Any) -> bool:
    """False when it was deleted meanwhile."""
    statement = update(saved_replies).where(saved_replies.c.id == saved_id)
    return (await connection.execute(statement.values(**columns))).rowcount == 1


async def erase(connection: AsyncConnection, saved_id: int | None = None) -> None:
    """Delete one, or all."""
    statement = delete(saved_replies)
    await connection.execute(
        statement if saved_id is None else statement.where(saved_replies.c.id == saved_id)
    )


async def count_one(connection: AsyncConnection, saved_id: int, what: Literal["uses", "reopens"]) -> None:
    column = saved_replies.c[what]
    statement = update(saved_replies).where(saved_replies.c.id == saved_id)
    await connection.execute(statement.values({what: column + 1}))
