"""Deliveries: the ledger of everything that leaves. A row is a promise; the engine that calls it is not here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import uuid4

from sqlalchemy import ColumnElement, Insert, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queue.lanes import Lane, MessagesTo, PostsIn, parse, summon
from db.queue.subjects import Subject
from db.rows import Delivery, DeliveryKind, DeliveryState, read_all, read_one
from db.sql.literals import literal_in
from db.sql.tables import COALESCES, deliveries, lanes
from db.sql.types import UtcDateTime
from db.sql.upsert import upsert_on

BEGUN = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
LIVE = (DeliveryState.PENDING, *BEGUN)
# How the stored subjects of cards and of announcements begin.
_CARDS, _ANNOUNCEMENTS = "card:", "mention:"
OVERDUE = timedelta(seconds=10)
# A kind of a newer version waits as it is, for a version that knows it.
_LIVE = and_(literal_in(deliveries.c.state, LIVE), literal_in(deliveries.c.kind, list(DeliveryKind)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message that shall be drawn: `subject` in `lane`."""

    subject: Subject
    case_id: int | None
    lane: Lane
    rank: int


async def insert_messages(connection: AsyncConnection, wanted: Collection[Wanted], at: datetime) -> None:
    """Ask for many at once, as `insert_message` does for one."""
    rows = [
        _values(DeliveryKind.MESSAGE, one.subject, one.case_id, one.lane, one.rank, at, None)
        for one in wanted
    ]
    await connection.execute(_draw(connection.dialect.name), rows)
    summon(connection, *{one.lane for one in wanted})


async def insert_message(
    connection: AsyncConnection,
    subject: Subject,
    *,
    case_id: int | None,
    lane: Lane,
    rank: int,
    at: datetime,
    not_before: datetime | None = None,
    payload: Mapping[str, object] | None = None,
) -> None:
    """Ask for `subject` to be drawn. Ten asked for before one is drawn are one delivery of the latest state."""
    values = _values(DeliveryKind.MESSAGE, subject, case_id, lane, rank, at, payload)
    values |= {"not_before": not_before or at}
    await connection.execute(_draw(connection.dialect.name), values)
    summon(connection, lane)


@cache
def _draw(dialect: str) -> Insert:
    statement = upsert_on(dialect, deliveries)
    lower = func.min if dialect == "sqlite" else func.least
    return statement.on_conflict_do_update(
        index_elements=[deliveries.c.subject],
        index_where=COALESCES,
        set_={
            "rank": lower(deliveries.c.rank, statement.excluded.rank),
            "lane": statement.excluded.lane,
            "not_before": lower(deliveries.c.not_before, statement.excluded.not_before),
        },
    )


async def insert_delivery(
    connection: AsyncConnection,
    kind: DeliveryKind,
    subject: Subject,
    *,
    case_id: int | None,
    lane: Lane,
    rank: int,
    at: datetime,
    not_before: datetime | None = None,
    payload: Mapping[str, object] | None = None,
) -> None:
    """Promise a delivery that never coalesces: a reply's part, a removal."""
    values = _values(kind, subject, case_id, lane, rank, at, payload)
    await connection.execute(insert(deliveries).values(**{**values, "not_before": not_before or at}))
    summon(connection, lane)


def _values(
    kind: DeliveryKind,
    subject: Subject,
    case_id: int | None,
    lane: Lane,
    rank: int,
    at: datetime,
    payload: Mapping[str, object] | None,
) -> dict[str, object]:
    return {
        "key": uuid4().hex,
        "kind": kind.value,
        "subject": str(subject),
        "case_id": case_id,
        "lane": str(lane),
        "rank": rank,
        "state": DeliveryState.PENDING.value,
        "not_before": at,
        "payload": dict(payload or {}),
        "attempts": 0,
        "made_at": at,
    }


_ONE = select(deliveries).where(deliveries.c.id == bindparam("delivery_id"))


async def load(connection: AsyncConnection, delivery_id: int) -> Delivery | None:
    row = (await connection.execute(_ONE, {"delivery_id": delivery_id})).one_or_none()
    return read_one(Delivery, row)


