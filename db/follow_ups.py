"""Follow-ups: dates on which a person comes back to a case."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.rows import FollowUp, FollowUpState, read_all, read_one
from db.sql.literals import literal_in
from db.sql.tables import follow_ups

OPEN = (FollowUpState.PROMISED, FollowUpState.REMINDED)


async def make(
    connection: AsyncConnection, *, case_id: int, person: str, due_at: datetime, note: str, made_at: datetime
) -> int:
    promised = insert(follow_ups).values(
        case_id=case_id,
        person=person,
        due_at=due_at,
        note=note,
        made_at=made_at,
        state=FollowUpState.PROMISED,
    )
    return int((await connection.execute(promised.returning(follow_ups.c.id))).scalar_one())


async def load(connection: AsyncConnection, follow_up_id: int) -> FollowUp | None:
    found = await connection.execute(select(follow_ups).where(follow_ups.c.id == follow_up_id))
    return read_one(FollowUp, found.one_or_none())


async def open_ones(connection: AsyncConnection, case_id: int) -> Sequence[FollowUp]:
    statement = select(follow_ups).where(
        follow_ups.c.case_id == case_id, literal_in(follow_ups.c.state, OPEN)
    )
    return read_all(FollowUp, await connection.execute(statement.order_by(follow_ups.c.due_at)))


async def settle(connection: AsyncConnection, follow_up_id: int, state: FollowUpState) -> bool:
    """End an open promise; False when it was settled before."""
    statement = update(follow_ups).where(follow_ups.c.id == follow_up_id, follow_ups.c.state.in_(OPEN))
    return (await connection.execute(statement.values(state=state))).rowcount == 1


async def remind(connection: AsyncConnection, follow_up_id: int, at: datetime) -> bool:
    """Note that its owner was reminded; False when they were, or it was settled before."""
    due = update(follow_ups).where(
        follow_ups.c.id == follow_up_id, follow_ups.c.state == FollowUpState.PROMISED
    )
    reminded = due.values(state=FollowUpState.REMINDED, reminded_at=at)
    return (await connection.execute(reminded)).rowcount == 1


async def remind_again(connection: AsyncConnection, follow_up_id: int) -> None:
    """Count a second reminder."""
    still = update(follow_ups).where(
        follow_ups.c.id == follow_up_id, follow_ups.c.state == FollowUpState.REMINDED
    )
    await connection.execute(still.values(reminders=1))
