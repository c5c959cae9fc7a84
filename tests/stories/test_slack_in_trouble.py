"""Slack's bad days: nothing is lost, nothing stands twice."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from db.sql import tables
from scene import ANNA, BILLING, KASIA, LAURA, MARCO, MENTIONS, NETWORK, Scene, a_scene, policy_with


def posts_of(scene: Scene, channel: str = MENTIONS) -> list[Any]:
    """Every root message ever posted there, deleted ones too: Slack's own record."""
    return [post for post in scene.slack.posts if post.channel == channel and post.thread_ts is None]


def calls_of(scene: Scene, method: str) -> list[Any]:
    return [call for call in scene.slack.calls if call.method == method]


async def test_a_429_is_waited_out_for_as_long_as_slack_says_and_nothing_is_lost(scene: Scene) -> None:
    scene.slack.fail("chat.postMessage", "ratelimited", seconds=2)
    for number in range(3):
        scene.writes(f"@acme_help question {number}", handle=f"customer{number}")
    await scene.eventually(lambda: len(scene.slack.messages(MENTIONS)) == 3, "three cards")
    refused, *later = calls_of(scene, "chat.postMessage")
    assert refused.outcome == "ratelimited"
    assert (later[0].at - refused.at).total_seconds() >= 1.9
    assert len(posts_of(scene)) == 3


async def test_a_rush_into_one_channel_keeps_slacks_pace(scene: Scene) -> None:
    scene.slack.rates.post_rate = 1.0
    for number in range(5):
        scene.writes(f"@acme_help question {number}", handle=f"customer{number}")
    await scene.eventually(lambda: len(scene.slack.messages(MENTIONS)) == 5, "five cards")
    assert [call.outcome for call in calls_of(scene, "chat.postMessage")] == ["ok"] * 5


@pytest.mark.parametrize("mishap", ["5xx", "cut", "lost"])
async def test_an_answer_that_never_came_makes_one_card_and_no_more(scene: Scene, mishap: str) -> None:
    scene.slack.fail("chat.postMessage", mishap)
    scene.writes("@acme_help just once, please")
    card = await scene.card("just once")
    await scene.quiet()
    assert len(posts_of(scene)) == 1
    assert calls_of(scene, "conversations.history"), "it was looked for before it was posted again"
    await scene.claim(ANNA, card)
    assert len(posts_of(scene)) == 1


async def test_a_direct_message_whose_answer_was_lost_stands_once(scene: Scene) -> None:
    card = await scene.taken("@acme_help a question")
    scene.slack.fail("chat.postMessage", "lost", match=lambda args: args["channel"].startswith("D"))
    scene.writes("@acme_help and another one")
    await scene.told(ANNA, "wrote again")
    await scene.quiet()
    assert len([one for one in scene.slack.dm(ANNA) if "wrote again" in one.plain]) == 1
    assert len(scene.slack.thread(card.channel, card.ts)) == 1


async def test_an_announcement_whose_answer_was_lost_stands_once(scene: Scene) -> None:
    scene.writes("@acme_help a question")
    card = await scene.card("a question")
    scene.slack.fail("chat.postMessage", "lost", match=lambda args: "thread_ts" in args)
    scene.writes("@acme_help and another one")
    await scene.eventually(lambda: scene.slack.thread(card.channel, card.ts), "an announcement")
    await scene.quiet()
    assert len(scene.slack.thread(card.channel, card.ts)) == 1
    assert len(posts_of(scene)) == 1


async def test_a_redraw_whose_answer_was_lost_shows_the_latest_all_the_same(scene: Scene) -> None:
    scene.writes("@acme_help a question")
    card = await scene.card("a question")
    scene.slack.fail("chat.update", "lost")
    scene.slack.fail("chat.update", "5xx")
    await scene.click(ANNA, card, "claim")
    await scene.shows(card, f"With <@{ANNA}>")
    await scene.quiet()
    assert len(posts_of(scene)) == 1


