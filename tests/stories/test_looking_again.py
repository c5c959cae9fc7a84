"""Stored posts are looked up again for a tenth of the budget: what people see first; new mentions are all read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bot.supervisor import RECHECK, RECHECK_SECONDS, Loop
from db.sql import tables
from demo.x import Post
from handlers.desk import spending
from scene import LAURA, Scene, a_scene, policy_with
from triage.budget import month_passed

STORED = 2_400
OPEN_EVERY = 40  # one of so many stored cases is open
DAYS, HOURS = 14, 6
# A month's tenth is 60 looks, for 2,400 stored posts. Reading the storm takes more than four fifths.
BUDGET, STORM = 3.0, 150


async def test_in_a_fortnight_looks_take_a_tenth_and_a_storm_on_the_last_day_is_read(tmp_path: Path) -> None:
    policy = policy_with(undo_seconds=0, x={"monthly_budget_usd": BUDGET})
    async with a_scene(tmp_path, policy=policy) as scene:
        await only_the_story_reads(scene)
        start = the_last_fortnight(scene)
        old = [*posts_of_the_past(scene, start)]
        scene.playground.clock.skip_to(start)
        await store(scene, old, start - timedelta(days=2))
        scene.x.delete(old[0].id)
        news: list[Post] = []
        await a_day(scene, start, news)
        card = await scene.card("secretphrase number 0.")
        for day in range(1, DAYS - 1):
            await a_day(scene, start + timedelta(days=day), news)
            await scene.shows(card, "deleted this post on X")

        asked = looked_up(scene)
        still_open = [post.id for post in old[OPEN_EVERY - 1 :: OPEN_EVERY]][::-1]
        assert asked[:20] == still_open[:20], "of open cases, the newest first"
        assert not {post.id for post in old}.difference(still_open).intersection(asked)
        await still_kept(scene, old[0])

        scene.playground.clock.skip_to(start + timedelta(days=DAYS - 1))
        for number in range(STORM):
            scene.writes(f"@acme nothing works here, {number}", handle=f"storm_{number}")
        await read_and_look_again(scene, "acme")
        assert len(await scene.rows(tables.mentions)) == STORED + len(news) + STORM, "the whole storm is read"
        await the_bill_is_right(scene)


async def test_pictures_that_come_along_do_not_break_the_tenth(tmp_path: Path) -> None:
    policy = policy_with(undo_seconds=0, x={"monthly_budget_usd": 2.0})
    async with a_scene(tmp_path, policy=policy) as scene:
        await only_the_story_reads(scene)
        scene.playground.clock.skip_to(the_last_fortnight(scene))
        pictures = [f"{scene.playground.url}/page/avatar/router.svg"] * 4
        for number in range(20):
            scene.writes(f"@acme_help look at this, {number}", media=pictures)
        await read_and_look_again(scene, "acme_help")
        scene.skip(days=1)
        await look_again(scene)
        assert scene.app is not None
        rechecks = (await spending.spent_this_month(scene.app.desk)).rechecks
        assert 0.025 < rechecks <= 0.2 * month_passed(scene.now())


async def only_the_story_reads(scene: Scene) -> None:
    assert scene.app is not None
    for task in scene.app.runner.tasks:
        if task.get_name().startswith(("x:", RECHECK)):
            task.cancel()


def the_last_fortnight(scene: Scene) -> datetime:
    """The start of the last fourteen days of next month."""
    next_month = scene.now().replace(day=1, hour=0, minute=30) + timedelta(days=32)
    return (next_month.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=DAYS)


def posts_of_the_past(scene: Scene, start: datetime) -> Iterator[Post]:
    """Posts that customers wrote in the ten months before."""
    for number in range(STORED):
        at = start - timedelta(days=3, hours=3 * (STORED - number))
        yield scene.writes(f"@acme_help an old story, {number}", handle=f"past_{number % 50}", at=at)


async def store(scene: Scene, posts: list[Post], checked_at: datetime) -> None:
    """Keep posts as the desk would have: a case each."""
    assert scene.app is not None
    rows = [a_case(post, is_open=number % OPEN_EVERY == 0) for number, post in enumerate(posts, 1)]
    async with scene.app.desk.database.write() as connection:
        kept = insert(tables.cases).returning(tables.cases.c.id, sort_by_parameter_order=True)
        ids = (await connection.execute(kept, rows)).scalars()
        mentions = [a_mention(post, case_id, checked_at) for post, case_id in zip(posts, ids, strict=True)]
        await connection.execute(insert(tables.mentions), mentions)


def a_case(post: Post, *, is_open: bool) -> dict[str, object]:
    return {
        "network": "x",
        "account": "acme_help",
        "author_id": post.author,
        "conversation_id": post.conversation_id,
        "status": "claimed" if is_open else "resolved",
        "owner": LAURA,
        "channel": "C0MENTIONS",
        "language": "en",
        "priority": "normal",
        "value": 0.5,
        "reasons": [],
        "opened_at": post.at,
        "waiting_since": post.at,
        "queue_at": post.at,
        "closed_at": None if is_open else post.at,
        "outcome": None if is_open else "solved",
    }


def a_mention(post: Post, case_id: int, checked_at: datetime) -> dict[str, object]:
    return {
        "case_id": case_id,
        "network": "x",
        "post_id": post.id,
        "author_id": post.author,
        "text": post.text,
        "url": f"https://x.com/i/status/{post.id}",
        "conversation_id": post.conversation_id,
        "pictures": [],
        "answerable_by": ["acme_help"],
        "posted_at": post.at,
        "received_at": post.at,
        "checked_at": checked_at,
    }


async def a_day(scene: Scene, begins: datetime, news: list[Post]) -> None:
    """Somebody writes, and deletes it in the evening; a day later that is noticed."""
    words = f"@acme_help secretphrase number {len(news)}."
    news.append(scene.writes(words, handle=f"regular_{len(news)}"))
    for hour in range(0, 24, HOURS):
        scene.playground.clock.skip_to(begins + timedelta(hours=hour))
        await read_and_look_again(scene, "acme_help")
    assert len(await scene.events("post_deleted")) == len(news) - 1, "yesterday's"
    scene.x.delete(news[-1].id)


async def read_and_look_again(scene: Scene, account: str) -> None:
    assert scene.app is not None
    poller, sources = scene.app.runner.poller, scene.app.runner.sources
    await poller.poll(next(one for one in sources if (one.kind, one.account) == ("mentions", account)))
    await look_again(scene)


async def look_again(scene: Scene) -> None:
    """Take the running program's own turns until nothing is left to look at or to spend.

    A turn tries again what PostgreSQL refused for a deadlock with a timer.
    """
    assert scene.app is not None
    loop = Loop(RECHECK, scene.app.runner._recheck, scene.app.runner.watch.health)
    while await loop._turn() < RECHECK_SECONDS:
        pass


def looked_up(scene: Scene) -> list[str]:
    """The posts that X was asked for by id, in this order."""
    return [
        post for call in scene.x.calls if call.endpoint == "lookup" for post in call.params["ids"].split(",")
    ]


async def still_kept(scene: Scene, post: Post) -> None:
    """A closed case's old post waits for its look: a tenth of this budget does not reach it."""
    (row,) = [one for one in await scene.rows(tables.mentions) if one["post_id"] == post.id]
    assert row["deleted_at"] is None


async def the_bill_is_right(scene: Scene) -> None:
    assert scene.app is not None
    spent = await spending.spent_this_month(scene.app.desk)
    assert BUDGET * 0.08 < spent.rechecks <= BUDGET / 10
    assert BUDGET * 0.9 < spent.reading < BUDGET, "it was a near thing"
    assert not [one for one in scene.heard(LAURA) if "is used up" in one.plain]
    await scene.slack.open_home(LAURA)
    told = f"{spent.rechecks:.2f} of 0.30 US$ this month, a tenth of the budget"
    await scene.eventually(
        lambda: (view := scene.slack.home(LAURA)) is not None and told in view.plain,
        f"“{told}” in Home",
        lambda: scene.slack.home(LAURA),
    )