_MARK = update(deliveries).where(
    deliveries.c.id == bindparam("seen_id"),
    deliveries.c.state == bindparam("seen_state"),
    deliveries.c.attempts == bindparam("seen_attempts"),
    deliveries.c.lane == bindparam("seen_lane"),  # who waits may be sent to another lane meanwhile
)


async def mark(connection: AsyncConnection, seen: Delivery, state: DeliveryState, **changes: object) -> bool:
    """Move a delivery on if nobody did since it was read; False when somebody has."""
    as_seen = {
        "seen_id": seen.id,
        "seen_state": seen.state.value,
        "seen_attempts": seen.attempts,
        "seen_lane": str(seen.lane),
    }
    done = await connection.execute(_MARK, {"state": state.value, **changes, **as_seen})
    moved = done.rowcount == 1
    if moved and state is not DeliveryState.SENDING and seen.kind is DeliveryKind.MESSAGE:
        await _summon_next(connection, seen.subject)
    return moved


_WAITING = select(deliveries.c.lane).where(
    deliveries.c.subject == bindparam("subject"),
    deliveries.c.kind == DeliveryKind.MESSAGE,
    _LIVE,
    deliveries.c.state == DeliveryState.PENDING,
)


async def _summon_next(connection: AsyncConnection, subject: Subject) -> None:
    """The next delivery of a subject had to wait for this one."""
    summon(connection, *(await connection.execute(_WAITING, {"subject": str(subject)})).scalars())


async def cancel(
    connection: AsyncConnection, subject: Subject, *, at: datetime, before: datetime | None = None
) -> bool:
    """Take back what was not begun; with `before`, only if it is not due until then. False: too late."""
    statement = update(deliveries).where(
        deliveries.c.subject == str(subject), _LIVE, deliveries.c.state == DeliveryState.PENDING
    )
    if before is not None:
        statement = statement.where(deliveries.c.not_before > before)
    result = await connection.execute(statement.values(state=DeliveryState.CANCELLED.value, ended_at=at))
    return result.rowcount > 0


async def any_live(connection: AsyncConnection, subjects: Collection[Subject]) -> bool:
    """Tell if one of these is still to be delivered."""
    named = deliveries.c.subject.in_([str(subject) for subject in subjects])
    statement = select(deliveries.c.id).where(_LIVE, named).limit(1)
    return (await connection.execute(statement)).scalar_one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Look:
    """The state of a lane: the delivery to make now, or else the time of the next look (None if it is empty)."""

    due: int | None
    again_at: datetime | None = None


def _another_is_begun() -> ColumnElement[bool]:
    """The same subject is on its way already, or may be: two at once would be two messages.

    Asked of a pending row, which never is its own begun one.
    """
    other = deliveries.alias()
    begun = select(other.c.id).where(
        other.c.subject == deliveries.c.subject,
        other.c.kind == DeliveryKind.MESSAGE,
        literal_in(other.c.state, LIVE),
        other.c.state.in_(BEGUN),
    )
    return and_(deliveries.c.kind == DeliveryKind.MESSAGE, begun.exists())


_MINE = and_(deliveries.c.lane == bindparam("mine"), _LIVE)
_NOW = bindparam("now", type_=UtcDateTime())
_FIRST_DUE = (
    select(deliveries.c.id)
    .where(_MINE, deliveries.c.not_before <= _NOW)
    .where(or_(deliveries.c.state != DeliveryState.PENDING, ~_another_is_begun()))
    .order_by(deliveries.c.rank, deliveries.c.id)
    .limit(1)
)
_EARLIEST = select(func.min(deliveries.c.not_before)).where(_MINE)


async def look(connection: AsyncConnection, lane: str, now: datetime) -> Look:
    """The first due delivery of a lane: the most urgent, then the oldest."""
    first = await connection.execute(_FIRST_DUE, {"mine": lane, "now": now})
    delivery_id = first.scalar_one_or_none()
    if delivery_id is not None:
        return Look(delivery_id)
    return Look(None, (await connection.execute(_EARLIEST, {"mine": lane})).scalar_one())


