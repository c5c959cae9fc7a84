"""A newer version was here: what it wrote is kept as it is, shown as unknown, told once, and in nobody's way."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from db.queue.lanes import MessagesTo, summon
from db.sql import tables
from scene import ANNA, KASIA, LAURA, Scene, a_scene, policy_with


async def writes(scene: Scene, *statements: Any) -> None:
    """Write into the database as another version would; its direct messages to Anna are asked for."""
    assert scene.app is not None
    async with scene.app.desk.database.write() as connection:
        for statement in statements:
            await connection.execute(statement)
        summon(connection, MessagesTo(ANNA))


async def starts_again(scene: Scene) -> None:
    await scene.stop()
    await scene.start()


async def only(scene: Scene, table: Any, **which: Any) -> dict[str, Any]:
    (row,) = [one for one in await scene.rows(table) if which.items() <= one.items()]
    return row


def times_told(scene: Scene, words: str) -> int:
    return sum(words in message.plain for message in scene.heard(LAURA))


def delivery_of_tomorrow(scene: Scene, **columns: Any) -> Any:
    """One that goes first in Anna's direct messages."""
    wanted = {
        "key": "tomorrow",
        "kind": "message",
        "subject": "poll:5",
        "lane": f"dm:{ANNA}",
        "rank": 0,
        "state": "pending",
        "not_before": scene.now(),
        "made_at": scene.now(),
        "payload": {},
    }
    return insert(tables.deliveries).values(**{**wanted, **columns}, attempts=0)


async def polls(scene: Scene) -> list[dict[str, Any]]:
    return [one for one in await scene.rows(tables.deliveries) if one["subject"].startswith("poll:")]


async def test_a_timer_of_an_unknown_kind_stays_armed_and_the_leads_are_told_once(scene: Scene) -> None:
    await scene.taken("@acme_help please answer me")
    due_at = scene.now() + timedelta(minutes=1)
    armed = {"kind": "audit", "subject": "case:1", "case_id": 1, "state": "armed"}
    await writes(scene, insert(tables.timers).values(**armed, due_at=due_at))
    scene.skip(hours=2)
    await scene.told(LAURA, "should have had an answer")  # a timer of a kind that is known
    for _time in range(2):
        await starts_again(scene)
        await scene.told(LAURA, "timers.kind: audit")
    assert (await only(scene, tables.timers, kind="audit")).items() >= {**armed, "due_at": due_at}.items()
    await scene.quiet()
    assert times_told(scene, "timers.kind: audit") == 1


async def test_a_timer_whose_subject_cannot_be_read_stays_armed(scene: Scene) -> None:
    await scene.taken("@acme_help please answer me")
    armed = {"kind": "ask", "subject": "ask:", "state": "armed"}
    await writes(scene, insert(tables.timers).values(**armed, due_at=scene.now() + timedelta(minutes=1)))
    scene.skip(hours=1)
    await scene.told(LAURA, "timers.subject: ask")
    assert (await only(scene, tables.timers, kind="ask"))["state"] == "armed"


