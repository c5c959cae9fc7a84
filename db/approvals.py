"""Replies that wait until another person has read them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.tables import approvals


async def ask(connection: AsyncConnection, **columns: Any) -> int:
    statement = insert(approvals).values(**columns, state="asked", step=0).returning(approvals.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def load(connection: AsyncConnection, approval_id: int) -> Row[Any] | None:
    return (await connection.execute(select(approvals).where(approvals.c.id == approval_id))).one_or_none()


async def waiting(connection: AsyncConnection, case_id: int) -> Row[Any] | None:
    """The reply of a case that waits."""
    statement = select(approvals).where(approvals.c.case_id == case_id, approvals.c.state == "asked")
    return (await connection.execute(statement)).one_or_none()


async def settle(connection: AsyncConnection, approval_id: int, state: str, **changes: Any) -> bool:
    """Decide; False when somebody else has."""
    statement = update(approvals).where(approvals.c.id == approval_id, approvals.c.state == "asked")
    return (await connection.execute(statement.values(state=state, **changes))).rowcount == 1


async def pass_on(connection: AsyncConnection, row: Row[Any], asked: Collection[str]) -> bool:
    """Ask these too; False when it was decided or passed on meanwhile."""
    statement = update(approvals).where(
        approvals.c.id == row.id, approvals.c.state == "asked", approvals.c.step == row.step
    )
    changed = statement.values(step=row.step + 1, asked=[*row.asked, *asked])
    return (await connection.execute(changed)).rowcount == 1
