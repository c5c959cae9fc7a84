"""What is told to stop ends, and leaves nothing running: what is left would keep the process alive."""

import asyncio
import contextlib
import random
from pathlib import Path
from typing import Any

import migrated
import postgres
from bot.clock import system_clock
from bot.engines.replicated import Replicated
from bot.engines.turns import Turns
from bot.supervisor import Loop
from db.engine import Database
from handlers.desk.work import Desk
from handlers.workers.health import Health
from scene import policy_with


async def test_cut_off_at_any_moment_of_its_opening_a_replica_ends_and_no_task_is_left(
    postgres_server: str,
) -> None:
    database = Database(postgres.a_database(postgres_server))
    await migrated.fill(database)
    nothing: Any = None  # nothing is delivered here
    moments = random.Random(86296)
    for _ in range(60):
        seconds = moments.uniform(0, 0.06)
        engine = Replicated(Turns(Desk(database, policy_with(), system_clock), nothing))
        opening = asyncio.create_task(engine.run())
        await asyncio.sleep(seconds)
        opening.cancel()
        await asyncio.wait([opening], timeout=30)
        assert opening.done(), f"cut off after {seconds} s, it runs on"
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert left == [], seconds
    await database.close()


async def test_a_loop_ends_though_what_it_waits_for_keeps_its_cancelling_to_itself(tmp_path: Path) -> None:
    turns = 0

    async def turn() -> float:
        nonlocal turns
        turns += 1
        with contextlib.suppress(asyncio.CancelledError):  # as asyncio.wait_for does before Python 3.12
            await asyncio.sleep(3600)
        return 3600.0

    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}")
    health = Health(Desk(database, policy_with(), system_clock))
    running = asyncio.create_task(Loop("a loop", turn, health).run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.done()
    assert turns == 1
    await database.close()
