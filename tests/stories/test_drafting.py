"""Nothing typed is lost, and two people see that they are about to answer the same."""

import asyncio
from pathlib import Path

from demo.slack import Message
from scene import ANNA, LAURA, Scene, a_scene


async def typed(scene: Scene, text: str) -> None:
    assert (await scene.slack.type(ANNA, "text", text)).ok


async def draft_of(scene: Scene, card: Message) -> str:
    modal = await scene.opens(ANNA, card, "reply")
    return str(modal.values["text"] or "")


async def test_what_was_typed_when_the_modal_was_closed_stands_there_again(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await typed(scene, "Until eight, on Sun")
    await scene.drafted("Until eight, on Sun")
    await scene.slack.close_modal(ANNA)
    assert await draft_of(scene, card) == "Until eight, on Sun"


async def test_fast_typing_is_kept_in_steps_and_its_end_always(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    words = "Until eight, on Sundays until six."
    for end in range(1, len(words) + 1):
        await typed(scene, words[:end])
    await scene.drafted(words)
    await scene.slack.close_modal(ANNA)
    assert await draft_of(scene, card) == words


async def test_a_draft_survives_a_restart(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        card = await scene.taken("@acme_help is the shop open?")
        await scene.opens(ANNA, card, "reply")
        await typed(scene, "Until eight")
        await scene.drafted("Until eight")
        await scene.slack.close_modal(ANNA)
        await scene.stop()
        await scene.start()
        assert await draft_of(scene, card) == "Until eight"


async def test_what_is_typed_while_slack_does_not_say_who_types_is_kept_all_the_same(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        card = await scene.taken("@acme_help is the shop open?")
        await scene.opens(ANNA, card, "reply")
        await scene.stop()
        await scene.start()  # it knows nobody any more
        scene.slack.fail("users.info", "5xx", times=6)
        await typed(scene, "Until eight")
        await scene.drafted("Until eight")
        await scene.slack.close_modal(ANNA)
        assert await draft_of(scene, card) == "Until eight"


async def test_what_is_typed_late_is_no_draft_once_the_reply_has_left(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await typed(scene, "Until eig")
    await typed(scene, "Until eight.")
    assert (await scene.sends(ANNA, "Until eight.")).ok
    await scene.shows(card, "see it on X")
    await asyncio.sleep(2.2)  # what was typed is kept every two seconds
    await scene.quiet()
    assert await draft_of(scene, card) == ""


async def test_what_was_typed_before_the_preview_does_not_change_what_was_previewed(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await typed(scene, "Until")
    await scene.drafted("Until")
    await typed(scene, "Until eig")
    await scene.previews(ANNA, "Until eight.")
    await asyncio.sleep(2.5)  # what was typed is kept every two seconds
    await scene.drafted("Until eight.")
    assert (await scene.slack.submit(ANNA)).ok
    await scene.said("Until eight.")
    assert scene.slack.modal(ANNA) is None


async def test_the_card_says_who_is_writing_and_the_second_is_told(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await scene.shows(card, f"✍️ <@{ANNA}> is writing an answer")
    modal = await scene.opens(LAURA, card, "reply")
    assert f"✍️ <@{ANNA}> is writing an answer just now." in modal.plain
    await scene.shows(card, f"✍️ <@{ANNA}>, <@{LAURA}> are writing")
    await scene.slack.close_modal(ANNA)
    await scene.shows(card, f"✍️ <@{LAURA}> is writing")
    await scene.slack.close_modal(LAURA)
    await scene.lacks(card, "✍️")


async def test_typing_on_does_not_draw_the_card_again_and_again(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await scene.shows(card, "is writing an answer")
    await scene.quiet()
    before = len([call for call in scene.slack.calls if call.method == "chat.update"])
    await typed(scene, "Until")
    await scene.drafted("Until")
    await typed(scene, "Until eight")
    await scene.drafted("Until eight")
    await scene.quiet()
    assert len([call for call in scene.slack.calls if call.method == "chat.update"]) == before


async def test_whoever_leaves_the_modal_open_is_not_writing_for_ever(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await scene.shows(card, "is writing an answer")
    scene.skip(minutes=11)
    await scene.lacks(card, "is writing")


async def test_sending_ends_the_writing(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    assert (await scene.reply(ANNA, card, "Until eight.")).ok
    card = await scene.shows(card, "see it on X")
    await scene.lacks(card, "is writing")
