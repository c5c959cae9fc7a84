"""Clicks, commands and response URLs, from a person's hand to the real Bolt and back."""

from __future__ import annotations

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient


async def test_a_click_reaches_the_bot_with_the_buttons_value_and_is_acked(slack, client, bot, card) -> None:
    @bot.app.action("claim")
    async def claim(ack, body) -> None:
        bot.seen.append(body)
        await ack()

    await bot.connect()
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    ack = await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")
    assert ack.ok
    assert ack.seconds < 1
    [body] = bot.seen
    [action] = body["actions"]
    assert (action["value"], action["block_id"], action["type"]) == ("42", "doings", "button")
    assert body["user"] == {"id": "U0ANNA", "username": "anna", "name": "anna", "team_id": "T0ACME"}
    assert body["message"]["ts"] == body["container"]["message_ts"] == posted["ts"]
    assert body["channel"] == {"id": "C0MENTIONS", "name": "mentions"}


async def test_a_menu_sends_the_whole_option(slack, client, bot, card) -> None:
    @bot.app.action("more")
    async def more(ack, action) -> None:
        bot.seen.append(action["selected_option"])
        await ack()

    await bot.connect()
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    assert (await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "more", option="dismiss:42")).ok
    assert bot.seen == [{"text": {"type": "plain_text", "text": "Dismiss"}, "value": "dismiss:42"}]


async def test_what_is_not_in_the_current_blocks_cannot_be_clicked(slack, client, card) -> None:
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    with pytest.raises(LookupError, match="only \\['claim', 'more'\\]"):
        await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "reply")
    with pytest.raises(LookupError, match="no option"):
        await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "more", option="reopen:42")
    await client.chat_update(channel="C0MENTIONS", ts=posted["ts"], text="done")
    with pytest.raises(LookupError):
        await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")


async def test_a_click_that_nobody_acks_fails_after_the_window_and_is_not_repeated(
    slack, client, bot, card
) -> None:
    slack.app.ack_seconds = 0.2

    @bot.app.action("claim")
    async def claim(body) -> None:
        bot.seen.append(body)

    await bot.connect()
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    ack = await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")
    assert not ack.ok
    assert ack.seconds >= 0.2
    assert "_timeout" in ack.errors
    assert len(bot.seen) == 1


async def test_without_a_connection_a_click_fails_at_once(slack, client, card) -> None:
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    ack = await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")
    assert not ack.ok
    assert ack.seconds < 0.1


async def test_a_command_carries_its_text_and_its_answer_is_seen_by_the_person_alone(slack, bot) -> None:
    @bot.app.command("/desk")
    async def desk(ack, command) -> None:
        bot.seen.append(command["text"])
        await ack("Nothing is waiting.")

    await bot.connect()
    assert (await slack.command("U0ANNA", "C0MENTIONS", "/desk", "search router")).ok
    assert bot.seen == ["search router"]
    assert [message.text for message in slack.ephemerals("U0ANNA")] == ["Nothing is waiting."]
    assert slack.messages("C0MENTIONS") == []


async def test_a_response_url_answers_five_times_and_no_more(slack, client, bot, card) -> None:
    @bot.app.action("claim")
    async def claim(ack, body) -> None:
        await ack()
        bot.seen.append(body["response_url"])

    await bot.connect()
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")
    url = AsyncWebhookClient(bot.seen[0])
    statuses = [(await url.send(text=f"Marco was faster, {n}")).status_code for n in range(6)]
    assert statuses == [200] * 5 + [404]
    assert [message.text for message in slack.ephemerals("U0ANNA")][-1] == "Marco was faster, 4"
    assert slack.ephemerals("U0MARCO") == []


async def test_a_response_url_replaces_and_deletes_what_was_clicked(slack, client, bot, card, until) -> None:
    @bot.app.action("claim")
    async def claim(ack, body) -> None:
        await ack()
        bot.seen.append(AsyncWebhookClient(body["response_url"]))

    await bot.connect()
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    await client.chat_postEphemeral(channel="C0MENTIONS", user="U0ANNA", text="only you", blocks=card)
    await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")
    [whisper] = slack.ephemerals("U0ANNA")
    await slack.click("U0ANNA", "C0MENTIONS", whisper.ts, "claim", in_ephemeral=whisper)
    await until(lambda: len(bot.seen) == 2)
    await bot.seen[0].send(text="claimed", replace_original=True)
    await bot.seen[1].send(text="still only you", replace_original=True)
    assert [message.text for message in slack.messages("C0MENTIONS")] == ["claimed"]
    assert [message.text for message in slack.ephemerals("U0ANNA")] == ["still only you"]
    await bot.seen[1].send(delete_original=True)
    assert slack.ephemerals("U0ANNA") == []


async def test_a_response_url_can_speak_to_the_channel(slack, bot, until) -> None:
    @bot.app.command("/desk")
    async def desk(ack, respond) -> None:
        await ack()
        await respond("Lunch.", response_type="in_channel")

    await bot.connect()
    await slack.command("U0ANNA", "C0MENTIONS", "/desk")
    await until(lambda: slack.messages("C0MENTIONS"))
    assert [message.text for message in slack.messages("C0MENTIONS")] == ["Lunch."]
    assert slack.ephemerals("U0ANNA") == []


async def test_clicking_in_an_ephemeral_message_sends_no_message_along(slack, client, bot, card) -> None:
    @bot.app.action("claim")
    async def claim(ack, body) -> None:
        bot.seen.append(body)
        await ack()

    await bot.connect()
    await client.chat_postEphemeral(channel="C0MENTIONS", user="U0ANNA", text="psst", blocks=card)
    [whisper] = slack.ephemerals("U0ANNA")
    await slack.click("U0ANNA", "C0MENTIONS", whisper.ts, "claim", in_ephemeral=whisper)
    assert bot.seen[0]["container"]["is_ephemeral"]
    assert "message" not in bot.seen[0]