async def test_a_slow_slack_does_not_hold_up_other_channels(scene: Scene) -> None:
    scene.slack.fail("chat.postMessage", "delay", seconds=2, match=lambda args: args["channel"] == MENTIONS)
    scene.writes("@acme_help hello there", handle="slow_one")
    scene.writes("@acme_help my invoice is wrong", handle="fast_one")
    await scene.card("my invoice is wrong")
    assert not scene.slack.messages(MENTIONS)
    await scene.card("hello there")


async def test_ten_moves_while_slack_is_slow_are_one_or_two_redraws(scene: Scene) -> None:
    card = await scene.taken("@acme_help a question")
    await scene.quiet()
    before = len(calls_of(scene, "chat.update"))
    scene.slack.fail("chat.update", "delay", seconds=0.5)
    for number in range(10):
        await scene.click(ANNA, card, "priority", "urgent" if number % 2 else "low")
        await scene.recorded("priority", number + 1)
    await scene.quiet()
    assert len(calls_of(scene, "chat.update")) - before <= 3
    await scene.shows(card, "*Urgent*")


async def test_a_card_deleted_by_hand_is_posted_anew_at_its_next_change(scene: Scene) -> None:
    scene.writes("@acme_help do not lose me")
    card = await scene.card("do not lose me")
    await scene.slack.delete_message(MARCO, card.channel, card.ts)
    assert not scene.slack.messages(MENTIONS)
    scene.writes("@acme_help I am still here")
    again = await scene.card("I am still here")
    assert again.ts != card.ts
    await scene.claim(ANNA, again)
    await scene.quiet()
    assert len(scene.slack.messages(MENTIONS)) == 1, "the announcement stands in the new card's thread"


async def test_an_announcement_that_may_stand_is_looked_for_even_if_its_card_was_deleted_meanwhile(
    scene: Scene,
) -> None:
    post = scene.writes("@acme_help a question")
    card = await scene.card("a question")
    scene.slack.fail("chat.postMessage", "lost", match=lambda args: "thread_ts" in args)
    scene.slack.fail("conversations.replies", "5xx", match=lambda args: "oldest" in args)
    scene.writes("@acme_help and another one")
    await scene.eventually(lambda: scene.slack.thread(card.channel, card.ts), "an announcement")
    scene.slack.fail("chat.postMessage", "delay", seconds=3, match=lambda args: "thread_ts" not in args)
    await scene.slack.delete_message(MARCO, card.channel, card.ts)
    scene.x.post(scene.customer("fan_one"), "", repost_of=post.id)
    await scene.eventually(lambda: scene.slack.messages(MENTIONS), "a new card")
    await scene.quiet()
    assert len([one for one in scene.slack.posts if one.thread_ts]) == 1


async def test_the_leads_are_told_once_when_a_channel_takes_no_cards(scene: Scene) -> None:
    scene.slack.archive_channel(MENTIONS)
    scene.writes("@acme_help into the void", handle="customer1")
    scene.writes("@acme_help into the void too", handle="customer2")
    told = await scene.told(LAURA, "refuses to show cards")
    assert "archived" in told.plain
    await scene.eventually(lambda: len(scene.refusals("chat.postMessage")) >= 2, "both cards refused")
    assert len([one for one in scene.slack.dm(LAURA) if "refuses to show" in one.plain]) == 1
    assert len(await scene.rows(tables.cases)) == 2


async def test_a_channel_that_the_bot_was_thrown_out_of_is_told_with_what_to_do(scene: Scene) -> None:
    await scene.slack.leave("U0BOT", MENTIONS)
    scene.writes("@acme_help into the void")
    told = await scene.told(LAURA, "refuses to show cards")
    assert "invite" in told.plain
    assert f"<#{MENTIONS}>" in told.plain
    await scene.slack.join("U0BOT", MENTIONS)
    scene.skip(seconds=61)
    await scene.card("into the void")


