"""What leaves, leaves once: lost answers, failed looks, and two things happening at the same moment."""

import asyncio

from sqlalchemy import delete, update

from db.queue import lanes
from db.sql import tables
from handlers.desk.intake.forget import forget
from scene import ANNA, BILLING, LAURA, MARCO, MENTIONS, Scene


async def let_time_pass(scene: Scene, *, steps: int = 20, seconds: float = 1) -> None:
    """Skip on step by step, so that whatever waits for its time gets it."""
    for _ in range(steps):
        scene.skip(seconds=seconds)
        await asyncio.sleep(0.05)
    await scene.quiet()


def creations(scene: Scene) -> int:
    return sum(call.endpoint == "create" for call in scene.x.calls)


async def test_a_click_on_a_card_whose_answer_was_lost_makes_no_second_card(scene: Scene) -> None:
    scene.slack.fail("chat.postMessage", "lost")
    scene.writes("@acme_help just once, please")
    card = await scene.card("just once")
    await scene.click(ANNA, card, "claim")
    await scene.recorded("claim")
    await let_time_pass(scene)
    assert len(scene.slack.messages(MENTIONS)) == 1
    await scene.shows(card, f"With <@{ANNA}>")


async def test_a_look_at_x_that_fails_does_not_send_the_reply_again(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me", by=ANNA)
    scene.x.fail("create", "lost")
    scene.x.fail("own_posts", "html503", times=6)
    await scene.reply(ANNA, card, "Here is your answer.")
    await let_time_pass(scene, steps=40, seconds=3)
    assert creations(scene) == 1
    await scene.shows(card, "see it on X")


async def test_a_card_that_moves_leaves_its_old_place_even_when_slack_asks_to_wait(scene: Scene) -> None:
    scene.writes("@acme_help do move me")
    card = await scene.card("do move me")
    scene.slack.fail("chat.delete", "ratelimited", seconds=1)
    await scene.click(ANNA, card, "area", "billing")
    await scene.card("do move me", channel=BILLING)
    await let_time_pass(scene)
    await scene.eventually(
        lambda: [one.channel for one in scene.cards()] == [BILLING], "one card, in billing"
    )


async def test_an_old_card_that_cannot_be_removed_does_not_multiply_the_new_one(scene: Scene) -> None:
    scene.writes("@acme_help do move me")
    card = await scene.card("do move me")
    scene.slack.fail("chat.delete", "refuse:cant_delete_message", times=100)
    await scene.click(ANNA, card, "area", "billing")
    moved = await scene.card("do move me", channel=BILLING)
    await scene.told(LAURA, "refuses a message of the desk (removal)")
    await scene.click(ANNA, moved, "claim")
    await scene.shows(moved, f"With <@{ANNA}>")
    assert len(scene.slack.messages(BILLING)) == 1
    scene.slack.faults.clear()
    await scene.slack.open_home(LAURA)
    assert "a message that has to go" in scene.slack.home(LAURA).plain
    await scene.slack.click_home(LAURA, "show_again")
    await scene.quiet()
    assert scene.slack.messages(MENTIONS) == []


async def test_a_card_deleted_by_hand_whose_new_post_was_lost_stands_once(scene: Scene) -> None:
    scene.writes("@acme_help do not lose me")
    card = await scene.card("do not lose me")
    await scene.quiet()
    await scene.slack.delete_message(MARCO, card.channel, card.ts)
    scene.slack.fail("chat.postMessage", "lost")
    scene.writes("@acme_help I am still here")
    await scene.card("I am still here")
    await let_time_pass(scene)
    assert len(scene.slack.messages(MENTIONS)) == 1


async def test_a_card_deleted_by_hand_while_the_customer_writes_stands_once(scene: Scene) -> None:
    scene.writes("@acme_help do not lose me")
    card = await scene.card("do not lose me")
    await scene.quiet()
    await scene.slack.delete_message(MARCO, card.channel, card.ts)
    scene.slack.fail("chat.postMessage", "delay", seconds=0.3, times=5)
    scene.writes("@acme_help I am still here")
    anew = await scene.card("I am still here")
    await scene.quiet()
    assert len(scene.slack.messages(MENTIONS)) == 1
    await scene.eventually(
        lambda: scene.slack.thread(anew.channel, anew.ts), "the announcement in its thread"
    )


async def test_who_is_forgotten_while_the_card_is_on_its_way_leaves_slack_all_the_same(scene: Scene) -> None:
    assert scene.app is not None
    scene.slack.fail("chat.postMessage", "delay", seconds=0.6)
    scene.writes("@acme_help forget me please")
    while not await scene.rows(tables.cases):
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    await forget(scene.app.desk, "anna_test")
    await scene.quiet()
    await scene.eventually(lambda: not scene.slack.messages(MENTIONS), "an empty channel")


async def test_a_card_whose_answer_was_lost_and_whose_area_changed_meanwhile_stands_once(
    scene: Scene,
) -> None:
    scene.slack.fail("chat.postMessage", "lost")
    scene.writes("@acme_help just once, please")
    card = await scene.card("just once")
    await scene.click(ANNA, card, "area", "billing")
    await scene.recorded("area")
    await let_time_pass(scene)
    assert [one.channel for one in scene.cards()] == [BILLING]


async def test_a_replica_that_stalls_and_is_taken_for_dead_sends_nothing_when_it_wakes(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me")
    await scene.quiet()
    await scene.opens(ANNA, card, "reply")
    assert (await scene.slack.submit(ANNA, {"text": "Here is your answer."})).ok
    await scene.quiet()
    stall = scene.x.fail("lookup", "delay", seconds=2.5)
    assert (await scene.slack.submit(ANNA)).ok
    await scene.eventually(lambda: stall.times <= 0, "the first replica to look")
    async with scene.app.desk.database.write() as connection:  # as another one marks it
        await connection.execute(
            update(tables.deliveries)
            .where(tables.deliveries.c.kind == "reply")
            .values(attempts=tables.deliveries.c.attempts + 1)
        )
    await asyncio.sleep(3.5)
    assert scene.ours() == []
    scene.skip(seconds=15)
    await scene.said("Here is your answer.")
    await scene.shows(card, "see it on X")
    assert len(scene.x.created) == 1


async def test_a_failed_look_after_a_crash_is_no_reason_to_send_at_once(scene: Scene) -> None:
    """What a dead process asked for may still arrive: a look that fails does not shorten the wait."""
    scene.writes("@acme_help just once, please")
    card = await scene.card("just once")
    await scene.quiet()
    await scene.slack.delete_message(MARCO, card.channel, card.ts)
    scene.slack.fail("conversations.history", "5xx")
    async with scene.app.desk.database.write() as connection:  # as a kill in the middle of the post leaves it
        await connection.execute(delete(tables.messages))
        await connection.execute(update(tables.deliveries).values(state="sending", ended_at=None))
        lanes.summon(connection, f"post:{MENTIONS}")
    await scene.eventually(lambda: scene.refusals("conversations.history"), "a look that failed")
    await scene.put_off("cut off")
    await scene.card("just once")
    await scene.quiet()
    assert len(scene.slack.messages(MENTIONS)) == 1
