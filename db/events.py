"""The history: the only module that writes events and reads them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.cases import case_of
from db.sql.literals import literal_in
from db.sql.tables import cases, desk_events, events
from triage.cases.case import Case, Outcome, Status
from triage.events import (
    Claimed,
    Dismissed,
    Escalated,
    Event,
    OfCase,
    OfDesk,
    Promised,
    Recorded,
    Released,
    Reopened,
    Replied,
    Returned,
    SettingsChanged,
    Snapshot,
    Transferred,
    WroteAgain,
    parse,
)
from triage.scoring.priority import Priority

_RECORD = insert(events)


async def record(
    connection: AsyncConnection, seen: Case, event: OfCase, *, at: datetime, who: str | None = None
) -> None:
    """Write one line of a case's history, with the case as it was before."""
    await connection.execute(_RECORD, _row(seen, event, at, who))


async def record_each(
    connection: AsyncConnection, lines: Sequence[tuple[Case, OfCase]], *, at: datetime
) -> None:
    """Write one line into the history of each of these cases."""
    await connection.execute(_RECORD, [_row(seen, event, at, None) for seen, event in lines])


async def record_on_desk(
    connection: AsyncConnection, event: OfDesk, *, at: datetime, who: str | None = None
) -> None:
    """Write one line about the desk."""
    values = {"at": at, "who": who, "what": event.what, "detail": event.detail}
    await connection.execute(insert(desk_events), values)


def _row(seen: Case, event: OfCase, at: datetime, who: str | None) -> dict[str, Any]:
    return {
        "case_id": seen.id,
        "at": at,
        "who": who,
        "what": event.what,
        "detail": event.detail,
        "area": seen.area,
        "priority": seen.priority.value,
        "due_at": seen.due_at,
        "account": seen.account,
        "language": seen.language,
    }


async def history(connection: AsyncConnection, case_id: int) -> list[Recorded]:
    """All events of a case, oldest first."""
    return (await histories(connection, [case_id])).get(case_id, [])


async def histories(
    connection: AsyncConnection, ids: Sequence[int], kinds: Collection[type[Event]] = ()
) -> dict[int, list[Recorded]]:
    """{case id: its history, oldest first}; only events of these `kinds`, where some are named."""
    statement = select(events).where(events.c.case_id.in_(ids)).order_by(events.c.id)
    if kinds:
        statement = statement.where(events.c.what.in_(names_of(kinds)))
    found: dict[int, list[Recorded]] = {}
    for row in await connection.execute(statement):
        found.setdefault(row.case_id, []).append(_recorded(row))
    return found


async def on_desk(connection: AsyncConnection, since: datetime) -> list[Recorded]:
    """Events of the desk itself since then, oldest first."""
    statement = select(desk_events).where(desk_events.c.at >= since).order_by(desk_events.c.id)
    return [_of_desk(row) for row in await connection.execute(statement)]


async def latest_on_desk(connection: AsyncConnection, kind: type[OfDesk]) -> Recorded | None:
    """The last event of this kind."""
    statement = select(desk_events).where(desk_events.c.what == kind.what).order_by(desk_events.c.id.desc())
    row = (await connection.execute(statement.limit(1))).one_or_none()
    return _of_desk(row) if row else None


async def sweep_desk(connection: AsyncConnection, before: datetime) -> None:
    """Delete what happened on the desk before then, but how the settings were. A case's events go with their case."""
    old = delete(desk_events).where(desk_events.c.at < before, desk_events.c.what != SettingsChanged.what)
    await connection.execute(old)


async def last_claim(connection: AsyncConnection, case_id: int) -> Recorded | None:
    """The event that gave the case its owner, for the person who was slower."""
    statement = (
        select(events)
        .where(events.c.case_id == case_id, events.c.what.in_(names_of(_GIVES + _GIVES_IF_FREE + _FREES)))
        .order_by(events.c.id)
    )
    gives, frees = names_of(_GIVES), names_of(_FREES)
    taken = None
    for row in await connection.execute(statement):
        if row.what in frees:
            taken = None
        elif row.what in gives or (taken is None and row.who):
            taken = row
    return _recorded(taken) if taken else None


_GIVES: tuple[type[Event], ...] = (Claimed, Transferred, Reopened)
_GIVES_IF_FREE: tuple[type[Event], ...] = (Replied, Escalated, Promised)
_FREES: tuple[type[Event], ...] = (Released, Returned)


async def touched_since(
    connection: AsyncConnection, person: str, since: datetime, *, limit: int
) -> list[Case]:
    """Cases that somebody has or had a hand in, and in which others did something since then."""
    theirs = select(events.c.case_id).where(events.c.who == person)
    moved = select(events.c.case_id).where(events.c.at >= since, func.coalesce(events.c.who, "") != person)
    statement = select(cases).where(
        or_(cases.c.owner == person, cases.c.id.in_(theirs)), cases.c.id.in_(moved)
    )
    rows = await connection.execute(statement.order_by(cases.c.queue_at, cases.c.id).limit(limit))
    return [case_of(row) for row in rows]


async def shut_and_moved(
    connection: AsyncConnection, outcomes: Sequence[Outcome], since: datetime
) -> list[tuple[int, str, int]]:
    """(case, outcome, further posts since then) of cases dismissed so, or written to again, since then."""
    wrote = func.count(case({WroteAgain.what: 1}, value=events.c.what))
    statement = (
        select(cases.c.id, cases.c.outcome, wrote.label("n"))
        .join(events, events.c.case_id == cases.c.id)
        .where(
            cases.c.status == Status.DISMISSED,
            literal_in(cases.c.outcome, [outcome.value for outcome in outcomes]),
            literal_in(events.c.what, names_of([Dismissed, WroteAgain])),
            events.c.at >= since,
        )
        .group_by(cases.c.id, cases.c.outcome)
        .order_by(wrote.desc(), cases.c.id)
    )
    return [(row.id, row.outcome, row.n) for row in await connection.execute(statement)]


def names_of(kinds: Iterable[type[Event]]) -> list[str]:
    """Their stored names; classes may share one."""
    return sorted({kind.what for kind in kinds})


def _recorded(row: Row[Any]) -> Recorded:
    return Recorded(row.id, row.at, row.who, parse(row.what, row.detail), row.case_id, _snapshot(row))


def _of_desk(row: Row[Any]) -> Recorded:
    return Recorded(row.id, row.at, row.who, parse(row.what, row.detail))


def _snapshot(row: Row[Any]) -> Snapshot | None:
    priority = _PRIORITIES.get(row.priority)
    return Snapshot(row.area, priority, row.due_at, row.account, row.language) if priority else None


_PRIORITIES = {priority.value: priority for priority in Priority}
