"""Replies that wait until another person has read them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.rows import Approval, ApprovalState, read_one
from db.sql.literals import literal_in
from db.sql.tables import approvals

_ASKED = literal_in(approvals.c.state, [ApprovalState.ASKED])


async def ask(
    connection: AsyncConnection,
    *,
    case_id: int,
    who: str,
    typed: str,
    parts: Sequence[str],
    account: str,
    seen: str,
    despite: Mapping[str, str],
    remind_at: datetime | None,
    reasons: Sequence[str],
    asked: Sequence[str],
    asked_at: datetime,
) -> int:
    """Insert a reply that waits; returns its id."""
    values = {
        "case_id": case_id,
        "who": who,
        "typed": typed,
        "parts": list(parts),
        "account": account,
        "seen": seen,
        "despite": dict(despite),
        "remind_at": remind_at,
        "reasons": list(reasons),
        "state": ApprovalState.ASKED,
        "step": 0,
        "asked": list(asked),
        "asked_at": asked_at,
    }
    return int((await connection.execute(_ASK, values)).scalar_one())


_ASK = insert(approvals).returning(approvals.c.id)
_ONE = select(approvals).where(approvals.c.id == bindparam("approval_id"))
_WAITING = select(approvals).where(approvals.c.case_id == bindparam("which"), _ASKED)


async def load(connection: AsyncConnection, approval_id: int) -> Approval | None:
    return read_one(Approval, (await connection.execute(_ONE, {"approval_id": approval_id})).one_or_none())


async def waiting(connection: AsyncConnection, case_id: int) -> Approval | None:
    """The reply of a case that waits for approval."""
    return read_one(Approval, (await connection.execute(_WAITING, {"which": case_id})).one_or_none())


async def settle(connection: AsyncConnection, approval_id: int, state: ApprovalState, **changes: Any) -> bool:
    """Record the decision; False if another was made before."""
    statement = update(approvals).where(approvals.c.id == approval_id, _ASKED)
    return (await connection.execute(statement.values(state=state, **changes))).rowcount == 1


async def pass_on(connection: AsyncConnection, row: Approval, asked: Collection[str]) -> bool:
    """Ask these people too; False if it was decided or passed on meanwhile."""
    statement = update(approvals).where(approvals.c.id == row.id, _ASKED, approvals.c.step == row.step)
    changed = statement.values(step=row.step + 1, asked=[*row.asked, *asked])
    return (await connection.execute(changed)).rowcount == 1