_BEGIN = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("begun_id"), deliveries.c.lane == bindparam("mine"))
    .where(deliveries.c.state == DeliveryState.PENDING, deliveries.c.not_before <= _NOW, ~_another_is_begun())
    .values(state=DeliveryState.SENDING, attempts=deliveries.c.attempts + 1, intent_at=_NOW, tried_at=_NOW)
    .returning(deliveries)
)


async def begin(connection: AsyncConnection, delivery_id: int, lane: str, now: datetime) -> Delivery | None:
    """Mark the intent of a pending delivery; None unless it is due in this lane, and alone of its subject."""
    begun = await connection.execute(_BEGIN, {"begun_id": delivery_id, "mine": lane, "now": now})
    row = begun.one_or_none()
    return read_one(Delivery, row)


def _waits_in(lane: Lane, now: datetime, kinds: Collection[str]) -> ColumnElement[bool]:
    """Deliveries that could go now in a lane; with `kinds`, only messages and notices with such a subject."""
    about = [deliveries.c.subject.startswith(kind, autoescape=True) for kind in kinds]
    due = and_(deliveries.c.lane == str(lane), _LIVE, deliveries.c.state == DeliveryState.PENDING)
    return and_(due, deliveries.c.not_before <= now, *([or_(*about)] if about else []))


async def count_due(
    connection: AsyncConnection, lane: Lane, now: datetime, kinds: Collection[str] = ()
) -> int:
    statement = select(func.count()).select_from(deliveries).where(_waits_in(lane, now, kinds))
    return (await connection.execute(statement)).scalar_one()


async def withdraw_due(
    connection: AsyncConnection, lane: Lane, now: datetime, kinds: Collection[str], problem: str
) -> list[Delivery]:
    """Take back all that could go now in a lane, and return it, the oldest first."""
    taken = update(deliveries).where(_waits_in(lane, now, kinds)).returning(deliveries)
    ended = taken.values(state=DeliveryState.CANCELLED, ended_at=now, problem=problem)
    rows = read_all(Delivery, await connection.execute(ended))
    return sorted(rows, key=lambda row: row.id)


_BEGIN_AGAIN = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("begun_id"), deliveries.c.lane == bindparam("mine"))
    .where(_LIVE, deliveries.c.state.in_(BEGUN), deliveries.c.not_before <= _NOW)
    .values(attempts=deliveries.c.attempts + 1)
    .returning(deliveries)
)


async def begin_again(
    connection: AsyncConnection, delivery_id: int, lane: str, now: datetime
) -> Delivery | None:
    """Take over a delivery that was begun before; its former holder can't go on with it. None if not due, or over.

    One statement: read first, it could have been sent by the other meanwhile.
    """
    begun = await connection.execute(_BEGIN_AGAIN, {"begun_id": delivery_id, "mine": lane, "now": now})
    row = begun.one_or_none()
    return read_one(Delivery, row)


async def lanes_in_use(connection: AsyncConnection) -> set[str]:
    """Every lane that has something to deliver, now or later."""
    statement = select(deliveries.c.lane).where(_LIVE).distinct()
    return set((await connection.execute(statement)).scalars())


async def overdue_lanes(connection: AsyncConnection, now: datetime) -> set[str]:
    """Lanes with something that could have gone a while ago."""
    statement = select(deliveries.c.lane).where(_LIVE, deliveries.c.not_before < now - OVERDUE)
    return set((await connection.execute(statement.distinct())).scalars())


async def waiting_cards(connection: AsyncConnection, lane: Lane, limit: int) -> list[int]:
    """The cases whose card waits in a lane, in the order in which they will be posted."""
    statement = (
        select(deliveries.c.case_id)
        .where(deliveries.c.lane == str(lane), _LIVE, deliveries.c.subject.startswith(_CARDS))
        .order_by(deliveries.c.rank, deliveries.c.id)
        .limit(limit)
    )
    return list((await connection.execute(statement)).scalars())


