"""The program with one of its promises broken on purpose: `python sabotage.py <which> run`. The suite must notice.

Nothing of this is in the product: its functions are replaced here, before its command line starts.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli.main import main
from db import cases
from db.engine import Database
from db.queue import timers
from db.queue.subjects import Subject
from db.rows import DeliveryState, TimerKind
from db.sql import tables
from handlers.desk import outbox
from handlers.desk.cases import claim as claiming
from handlers.desk.outbox import Attempt
from handlers.desk.work import Desk, Work, use_case
from triage.cases.case import Case, Move
from triage.events import Claimed
from triage.rights import Person

# As long as these steps take apart from each other, somebody can come in between.
BETWEEN_SECONDS = 0.2
UNTIL_ARMED_SECONDS = 2.0


def no_reconcile() -> None:
    """An attempt that was cut off is simply made again: nobody looks whether it was done."""
    begin = outbox.begin

    async def begin_blindly(desk: Desk, delivery_id: int, *more: Any, **others: Any) -> Attempt | None:
        attempt = await begin(desk, delivery_id, *more, **others)
        return replace(attempt, found=DeliveryState.PENDING) if attempt else None

    outbox.begin = begin_blindly


def read_then_write_claim() -> None:
    """Whoever finds a case free takes it, a moment later and without looking again."""

    async def claim(desk: Desk, case_id: int, person: Person) -> Case:
        async with desk.database.read() as connection:
            seen = await cases.load(connection, case_id)
        if seen.owner is not None and seen.status.is_open:
            raise claiming.AlreadyTaken
        await asyncio.sleep(BETWEEN_SECONDS)
        return await _take_unseen(desk, seen, person)

    claiming.claim = claim


@use_case
async def _take_unseen(work: Work, seen: Case, person: Person) -> Case:
    target = seen.after(Move.CLAIM)
    version = tables.cases.c.version + 1
    statement = update(tables.cases).where(tables.cases.c.id == seen.id)
    await work.connection.execute(statement.values(status=target.value, owner=person.slack, version=version))
    await work.record(seen, Claimed(), person)
    taken = await cases.load(work.connection, seen.id)
    await work.draw_card(taken)
    return taken


def timer_after_commit() -> None:
    """Timers are armed once the transaction that asked for them has been committed, in another one."""
    arm, write = timers.arm, Database.write
    asked: ContextVar[list[tuple[Any, ...]] | None] = ContextVar("asked", default=None)
    later: set[asyncio.Task[None]] = set()

    async def arm_later(
        connection: AsyncConnection,
        kind: TimerKind,
        subject: Subject,
        due_at: datetime,
        case_id: int | None,
        *more: Any,
    ) -> None:
        wanted = asked.get()
        if wanted is None:
            await arm(connection, kind, subject, due_at, case_id, *more)
        else:
            wanted.append((kind, subject, due_at, case_id, *more))

    async def arm_all(database: Database, wanted: list[tuple[Any, ...]]) -> None:
        await asyncio.sleep(UNTIL_ARMED_SECONDS)
        async with write(database) as connection:
            for one in wanted:
                await arm(connection, *one)

    @asynccontextmanager
    async def write_and_arm_later(database: Database) -> AsyncIterator[AsyncConnection]:
        token = asked.set([])
        try:
            async with write(database) as connection:
                yield connection
            if wanted := asked.get():
                task = asyncio.get_running_loop().create_task(arm_all(database, wanted))
                later.add(task)
                task.add_done_callback(later.discard)
        finally:
            asked.reset(token)

    timers.arm = arm_later
    Database.write = write_and_arm_later  # type: ignore[method-assign]


SABOTAGES: dict[str, Callable[[], None]] = {
    "no-reconcile": no_reconcile,
    "read-then-write-claim": read_then_write_claim,
    "timer-after-commit": timer_after_commit,
}

if __name__ == "__main__":
    SABOTAGES[sys.argv.pop(1)]()
    main()
