"""Rows of a newer version that this one does not know."""

from enum import StrEnum

from sqlalchemy import Column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db import rows
from db.sql import tables
from triage.cases.case import Outcome, Status

# Columns that hold one word of several, and the words that this version knows.
_WORDS: tuple[tuple[Column[str], type[StrEnum]], ...] = (
    (tables.cases.c.status, Status),
    (tables.cases.c.outcome, Outcome),
    (tables.replies.c.state, rows.ReplyState),
    (tables.asks.c.state, rows.QuestionState),
    (tables.follow_ups.c.state, rows.FollowUpState),
    (tables.approvals.c.state, rows.ApprovalState),
    (tables.deliveries.c.state, rows.DeliveryState),
    (tables.deliveries.c.kind, rows.DeliveryKind),
    (tables.timers.c.state, rows.TimerState),
    (tables.timers.c.kind, rows.TimerKind),
)


async def unknown_words(connection: AsyncConnection) -> list[str]:
    """Each as "timers.kind: audit". Goes through whole tables."""
    found: list[str] = []
    for column, known in _WORDS:
        statement = select(column).where(column.not_in(list(known))).distinct().order_by(column)
        words = (await connection.execute(statement)).scalars()
        found += [f"{column.table.name}.{column.name}: {word}" for word in words]
    return found
