"""Lanes: what is delivered one at a time. A transaction that gives a lane work says so with it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.tables import lanes
from db.sql.upsert import upsert
from triage import traits

# The one job there is on PostgreSQL: a turn of a lane. The runner registers the function of this name.
TURN = "turn"
_SUMMONED = "summoned"


@dataclass(frozen=True, slots=True)
class PostsIn:
    """New messages in a channel."""

    channel: str

    def __str__(self) -> str:
        return f"post:{self.channel}"


@dataclass(frozen=True, slots=True)
class EditsIn:
    """Edits and removals in a channel: they wait for no new message."""

    channel: str

    def __str__(self) -> str:
        return f"edit:{self.channel}"


@dataclass(frozen=True, slots=True)
class MessagesTo:
    """A person's direct messages."""

    person: str

    def __str__(self) -> str:
        return f"dm:{self.person}"


@dataclass(frozen=True, slots=True)
class RepliesBy:
    """Everything that one of our accounts publishes and deletes on a network."""

    network: str
    account: str

    def __str__(self) -> str:
        return f"{self.network}:{self.account.lower()}"


@dataclass(frozen=True, slots=True)
class UnparsedLane:
    """A lane that this version can't read, kept as it is."""

    name: str

    def __str__(self) -> str:
        return self.name


# What hands out turns (an engine, a job) knows a lane by its name alone: the text.
Lane = PostsIn | EditsIn | MessagesTo | RepliesBy | UnparsedLane
_IN_SLACK: dict[str, Callable[[str], Lane]] = {"post": PostsIn, "edit": EditsIn, "dm": MessagesTo}


def parse(name: str) -> Lane:
    """Read a stored lane. Written again it is the same text, whatever it was."""
    kind, _colon, rest = name.partition(":")
    if kind in _IN_SLACK:
        return _IN_SLACK[kind](rest)
    lane = RepliesBy(kind, rest)
    return lane if kind in traits.names() and str(lane) == name else UnparsedLane(name)


def summon(connection: AsyncConnection, *names: Lane | str) -> None:
    """These lanes have work as soon as this transaction is committed."""
    connection.info.setdefault(_SUMMONED, set()).update(map(str, names))


def take_summoned(connection: AsyncConnection) -> set[str]:
    """The lanes summoned on this connection, and none from now on."""
    found: set[str] = connection.info.pop(_SUMMONED, set())
    return found


async def defer_turns(connection: AsyncConnection, names: Collection[str]) -> None:
    """Queue a turn of each lane, in the transaction that gave it work. No-op on SQLite.

    A job a transaction, never fewer: one that relied on a job already queued would be forgotten if that ran
    before this transaction was committed. A turn takes the others away when it looks (`drop_turns`).
    """
    if connection.dialect.name != "postgresql":
        return
    from db.queue.jobs import queue

    raw = (await connection.get_raw_connection()).driver_connection
    for lane in sorted(names):
        await queue().configure_task(TURN, lock=lane, connection=raw).defer_async(lane=lane)


async def drop_turns(connection: AsyncConnection, lane: str) -> None:
    """Take away the lane's queued turns: what they were queued for is committed, and about to be looked at."""
    await connection.execute(
        text("DELETE FROM procrastinate_jobs WHERE lock = :lane AND status = 'todo' AND task_name = :turn"),
        {"lane": lane, "turn": TURN},
    )


async def with_turn(connection: AsyncConnection) -> set[str]:
    """Lanes that have a queued or a running turn on PostgreSQL."""
    found = await connection.execute(
        text(
            "SELECT DISTINCT lock FROM procrastinate_jobs WHERE task_name = :turn AND status IN ('todo', 'doing')"
        ),
        {"turn": TURN},
    )
    return set(found.scalars())


async def turns_of(connection: AsyncConnection, worker_id: int) -> dict[int, str]:
    """{job: lane} of the turns that a replica's worker began and did not end, as far as is recorded."""
    found = await connection.execute(
        text(
            "SELECT id, lock FROM procrastinate_jobs"
            " WHERE worker_id = :worker AND status = 'doing' AND task_name = :turn"
        ),
        {"worker": worker_id, "turn": TURN},
    )
    return {row.id: row.lock for row in found}


async def end_turn(connection: AsyncConnection, job_id: int) -> None:
    """Take away a turn that has ended without being recorded."""
    await connection.execute(
        text("DELETE FROM procrastinate_jobs WHERE id = :id AND status = 'doing'"), {"id": job_id}
    )


async def hold(connection: AsyncConnection, lane: str, until: datetime) -> None:
    """Let a lane rest until then, for every taker of its next turn."""
    statement = upsert(connection, lanes).values(lane=lane, rests_until=until)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[lanes.c.lane], set_={"rests_until": until})
    )


_RESTS = select(lanes.c.rests_until).where(lanes.c.lane == bindparam("which"))


async def rests_until(connection: AsyncConnection, lane: str) -> datetime | None:
    until: datetime | None = (await connection.execute(_RESTS, {"which": lane})).scalar_one_or_none()
    return until


async def end_rests(connection: AsyncConnection) -> None:
    """Forget what lanes were told; the other side says so again if need be."""
    await connection.execute(delete(lanes))
