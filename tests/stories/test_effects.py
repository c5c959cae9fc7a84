"""What is later than it should be is told, whatever holds it up; and nothing is told falsely."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from db.queue import deliveries
from db.queue.lanes import MessagesTo
from db.queue.subjects import Notice
from db.rows import DeliveryKind
from db.sql import tables
from handlers.workers.effects import Effects
from handlers.workers.health import Health
from scene import ANNA, LAURA, MENTIONS, Scene, a_scene, policy_with

HELP = "x:mentions:acme_help"


def stop_loops(scene: Scene, *names: str) -> None:
    """From now on the test alone does their work."""
    for task in scene.app.runner.tasks:
        if task.get_name() in names:
            task.cancel()


def pass_evenly(scene: Scene, **span: float) -> None:
    """Time passes, and the clock runs evenly."""
    effects, ticks = scene.app.runner.effects, asyncio.get_running_loop().time()
    begun = ticks if effects._clock is None else effects._even_since
    scene.skip(**span)
    effects._clock = scene.app.runner.watch._clock = (scene.now(), ticks)
    effects._even_since = begun - timedelta(**span).total_seconds()


async def all_read(scene: Scene) -> None:
    """Wait until each source was read once."""
    sources = scene.app.runner.sources
    await scene.eventually(lambda: all(one.kept_up_at for one in sources), "a reading of each source")


async def look(scene: Scene) -> None:
    scene.app.runner.effects._kept_at = float("-inf")
    await scene.app.runner.effects.look()


def about(scene: Scene, words: str) -> list[Any]:
    return [one for one in scene.slack.dm(LAURA) if words in one.plain]


async def late_parts(scene: Scene) -> set[str]:
    return {row["part"] for row in await scene.rows(tables.troubles)}


async def tells_nothing(scene: Scene) -> None:
    await look(scene)
    await scene.app.runner.watch.health.tell()
    assert await late_parts(scene) == set()


async def readyz(scene: Scene) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{scene.app.port}/readyz") as answer,
    ):
        return json.loads(await answer.text())


async def home(scene: Scene, person: str) -> str:
    await scene.slack.open_home(person)
    await scene.eventually(lambda: scene.slack.home(person), "Home")
    return str(scene.slack.home(person).plain)


async def test_an_account_that_is_not_read_is_told_whatever_the_cause(scene: Scene) -> None:
    stop_loops(scene, "effects")
    await all_read(scene)
    scene.x.fail("mentions", "429", times=100)
    source = next(one for one in scene.app.runner.sources if one.name == HELP)
    await asyncio.sleep(1)
    stop_loops(scene, HELP)
    pass_evenly(scene, minutes=20)
    scene.x.heal()
    other = next(one for one in scene.app.runner.sources if one.name == "x:mentions:acme")
    await scene.app.runner.poller.poll(other)
    await all_others(scene, but=HELP)
    await tells_nothing(scene)

    pass_evenly(scene, minutes=6)
    await scene.app.runner.poller.poll(other)
    await all_others(scene, but=HELP)
    await look(scene)
    told = await scene.told(LAURA, "has not been read for")
    assert "more than 15 minutes" not in told.plain
    assert "25 minutes" in told.plain
    assert "has not been read for" in await home(scene, LAURA)
    assert (await readyz(scene))["status"] == "degraded"
    await look(scene)
    await scene.app.runner.poller.poll(source)
    await look(scene)
    await scene.told(LAURA, "It works again")
    assert len(about(scene, "has not been read for")) == 2


async def all_others(scene: Scene, *, but: str) -> None:
    """Read every other source once more, and write, as a desk would have done meanwhile."""
    for source in scene.app.runner.sources:
        if source.name != but:
            await scene.app.runner.poller.poll(source)
    scene.app.runner.watch._written_at = float("-inf")
    await scene.app.runner.watch.look()


async def test_nothing_is_told_after_a_start_of_what_was_left_undone(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        await scene.taken("@acme_help the first of all")
        await all_read(scene)
        await look(scene)
        await scene.stop()
        scene.skip(days=3)
        await scene.start()
        await tells_nothing(scene)


async def test_nothing_is_told_when_the_clock_jumps(scene: Scene) -> None:
    await all_read(scene)
    stop_loops(scene, "effects", "watch", *(one.name for one in scene.app.runner.sources))
    await look(scene)
    for hours in (3, -5, 9):
        scene.skip(hours=hours)
        await look(scene)
    await scene.app.runner.watch.health.tell()
    assert not {part for part in await late_parts(scene) if part.startswith("late")}


async def test_what_is_not_read_for_want_of_a_budget_is_told_as_that_and_no_more(tmp_path: Path) -> None:
    policy = policy_with(x={"monthly_budget_usd": 0})
    async with a_scene(tmp_path, policy=policy) as scene:
        stop_loops(scene, "effects")
        await scene.told(LAURA, "budget")
        pass_evenly(scene, hours=3)
        await all_others(scene, but="")
        await tells_nothing(scene)


def hold_up(scene: Scene, lane: str) -> asyncio.Event:
    """Nothing leaves that lane until the event is set."""
    turns, free = scene.app.runner.engine.turns, asyncio.Event()
    deliver = turns.deliver

    async def held(delivery_id: int, name: str) -> float:
        if name == lane:
            await free.wait()
        return float(await deliver(delivery_id, name))

    turns.deliver = held
    return free


async def test_a_lane_that_stands_still_is_told_and_its_end_too(scene: Scene) -> None:
    stop_loops(scene, "effects", "timers")
    free = hold_up(scene, f"post:{MENTIONS}")
    scene.writes("@acme_help is anybody there?")
    await scene.recorded("opened")
    pass_evenly(scene, minutes=4)
    await all_others(scene, but="")
    await tells_nothing(scene)
    pass_evenly(scene, minutes=6)
    await all_others(scene, but="")
    await look(scene)
    told = await scene.told(LAURA, "Nothing leaves for the channel")
    assert "5 minutes" in told.plain
    free.set()
    await scene.card("is anybody there?")
    await look(scene)
    await scene.told(LAURA, "It works again")


async def test_a_lane_that_moves_is_told_only_after_an_hour(scene: Scene) -> None:
    stop_loops(scene, "effects", "timers")
    hold_up(scene, f"post:{MENTIONS}")
    scene.writes("@acme_help one", handle="one")
    scene.writes("@acme_help two", handle="two")
    await scene.recorded("opened", 2)
    pass_evenly(scene, minutes=30)
    await all_others(scene, but="")
    async with scene.app.desk.database.write() as connection:
        await connection.execute(
            tables.deliveries.update()
            .where(tables.deliveries.c.id == 1)
            .values(state="done", ended_at=scene.now())
        )
    await tells_nothing(scene)
    pass_evenly(scene, minutes=31)
    await all_others(scene, but="")
    async with scene.app.desk.database.write() as connection:
        await connection.execute(
            tables.deliveries.update().where(tables.deliveries.c.id == 1).values(ended_at=scene.now())
        )
    await look(scene)
    await scene.told(LAURA, "More is due for the channel")


async def test_a_lane_that_slack_asked_to_rest_is_not_told(scene: Scene) -> None:
    stop_loops(scene, "effects", "timers")
    scene.slack.fail("chat.postMessage", "ratelimited", retry_after="100000")
    scene.writes("@acme_help one", handle="one")
    await scene.put_off("asked to wait 900 s")
    scene.writes("@acme_help two", handle="two")
    await scene.recorded("opened", 2)
    pass_evenly(scene, minutes=14)
    await all_others(scene, but="")
    await tells_nothing(scene)


async def test_what_waits_for_somebody_s_hours_is_not_told(scene: Scene) -> None:
    stop_loops(scene, "effects")
    async with scene.app.desk.database.write() as connection:
        await deliveries.insert_delivery(
            connection,
            DeliveryKind.NOTICE,
            Notice("budget"),
            case_id=None,
            lane=MessagesTo(ANNA),
            rank=5,
            at=scene.now(),
            not_before=scene.now() + timedelta(hours=14),
            payload={"person": ANNA, "notice": "budget", "case": None, "usd": "5"},
        )
    pass_evenly(scene, hours=10)
    await all_others(scene, but="")
    await tells_nothing(scene)


async def test_timers_that_nobody_fires_are_told(scene: Scene) -> None:
    stop_loops(scene, "effects", "timers")
    await scene.taken("@acme_help my invoice is wrong and nobody answers!!!")
    await scene.quiet()
    pass_evenly(scene, days=2)
    await all_others(scene, but="")
    await look(scene)
    await scene.told(LAURA, "2 minutes late")
    for timer in await scene.app.runner.timekeeper.due():
        await scene.app.runner.timekeeper.fire(timer)
    await look(scene)
    await scene.told(LAURA, "It works again")


async def test_a_database_that_takes_nothing_is_told_in_readyz_at_least(scene: Scene) -> None:
    stop_loops(scene, "effects", "watch")
    pass_evenly(scene, minutes=3)
    await look(scene)
    assert "late writing" in (await readyz(scene))["parts"]


async def test_posts_known_to_be_unread_are_said_in_readyz_and_told_when_they_stay_so(scene: Scene) -> None:
    stop_loops(scene, "effects", *(one.name for one in scene.app.runner.sources))
    source = next(one for one in scene.app.runner.sources if one.name == HELP)
    poller = scene.app.runner.poller
    scene.writes("@acme_help the first of all", handle="first")
    await poller.poll(source)
    for number in range(150):
        scene.writes(f"@acme_help question {number}", handle=f"customer{number}")
    scene.x.fail("mentions", "delay", seconds=0)
    scene.x.fail("mentions", "429")
    await poller.poll(source)
    assert source.is_behind
    assert "100 taken in" in (await readyz(scene))["behind"][HELP]
    pass_evenly(scene, minutes=6)
    await all_others(scene, but=HELP)
    await look(scene)
    told = await scene.told(LAURA, "More came for")
    assert "100 posts are in" in told.plain
    await poller.poll(source)
    await look(scene)
    await scene.told(LAURA, "It works again")
    assert (await readyz(scene))["behind"] == {}


async def test_two_replicas_tell_once(scene: Scene) -> None:
    stop_loops(scene, "effects", "timers")
    await scene.taken("@acme_help my invoice is wrong and nobody answers!!!")
    await scene.quiet()
    runner = scene.app.runner
    health = Health(scene.app.desk)
    other = Effects(scene.app.desk, health, runner.poller, runner.sources, lambda _name: False)
    await other.look()
    pass_evenly(scene, days=2)
    other._clock, other._even_since = runner.effects._clock, runner.effects._even_since
    await all_others(scene, but="")
    for effects, its_health in ((other, health), (runner.effects, runner.watch.health)) * 2:
        await effects.look()
        await its_health.tell()
    await scene.told(LAURA, "2 minutes late")
    for timer in await runner.timekeeper.due():
        await runner.timekeeper.fire(timer)
    for effects, its_health in ((other, health), (runner.effects, runner.watch.health)) * 2:
        await effects.look()
        await its_health.tell()
    await scene.told(LAURA, "It works again")
    await scene.quiet()
    assert len(about(scene, "2 minutes late")) == 2, "one when it began, one when it ended"


async def test_a_timer_that_fails_for_a_fault_of_ours_is_told_until_it_fires(scene: Scene) -> None:
    runner = scene.app.runner
    await scene.taken("@acme_help my invoice is wrong and nobody answers!!!")
    sound = runner.timekeeper

    class Broken:
        due, put_off, next_due = sound.due, sound.put_off, sound.next_due

        async def fire(self, _timer: Any) -> None:
            raise ZeroDivisionError

    runner.timekeeper = Broken()
    scene.skip(days=1)
    await scene.eventually(lambda: "failing timers" in runner.watch.health.troubles, "a failure")
    scene.skip(seconds=70)
    await scene.told(LAURA, "reminders and due times does not work (ZeroDivisionError)")
    runner.timekeeper = sound
    scene.skip(minutes=6)
    await scene.told(LAURA, "It works again")
