"""What belongs in private: hidden where it was posted, asked for in a direct message, kept at the help desk."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.sql import tables
from scene import ANNA, LAURA, MARCO, Scene, a_scene, policy_with

IBAN = "IT60 X054 2811 1010 0000 0123 456"
COMPOSE = "https://x.com/messages/compose?recipient_id="


def shown_everywhere(scene: Scene) -> str:
    """All that was ever sent to Slack as a message, blocks and fallback texts."""
    sent = [call.args for call in scene.slack.calls if call.method.startswith("chat.")]
    return json.dumps(sent, ensure_ascii=False, default=str)


async def presses(scene: Scene, person: str, action: str, then: str) -> Any:
    """Press a button in the open modal, and wait until the top one shows these words."""
    await scene.slack.click_modal(person, action)
    return await scene.eventually(
        lambda: (view := scene.slack.modal(person)) and then in view.plain and view,
        f"“{then}” in a modal",
        lambda: scene.slack.modal(person).plain,
    )


async def asks_for_a_dm(scene: Scene) -> str:
    """Press Ask for a DM in the open reply modal; returns the text that stands there then."""
    return str((await presses(scene, ANNA, "ask_for_dm", "private message")).values["text"])


async def test_a_post_with_private_data_is_hidden_whole_until_somebody_asks_who_is_recorded(
    scene: Scene,
) -> None:
    scene.writes(f"@acme_help refund me, my account is {IBAN} thanks")
    card = await scene.card("it shows private data")
    assert "my account is" not in shown_everywhere(scene)
    await scene.click(MARCO, card, "show")
    modal = await scene.modal(MARCO)
    assert f"my account is {IBAN}" in modal.plain
    (event,) = await scene.recorded("show")
    assert event["who"] == MARCO
    await scene.slack.close_modal(MARCO)
    details = await scene.opens(ANNA, card, "details")
    assert f"<@{MARCO}> looked at what is hidden" in details.plain
    assert "refund me" not in details.plain


async def test_every_later_post_is_hidden_in_the_thread_and_in_the_conversation_too(scene: Scene) -> None:
    post = scene.writes("@acme_help where is my refund?")
    card = await scene.claim(ANNA, await scene.card("where is my refund?"))
    scene.writes(f"@acme_help it goes to {IBAN}", reply_to=post.id)
    await scene.shows(card, "it shows private data")
    await scene.quiet()
    modal = await scene.opens(ANNA, card, "reply")
    assert "it shows private data" in modal.plain
    assert IBAN not in modal.plain
    await presses(scene, ANNA, "show", IBAN)
    assert "it goes to" not in shown_everywhere(scene)


async def test_a_post_edited_until_nothing_private_is_left_is_shown_again(scene: Scene) -> None:
    post = scene.writes(f"@acme_help refund me on {IBAN}")
    card = await scene.card("it shows private data")
    scene.x.edit(post.id, "@acme_help refund me please")
    await scene.opens(ANNA, card, "reply")
    await scene.shows(card, "refund me please")


async def test_who_shows_too_much_is_asked_to_delete_it_and_write_privately(scene: Scene) -> None:
    scene.writes(f"@acme_help il mio iban è {IBAN}, quando arriva il rimborso?", lang="it")
    card = await scene.claim(ANNA, await scene.card("it shows private data"))
    modal = await scene.opens(ANNA, card, "reply")
    text = modal.values["text"]
    assert "cancellalo, e scrivici in un messaggio privato: " + COMPOSE in text
    assert modal.values["date"]
    assert (await scene.sends(ANNA, text)).ok
    await scene.said("cancellalo")


async def test_an_expert_who_is_asked_may_look_and_a_stranger_may_not(scene: Scene) -> None:
    scene.writes(f"@acme_help refund me on {IBAN}")
    card = await scene.claim(ANNA, await scene.card("it shows private data"))
    scene.slack.add_user("U0GUEST", "gino", "Gino Ospite", restricted=True)
    await scene.slack.join("U0GUEST", card.channel)
    await scene.click("U0GUEST", card, "show")
    await scene.told("U0GUEST", "not work on it")
    assert await scene.events("show") == []


async def test_what_the_brand_itself_wrote_is_nobodys_private_data(scene: Scene) -> None:
    post = scene.writes("@acme_help where do I write to?")
    card = await scene.claim(ANNA, await scene.card("where do I write to?"))
    scene.x.post("acme_help", "Write to post@example.org, please", reply_to=post.id)
    await scene.shows(card, "outside Mentiondesk")
    assert "Write to post@example.org" in (await scene.opens(ANNA, card, "details")).plain


# Ask for a DM


async def test_one_click_asks_for_a_direct_message_and_below_what_was_typed(scene: Scene) -> None:
    card = await scene.taken("@acme_help my line is dead again and I am tired of it")
    await scene.opens(ANNA, card, "reply")
    await scene.slack.type(ANNA, "text", "Hi Anna,")
    text = await asks_for_a_dm(scene)
    assert text.startswith("Hi Anna,\n\nSorry about this. Please write to us in a private message")
    assert COMPOSE in text
    assert (await asks_for_a_dm(scene)).count("private message") == 1


async def test_the_case_waits_with_a_date_once_the_words_are_public(scene: Scene) -> None:
    card = await scene.taken("@acme_help my line is dead again and I am tired of it")
    await scene.opens(ANNA, card, "reply")
    text = await asks_for_a_dm(scene)
    preview = await scene.previews(ANNA, text)
    assert "You are reminded" in preview.plain
    assert "times dearer" in preview.plain
    assert (await scene.slack.submit(ANNA)).ok
    await scene.said("private message")
    await scene.shows(card, f"<@{ANNA}> follows up")
    scene.skip(days=4)
    await scene.told(ANNA, "Have they written in private?")


async def test_taken_back_the_reply_leaves_no_date_behind(tmp_path: Path) -> None:
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=60)) as scene:
        card = await scene.taken("@acme_help my line is dead again and I am tired of it")
        await scene.opens(ANNA, card, "reply")
        assert (await scene.sends(ANNA, await asks_for_a_dm(scene))).ok
        await scene.shows(card, "answers at")
        await scene.click(ANNA, card, "undo")
        await scene.recorded("undo")
        assert await scene.rows(tables.follow_ups) == []


async def test_an_emptied_date_is_no_reminder_and_one_in_the_past_is_refused(scene: Scene) -> None:
    card = await scene.taken("@acme_help my line is dead again and I am tired of it")
    await scene.opens(ANNA, card, "reply")
    text = await asks_for_a_dm(scene)
    ack = await scene.slack.submit(ANNA, {"text": text, "date": str(date(2020, 2, 2))})
    assert "has passed" in ack.errors["date"]
    assert (await scene.slack.submit(ANNA, {"text": text, "date": None})).ok
    assert "You are reminded" not in scene.slack.modal(ANNA).plain
    assert (await scene.slack.submit(ANNA)).ok
    await scene.said("private message")
    await scene.quiet()
    assert await scene.rows(tables.follow_ups) == []


async def test_from_the_preview_one_click_asks_privately_instead_of_what_the_guard_found(
    scene: Scene,
) -> None:
    card = await scene.taken("@acme_help where is my parcel, it is a week late")
    await scene.opens(ANNA, card, "reply")
    preview = await scene.previews(ANNA, "Is it you who lives at anna@example.org?")
    assert "Somebody's e-mail address." in preview.plain
    preview = await presses(scene, ANNA, "ask_for_dm", "Please write to us in a private message")
    assert "example.org" not in preview.plain
    assert (await scene.slack.submit(ANNA)).ok
    await scene.said("private message")
    assert len(scene.ours()) == 1


async def test_without_the_link_it_costs_no_more_than_another_reply(tmp_path: Path) -> None:
    async with a_scene(tmp_path, policy=policy_with(message_link=False, undo_seconds=0)) as scene:
        card = await scene.taken("@acme_help my line is dead again and I am tired of it")
        await scene.opens(ANNA, card, "reply")
        text = await asks_for_a_dm(scene)
        assert text.endswith("look into it.")
        assert "dearer" not in (await scene.previews(ANNA, text)).plain


# At the help desk


@pytest.mark.parametrize("reference", ["HD-4711", "https://help.example.org/t/4711?x=1"])
async def test_moved_to_the_help_desk_the_reference_stands_on_the_card_and_the_case_waits(
    scene: Scene, reference: str
) -> None:
    card = await scene.taken("@acme_help my contract is wrong since March")
    await scene.opens(ANNA, card, "details")
    await presses(scene, ANNA, "ticket", "The help desk's reference")
    assert (await scene.slack.submit(ANNA, {"ticket": reference})).ok
    assert scene.slack.modal(ANNA) is None
    card = await scene.shows(card, "At the help desk")
    assert reference in card.plain
    await scene.shows(card, f"<@{ANNA}> follows up")
    assert (await scene.case())["ticket"] == reference
    scene.skip(days=4)
    await scene.told(ANNA, "How far is the help desk with")


async def test_a_reference_cannot_break_the_card_and_an_empty_one_is_refused(scene: Scene) -> None:
    card = await scene.taken("@acme_help my contract is wrong since March")
    await scene.opens(ANNA, card, "details")
    await presses(scene, ANNA, "ticket", "The help desk's reference")
    ack = await scene.slack.submit(ANNA, {"ticket": "  "})
    assert not ack.ok
    assert (await scene.slack.submit(ANNA, {"ticket": "<!channel> *x* https://a|b"})).ok
    card = await scene.shows(card, "At the help desk")
    assert "channel" not in {ping.target for ping in scene.slack.pings}


# The other account


async def test_a_support_question_moves_to_support_at_one_click_and_both_voices_are_offered(
    scene: Scene,
) -> None:
    scene.writes("@acme my line has been dead for two days")
    card = await scene.claim(ANNA, await scene.card("dead for two days"))
    await scene.click(ANNA, card, "more", "move")
    card = await scene.shows(card, "came to @acme, now with @acme_help")
    assert "Open in X" in card.plain
    assert "Reply as @acme" in card.plain
    modal = await scene.opens(ANNA, card, "reply")
    assert "X lets only @acme answer by API" in modal.plain
    assert modal.values["text"] == "Hello! Our colleagues at @acme_help can help you with this."
    assert (await scene.sends(ANNA, modal.values["text"])).ok
    said = await scene.said("Our colleagues", account="acme")
    again = scene.writes("@acme_help there you are: dead for two days", reply_to=said.id)
    await scene.shows(card, "there you are")
    await scene.lacks(card, "Reply as @acme")
    assert (await scene.reply(ANNA, card, "We look into it.")).ok
    assert (await scene.said("We look into it.", account="acme_help")).reply_to == again.id
    assert (await scene.case())["moved_from"] == "acme"


async def test_leads_see_how_many_came_to_the_wrong_account_and_moving_back_takes_it_off(
    scene: Scene,
) -> None:
    scene.writes("@acme my line has been dead for two days")
    card = await scene.card("dead for two days")
    await scene.click(LAURA, card, "more", "move")
    await scene.shows(card, "now with @acme_help")
    home = await scene.slack.open_home(LAURA)
    await scene.eventually(
        lambda: "@acme → @acme_help: 1" in scene.slack.home(LAURA).plain, "the count", lambda: home
    )
    await scene.click(LAURA, card, "more", "move")
    await scene.lacks(card, "now with")
    assert (await scene.case())["moved_from"] is None


async def test_each_account_signs_in_its_own_way(tmp_path: Path) -> None:
    policy = policy_with(undo_seconds=0)
    accounts = [one.model_dump(mode="json", exclude_none=True) for one in policy.account]
    for one in accounts:
        one["signature"] = "-{name}" if one["handle"] == "acme" else ""
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=0, account=accounts)) as scene:
        scene.writes("@acme your new advert is lovely", handle="ada_ads")
        scene.writes("@acme_help is the shop open?", handle="bob_bills")
        await scene.reply(ANNA, await scene.card("your new advert"), "Thank you!")
        await scene.reply(ANNA, await scene.card("is the shop open?"), "Until eight.")
        assert (await scene.said("Thank you!", account="acme")).text.endswith("Thank you! -Anna")
        assert (await scene.said("Until eight.")).text.endswith("Until eight.")
