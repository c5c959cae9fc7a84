"""Modals and Home: open, type, update, push, submit, close."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError


async def test_a_modal_is_submitted_after_the_bots_errors_are_mended(slack, bot, modal, opened) -> None:
    @bot.app.view("reply")
    async def reply(ack, view) -> None:
        text = view["state"]["values"]["text"]["text"]["value"]
        bot.seen.append(text)
        if text == "short":
            await ack(response_action="errors", errors={"text": "Too short."})
        else:
            await ack()

    await opened(modal())
    refused = await slack.submit("U0ANNA", {"text": "short"})
    assert refused.errors == {"text": "Too short."}
    assert slack.modal("U0ANNA").errors == {"text": "Too short."}
    assert slack.modal("U0ANNA").values == {"text": "short"}
    assert (await slack.submit("U0ANNA", {"text": "We are on it"})).ok
    assert slack.modal("U0ANNA") is None
    assert bot.seen == ["short", "We are on it"]


async def test_a_required_input_left_empty_is_refused_without_asking_the_bot(slack, modal, opened) -> None:
    await opened(modal())
    ack = await slack.submit("U0ANNA")
    assert ack.errors == {"text": "Please complete this required field."}
    assert ack.seconds == 0


async def test_a_submission_without_an_ack_leaves_the_modal_with_what_was_typed(
    slack, bot, modal, opened
) -> None:
    await opened(modal())
    slack.app.ack_seconds = 0.1
    ack = await slack.submit("U0ANNA", {"text": "three paragraphs"})
    assert not ack.ok
    assert "_timeout" in slack.modal("U0ANNA").errors
    assert slack.modal("U0ANNA").values == {"text": "three paragraphs"}


async def test_errors_for_a_block_that_is_no_input_are_the_bots_mistake(slack, bot, modal, opened) -> None:
    @bot.app.view("reply")
    async def reply(ack) -> None:
        await ack(response_action="errors", errors={"nowhere": "Wrong."})

    await opened(modal())
    assert "nowhere" in (await slack.submit("U0ANNA", {"text": "x"})).errors["_invalid_response"]
    assert slack.modal("U0ANNA") is not None


async def test_an_update_keeps_what_was_typed_under_the_same_ids(
    slack, client, modal, text_input, opened
) -> None:
    await opened(modal(text_input("text", "text")))
    slack.type("U0ANNA", "text", "my own words")
    view_id = slack.modal("U0ANNA").id
    same = modal(text_input("text", "text", initial_value="a saved reply"))
    await client.views_update(view_id=view_id, view=same)
    assert slack.modal("U0ANNA").values == {"text": "my own words"}
    other = modal(text_input("text", "text_2", initial_value="a saved reply"))
    await client.views_update(view_id=view_id, view=other)
    assert slack.modal("U0ANNA").values == {"text": "a saved reply"}


async def test_an_update_ignores_initial_value_even_where_nothing_was_typed(
    slack, client, modal, text_input, opened
) -> None:
    await opened(modal(text_input("text", "text")))
    view = modal(text_input("text", "text", initial_value="a saved reply"))
    await client.views_update(view_id=slack.modal("U0ANNA").id, view=view)
    assert slack.modal("U0ANNA").values == {"text": None}


async def test_an_update_with_an_old_hash_is_refused(slack, client, modal, opened) -> None:
    await opened(modal())
    before = slack.modal("U0ANNA")
    await client.views_update(view_id=before.id, hash=before.hash, view=modal())
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=before.id, hash=before.hash, view=modal())


async def test_a_view_is_found_by_its_external_id_and_only_while_it_is_open(
    slack, client, modal, opened
) -> None:
    await opened(modal(external_id="case-42"))
    title = {"type": "plain_text", "text": "Changed"}
    await client.views_update(external_id="case-42", view=modal(title=title, external_id="case-42"))
    assert slack.modal("U0ANNA").title == "Changed"
    await slack.close_modal("U0ANNA")
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(external_id="case-42", view=modal())


async def test_a_trigger_id_opens_one_modal_only(slack, client, bot, card, modal) -> None:
    @bot.app.action("claim")
    async def claim(ack, body) -> None:
        bot.seen.append(body["trigger_id"])
        await ack()

    await bot.connect()
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")
    await client.views_open(trigger_id=bot.seen[0], view=modal())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=bot.seen[0], view=modal())


async def test_a_trigger_id_expires_in_real_time_not_by_the_skipped_clock(
    slack, client, bot, card, modal, until
) -> None:
    @bot.app.action("claim")
    async def claim(ack, body) -> None:
        bot.seen.append(body["trigger_id"])
        await ack()

    await bot.connect()
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")
    slack.clock.skip(3600)
    await client.views_open(trigger_id=bot.seen[0], view=modal())
    slack.app.trigger_seconds = 0
    await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=bot.seen[1], view=modal())


async def test_three_modals_stand_on_each_other_and_a_fourth_is_refused(
    slack, client, bot, modal, opened
) -> None:
    next_button = {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "next", "text": {"type": "plain_text", "text": "Next"}}],
    }

    @bot.app.action("next")
    async def deeper(ack, body) -> None:
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=modal(next_button))
        except SlackApiError as error:
            bot.seen.append(error.response["error"])
        await ack()

    await opened(modal(next_button))
    for _ in range(3):
        await slack.click_modal("U0ANNA", "next")
    assert len(slack.modals("U0ANNA")) == 3
    assert bot.seen == ["push_limit_reached"]
    top = slack.modal("U0ANNA")
    assert top.root_view_id == slack.modals("U0ANNA")[0].id
    assert top.previous_view_id == slack.modals("U0ANNA")[1].id


async def test_a_submission_may_update_push_or_clear(slack, bot, modal, opened) -> None:
    answers = [
        {"response_action": "update", "view": modal(title={"type": "plain_text", "text": "Preview"})},
        {"response_action": "push", "view": modal(title={"type": "plain_text", "text": "On top"})},
        {"response_action": "clear"},
    ]

    @bot.app.view("reply")
    async def reply(ack) -> None:
        await ack(answers.pop(0))

    await opened(modal())
    await slack.submit("U0ANNA", {"text": "hello"})
    assert slack.modal("U0ANNA").title == "Preview"
    assert slack.modal("U0ANNA").values == {"text": "hello"}
    await slack.submit("U0ANNA")
    assert slack.modal("U0ANNA").title == "On top"
    assert slack.modal("U0ANNA").values == {"text": None}
    await slack.submit("U0ANNA", {"text": "x"})
    assert slack.modals("U0ANNA") == []


async def test_a_choice_in_a_modal_is_told_and_stays_chosen(slack, client, bot, modal, opened) -> None:
    options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("bills", "network")]
    saved = {"type": "static_select", "action_id": "saved", "options": options}
    menu = {"type": "actions", "block_id": "menu", "elements": [saved]}

    @bot.app.action("saved")
    async def chosen(ack, body) -> None:
        bot.seen.append((body["actions"][0]["selected_option"]["value"], body["view"]["state"]["values"]))
        await ack()

    await opened(modal(menu))
    await slack.click_modal("U0ANNA", "saved", option="network")
    [(value, state)] = bot.seen
    assert value == state["menu"]["saved"]["selected_option"]["value"] == "network"
    await client.views_update(view_id=slack.modal("U0ANNA").id, view=modal(menu))
    assert slack.modal("U0ANNA").values == {"menu": "network"}


async def test_closing_is_told_to_the_bot_that_asked_for_it(slack, bot, modal, opened) -> None:
    @bot.app.view_closed("reply")
    async def closed(ack, body) -> None:
        bot.seen.append((body["type"], body["is_cleared"]))
        await ack()

    await opened(modal(notify_on_close=True))
    assert (await slack.close_modal("U0ANNA")).ok
    assert bot.seen == [("view_closed", False)]
    assert slack.modal("U0ANNA") is None


async def test_home_is_published_and_clicked(slack, client, bot, card) -> None:
    @bot.app.event("app_home_opened")
    async def opened_home(event) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": card})

    @bot.app.action("claim")
    async def claim(ack, body) -> None:
        bot.seen.append(body["container"]["view_id"])
        await ack()

    await bot.connect()
    await slack.open_home("U0ANNA")
    while slack.home("U0ANNA") is None:
        await slack.open_home("U0ANNA")
    assert (await slack.click_home("U0ANNA", "claim")).ok
    assert bot.seen == [slack.home("U0ANNA").id]
    assert slack.home("U0MARCO") is None


async def test_a_select_is_filled_by_its_options_value(slack, bot, modal, opened) -> None:
    options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("spam", "troll")]
    element = {"type": "static_select", "action_id": "reason", "options": options}
    label = {"type": "plain_text", "text": "Reason"}

    @bot.app.view("reply")
    async def reply(ack, view) -> None:
        bot.seen.append(view["state"]["values"]["reason"]["reason"]["selected_option"]["value"])
        await ack()

    await opened(modal({"type": "input", "block_id": "reason", "label": label, "element": element}))
    with pytest.raises(LookupError):
        await slack.submit("U0ANNA", {"reason": "boredom"})
    await slack.submit("U0ANNA", {"reason": "troll"})
    assert bot.seen == ["troll"]
