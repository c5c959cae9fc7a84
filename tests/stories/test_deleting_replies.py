"""A wrong reply is deleted on X from the card, by its author or a lead, with a reason."""

from datetime import timedelta
from pathlib import Path

import pytest

from demo.slack import Message
from scene import ANNA, LAURA, MARCO, Scene, a_scene, policy_with


async def answered(scene: Scene) -> Message:
    card = await scene.taken("@acme_help is the shop open?")
    assert (await scene.reply(ANNA, card, "Until nine.")).ok
    return await scene.shows(card, "see it on X")


@pytest.mark.parametrize("person", [ANNA, LAURA])
async def test_a_wrong_reply_is_deleted_on_x_by_its_author_or_a_lead(scene: Scene, person: str) -> None:
    card = await answered(scene)
    modal = await scene.opens(person, card, "more", "delete_reply")
    assert "Until nine. ^AB" in modal.plain
    assert (
        (await scene.slack.submit(person, {"reason": "  "})).errors["reason"].startswith("Say in a few words")
    )
    assert (await scene.slack.submit(person, {"reason": "It closes at eight"})).ok
    card = await scene.shows(card, "The answer was deleted on X")
    assert scene.ours() == []
    assert f"With <@{ANNA}>" in card.plain
    assert "answer due" in card.plain
    modal = await scene.opens(ANNA, card, "reply")
    assert modal.values["text"] == "Until nine."
    await scene.slack.close_modal(ANNA)
    modal = await scene.opens(ANNA, card, "details")
    assert f"<@{person}> had the answer deleted: " in modal.plain
    assert "It closes at eight" in modal.plain
    assert "The answer is deleted" in modal.plain


async def test_a_closed_card_does_not_send_anybody_to_a_reply_button_that_it_lacks(scene: Scene) -> None:
    card = await answered(scene)
    await scene.opens(ANNA, card, "more", "delete_reply")
    assert (await scene.slack.submit(ANNA, {"reason": "It closes at eight"})).ok
    await scene.shows(card, "Its text waits in Reply")
    await scene.opens(ANNA, card, "resolve")
    assert (await scene.slack.submit(ANNA)).ok
    card = await scene.shows(card, "Resolved")
    assert "The answer was deleted on X" in card.plain
    assert "waits in Reply" not in card.plain


async def test_who_writes_after_the_answer_was_deleted_waits_for_a_first_one(tmp_path: Path) -> None:
    soon = {"urgent": 10, "high": 10, "normal": 10, "low": 10}
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=0, sla={"next_reply": soon})) as scene:
        post = scene.writes("@acme_help is the shop open?")
        card = await scene.claim(ANNA, await scene.card("is the shop open?"))
        assert (await scene.reply(ANNA, card, "Until nine.")).ok
        await scene.shows(card, "see it on X")
        await scene.opens(ANNA, card, "more", "delete_reply")
        assert (await scene.slack.submit(ANNA, {"reason": "It closes at eight"})).ok
        await scene.shows(card, "The answer was deleted on X")
        scene.writes("@acme_help I stand before a closed door", reply_to=post.id)
        await scene.told(ANNA, "wrote again on your case")
        again = await scene.case()
        assert again["due_at"] - again["waiting_since"] > timedelta(minutes=10)


async def test_all_posts_of_a_long_reply_are_deleted(scene: Scene) -> None:
    card = await scene.taken("@acme_help how do I reset it?")
    assert (await scene.reply(ANNA, card, "Press it and wait for the light. " * 20)).ok
    card = await scene.shows(card, "see it on X")
    assert len(scene.ours()) > 1
    await scene.opens(ANNA, card, "more", "delete_reply")
    assert (await scene.slack.submit(ANNA, {"reason": "Another model"})).ok
    await scene.shows(card, "The answer was deleted on X")
    assert scene.ours() == []


async def test_a_colleague_who_is_no_lead_cannot_delete_it(scene: Scene) -> None:
    card = await answered(scene)
    await scene.click(MARCO, card, "more", "delete_reply")
    await scene.told(MARCO, "they or a lead can delete it")
    assert len(scene.ours()) == 1


async def test_a_reply_that_is_gone_already_counts_as_deleted(scene: Scene) -> None:
    card = await answered(scene)
    scene.x.delete(scene.ours()[0].id)
    await scene.opens(ANNA, card, "more", "delete_reply")
    assert (await scene.slack.submit(ANNA, {"reason": "Wrong"})).ok
    await scene.shows(card, "The answer was deleted on X")


async def test_x_refuses_and_the_reply_stands(scene: Scene) -> None:
    card = await answered(scene)
    scene.x.fail("delete", "403:not allowed")
    await scene.opens(ANNA, card, "more", "delete_reply")
    assert (await scene.slack.submit(ANNA, {"reason": "Wrong"})).ok
    await scene.told(ANNA, "X did not delete the reply")
    await scene.shows(card, "see it on X")
    assert len(scene.ours()) == 1


@pytest.mark.parametrize("trouble", ["html503", "lost"])
async def test_an_answer_of_x_that_is_lost_deletes_it_all_the_same(scene: Scene, trouble: str) -> None:
    card = await answered(scene)
    scene.x.fail("delete", trouble)
    await scene.opens(ANNA, card, "more", "delete_reply")
    assert (await scene.slack.submit(ANNA, {"reason": "Wrong"})).ok
    await scene.shows(card, "The answer was deleted on X")
    assert scene.ours() == []


async def test_two_who_delete_at_once_delete_it_once(scene: Scene) -> None:
    card = await answered(scene)
    for person in (ANNA, LAURA):
        await scene.opens(person, card, "more", "delete_reply")
    assert (await scene.slack.submit(ANNA, {"reason": "Wrong"})).ok
    await scene.shows(card, "The answer was deleted on X")
    ack = await scene.slack.submit(LAURA, {"reason": "Wrong"})
    assert ack.errors["reason"].startswith("No reply of this case is public")
    assert len(await scene.events("delete_reply")) == 1
