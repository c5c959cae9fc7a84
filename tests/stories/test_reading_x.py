"""Reading X: nothing is lost, nothing is taken twice, and it costs what X says it costs."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.networks.x import network
from bot.supervisor import RECHECK, Loop
from db import cursors
from db.sql import tables
from demo.x import reading as pretend
from handlers.desk import spending
from handlers.problems import NotDone
from handlers.workers.poller import Source
from scene import ANNA, LAURA, Scene, a_scene, policy_with
from triage import traits


def source_of(scene: Scene, kind: str = "mentions", account: str = "acme_help") -> Source:
    assert scene.app is not None
    sources = scene.app.runner.sources
    return next(one for one in sources if one.kind == kind and one.account == account)


async def polled(scene: Scene, kind: str = "mentions", account: str = "acme_help") -> float:
    """Read one source now; returns the pause it asks for."""
    assert scene.app is not None
    return await scene.app.runner.poller.poll(source_of(scene, kind, account))


async def stop_reading(scene: Scene) -> None:
    """Let the test itself decide when X is read."""
    assert scene.app is not None
    for task in scene.app.runner.tasks:
        if task.get_name().startswith("x:") or task.get_name() == RECHECK:
            task.cancel()


async def bill(scene: Scene) -> float:
    return sum(row["usd"] for row in await scene.rows(tables.spending))


async def test_all_pages_are_read(scene: Scene) -> None:
    await stop_reading(scene)
    for number in range(130):
        scene.writes(f"@acme_help question number {number}", handle=f"customer{number}")
    await polled(scene)
    assert len(await scene.rows(tables.cases)) == 130


async def test_a_mention_that_x_lists_late_is_found_and_nothing_is_taken_twice(scene: Scene) -> None:
    scene.writes("@acme_help listed late", handle="slow_one", late_by=1.5)
    scene.writes("@acme_help listed at once", handle="fast_one")
    await scene.card("listed at once")
    assert len(scene.cards()) == 1
    await scene.card("listed late")
    await scene.quiet()
    assert len(scene.cards()) == len(await scene.rows(tables.mentions)) == 2


async def test_a_mention_listed_late_while_the_desk_was_stopped_is_found(scene: Scene) -> None:
    late = scene.now() - timedelta(seconds=20)
    scene.writes("@acme_help listed at once", handle="fast_one")
    await scene.card("listed at once")
    await scene.stop()
    scene.writes("@acme_help listed late", handle="slow_one", at=late, late_by=20)
    scene.skip(hours=2)
    await scene.start()
    await scene.card("listed late")


async def test_a_reading_that_is_cut_short_goes_on_where_it_was(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stop_reading(scene)
    scene.writes("@acme_help the very first")
    await polled(scene)
    for number in range(250):
        scene.writes(f"@acme_help question {number}", handle=f"customer{number}")
    count, pages = spending.count, Counter[str]()

    async def fails_at_the_second_page(desk: Any, network: str, by: str, *rest: Any) -> None:
        pages[by] += 1
        if pages[spending.by("acme_help", "mentions")] == 2:
            raise NotDone("X did not answer.")
        await count(desk, network, by, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(spending, "count", fails_at_the_second_page)
        await polled(scene)
    assert len(await scene.rows(tables.cases)) == 101, "the first page was taken in"
    scene.writes("@acme_help meanwhile one more", handle="latecomer")
    before = len([call for call in scene.x.calls if call.endpoint == "mentions"])
    await polled(scene)
    asked = len([call for call in scene.x.calls if call.endpoint == "mentions"]) - before
    assert (len(await scene.rows(tables.cases)), asked) == (251, 2), "the two pages that were left"
    await polled(scene)
    assert len(await scene.rows(tables.cases)) == 252


async def test_what_comes_while_a_long_list_is_read_shortens_it_and_nothing_below_is_lost(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stop_reading(scene)
    scene.writes("@acme_help the very first")
    await polled(scene)
    for number in range(860):
        scene.writes(f"@acme_help question {number}", handle=f"customer{number}")
    count, pages = spending.count, Counter[str]()

    async def more_come_at_the_second_page(desk: Any, network: str, by: str, *rest: Any) -> None:
        pages[by] += 1
        if pages[spending.by("acme_help", "mentions")] == 2:
            for number in range(860, 900):
                scene.writes(f"@acme_help question {number}", handle=f"customer{number}")
        await count(desk, network, by, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(spending, "count", more_come_at_the_second_page)
        await polled(scene)
    await polled(scene)
    assert len(await scene.rows(tables.cases)) == 901


async def test_a_crash_between_two_pages_loses_nothing_and_takes_nothing_twice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stop_reading(scene)
    await polled(scene)
    scene.writes("@acme_help the very first")
    await polled(scene)
    for number in range(110):
        scene.writes(f"@acme_help question {number}", handle=f"customer{number}")

    class Killed(BaseException):
        pass

    count, calls = spending.count, Counter[str]()

    async def killed_at_the_second_page(desk: Any, network: str, by: str, *rest: Any) -> None:
        calls[by] += 1
        if calls[spending.by("acme_help", "mentions")] == 2:
            raise Killed
        await count(desk, network, by, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(spending, "count", killed_at_the_second_page)
        with pytest.raises(Killed):
            await polled(scene)
    taken = len(await scene.rows(tables.cases))
    assert 1 < taken < 111, "the first page was taken in, the second was not"

    await scene.stop()
    await scene.start()
    await scene.eventually(lambda: len(scene.slack.posts) >= 1, "a card")
    await stop_reading(scene)
    await polled(scene)
    posts = [row["post_id"] for row in await scene.rows(tables.mentions)]
    assert len(posts) == len(set(posts)) == 111
    assert len(await scene.rows(tables.cases)) == 111


async def test_the_first_start_looks_back_only_as_far_as_it_is_told(tmp_path: Path) -> None:
    async with a_scene(
        tmp_path, policy=policy_with(start_from_hours=1, undo_seconds=0), started=False
    ) as scene:
        scene.writes("@acme_help an old story", handle="early", at=scene.now() - timedelta(minutes=70))
        scene.writes("@acme_help a fresh story", handle="later", at=scene.now() - timedelta(minutes=50))
        await scene.start()
        await scene.card("a fresh story")
        await scene.quiet()
        assert len(scene.cards()) == 1


async def test_a_long_post_is_read_whole(scene: Scene) -> None:
    story = "@acme_help " + "it all began on a Monday morning. " * 20 + "And that is the end."
    scene.writes(story)
    await scene.card("And that is the end.")


async def test_pictures_stand_on_the_card(scene: Scene) -> None:
    picture = f"{scene.playground.url}/page/avatar/router.svg"
    scene.writes("@acme_help look at this router", media=[picture])
    card = await scene.card("look at this router")
    assert [block["image_url"] for block in card.blocks if block["type"] == "image"] == [picture]


async def test_reposts_are_counted_on_the_card_and_open_no_case(scene: Scene) -> None:
    post = scene.writes("@acme_help everything is down")
    card = await scene.card("everything is down")
    scene.x.post(scene.customer("fan_one"), "", repost_of=post.id)
    scene.x.post(scene.customer("fan_two"), "", repost_of=post.id)
    await scene.shows(card, "reposted 2 times")
    assert len(await scene.rows(tables.cases)) == 1


async def test_a_repost_of_a_post_never_seen_brings_the_post(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        old = scene.writes("@acme_help nobody answers me", at=scene.now() - timedelta(hours=3))
        scene.x.post(scene.customer("fan_one"), "", repost_of=old.id)
        await scene.start()
        await scene.card("nobody answers me")
        assert len(await scene.rows(tables.cases)) == 1


async def test_a_repost_of_a_post_months_old_opens_no_case(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        old = scene.writes("@acme_help nobody answered me", at=scene.now() - timedelta(days=60))
        scene.x.post(scene.customer("fan_one"), "", repost_of=old.id)
        scene.writes("@acme_help and I am new", handle="shopper")
        await scene.start()
        await scene.card("and I am new")
        for source in scene.app.runner.sources:
            await scene.app.runner.poller.poll(source)
        assert len(await scene.rows(tables.cases)) == 1


async def test_a_quote_of_our_post_that_tags_us_can_be_answered(scene: Scene) -> None:
    ours = scene.x.post("acme_help", "We are the best network.")
    scene.writes("@acme_help the best? really?", quote_of=ours.id)
    card = await scene.card("the best? really?")
    assert "reply" in card.button_ids


async def test_an_author_is_looked_up_once(scene: Scene) -> None:
    scene.writes("@acme_help first question")
    await scene.card("first question")
    scene.writes("@acme_help second question")
    await scene.recorded("customer_wrote")
    assert len([call for call in scene.x.calls if call.endpoint == "users"]) == 1


async def test_what_reading_costs_is_what_x_bills(scene: Scene) -> None:
    await stop_reading(scene)
    picture = f"{scene.playground.url}/page/avatar/router.svg"
    post = scene.writes("@acme_help with a picture", media=[picture])
    scene.writes("@acme how much is it?", handle="shopper")
    scene.writes("is acme mobile any good?", handle="stranger")
    scene.x.post(scene.customer("fan_one"), "", repost_of=post.id)
    scene.x.post("acme_help", "We are on it.", reply_to=post.id)
    assert scene.app is not None
    for source in scene.app.runner.sources * 2:
        await scene.app.runner.poller.poll(source)
    card = await scene.card("with a picture")
    await scene.opens(ANNA, card, "reply")
    await scene.eventually(lambda: any(call.endpoint == "lookup" for call in scene.x.calls), "a look-up")
    await scene.app.gestures.tasks.drain(
        10
    )  # the desk books the look-up after X has answered, on the same day
    scene.skip(days=1)
    await scene.app.runner.poller.recheck(scene.app.runner.sources[0].network)
    assert await bill(scene) == pytest.approx(float(scene.x.spent.usd))
    assert scene.x.spent.users_read == 2 + 3, "our two accounts and three customers: the fan opens no case"


async def test_a_watch_finds_who_does_not_tag_us(scene: Scene) -> None:
    scene.writes("thinking of leaving acme mobile, honestly")
    card = await scene.card("thinking of leaving")
    assert "posted" in card.button_ids, "X's rule: no answer by API to who does not tag us"
    assert "reply" not in card.button_ids


async def test_a_post_that_tags_both_accounts_is_one_case_of_the_supporting_one(scene: Scene) -> None:
    scene.writes("@acme @acme_help who of you can help?")
    await scene.card("who of you can help?")
    await polled(scene, account="acme")
    await scene.quiet()
    assert (await scene.case())["account"] == "acme_help"
    assert len(scene.cards()) == 1


async def test_a_customers_second_post_joins_the_case(scene: Scene) -> None:
    scene.writes("@acme_help my parcel is lost")
    card = await scene.card("my parcel is lost")
    scene.writes("@acme_help it was the blue one")
    await scene.shows(card, "it was the blue one")
    thread = await scene.eventually(lambda: scene.slack.thread(card.channel, card.ts), "an announcement")
    assert "it was the blue one" in thread[0].plain
    assert len(await scene.rows(tables.cases)) == 1


async def test_at_the_budget_reading_stops_the_leads_are_told_once_and_replies_still_go(
    tmp_path: Path,
) -> None:
    policy = policy_with(undo_seconds=0, x={"monthly_budget_usd": 0.05})
    async with a_scene(tmp_path, policy=policy) as scene:
        card = await scene.taken("@acme_help one last question")
        for number in range(5):
            scene.writes(f"@acme_help more of it, {number}", handle=f"customer{number}")
        await scene.told(LAURA, "reading budget")
        calls = len([call for call in scene.x.calls if call.endpoint == "mentions"])
        scene.writes("@acme_help nobody reads this", handle="unread")
        for _ in range(3):
            assert await polled(scene) > 0
        assert len([call for call in scene.x.calls if call.endpoint == "mentions"]) == calls

        await scene.reply(ANNA, card, "We still answer.")
        await scene.said("We still answer.")
        await scene.slack.open_home(LAURA)
        home = await scene.eventually(lambda: scene.slack.home(LAURA), "Home")
        assert "reading budget is used up" in home.plain
        assert len([one for one in scene.slack.dm(LAURA) if "reading budget" in one.plain]) == 1

        await scene.stop()
        scene.policy = policy_with(undo_seconds=0, x={"monthly_budget_usd": 100})
        await scene.start()
        await scene.card("nobody reads this")
        await scene.slack.open_home(LAURA)
        await scene.eventually(
            lambda: "is used up" not in scene.slack.home(LAURA).plain, "a Home without the banner"
        )


@pytest.fixture
def short_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """X shows 800 mentions back; 200 tell the same story sooner."""
    monkeypatch.setattr(network, "REACH", 200)
    monkeypatch.setattr(pretend, "MENTIONS_REACH", 200)


async def flood(scene: Scene, count: int) -> None:
    await stop_reading(scene)
    scene.writes("@acme_help before the flood")
    await polled(scene)
    everybody = [scene.customer(f"flood{number}") for number in range(9)]
    for number in range(count):
        scene.x.post(everybody[number % 9], f"@acme_help drop {number}")


@pytest.mark.usefixtures("short_reach")
async def test_a_gap_wider_than_the_mentions_endpoint_is_refilled_by_search(scene: Scene) -> None:
    await flood(scene, 230)
    assert await polled(scene) > 0
    assert len(await scene.rows(tables.mentions)) == 231
    assert not [one for one in scene.heard(LAURA) if "lets us read back" in one.plain]


@pytest.mark.usefixtures("short_reach")
async def test_a_refill_that_is_cut_short_goes_on_where_it_was(scene: Scene) -> None:
    await flood(scene, 430)
    scene.x.limits["search"] = 1
    assert await polled(scene) > 600, "until X allows more"
    assert len(await scene.rows(tables.mentions)) == 301, "what X gave is taken in all the same"
    scene.writes("@acme_help after the flood")
    scene.x.limits["search"] = 300
    scene.skip(minutes=16)
    before = len(scene.x.calls)
    await polled(scene)
    asked = {call.endpoint for call in list(scene.x.calls)[before:]}
    assert asked == {"search"}, "what was read is not read again"
    assert len(await scene.rows(tables.mentions)) == 431
    await polled(scene)
    await scene.card("after the flood")
    assert not [one for one in scene.heard(LAURA) if "lets us read back" in one.plain]


@pytest.mark.usefixtures("short_reach")
async def test_the_leads_are_told_of_a_gap_that_search_does_not_refill(scene: Scene) -> None:
    await flood(scene, 210)
    scene.x.fail("search", "403:not on your plan")
    await polled(scene)
    assert len(await scene.rows(tables.mentions)) == 201, "what X gave is taken in all the same"
    await scene.told(LAURA, "lets us read back")


async def test_polling_is_quick_when_busy_and_slow_when_quiet(scene: Scene) -> None:
    assert scene.app is not None
    await stop_reading(scene)
    shortest = scene.app.runner.poller.shortest
    pauses = [await polled(scene) for _ in range(5)]
    assert pauses[-1] == pytest.approx(4 * shortest)
    assert pauses == sorted(pauses)
    scene.writes("@acme_help wake up")
    assert await polled(scene) == pytest.approx(shortest)


async def test_few_calls_left_are_spread_over_the_window(scene: Scene) -> None:
    await stop_reading(scene)
    scene.x.limits["mentions"] = 11
    pause = await polled(scene)
    assert pause == pytest.approx(15 * 60 / 10, rel=0.05)


async def test_a_429_is_waited_out(scene: Scene) -> None:
    await stop_reading(scene)
    scene.x.fail("mentions", "429", seconds=40)
    assert 38 <= await polled(scene) <= 43


async def test_a_malformed_post_is_named_in_the_log_and_the_rest_go_on(scene: Scene) -> None:
    await stop_reading(scene)
    for lacking in ("author_id", "text", "created_at"):
        whole = {
            "id": f"19{len(lacking):017d}",
            "author_id": "1",
            "text": "@acme_help hello",
            "created_at": "2026-11-20T10:00:00.000Z",
            "edit_history_tweet_ids": ["1"],
        }
        scene.x.add_malformed("acme_help", {name: value for name, value in whole.items() if name != lacking})
    scene.writes("@acme_help a sound one")
    with capture_logs() as log:
        await polled(scene)
        await polled(scene)
    await scene.card("a sound one")
    assert len(await scene.rows(tables.mentions)) == 1
    named = sorted(line["what"] for line in log if line["event"] == "unreadable")
    assert named == sorted(f"19{length:017d}" for length in (9, 4, 10)), "each said once, with its id"


async def test_an_answer_given_on_x_itself_is_found_and_shown(scene: Scene) -> None:
    post = scene.writes("@acme_help is anybody there?")
    card = await scene.card("is anybody there?")
    scene.x.post("acme_help", "Yes, we are!", reply_to=post.id)
    card = await scene.shows(card, "outside Mentiondesk")
    assert "Yes, we are!" in card.plain
    case = await scene.case()
    assert case["status"] == "waiting"
    assert case["due_at"] is None
    assert case["first_reply_at"] is not None


async def test_the_brands_own_posts_open_no_case(scene: Scene) -> None:
    scene.x.post("acme", "Ask @acme_help about our new acme mobile plans!")
    scene.x.post("acme_help", "@acme nice!")
    scene.writes("@acme_help a customer's post")
    await scene.card("a customer's post")
    for kind, account in (("mentions", "acme_help"), ("mentions", "acme"), ("watch", "acme_help")):
        await polled(scene, kind, account)
    assert len(await scene.rows(tables.cases)) == 1


async def test_a_quiet_poll_writes_nothing(scene: Scene) -> None:
    assert scene.app is not None
    scene.writes("@acme_help something to begin with")
    await scene.card("something to begin with")
    await scene.quiet()
    await stop_reading(scene)
    for kind in ("mentions", "watch", "mentions"):
        await polled(scene, kind)
    await scene.quiet()
    commits: list[int] = []
    scene.app.desk.database.on_commit = lambda: commits.append(1)
    await polled(scene)
    await polled(scene, "watch")
    assert commits == []


async def test_a_watermark_never_moves_back(scene: Scene) -> None:
    assert scene.app is not None
    order = traits.of("x").order
    async with scene.app.desk.database.write() as connection:
        await cursors.set_watermark(connection, "somewhere", "200", scene.now(), order)
        await cursors.set_watermark(connection, "somewhere", "99", scene.now(), order)
        assert await cursors.watermark(connection, "somewhere") == "200"


async def test_a_loop_that_fails_is_backed_off_and_goes_on(scene: Scene) -> None:
    async def broken() -> float:
        raise RuntimeError("as if")

    assert scene.app is not None
    loop = Loop("test", broken, scene.app.runner.watch.health)
    pauses = [await loop._turn() for _ in range(8)]
    assert pauses == sorted(pauses)
    assert 1 <= pauses[0] <= 2
    assert pauses[-1] == 60


async def test_a_watch_that_is_quiet_for_longer_than_search_reaches_back_goes_on(tmp_path: Path) -> None:
    watch = [{"network": "x", "query": '"never said before"'}]
    async with a_scene(tmp_path, policy=policy_with(watch=watch, start_from_hours=168)) as scene:
        scene.skip(days=8)
        scene.writes("this was never said before today")
        await scene.card("never said before")