async def test_a_delivery_whose_subject_is_unknown_waits_and_holds_up_no_other(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me", by=LAURA)
    await writes(scene, delivery_of_tomorrow(scene), delivery_of_tomorrow(scene, key="two", subject="poll:6"))
    await scene.told(LAURA, "deliveries.subject: poll")
    await scene.opens(LAURA, card, "more", "transfer")
    assert (await scene.slack.submit(LAURA, {"person": ANNA})).ok
    await scene.told(ANNA, "gave you the case")
    waiting = await only(scene, tables.deliveries, subject="poll:5")
    assert waiting["state"] == "pending"
    assert waiting["not_before"] > scene.now()
    scene.skip(days=60)
    await starts_again(scene)
    while min(row["not_before"] for row in await polls(scene)) <= scene.now():
        await asyncio.sleep(0.05)
    assert not [
        one for one in await scene.rows(tables.deliveries) if one["subject"] == "notice:something_new"
    ]
    assert times_told(scene, "deliveries.subject: poll") == 1


async def test_a_delivery_of_an_unknown_kind_waits_as_it_is(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me", by=LAURA)
    await writes(scene, delivery_of_tomorrow(scene, kind="call", subject="card:1"))
    before = await only(scene, tables.deliveries, kind="call")
    await starts_again(scene)
    await scene.told(LAURA, "deliveries.kind: call")
    await scene.opens(LAURA, card, "more", "transfer")
    assert (await scene.slack.submit(LAURA, {"person": ANNA})).ok
    await scene.told(ANNA, "gave you the case")
    assert await only(scene, tables.deliveries, kind="call") == before


async def test_a_notice_of_an_unknown_name_waits(scene: Scene) -> None:
    await scene.taken("@acme_help please answer me")
    said = {"person": ANNA, "notice": "sings", "case": 1}
    await writes(scene, delivery_of_tomorrow(scene, kind="notice", subject="notice:sings", payload=said))
    await scene.told(LAURA, "deliveries.subject: notice:sings")
    assert (await only(scene, tables.deliveries, subject="notice:sings"))["state"] == "pending"


async def test_a_list_of_an_unknown_title_waits(scene: Scene) -> None:
    await scene.taken("@acme_help please answer me")
    listed = {"person": ANNA, "notice": "digest", "title": "birthdays", "n": 0, "lines": []}
    await writes(scene, delivery_of_tomorrow(scene, kind="notice", subject="notice:digest", payload=listed))
    await scene.told(LAURA, "deliveries.subject: digest:birthdays")
    assert (await only(scene, tables.deliveries, subject="notice:digest"))["state"] == "pending"


async def test_a_question_in_an_unknown_state_is_shown_so_and_kept(scene: Scene) -> None:
    card = await scene.taken("@acme_help I was charged twice on my invoice")
    await scene.opens(ANNA, card, "escalate")
    assert (await scene.slack.submit(ANNA, {"expert": KASIA, "question": "Is it known?"})).ok
    asked = await scene.told(KASIA, "asks you about")
    await scene.quiet()
    redraw = {"kind": "message", "subject": "ask:1", "case_id": 1, "lane": f"dm:{KASIA}"}
    await writes(
        scene,
        update(tables.asks).values(state="parked"),
        delivery_of_tomorrow(scene, **redraw, payload={"person": KASIA}),
    )
    await starts_again(scene)
    await scene.told(LAURA, "asks.state: parked")
    shown = await scene.shows(asked, "something that this version does not know")
    assert shown.button_ids == []
    assert (await only(scene, tables.asks))["state"] == "parked"


async def test_a_reply_in_an_unknown_state_is_shown_so_on_the_card(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me")
    await scene.reply(ANNA, card, "We look into it.")
    await scene.shows(card, "answered")
    await scene.quiet()
    redraw = {"kind": "message", "subject": "card:1", "case_id": 1, "lane": f"edit:{card.channel}"}
    await writes(
        scene, update(tables.replies).values(state="archived"), delivery_of_tomorrow(scene, **redraw)
    )
    await starts_again(scene)
    await scene.told(LAURA, "replies.state: archived")
    await scene.shows(card, "in a state that this version does not know")
    assert (await only(scene, tables.replies))["state"] == "archived"


async def test_an_approval_in_an_unknown_state_is_shown_so_and_asks_nobody(tmp_path: Path) -> None:
    policy = policy_with(approval={"priorities": ["low", "normal", "high", "urgent"]}, leads=[LAURA])
    async with a_scene(tmp_path, policy=policy) as scene:
        card = await scene.taken("@acme_help please answer me")
        await scene.opens(ANNA, card, "reply")
        await scene.previews(ANNA, "We look into it.")
        assert (await scene.slack.submit(ANNA)).ok
        asked = await scene.told(LAURA, "asks you to read this reply")
        await scene.quiet()
        redraw = {"subject": f"approval:1:{LAURA}", "case_id": 1, "lane": f"dm:{LAURA}"}
        await writes(
            scene,
            update(tables.approvals).values(state="parked"),
            delivery_of_tomorrow(scene, **redraw, payload={"person": LAURA}),
        )
        await starts_again(scene)
        await scene.told(LAURA, "approvals.state: parked")
        shown = await scene.shows(asked, "something that this version does not know")
        assert shown.button_ids == []
        assert (await only(scene, tables.approvals))["state"] == "parked"


async def test_a_case_in_an_unknown_status_is_shown_so_and_nobody_moves_it(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me")
    redraw = {"kind": "message", "subject": "card:1", "case_id": 1, "lane": f"edit:{card.channel}"}
    await scene.quiet()
    await writes(scene, update(tables.cases).values(status="parked"), delivery_of_tomorrow(scene, **redraw))
    await starts_again(scene)
    await scene.told(LAURA, "cases.status: parked")
    await scene.shows(card, "Something this version does not know")
    await scene.click(ANNA, card, "more", "reopen")
    await scene.told(ANNA, "not possible")
    assert (await scene.case())["status"] == "parked"
    await scene.slack.open_home(ANNA)
    await scene.eventually(lambda: scene.slack.home(ANNA), "Home")


async def test_what_x_says_about_a_case_in_an_unknown_status_holds_nothing_up(tmp_path: Path) -> None:
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=60)) as scene:
        card = await scene.taken("@acme_help please answer me")
        scene.x.fail("create", "403:You are not allowed")
        await scene.reply(ANNA, card, "Here is your answer.")
        await scene.shows(card, "answers at")
        await writes(scene, update(tables.cases).values(status="parked"))
        scene.skip(seconds=61)
        await scene.told(ANNA, "did not go out")
        assert (await only(scene, tables.replies))["state"] == "refused"

        (post,) = scene.x.posts("anna_test")
        scene.x.delete(post.id)
        scene.skip(hours=24)
        assert scene.app is not None
        assert await scene.app.runner.poller.recheck(scene.app.runner.sources[0].network) > 0
        assert (await only(scene, tables.mentions))["deleted_at"] is not None
        assert (await scene.case())["status"] == "parked"


async def test_a_case_of_an_unknown_network_or_priority_takes_no_list_away(scene: Scene) -> None:
    """Its card waits for a version that can draw it, the leads are told once, and all else goes on."""
    scene.writes("@acme_help my router is dead", handle="first_one")
    card = await scene.card("router is dead")
    await scene.quiet()
    async with scene.app.desk.database.write() as connection:
        await connection.execute(update(tables.cases).values(priority="blazing"))
    await scene.slack.open_home(LAURA)
    assert "@first_one" in scene.slack.home(LAURA).plain
    await scene.claim(ANNA, card)
    assert (await scene.case())["priority"] == "blazing"
    async with scene.app.desk.database.write() as connection:
        await connection.execute(update(tables.cases).values(network="megaphone"))
        await connection.execute(update(tables.mentions).values(network="megaphone"))
        await connection.execute(update(tables.authors).values(network="megaphone"))
    await scene.click(ANNA, card, "more", "follow_up")
    await scene.click(ANNA, card, "priority", "urgent")
    told = await scene.told(LAURA, "network:megaphone")
    assert "newer Mentiondesk" in told.plain
    scene.writes("@acme_help and another matter", handle="second_one")
    await scene.card("and another matter")
