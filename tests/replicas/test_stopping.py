"""A replica told to stop while its queue opens leaves nothing running: what is left would keep the process alive."""

import asyncio
from typing import Any

import postgres
from bot.clock import system_clock
from bot.lanes import Turns
from bot.replicas import Replicated
from db.engine import Database
from db.schema import migrate
from handlers.desk.work import Desk
from scene import policy_with


async def test_cut_off_at_any_moment_of_its_opening_no_task_is_left(postgres_server: str) -> None:
    database = Database(postgres.a_database(postgres_server))
    await migrate(database)
    nothing: Any = None  # nothing is delivered here
    for milliseconds in range(0, 60, 4):
        engine = Replicated(Turns(Desk(database, policy_with(), system_clock), nothing))
        opening = asyncio.create_task(engine.run())
        await asyncio.sleep(milliseconds / 1000)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert left == [], milliseconds
    await database.close()
