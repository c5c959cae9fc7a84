"""A reply that may or may not stand, stands in part or does not stand: nothing said is lost or said twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.networks.x.length import MEASURE
from db.sql import tables
from scene import ANNA, KASIA, LAURA, MARCO, Scene, a_scene, policy_with
from triage.text.likeness import same_text

LONG = " ".join(f"This is sentence number {number} of a long answer." for number in range(10))


@asynccontextmanager
async def slow_to_leave(folder: Path) -> AsyncIterator[Scene]:
    """A desk where a reply waits a minute for its Undo."""
    async with a_scene(folder, policy=policy_with(undo_seconds=60)) as scene:
        yield scene


def creations(scene: Scene) -> list[Any]:
    return [call for call in scene.x.calls if call.endpoint == "create"]


async def unknown(scene: Scene, text: str) -> Any:
    """A card that asks whether the reply went out."""
    card = await scene.taken("@acme_help please answer me at length")
    await scene.quiet()
    scene.x.fail("create", "reset")
    await scene.reply(ANNA, card, text)
    return await asked_about(scene, card)


async def asked_about(scene: Scene, card: Any) -> Any:
    def look() -> bool:
        scene.skip(seconds=5)
        return "Did this reply go out?" in scene.again(card).plain

    await scene.eventually(look, "the question", lambda: scene.again(card).plain)
    await scene.quiet()
    return scene.again(card)


# A part of which nobody can tell


async def test_after_it_was_sent_the_rest_of_a_long_reply_follows(scene: Scene) -> None:
    card = await unknown(scene, LONG)
    await scene.click(ANNA, card, "was_sent")
    await scene.said("number 9")
    await scene.shows(card, "see it on X")
    await scene.quiet()
    (reply,) = await scene.rows(tables.replies)
    assert (reply["state"], len(reply["posts"])) == ("sent", len(reply["parts"]))


async def test_it_is_still_asked_after_the_customer_deleted_their_post(scene: Scene) -> None:
    card = await unknown(scene, "We are looking into it.")
    (post,) = scene.x.posts("anna_test")
    scene.x.delete(post.id)
    assert scene.app is not None
    scene.skip(hours=24)
    await scene.app.runner.poller.recheck(scene.app.runner.sources[0].network)
    await scene.shows(card, "deleted this post on X")
    assert "Did this reply go out?" in scene.again(card).plain
    await scene.click(ANNA, card, "was_sent")
    await scene.shows(card, "Nothing to do")


async def test_it_was_sent_finds_the_post_and_the_rest_answers_it(scene: Scene) -> None:
    card = await unknown(scene, LONG)
    (reply,) = await scene.rows(tables.replies)
    first = scene.x.post("acme_help", reply["parts"][0], reply_to=reply["answers"])  # X shows it at last
    await asyncio.sleep(0.5)  # read by the desk, and known for ours
    await scene.click(ANNA, card, "was_sent")
    second = await scene.said("number 9")
    await scene.shows(card, "see it on X")
    await scene.quiet()
    assert second.reply_to == first.id
    (reply,) = await scene.rows(tables.replies)
    assert reply["posts"] == [first.id, second.id]


async def test_an_unknown_reply_is_asked_about_on_a_closed_card_too(scene: Scene) -> None:
    card = await unknown(scene, "Here is your answer.")
    await scene.slack.react(ANNA, card.channel, card.ts, "white_check_mark")
    card = await scene.shows(card, "*Resolved*")
    assert "Did this reply go out?" in card.plain
    assert {"was_sent", "send_again"} <= set(card.button_ids)


async def test_nobody_answers_while_an_earlier_reply_is_unknown(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me")
    await scene.quiet()
    await scene.opens(LAURA, card, "reply")
    scene.x.fail("create", "reset")
    await scene.reply(ANNA, card, "Here is your answer.")
    card = await asked_about(scene, card)
    ack = await scene.slack.submit(LAURA, {"text": "Another answer."})
    assert "whether the last reply went out" in ack.errors["text"]
    await scene.click(MARCO, card, "more", "transfer")
    await scene.click(ANNA, card, "reply")
    await scene.told(ANNA, "whether the last reply went out")
    assert len(await scene.rows(tables.replies)) == 1

    await scene.click(ANNA, card, "was_sent")
    card = await scene.lacks(card, "Did this reply go out?")
    await scene.slack.close_modal(LAURA)
    modal = await scene.opens(LAURA, card, "reply")
    assert modal.values["text"] == "Another answer."


async def test_an_answer_by_hand_is_recorded_while_one_of_ours_is_to_leave(tmp_path: Path) -> None:
    async with slow_to_leave(tmp_path) as scene:
        post = scene.writes("@acme_help please answer me")
        card = await scene.claim(ANNA, await scene.card("please answer me"))
        await scene.reply(ANNA, card, "Here is your answer.")
        await scene.shows(card, "answers at")
        byhand = scene.x.post("acme_help", "Somebody else's words.", reply_to=post.id)
        await scene.recorded("reply", 2)
        card = scene.again(card)
        assert "answers at" in card.plain, "what can be undone is shown first"
        scene.skip(seconds=61)
        await scene.said("Here is your answer.")
        await scene.quiet()
        replies = await scene.rows(tables.replies)
        assert [(reply["state"], len(reply["posts"])) for reply in replies] == [("sent", 1)] * 2
        assert replies[1]["posts"] == [byhand.id]


def test_a_link_comes_back_shortened_and_is_the_same_text() -> None:
    assert same_text(
        "@jane See https://t.co/abc for help &amp; more ^AB", "See acme.com/help for help & more ^AB", MEASURE
    )
    assert not same_text("@jane See https://t.co/abc for help", "See acme.com/help for more", MEASURE)


# A reply that stands in part


async def test_a_reply_refused_half_way_keeps_what_is_left(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me at length")
    await scene.quiet()
    scene.x.fail("create", "delay", seconds=0.01)
    scene.x.fail("create", "403:You are not allowed")
    await scene.reply(ANNA, card, LONG)
    card = await scene.shows(card, "Only a part of the reply went out")
    assert "see it on X" in card.plain
    assert "answer due" not in card.plain
    await scene.told(ANNA, "Only a part of your reply")
    (public,) = scene.ours()
    assert (await scene.case())["first_reply_at"] is not None
    text = (await scene.opens(ANNA, card, "reply")).values["text"]
    said = public.text.removeprefix("@anna_test ").rpartition(" 1/2")[0]
    assert f"{said} {text}" == LONG


# A reply that does not stand


async def test_taking_back_a_further_reply_starts_no_clock(tmp_path: Path) -> None:
    async with slow_to_leave(tmp_path) as scene:
        card = await scene.taken("@acme_help please answer me")
        await scene.reply(ANNA, card, "First answer.")
        await scene.shows(card, "answers at")
        scene.skip(seconds=61)
        await scene.shows(card, "see it on X")
        scene.skip(days=3)
        await scene.reply(ANNA, card, "Second word, unasked.")
        await scene.shows(card, "answers at")
        await scene.click(ANNA, card, "undo")
        card = await scene.shows(card, f"🙋 With <@{ANNA}>")
        assert "late" not in card.plain
        assert (await scene.case())["due_at"] is None


async def test_taking_back_the_first_reply_brings_back_its_due_time(tmp_path: Path) -> None:
    async with slow_to_leave(tmp_path) as scene:
        card = await scene.taken("@acme_help please answer me")
        due_at = (await scene.case())["due_at"]
        await scene.reply(ANNA, card, "First answer.")
        await scene.shows(card, "answers at")
        assert (await scene.case())["due_at"] is None
        await scene.click(ANNA, card, "undo")
        await scene.shows(card, "answer due")
        assert (await scene.case())["due_at"] == due_at


async def test_a_released_case_whose_reply_is_refused_keeps_text_and_due_time(tmp_path: Path) -> None:
    async with slow_to_leave(tmp_path) as scene:
        card = await scene.taken("@acme_help please answer me")
        due_at = (await scene.case())["due_at"]
        scene.x.fail("create", "403:You are not allowed")
        await scene.reply(ANNA, card, "Here is your answer.")
        await scene.shows(card, "answers at")
        await scene.click(ANNA, card, "more", "release")
        await scene.recorded("release")
        scene.skip(seconds=61)
        await scene.told(ANNA, "did not go out")
        (draft,) = await scene.rows(tables.drafts)
        assert draft["text"] == "Here is your answer."
        case = await scene.case()
        assert (case["status"], case["due_at"]) == ("new", due_at)


async def test_a_reply_taken_back_leaves_the_reminder_open(tmp_path: Path) -> None:
    async with slow_to_leave(tmp_path) as scene:
        card = await scene.taken("@acme_help please answer me")
        await scene.opens(ANNA, card, "more", "follow_up")
        tomorrow = scene.now() + timedelta(days=1)
        await scene.slack.submit(ANNA, {"date": f"{tomorrow:%Y-%m-%d}", "time": "10:00"})
        await scene.recorded("follow_up")
        scene.skip(days=1, hours=12)
        await scene.told(ANNA, "Today you promised")
        for gesture in ("undo", None):
            await scene.reply(ANNA, card, "As I promised.")
            await scene.shows(card, "answers at")
            if gesture:
                await scene.click(ANNA, card, gesture)
                await scene.lacks(card, "answers at")
            assert [row["state"] for row in await scene.rows(tables.follow_ups)] == ["reminded"]
        scene.skip(seconds=61)
        await scene.shows(card, "see it on X")
        assert [row["state"] for row in await scene.rows(tables.follow_ups)] == ["done"]


async def test_a_reply_that_x_does_not_take_is_said_to_wait(tmp_path: Path) -> None:
    async with slow_to_leave(tmp_path) as scene:
        card = await scene.taken("@acme_help please answer me")
        scene.x.fail("create", "429", seconds=900, times=20)
        await scene.reply(ANNA, card, "Here is your answer.")
        await scene.shows(card, "answers at")
        scene.skip(minutes=3)
        await scene.eventually(lambda: creations(scene), "a try")
        await scene.click(ANNA, card, "priority", "urgent")
        await scene.shows(card, "waits to go out since")


# The clock


async def test_a_case_reopened_unanswered_is_due_again(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me")
    await scene.slack.react(ANNA, card.channel, card.ts, "white_check_mark")
    await scene.shows(card, "*Resolved*")
    scene.skip(days=2)
    await scene.click(MARCO, card, "more", "reopen")
    card = await scene.shows(card, "answer due")
    assert (await scene.case())["due_at"] > scene.now()


async def test_a_case_reopened_after_its_answer_is_not_due(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me")
    await scene.reply(ANNA, card, "Here is your answer.")
    await scene.shows(card, "see it on X")
    await scene.slack.react(ANNA, card.channel, card.ts, "white_check_mark")
    await scene.shows(card, "*Resolved*")
    await scene.click(MARCO, card, "more", "reopen")
    await scene.shows(card, f"With <@{MARCO}>")
    assert (await scene.case())["due_at"] is None


async def no_breach_is_left(scene: Scene) -> None:
    for _ in range(500):
        timers = await scene.rows(tables.timers)
        if not [timer for timer in timers if timer["kind"] == "breach" and timer["state"] == "armed"]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("a due time in the past is still waited for")


async def test_who_is_late_and_written_to_again_is_late_once(scene: Scene) -> None:
    post = scene.writes("@acme_help please answer me")
    card = await scene.card("please answer me")
    scene.skip(days=3)
    await scene.recorded("late")
    scene.writes("@acme_help hello?", reply_to=post.id)
    await scene.recorded("customer_wrote")
    await scene.shows(card, "hello?")
    await no_breach_is_left(scene)
    assert len(await scene.events("late")) == 1


@pytest.mark.parametrize("taken_by", ["claim", "transfer"])
async def test_who_was_faster_is_told_when_the_case_was_taken_not_answered(
    scene: Scene, taken_by: str
) -> None:
    card = await scene.taken("@acme_help please answer me")
    if taken_by == "transfer":
        await scene.chooses(ANNA, card, "transfer", {"person": KASIA})
    scene.skip(minutes=5)
    (taken,) = await scene.recorded(taken_by)
    await scene.reply(LAURA, card, "A word from the lead.")
    await scene.recorded("sent")
    await scene.slack.react(MARCO, card.channel, card.ts, "eyes")
    told = await scene.told(MARCO, "was faster")
    assert f"^{int(taken['at'].timestamp())}^" in told.text