@pytest.mark.parametrize("how", ["cut", "abrupt", "refresh"])
async def test_after_a_cut_socket_clicks_work_again(scene: Scene, how: str) -> None:
    scene.writes("@acme_help a question")
    card = await scene.card("a question")
    match how:
        case "refresh":
            await scene.slack.refresh_sockets()
        case _:
            await scene.slack.cut_sockets(abruptly=how == "abrupt")
    for _ in range(100):
        if (await scene.click(ANNA, card, "claim")).ok:
            break
        await asyncio.sleep(0.1)  # the person tries again
    await scene.shows(card, f"With <@{ANNA}>")


async def test_a_click_while_slacks_api_is_down_counts_and_the_card_follows(scene: Scene) -> None:
    scene.writes("@acme_help a question")
    card = await scene.card("a question")
    await scene.quiet()
    fault = scene.slack.fail("chat.update", "5xx", times=1000)
    await scene.click(ANNA, card, "claim")
    await scene.recorded("claim")
    await asyncio.sleep(0.1)
    assert "Unclaimed" in scene.again(card).plain
    scene.slack.faults.remove(fault)
    await scene.shows(card, f"With <@{ANNA}>")


@pytest.mark.parametrize("mishap", ["cut", "lost", "5xx"])
async def test_a_sentence_that_slack_does_not_take_fails_nothing_else(scene: Scene, mishap: str) -> None:
    card = await scene.taken("@acme_help a question")
    fault = scene.slack.fail("response_url", mishap)
    with capture_logs() as log:
        await scene.click(MARCO, card, "reply")
        await scene.eventually(lambda: fault.struck, "Slack to be told")
        await scene.click(MARCO, card, "reply")
        await scene.told(MARCO, "has this case")
    assert not [line for line in log if line["log_level"] == "error"]


async def test_cards_of_a_channel_that_desk_toml_no_longer_names_stand_in_the_areas_new_one(
    tmp_path: Path,
) -> None:
    async with a_scene(tmp_path) as scene:
        scene.writes("@acme_help my invoice is wrong")
        await scene.card("my invoice is wrong", channel=BILLING)
        await scene.quiet()
        await scene.stop()
        areas = scene.policy.model_dump(mode="json", exclude_unset=True)["area"]
        moved = [area | {"channel": NETWORK} if area.get("channel") == BILLING else area for area in areas]
        scene.policy = policy_with(area=moved)
        await scene.start()
        await scene.card("my invoice is wrong", channel=NETWORK)
        await scene.eventually(lambda: not scene.cards(BILLING), "no card in the old channel")


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "restricted_action", "a_new_word"])
async def test_a_card_refused_once_is_shown_in_words_alone_and_then_whole(scene: Scene, code: str) -> None:
    """Slack takes the words: a customer whose card has no buttons can be claimed by a reaction, or in Home."""
    scene.slack.fail("chat.postMessage", f"refuse:{code}", match=lambda args: args["channel"] == MENTIONS)
    scene.writes("@acme_help do not lose me")
    await scene.eventually(lambda: posts_of(scene), "a message in the channel")
    card = scene.slack.messages(MENTIONS)[0]
    assert "do not lose me" in card.text
    assert card.blocks == []
    await scene.slack.react(ANNA, card.channel, card.ts, "eyes")
    await scene.shows(card, f"With <@{ANNA}>")
    await scene.quiet()
    assert len(posts_of(scene)) == 1


