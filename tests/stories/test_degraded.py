"""Bad days of what the desk stands on: it keeps what it has, catches up, and says it where it can."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from db.sql import tables
from demo.slack import Message
from handlers.workers.watchdog import Watch
from scene import ANNA, LAURA, MARCO, MENTIONS, Scene


def about(scene: Scene, words: str) -> list[Message]:
    return [one for one in scene.slack.dm(LAURA) if words in one.plain]


def home(scene: Scene, person: str) -> str:
    view = scene.slack.home(person)
    return str(view.plain) if view is not None else ""


async def test_x_being_down_is_told_once_stands_in_home_and_its_end_is_told(scene: Scene) -> None:
    scene.x.fail("*", "html503", times=100_000)
    await scene.eventually(lambda: scene.app and scene.app.runner.watch.health.troubles, "the first failure")
    scene.skip(seconds=70)
    await scene.told(LAURA, "New mentions wait on X")
    await scene.slack.open_home(ANNA)
    await scene.eventually(lambda: "Not everything works" in home(scene, ANNA), "a banner in Home")
    scene.writes("@acme_help is anybody there?")
    scene.x.heal()
    await scene.card("is anybody there?")
    await scene.told(LAURA, "It works again")
    await scene.quiet()
    assert len(about(scene, "New mentions wait on X")) == 2, "one when it began, one when it ended"
    await scene.slack.open_home(ANNA)
    await scene.eventually(lambda: "Not everything works" not in home(scene, ANNA), "no banner any more")


async def test_a_call_that_fails_now_and_then_is_no_outage(scene: Scene) -> None:
    scene.x.fail("*", "html503", times=5)
    scene.writes("@acme_help still here")
    await scene.card("still here")
    await scene.quiet()
    assert not scene.slack.dm(LAURA)


async def test_slack_being_down_loses_nothing_and_is_told_when_it_is_over(scene: Scene) -> None:
    scene.slack.fail("chat.postMessage", "5xx", times=100_000)
    scene.writes("@acme_help one", handle="one")
    scene.writes("@acme_help two", handle="two")
    await scene.eventually(lambda: scene.app and scene.app.runner.watch.health.troubles, "the first failure")
    scene.skip(seconds=70)
    await scene.recorded("opened", 2)
    assert not scene.slack.messages(MENTIONS)
    scene.slack.faults.clear()
    scene.skip(seconds=300)
    await scene.card("one")
    await scene.card("two")
    await scene.told(LAURA, "It works again")


async def fill_up(scene: Scene) -> None:
    """Write until the pages there are take no more."""
    assert scene.app is not None
    for size in (2000, 20):
        with contextlib.suppress(OperationalError):
            for number in range(2000):
                async with scene.app.desk.database.write() as connection:
                    filler = {"day": f"{size}-{number}", "id": "x" * size}
                    await connection.execute(text("INSERT INTO billed (day, id) VALUES (:day, :id)"), filler)


async def test_a_full_disk_keeps_what_is_there_says_so_and_catches_up(scene: Scene) -> None:
    assert scene.app is not None
    if not scene.app.desk.database.is_sqlite:
        pytest.skip("a full disk is played with SQLite's page limit")
    card = await scene.taken("@acme_help the app crashes")
    await scene.opens(ANNA, card, "reply")
    async with scene.app.desk.database.read() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
    writer = scene.app.desk.database._writer.sync_engine
    limit = [pages]

    @event.listens_for(writer, "begin")
    def _disk(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit[0]}")

    await fill_up(scene)
    await scene.previews(ANNA, "Try to restart it, or else to install it anew. " * 55)
    assert (await scene.slack.submit(ANNA)).ok
    assert "database" in scene.slack.modal(ANNA).plain, "the preview stays, with what was written"
    scene.writes("@acme_help and mine too " + "x" * 250, handle="late_one")
    limit[0] = 1_000_000
    assert (await scene.slack.submit(ANNA)).ok
    await scene.said("Try to restart it, or")
    await scene.card("and mine too")


async def test_the_database_being_away_is_told_to_the_leads_when_it_is_back(scene: Scene) -> None:
    assert scene.app is not None
    watch: Watch = scene.app.runner.watch
    watch.health.fails("database", "The database did not answer (gone).")
    scene.skip(seconds=90)
    watch.health.works("database")
    await scene.told(LAURA, "It works again")


async def test_a_clock_set_back_strands_nothing(scene: Scene) -> None:
    assert scene.app is not None
    scene.skip(hours=5)
    scene.slack.fail("chat.postMessage", "5xx", times=3)
    scene.writes("@acme_help before the clock was set")
    await scene.recorded("opened")
    scene.skip(hours=-5)
    await scene.card("before the clock was set")
    scene.writes("@acme_help after the clock was set", handle="later_one")
    await scene.card("after the clock was set")


async def test_a_clock_that_jumps_forward_fires_each_timer_once(scene: Scene) -> None:
    await scene.taken("@acme_help my invoice is wrong and nobody answers!!!", by=MARCO)
    scene.skip(days=3)
    await scene.recorded("late")
    scene.skip(days=-1)
    scene.skip(days=2)
    await scene.quiet()
    assert len(await scene.events("late")) == 1


async def test_the_leads_are_told_that_the_machines_clock_moved(scene: Scene) -> None:
    assert scene.app is not None
    offset = timedelta()
    desk = scene.app.desk

    class Moved:
        database, policy = desk.database, desk.policy

        def now(self) -> Any:
            return desk.now() + offset

    watch = Watch(Moved(), scene.app.runner.watch.health)  # type: ignore[arg-type]
    await watch.look()
    offset = timedelta(hours=3)
    await watch.look()
    scene.skip(hours=4)
    await scene.told(LAURA, "moved by +180 min")


async def test_a_stuck_writer_is_what_a_restart_cures(scene: Scene) -> None:
    assert scene.app is not None
    scene.app.runner.watch.writer_stuck = True
    assert "writer" in scene.app.runner.dead()


async def test_a_fault_of_our_own_in_a_loop_is_told_after_a_minute_and_its_end_too(scene: Scene) -> None:
    loop = next(one for one in scene.app.runner.loops if one.name == "boards")
    sound = loop.turn

    async def broken() -> float:
        raise ZeroDivisionError("a customer's words")

    loop.turn = broken
    await scene.eventually(lambda: loop.failures, "a failure")
    await scene.app.runner.watch.look()
    assert not about(scene, "ZeroDivisionError")
    scene.skip(seconds=70)
    told = await scene.told(LAURA, "ZeroDivisionError")
    assert "the list of waiting cards does not work" in told.plain
    assert "customer" not in told.plain
    loop.turn, loop.failures = sound, 0
    await scene.told(LAURA, "It works again")


async def test_what_fails_again_at_once_is_a_trouble_still(scene: Scene) -> None:
    health = scene.app.runner.watch.health
    for happens in (health.fails, health.works, health.fails):
        happens(*("a part", "A part does not work.")[: 1 if happens == health.works else 2])
    scene.skip(seconds=70)
    await scene.told(LAURA, "A part does not work")
    await scene.quiet()
    assert "a part" in {row["part"] for row in await scene.rows(tables.troubles)}
