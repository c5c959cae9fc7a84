"""Follow-ups: dates on which a person comes back to a case."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.literals import literal_in
from db.sql.tables import follow_ups


async def make(connection: AsyncConnection, **columns: Any) -> int:
    statement = insert(follow_ups).values(**columns, state="promised").returning(follow_ups.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def load(connection: AsyncConnection, follow_up_id: int) -> Row[Any] | None:
    return (await connection.execute(select(follow_ups).where(follow_ups.c.id == follow_up_id))).one_or_none()


async def open_ones(connection: AsyncConnection, case_id: int) -> Sequence[Row[Any]]:
    statement = select(follow_ups).where(
        follow_ups.c.case_id == case_id, literal_in(follow_ups.c.state, ["promised", "reminded"])
    )
    return (await connection.execute(statement.order_by(follow_ups.c.due_at))).all()


async def settle(
    connection: AsyncConnection, follow_up_id: int, state: str, *, seen: Sequence[str], **changes: Any
) -> bool:
    """Move a promise from one of the states it may be in; False when it is in none of them."""
    statement = update(follow_ups).where(follow_ups.c.id == follow_up_id, follow_ups.c.state.in_(seen))
    return (await connection.execute(statement.values(state=state, **changes))).rowcount == 1