async def test_a_card_shown_in_words_alone_is_tried_whole_again_by_itself(scene: Scene) -> None:
    scene.slack.fail("chat.postMessage", "refuse:a_new_word", match=lambda args: args["channel"] == MENTIONS)
    scene.writes("@acme_help do not lose me")
    await scene.eventually(lambda: posts_of(scene), "a message in the channel")
    card = scene.slack.messages(MENTIONS)[0]
    assert card.blocks == []
    while "pending" not in [row["state"] for row in await scene.rows(tables.deliveries)]:
        await asyncio.sleep(0.02)  # until it is recorded, and the next try asked for
    scene.skip(minutes=11)
    await scene.eventually(lambda: scene.again(card).blocks, "the whole card")
    await scene.quiet()
    assert len(posts_of(scene)) == 1


async def test_a_card_that_stands_keeps_its_buttons_when_a_redraw_is_refused(scene: Scene) -> None:
    scene.writes("@acme_help a question")
    card = await scene.card("a question")
    refused = scene.slack.fail("chat.update", "refuse:a_new_word", times=2)
    await scene.click(ANNA, card, "claim")
    await scene.eventually(lambda: refused.struck, "a redraw to be refused")
    assert "resolve" in scene.again(card).button_ids
    await scene.shows(card, f"With <@{ANNA}>")


@pytest.mark.parametrize("code", ["restricted_action", "a_new_word"])
async def test_a_card_that_slack_goes_on_refusing_is_told_listed_and_shown_in_the_end(
    scene: Scene, code: str
) -> None:
    scene.slack.fail(
        "chat.postMessage", f"refuse:{code}", times=1000, match=lambda args: args["channel"] == MENTIONS
    )
    scene.writes("@acme_help do not lose me", handle="lost_one")
    told = await scene.told(LAURA, "refuses to show the card")
    assert "@lost_one" in told.plain
    assert "tried again" in told.plain
    await scene.slack.open_home(LAURA)
    home = scene.slack.home(LAURA)
    assert "Could not be shown (1)" in home.plain
    assert "the card of @lost_one" in home.plain
    await scene.slack.open_home(ANNA)
    assert "Could not be shown" not in scene.slack.home(ANNA).plain
    for _ in range(3):  # it is tried in each hour, and told once
        before = len(scene.refusals("chat.postMessage"))
        scene.skip(minutes=65)
        await scene.eventually(lambda: len(scene.refusals("chat.postMessage")) > before, "another try")  # noqa: B023
    told = [row for row in await scene.rows(tables.deliveries) if row["subject"] == "notice:card_not_shown"]
    assert len(told) == 1
    scene.slack.faults.clear()
    await scene.slack.click_home(LAURA, "show_again")
    card = await scene.card("do not lose me")
    while not scene.again(card).blocks:  # a try was under way: its words alone were taken
        scene.skip(minutes=11)
        await asyncio.sleep(0.3)
    assert len(posts_of(scene)) == 1


async def test_a_redraw_that_slack_refuses_is_tried_again_until_it_is_taken(scene: Scene) -> None:
    scene.writes("@acme_help a question")
    card = await scene.card("a question")
    scene.slack.fail("chat.update", "refuse:a_new_word", times=4)
    await scene.click(ANNA, card, "claim")
    await scene.shows(card, f"With <@{ANNA}>")
    await scene.quiet()
    assert len(posts_of(scene)) == 1


async def test_what_nobody_was_there_to_read_is_tried_again_at_the_next_start(tmp_path: Path) -> None:
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=0)) as scene:
        card = await scene.taken("@acme_help a question")
        scene.slack.fail(
            "chat.postMessage", "refuse:user_disabled", match=lambda args: args["channel"].startswith("D")
        )
        await scene.opens(ANNA, card, "escalate")
        assert (await scene.slack.submit(ANNA, {"expert": KASIA, "question": "What now?"})).ok
        await scene.told(LAURA, "refuses a message about")
        await scene.slack.open_home(LAURA)
        assert "a question about @anna_test" in scene.slack.home(LAURA).plain
        await scene.stop()
        await scene.start()
        await scene.told(KASIA, "What now?")
        await scene.slack.open_home(LAURA)
        assert "Could not be shown" not in scene.slack.home(LAURA).plain
