"""Answering in the brand's name: checked, cut, signed, taken back, or written by hand on X."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from db.sql import tables
from demo.slack import Message
from demo.x import Post
from scene import ANNA, BILLING, LAURA, MARCO, Scene, a_scene, policy_with


@asynccontextmanager
async def slow_to_leave(folder: Path, seconds: int = 60) -> AsyncIterator[Scene]:
    """A desk where there is time for Undo."""
    async with a_scene(folder, policy=policy_with(undo_seconds=seconds)) as scene:
        yield scene


async def by_hand(scene: Scene, text: str = "my acme mobile phone melts") -> tuple[Message, Post]:
    """A card of somebody who did not tag us, so that X lets us answer by hand only."""
    scene.app.runner.poller.own_pause = 600.0  # what is pasted must not be found before
    post = scene.writes(text)
    return await scene.claim(ANNA, await scene.card(text)), post


async def pastes(scene: Scene, card: Message, link: str, person: str = ANNA) -> Any:
    if scene.slack.modal(person) is None:
        await scene.opens(person, card, "posted")
    return await scene.slack.submit(person, {"link": link})


# The text


async def test_a_text_that_cannot_be_sent_is_refused_beside_the_field_and_kept(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    faults = {
        "": "required",
        " \n \t ": "The reply is empty",
        "\u200b": "The reply is empty",
        "^AB": "only the signature",
        "x" * 30_000: "too long",
        "Every single word counts. " * 115: "10",
        "Open \u202eyadnoM nuS": "hidden character",
    }
    for text, sentence in faults.items():
        ack = await scene.slack.submit(ANNA, {"text": text})
        assert sentence in ack.errors["text"], text[:40]
        if text:
            assert scene.slack.modal(ANNA).values["text"] == text
    assert (await scene.sends(ANNA, "Yes, until eight.")).ok
    assert (await scene.said("until eight")).text.endswith("Yes, until eight. ^AB")
    assert len(scene.ours()) == 1


async def test_a_long_reply_goes_out_in_numbered_parts_each_answering_the_former(scene: Scene) -> None:
    post = scene.writes("@acme_help how do I reset it?")
    card = await scene.claim(ANNA, await scene.card("how do I reset it?"))
    text = " ".join(
        f"Step {number}: press the {number}th button & wait for the light." for number in range(14)
    )
    assert (await scene.reply(ANNA, card, text)).ok
    await scene.said("Step 13")
    await scene.shows(card, "see it on X")
    parts = scene.ours()
    assert len(parts) > 2
    for number, part in enumerate(parts, start=1):
        assert re.search(rf"\b{number}/{len(parts)}\b", part.text)
        assert part.reply_to == (post.id if number == 1 else parts[number - 2].id)
        assert part.text.endswith("^AB") == (number == len(parts))
        assert len(re.sub(r"^(@\w+ )+", "", part.text)) <= 280
    said = " ".join(part.text for part in parts)
    assert all(f"{number}th button" in said for number in range(14))


async def test_a_reply_comes_from_the_account_that_was_addressed(scene: Scene) -> None:
    scene.writes("@acme your new advert is lovely", handle="ada_ads")
    scene.writes("@acme_help my bill is wrong", handle="bob_bills")
    await scene.reply(ANNA, await scene.card("your new advert"), "Thank you, Ada!")
    await scene.reply(MARCO, await scene.card("my bill is wrong", channel=BILLING), "Let me look, Bob.")
    assert "Ada" in (await scene.said("Thank you", account="acme")).text
    assert (await scene.said("Let me look", account="acme_help")).text.endswith("^MR")
    assert [len(scene.ours("acme")), len(scene.ours("acme_help"))] == [1, 1]


async def test_the_modal_says_from_which_account_and_with_which_signature(scene: Scene) -> None:
    scene.writes("@acme your new advert is lovely")
    modal = await scene.opens(ANNA, await scene.card("your new advert"), "reply")
    assert "Posted as @acme, signed ^AB" in modal.plain
    assert "your new advert is lovely" in modal.plain


async def test_who_replies_to_an_unclaimed_case_owns_it(scene: Scene) -> None:
    scene.writes("@acme_help is the shop open?")
    card = await scene.card("is the shop open?")
    assert (await scene.reply(MARCO, card, "Until eight.")).ok
    await scene.shows(card, f"<@{MARCO}> has it")
    assert (await scene.case())["owner"] == MARCO


# The case changed meanwhile


async def test_a_customer_who_wrote_again_meanwhile_is_told_in_the_preview(scene: Scene) -> None:
    post = scene.writes("@acme_help is the shop open?")
    card = await scene.claim(ANNA, await scene.card("is the shop open?"))
    await scene.opens(ANNA, card, "reply")
    again = scene.writes("@acme_help never mind, found it", reply_to=post.id)
    await scene.told(ANNA, "wrote again on your case")
    preview = await scene.previews(ANNA, "Until eight.")
    assert "⚠️ The customer wrote again meanwhile." in preview.plain
    assert scene.ours() == []
    assert (await scene.slack.submit(ANNA)).ok
    assert (await scene.said("Until eight.")).reply_to == again.id


async def test_who_writes_again_after_an_answer_is_due_by_a_target_of_their_own(tmp_path: Path) -> None:
    same = {"urgent": 10, "high": 10, "normal": 10, "low": 10}
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=0, sla={"next_reply": same})) as scene:
        post = scene.writes("@acme_help my phone is too blue")
        card = await scene.claim(ANNA, await scene.card("too blue"))
        first = await scene.case()
        assert first["due_at"] - first["waiting_since"] > timedelta(minutes=10)
        await scene.reply(ANNA, card, "We look into it.")
        await scene.said("We look into it.")
        scene.writes("@acme_help it is still too blue", reply_to=post.id)
        await scene.told(ANNA, "wrote again on your case")
        again = await scene.case()
        assert again["due_at"] - again["waiting_since"] == timedelta(minutes=10)


async def test_what_happens_while_the_preview_is_open_is_told_before_anything_is_sent(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    preview = await scene.previews(ANNA, "And on Sundays until six.")
    assert "meanwhile" not in preview.plain
    assert (await scene.reply(LAURA, card, "Laura here: until eight.")).ok
    await scene.said("Laura here")
    assert (await scene.slack.submit(ANNA)).ok
    preview = scene.slack.modal(ANNA)
    assert "⚠️ laura answered meanwhile." in preview.plain or f"⚠️ <@{LAURA}> answered" in preview.plain
    assert len(scene.ours()) == 1
    assert (await scene.slack.submit(ANNA)).ok
    await scene.said("on Sundays until six")
    assert scene.slack.modal(ANNA) is None


async def test_a_text_that_was_previewed_and_not_sent_comes_back_with_what_is_new(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await scene.previews(ANNA, "And on Sundays until six.")
    await scene.slack.close_modal(ANNA, everything=True)
    assert (await scene.reply(LAURA, card, "Laura here: until eight.")).ok
    await scene.said("Laura here")
    await scene.shows(card, "see it on X")
    modal = await scene.opens(ANNA, card, "reply")
    assert modal.values["text"] == "And on Sundays until six."
    assert "answered meanwhile. Your draft is older." in modal.plain


async def test_a_second_change_is_told_too(scene: Scene) -> None:
    post = scene.writes("@acme_help is the shop open?")
    card = await scene.claim(ANNA, await scene.card("is the shop open?"))
    await scene.opens(ANNA, card, "reply")
    await scene.previews(ANNA, "Until eight.")
    for number in (1, 2):
        scene.writes(f"@acme_help hello? {number}", reply_to=post.id)
        await scene.recorded("customer_wrote", number)
        assert (await scene.slack.submit(ANNA)).ok
        assert "wrote again meanwhile" in scene.slack.modal(ANNA).plain
    assert (await scene.slack.submit(ANNA)).ok
    await scene.said("Until eight.")


async def test_a_case_resolved_meanwhile_is_told_and_the_text_kept(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await scene.slack.react(LAURA, card.channel, card.ts, "white_check_mark")
    await scene.shows(card, "*Resolved*")
    ack = await scene.slack.submit(ANNA, {"text": "Until eight."})
    assert "“resolved” now" in ack.errors["text"]
    assert scene.slack.modal(ANNA).values["text"] == "Until eight."
    assert scene.ours() == []


async def test_a_case_resolved_while_the_preview_is_open_is_told_above_it(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await scene.previews(ANNA, "Until eight.")
    await scene.slack.react(LAURA, card.channel, card.ts, "white_check_mark")
    await scene.shows(card, "*Resolved*")
    for _twice in range(2):
        assert (await scene.slack.submit(ANNA)).ok
        assert scene.slack.modal(ANNA).plain.count("“resolved” now") == 1
    assert scene.ours() == []


# Preview


async def test_the_preview_shows_what_the_public_will_see_and_what_it_costs(scene: Scene) -> None:
    card = await scene.taken("@acme_help how do I reset it?")
    await scene.opens(ANNA, card, "reply")
    preview = await scene.previews(ANNA, "First this. " * 30 + "See https://acme.com/help")
    assert "From *@acme_help*, in answer to" in preview.plain
    assert "2 posts" in preview.plain
    shown = [block["text"]["text"] for block in preview.blocks if block["type"] == "section"]
    assert "1/2 · 2" in preview.plain
    assert "$0.21" in preview.plain
    assert "20 times dearer" in preview.plain
    assert scene.ours() == []
    assert (await scene.slack.submit(ANNA)).ok
    await scene.shows(card, "see it on X")
    assert [post.text.removeprefix("@anna_test ") for post in scene.ours()] == shown


async def test_another_handle_in_the_text_is_pointed_out(scene: Scene) -> None:
    card = await scene.taken("@acme_help how do I reset it?")
    await scene.opens(ANNA, card, "reply")
    preview = await scene.previews(ANNA, "Ask @other_shop, or mail help@acme.example, or @acme.")
    assert "It names" in preview.plain
    assert "other_shop" in preview.plain.split("It names")[1]
    assert "acme.example" not in preview.plain.split("It names")[1]


async def test_a_text_changed_in_another_window_is_shown_before_it_is_sent(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await scene.previews(ANNA, "Until eight.")
    async with scene.app.desk.database.write() as connection:  # as her telephone would
        await connection.execute(update(tables.drafts).values(text="Until nine."))
    assert (await scene.slack.submit(ANNA)).ok
    assert "another window" in scene.slack.modal(ANNA).plain
    assert scene.ours() == []
    assert (await scene.slack.submit(ANNA)).ok
    await scene.said("Until nine.")


# Undo


async def test_undo_in_time_takes_the_text_back_into_the_modal(tmp_path: Path) -> None:
    async with slow_to_leave(tmp_path) as scene:
        card = await scene.taken("@acme_help is the shop open?")
        assert (await scene.reply(ANNA, card, "Until  nine,\nI think.")).ok
        card = await scene.shows(card, f"<@{ANNA}> answers at")
        await scene.click(ANNA, card, "undo")
        card = await scene.shows(card, f"🙋 With <@{ANNA}>")
        assert "answers at" not in card.plain
        assert "answer due" in card.plain
        scene.skip(minutes=2)
        await scene.quiet()
        assert scene.ours() == []
        modal = await scene.opens(ANNA, card, "reply")
        assert modal.values["text"] == "Until  nine,\nI think."
        assert (await scene.sends(ANNA, "Until eight.")).ok
        scene.skip(minutes=2)
        await scene.said("Until eight.")
        assert len(scene.ours()) == 1


async def test_undo_too_late_gets_a_sentence_and_the_reply_stands(tmp_path: Path) -> None:
    async with slow_to_leave(tmp_path) as scene:
        card = await scene.taken("@acme_help is the shop open?")
        assert (await scene.reply(ANNA, card, "Until eight.")).ok
        card = await scene.shows(card, "answers at")
        scene.slack.fail("chat.update", "ratelimited", seconds=30)  # the card goes on showing Undo
        scene.skip(seconds=61)
        await scene.said("Until eight.")
        await scene.click(ANNA, card, "undo")
        told = await scene.told(ANNA, "Too late")
        assert told.ephemeral_for == ANNA
        assert await scene.events("undo") == []


async def test_only_the_owner_and_leads_can_undo(tmp_path: Path) -> None:
    async with slow_to_leave(tmp_path) as scene:
        card = await scene.taken("@acme_help is the shop open?")
        assert (await scene.reply(ANNA, card, "Until eight.")).ok
        card = await scene.shows(card, "answers at")
        await scene.click(MARCO, card, "undo")
        await scene.told(MARCO, f"<@{ANNA}> has this case")
        await scene.click(LAURA, card, "undo")
        card = await scene.shows(card, f"🙋 With <@{ANNA}>")
        assert (await scene.opens(ANNA, card, "reply")).values["text"] == "Until eight."


async def test_a_reply_waiting_for_its_undo_survives_a_restart(tmp_path: Path) -> None:
    async with slow_to_leave(tmp_path) as scene:
        card = await scene.taken("@acme_help is the shop open?")
        assert (await scene.reply(ANNA, card, "Until eight.")).ok
        await scene.shows(card, "answers at")
        await scene.stop()
        scene.skip(seconds=61)
        await scene.start()
        await scene.said("Until eight.")
        await scene.shows(card, "see it on X")
        assert len(scene.ours()) == 1


# By hand


async def test_a_mention_that_does_not_tag_us_is_answered_by_hand(scene: Scene) -> None:
    card, post = await by_hand(scene)
    assert "reply" not in card.button_ids
    assert {"open_post", "posted"} <= set(card.button_ids)
    urls = [one.get("url") for block in card.blocks for one in block.get("elements", ())]
    assert any(url and f"in_reply_to={post.id}" in url for url in urls)
    await scene.click(ANNA, card, "open_post")
    answer = scene.x.post("acme_help", "Let us replace it.", reply_to=post.id)
    scene.skip(minutes=5)
    assert (await pastes(scene, card, f" https://x.com/acme_help/status/{answer.id}?s=20 ")).ok
    card = await scene.shows(card, "see it on X")
    assert f"<@{ANNA}> answered" in card.plain
    assert "Let us replace it." in card.plain
    assert f"/acme_help/status/{answer.id}" in card.plain
    case = await scene.case()
    assert case["status"] == "waiting"
    assert case["due_at"] is None
    assert abs((case["first_reply_at"] - answer.at).total_seconds()) < 1
    (event,) = await scene.events("reply")
    assert event["who"] == ANNA


async def test_links_that_are_no_answer_of_ours_are_refused_beside_the_field(scene: Scene) -> None:
    older = scene.x.post("acme_help", "Good morning!", at=scene.now() - timedelta(hours=1))
    card, _post = await by_hand(scene)
    stranger = scene.x.post(scene.customer("zed_else", "Zed"), "not us")
    refusals = {
        "I answered her": "no link to a post",
        "https://acme.example/status/12345": "no link to a post",
        f"https://x.com/zed_else/status/{stranger.id}": "not one of ours (@acme_help, @acme)",
        f"https://x.com/acme_help/status/{int(older.id) - 1}": "X knows no such post",
        f"https://x.com/acme_help/status/{older.id}": "older than the customer's",
    }
    for link, sentence in refusals.items():
        ack = await pastes(scene, card, link)
        assert sentence in ack.errors["link"], link
        assert scene.slack.modal(ANNA).values["link"] == link
    assert await scene.events("reply") == []


async def test_an_answer_found_by_the_desk_first_still_gets_its_author(scene: Scene) -> None:
    scene.writes("my acme mobile phone melts")
    card = await scene.card("phone melts")
    answer = scene.x.post("acme_help", "Let us replace it.", reply_to=scene.x.posts("anna_test")[0].id)
    card = await scene.shows(card, "Somebody outside Mentiondesk answered")
    assert (await pastes(scene, card, f"https://x.com/acme_help/status/{answer.id}", person=MARCO)).ok
    await scene.shows(card, f"<@{MARCO}> answered")
    assert (await scene.case())["owner"] == MARCO
    ack = await pastes(scene, card, f"https://x.com/acme_help/status/{answer.id}", person=MARCO)
    assert "recorded already" in ack.errors["link"]


async def test_an_answer_by_hand_is_recorded_while_x_cannot_be_asked(scene: Scene) -> None:
    card, post = await by_hand(scene)
    answer = scene.x.post("acme_help", "Let us replace it.", reply_to=post.id)
    scene.x.fail("lookup", "html503", times=5)
    assert (await pastes(scene, card, f"https://twitter.com/acme_help/status/{answer.id}")).ok
    await scene.shows(card, "answered by hand")
    scene.x.heal()