async def backlog(connection: AsyncConnection, lane: Lane) -> dict[int, int]:
    """{rank: how many cards wait in a lane}."""
    statement = select(deliveries.c.rank, func.count().label("total")).where(
        deliveries.c.lane == str(lane), _LIVE, deliveries.c.subject.startswith(_CARDS)
    )
    rows = await connection.execute(statement.group_by(deliveries.c.rank))
    return {row.rank: row.total for row in rows}


async def crowded(connection: AsyncConnection, least: int) -> set[str]:
    """Channels where at least so many messages wait to be posted."""
    statement = (
        select(deliveries.c.lane)
        .where(deliveries.c.lane.startswith(str(PostsIn(""))), _LIVE)
        .group_by(deliveries.c.lane)
        .having(func.count() >= least)
    )
    found = map(parse, (await connection.execute(statement)).scalars())
    return {lane.channel for lane in found if isinstance(lane, PostsIn)}


async def rank(connection: AsyncConnection, subjects: Collection[Subject], place: int) -> bool:
    """Give waiting deliveries another place in their lane; False when none of them waits."""
    waiting = update(deliveries).where(
        deliveries.c.subject.in_([str(one) for one in subjects]),
        _LIVE,
        deliveries.c.state == DeliveryState.PENDING,
    )
    return (await connection.execute(waiting.values(rank=place))).rowcount > 0


async def oldest_due(connection: AsyncConnection, now: datetime) -> dict[str, datetime]:
    """{lane: when its oldest due delivery was asked for}; all people's direct messages together are "dm"."""
    statement = select(deliveries.c.lane, func.min(deliveries.c.made_at).label("made_at")).where(
        _LIVE, deliveries.c.not_before <= now
    )
    oldest: dict[str, datetime] = {}
    for lane, made_at in await connection.execute(statement.group_by(deliveries.c.lane)):
        name = "dm" if isinstance(parse(lane), MessagesTo) else lane
        oldest[name] = min(made_at, oldest.get(name, made_at))
    return oldest


async def due_since(connection: AsyncConnection, now: datetime) -> dict[str, datetime]:
    """{lane: when its oldest due delivery fell due}. A lane that was asked to rest is left out."""
    rests = select(lanes.c.lane).where(lanes.c.rests_until > now)
    statement = select(deliveries.c.lane, func.min(deliveries.c.not_before).label("due")).where(
        _LIVE, deliveries.c.not_before <= now, deliveries.c.lane.not_in(rests)
    )
    rows = await connection.execute(statement.group_by(deliveries.c.lane))
    return {row.lane: row.due for row in rows}


async def last_ended(connection: AsyncConnection, names: Collection[str]) -> dict[str, datetime]:
    """{lane: when something last left it}."""
    if not names:
        return {}
    statement = select(deliveries.c.lane, func.max(deliveries.c.ended_at).label("ended")).where(
        deliveries.c.lane.in_(names), deliveries.c.ended_at.is_not(None)
    )
    rows = await connection.execute(statement.group_by(deliveries.c.lane))
    return {row.lane: row.ended for row in rows}


async def pull_forward(connection: AsyncConnection, now: datetime) -> None:
    """A clock was set back: what was asked for or put off in a future that is no more may go now."""
    made_later = and_(_LIVE, or_(deliveries.c.made_at > now, deliveries.c.intent_at > now))
    await connection.execute(update(deliveries).where(made_later).values(not_before=now))


async def superseded(connection: AsyncConnection, delivery: Delivery, not_before: datetime) -> bool:
    """True if a newer delivery of its subject waits, which will show the same and more; this one then waits as long."""
    statement = (
        update(deliveries)
        .where(
            deliveries.c.subject == str(delivery.subject),
            deliveries.c.kind == DeliveryKind.MESSAGE,
            _LIVE,
            deliveries.c.state == DeliveryState.PENDING,
            deliveries.c.id != delivery.id,
        )
        .values(not_before=not_before)
    )
    return delivery.kind is DeliveryKind.MESSAGE and (await connection.execute(statement)).rowcount > 0


