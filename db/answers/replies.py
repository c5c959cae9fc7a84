"""Replies: what was said in the brand's name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.rows import Reply, ReplyState, read_all, read_one
from db.sql.tables import replies


async def keep(
    connection: AsyncConnection,
    *,
    case_id: int,
    who: str | None,
    account: str,
    answers: str,
    typed: str,
    parts: Sequence[str],
    state: ReplyState,
    queued_at: datetime,
    goes_at: datetime,
    posts: Sequence[str] = (),
    by_hand: bool = False,
    due_before: datetime | None = None,
    sent_at: datetime | None = None,
    remind_at: datetime | None = None,
    saved: int | None = None,
) -> int:
    """Insert a reply; returns its id."""
    values = {
        "case_id": case_id,
        "who": who,
        "account": account,
        "answers": answers,
        "typed": typed,
        "parts": list(parts),
        "posts": list(posts),
        "state": state,
        "by_hand": by_hand,
        "queued_at": queued_at,
        "goes_at": goes_at,
        "due_before": due_before,
        "sent_at": sent_at,
        "remind_at": remind_at,
        "saved": saved,
    }
    return int((await connection.execute(_KEEP, values)).scalar_one())


_KEEP = insert(replies).returning(replies.c.id)
_ONE = select(replies).where(replies.c.id == bindparam("reply_id"))
_OF_CASE = select(replies).where(replies.c.case_id == bindparam("which")).order_by(replies.c.id)


async def load(connection: AsyncConnection, reply_id: int) -> Reply | None:
    return read_one(Reply, (await connection.execute(_ONE, {"reply_id": reply_id})).one_or_none())


async def of_case(connection: AsyncConnection, case_id: int) -> list[Reply]:
    """The replies of a case, oldest first."""
    return read_all(Reply, await connection.execute(_OF_CASE, {"which": case_id}))


async def foremost(connection: AsyncConnection, case_id: int) -> Reply | None:
    """The reply to show: one with unknown outcome first, then a queued one, then the latest."""
    return read_one(Reply, (await connection.execute(_FOREMOST, {"which": case_id})).one_or_none())


_PRESSING = case({ReplyState.UNKNOWN: 0, ReplyState.QUEUED: 1}, value=replies.c.state, else_=2)
_FOREMOST = (
    select(replies)
    .where(replies.c.case_id == bindparam("which"))
    .order_by(_PRESSING, replies.c.id.desc())
    .limit(1)
)


async def settle(
    connection: AsyncConnection, reply_id: int, *, state: ReplyState, seen: ReplyState, **changes: Any
) -> bool:
    """Move a reply from the state it was `seen` in; False if it has left that state."""
    statement = update(replies).where(replies.c.id == reply_id, replies.c.state == seen)
    return (await connection.execute(statement.values(state=state, **changes))).rowcount == 1
