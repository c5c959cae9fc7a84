"""Never a private detail in public: the guard stops what leaves, and asks why for the rest."""

from pathlib import Path

import pytest

from scene import ANNA, Scene, a_scene, policy_with

CARD = "4111 1111 1111 1111"


async def test_a_card_number_cannot_be_sent_and_is_named_beside_the_text(scene: Scene) -> None:
    card = await scene.taken("@acme_help where is my refund?")
    await scene.opens(ANNA, card, "reply")
    for written in (CARD, "4111-1111-1111-1111", "４１１１ 1111 1111 1111", "4111 1111\u200b 1111 1111"):
        ack = await scene.slack.submit(ANNA, {"text": f"We pay it back to {written} today."})
        assert "payment card number" in ack.errors["text"]
        assert "1111 1111" not in ack.errors["text"]
    assert scene.ours() == []


async def test_a_card_number_cut_over_two_posts_cannot_be_sent(scene: Scene) -> None:
    card = await scene.taken("@acme_help where is my refund?")
    await scene.opens(ANNA, card, "reply")
    ack = await scene.slack.submit(
        ANNA, {"text": "We pay it back. " * 16 + CARD + " is yours. " + "Bye. " * 20}
    )
    assert "payment card number" in ack.errors["text"]


async def test_what_must_not_be_sent_is_not_kept_as_a_draft_either(scene: Scene) -> None:
    card = await scene.taken("@acme_help where is my refund?")
    await scene.opens(ANNA, card, "reply")
    await scene.slack.type(ANNA, "text", "We pay")
    await scene.drafted("We pay")
    await scene.slack.type(ANNA, "text", f"We pay it back to {CARD}")
    await scene.slack.submit(ANNA)
    await scene.quiet()
    await scene.drafted("We pay")


async def test_a_phone_number_goes_out_only_with_a_reason_that_stays(scene: Scene) -> None:
    card = await scene.taken("@acme_help where is my parcel?")
    await scene.opens(ANNA, card, "reply")
    preview = await scene.previews(ANNA, "The courier rings you at +39 333 555 0142.")
    assert "Somebody's phone number." in preview.plain
    assert not (await scene.slack.submit(ANNA)).ok
    assert "Say in a few words" in (await scene.slack.submit(ANNA, {"reason": "  "})).errors["reason"]
    assert scene.ours() == []
    assert (await scene.slack.submit(ANNA, {"reason": "It is the courier's own number"})).ok
    await scene.said("The courier rings you")
    modal = await scene.opens(ANNA, card, "details")
    assert "although the guard found something (\u2068a phone number\u2069)" in modal.plain
    assert "courier's own number" in modal.plain


@pytest.mark.parametrize("written", ["+39 02 5550 0190", "0039.02.55500190", "(02) 5550 0190"])
async def test_the_brands_own_contacts_pass_however_written(tmp_path: Path, written: str) -> None:
    policy = policy_with(own_contacts=["+39 02 5550 0190"], undo_seconds=0)
    async with a_scene(tmp_path, policy=policy) as scene:
        card = await scene.taken("@acme_help whom do I call?")
        assert (await scene.reply(ANNA, card, f"Call {written}, we are there until six.")).ok
        await scene.said("we are there until six")


async def test_promises_and_unwanted_words_are_pointed_out_and_stop_nobody(tmp_path: Path) -> None:
    policy = policy_with(guard={"words": ["unfortun*"]}, undo_seconds=0)
    async with a_scene(tmp_path, policy=policy) as scene:
        card = await scene.taken("@acme_help where is my refund?")
        await scene.opens(ANNA, card, "reply")
        preview = await scene.previews(ANNA, "Unfortunately not. We guarantee it by Friday.")
        assert "This sounds like a promise." in preview.plain
        assert "prefers not to use this word. (unfortunately)" in preview.plain
        assert (await scene.slack.submit(ANNA)).ok
        await scene.said("We guarantee it")