async def wake(connection: AsyncConnection, lane: Lane, at: datetime) -> None:
    """Let deliveries that wait in a lane for a later time go now."""
    waiting = and_(deliveries.c.lane == str(lane), _LIVE, deliveries.c.state == DeliveryState.PENDING)
    await connection.execute(
        update(deliveries).where(waiting, deliveries.c.not_before > at).values(not_before=at)
    )
    summon(connection, lane)


async def wake_announcements(connection: AsyncConnection, case_id: int, at: datetime) -> None:
    """The card stands: what hangs on it need not wait any longer."""
    waiting = and_(
        deliveries.c.case_id == case_id,
        _LIVE,
        deliveries.c.subject.startswith(_ANNOUNCEMENTS),
        deliveries.c.not_before > at,
    )
    woken = update(deliveries).where(waiting).values(not_before=at).returning(deliveries.c.lane)
    summon(connection, *(await connection.execute(woken)).scalars())


async def erase_case(connection: AsyncConnection, case_id: int) -> None:
    """Drop the open deliveries of a case.

    Those already begun stay: they may be in Slack under their keys, to be found and removed.
    """
    mine = deliveries.c.case_id == case_id
    begun_message = and_(
        deliveries.c.kind.in_([DeliveryKind.MESSAGE, DeliveryKind.NOTICE]), deliveries.c.state.in_(BEGUN)
    )
    await connection.execute(delete(deliveries).where(mine, ~begun_message))


# In a payload: the other side's word for its refusal.
REFUSED = "refused"
_SHOWS = literal_in(deliveries.c.kind, [DeliveryKind.MESSAGE, DeliveryKind.NOTICE, DeliveryKind.REMOVE])
_GIVEN_UP = and_(_SHOWS, literal_in(deliveries.c.state, [DeliveryState.FAILED]))
_REFUSED = and_(_SHOWS, _LIVE, deliveries.c.payload[REFUSED].as_string().is_not(None))
# What was to be said once is not said for the first time days later.
STALE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NotShown:
    """What Slack refuses to show or to remove, whether given up or tried again; the oldest of them."""

    count: int
    oldest: list[Delivery]


async def not_shown(connection: AsyncConnection, limit: int) -> NotShown:
    count, found = 0, list[Delivery]()
    for refused in (_GIVEN_UP, _REFUSED):  # each by its own index
        total = select(func.count()).select_from(deliveries).where(refused)
        count += (await connection.execute(total)).scalar_one()
        oldest = select(deliveries).where(refused).order_by(deliveries.c.id).limit(limit)
        found += read_all(Delivery, await connection.execute(oldest))
    return NotShown(count, sorted(found, key=lambda row: row.id)[:limit])


async def show_again(connection: AsyncConnection, now: datetime) -> int:
    """Let what was refused go now, what was given up too; returns how many.

    It is looked for first: nobody knows what a refusal came from. A notice of long ago is not said any more.
    """
    stale = update(deliveries).where(
        _GIVEN_UP, deliveries.c.kind == DeliveryKind.NOTICE, deliveries.c.made_at < now - STALE
    )
    await connection.execute(stale.values(state=DeliveryState.CANCELLED, ended_at=now))
    revived = update(deliveries).where(_GIVEN_UP)
    revived = revived.values(state=DeliveryState.UNKNOWN, ended_at=None, not_before=now)
    woken = update(deliveries).where(_REFUSED).values(not_before=now)
    lanes = [
        *(await connection.execute(revived.returning(deliveries.c.lane))).scalars(),
        *(await connection.execute(woken.returning(deliveries.c.lane))).scalars(),
    ]
    summon(connection, *lanes)
    return len(lanes)


async def counts(connection: AsyncConnection) -> dict[str, int]:
    rows = await connection.execute(
        select(deliveries.c.state, func.count().label("total")).group_by(deliveries.c.state)
    )
    return {row.state: row.total for row in rows}


async def sweep(connection: AsyncConnection, before: datetime) -> int:
    """Delete deliveries that ended before then; what they did is in events and messages."""
    ended = and_(
        deliveries.c.ended_at < before, deliveries.c.state.in_([DeliveryState.DONE, DeliveryState.CANCELLED])
    )
    return (await connection.execute(delete(deliveries).where(ended))).rowcount
