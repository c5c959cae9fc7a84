"""Timers: rows with a due time, armed and cancelled in the transaction of the move that causes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Insert, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queue.subjects import CaseOf, Subject
from db.rows import Timer, TimerKind, TimerState, read_all
from db.sql.literals import literal_in
from db.sql.tables import ARMED, timers
from db.sql.upsert import upsert_on

_ARMED = literal_in(timers.c.state, [TimerState.ARMED])
# A kind of a newer version stays armed and keeps its due time, for a version that knows it.
_OURS = and_(_ARMED, literal_in(timers.c.kind, list(TimerKind)))


async def arm(
    connection: AsyncConnection, kind: TimerKind, subject: Subject, due_at: datetime, case_id: int | None
) -> None:
    """Set a timer; one already armed for the same thing gets the new time."""
    values = _values(kind, subject, due_at, case_id)
    await connection.execute(_arm(connection.dialect.name), values)


async def arm_once(
    connection: AsyncConnection, kind: TimerKind, subject: Subject, due_at: datetime, case_id: int | None
) -> None:
    """Set a timer unless one is armed for the same thing: what is due already stays due."""
    values = _values(kind, subject, due_at, case_id)
    statement = upsert_on(connection.dialect.name, timers)
    once = statement.on_conflict_do_nothing(
        index_elements=[timers.c.kind, timers.c.subject], index_where=ARMED
    )
    await connection.execute(once, values)


def _values(kind: TimerKind, subject: Subject, due_at: datetime, case_id: int | None) -> dict[str, object]:
    return {
        "kind": kind.value,
        "subject": str(subject),
        "case_id": case_id,
        "due_at": due_at,
        "state": TimerState.ARMED.value,
    }


@cache
def _arm(dialect: str) -> Insert:
    statement = upsert_on(dialect, timers)
    return statement.on_conflict_do_update(
        index_elements=[timers.c.kind, timers.c.subject],
        index_where=ARMED,
        set_={"due_at": statement.excluded.due_at},
    )


async def aim(connection: AsyncConnection, aims: Mapping[int, tuple[datetime, datetime]]) -> None:
    """Arm the warning and the breach of cases' due times: {case id: (warning, breach)}."""
    rows = [
        _values(kind, CaseOf(case_id), due_at, case_id)
        for case_id, both in aims.items()
        for kind, due_at in zip((TimerKind.WARNING, TimerKind.BREACH), both, strict=True)
    ]
    await connection.execute(_arm(connection.dialect.name), rows)


async def cancel(
    connection: AsyncConnection, subject: Subject, *, at: datetime, kinds: Sequence[TimerKind] = ()
) -> None:
    statement = update(timers).where(timers.c.subject == str(subject), _ARMED)
    if kinds:
        statement = statement.where(timers.c.kind.in_(kinds))
    await connection.execute(statement.values(state=TimerState.CANCELLED, ended_at=at))


async def fire(connection: AsyncConnection, timer: Timer, at: datetime) -> bool:
    """Mark a timer as fired; False when it was cancelled, set to later or fired before. Fires once."""
    statement = (
        update(timers)
        .where(timers.c.id == timer.id, _ARMED, timers.c.due_at <= at)
        .values(state=TimerState.FIRED, ended_at=at)
    )
    return (await connection.execute(statement)).rowcount == 1


async def fired_before(connection: AsyncConnection, timer: Timer) -> bool:
    """True if another of its kind fired for the same thing and the same instant."""
    statement = select(timers.c.id).where(
        timers.c.case_id == timer.case_id,
        timers.c.kind == timer.kind,
        timers.c.subject == str(timer.subject),
        timers.c.due_at == timer.due_at,
        timers.c.state == TimerState.FIRED,
        timers.c.id != timer.id,
    )
    return (await connection.execute(statement.limit(1))).scalar_one_or_none() is not None


async def put_off(connection: AsyncConnection, timer: Timer, until: datetime) -> None:
    """It stays armed, and is due again then."""
    still = update(timers).where(timers.c.id == timer.id, _ARMED)
    await connection.execute(still.values(due_at=until))


async def due(connection: AsyncConnection, now: datetime, limit: int = 100) -> list[Timer]:
    statement = select(timers).where(_OURS, timers.c.due_at <= now)
    rows = await connection.execute(statement.order_by(timers.c.due_at, timers.c.id).limit(limit))
    return read_all(Timer, rows)


async def next_due(connection: AsyncConnection) -> datetime | None:
    statement = select(func.min(timers.c.due_at)).where(_OURS)
    due_at: datetime | None = (await connection.execute(statement)).scalar_one()
    return due_at


async def late(connection: AsyncConnection, now: datetime) -> tuple[int, float]:
    """The number of timers that are due and not fired, and the seconds by which the latest is late."""
    statement = select(func.count(), func.min(timers.c.due_at)).where(_OURS, timers.c.due_at <= now)
    count, first = (await connection.execute(statement)).one()
    return count, (now - first).total_seconds() if first else 0.0


async def erase_case(connection: AsyncConnection, case_id: int) -> None:
    await connection.execute(delete(timers).where(timers.c.case_id == case_id))


async def sweep(connection: AsyncConnection, before: datetime) -> int:
    return (await connection.execute(delete(timers).where(timers.c.ended_at < before))).rowcount
