"""How things reach the bot: sockets, repeats, refreshes, signed HTTP."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError


async def test_an_event_that_is_not_acked_comes_again_with_the_same_id(slack, bot, until) -> None:
    slack.app.retry_delays = (0.01, 0.01, 0.01)

    @bot.app.middleware
    async def note(body, next) -> None:
        bot.seen.append(body["event_id"])
        await next()

    await bot.connect()  # no listener: Bolt answers 404 and acks nothing
    slack.app.ack_seconds = 0.1
    await slack.write("U0ANNA", "C0MENTIONS", "hello")
    await until(lambda: len(bot.seen) == 4)
    await asyncio.sleep(0.15)
    assert len(bot.seen) == 4
    assert len(set(bot.seen)) == 1


async def test_an_acked_event_comes_once_unless_slack_sends_it_again(slack, bot) -> None:
    @bot.app.event("message")
    async def heard(body, event) -> None:
        bot.seen.append((body["event_id"], event["text"], event["channel_type"]))

    await bot.connect()
    message = await slack.write("U0ANNA", "C0MENTIONS", "5 < 6 & <@U0MARCO> knows")
    assert message.text == "5 &lt; 6 &amp; <@U0MARCO> knows"
    await slack.redeliver()
    [first, second] = bot.seen
    assert first == second
    assert first[1:] == ("5 &lt; 6 &amp; <@U0MARCO> knows", "channel")


async def test_the_bots_own_posts_are_events_too_and_marked_as_a_bots(slack, client, bot, until) -> None:
    """Bolt drops them before any listener, so we look at the wire."""

    async def note(frame) -> None:
        envelope = json.loads(frame.data)
        if envelope["type"] == "events_api":
            bot.seen.append(envelope["payload"]["event"])

    handler = await bot.connect()
    handler.client.on_message_listeners.append(note)
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    await client.chat_update(channel="C0MENTIONS", ts=posted["ts"], text="changed")
    await client.chat_delete(channel="C0MENTIONS", ts=posted["ts"])
    await until(lambda: len(bot.seen) == 3)
    subtypes = {event.get("subtype"): event for event in bot.seen}
    assert subtypes[None]["bot_id"] == "B0BOT"
    assert subtypes["message_changed"]["message"]["text"] == "changed"
    assert subtypes["message_deleted"]["deleted_ts"] == posted["ts"]


async def test_reactions_and_joining_are_told(slack, client, bot) -> None:
    @bot.app.event("reaction_added")
    async def added(event) -> None:
        bot.seen.append((event["user"], event["reaction"], event["item"]["ts"]))

    @bot.app.event("reaction_removed")
    async def removed(event) -> None:
        bot.seen.append(event["reaction"])

    slack.app.subscriptions = ["reaction_added", "reaction_removed"]
    await bot.connect()
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    await slack.react("U0ANNA", "C0MENTIONS", posted["ts"], "eyes")
    await slack.react("U0ANNA", "C0MENTIONS", posted["ts"], "eyes")
    await slack.unreact("U0ANNA", "C0MENTIONS", posted["ts"], "eyes")
    assert bot.seen == [("U0ANNA", "eyes", posted["ts"]), "eyes"]


async def test_each_envelope_goes_to_one_of_several_connections(slack, bot) -> None:
    @bot.app.event("message")
    async def heard(event) -> None:
        bot.seen.append(event["text"])

    handlers = [await bot.connect(), await bot.connect()]
    taken = [0, 0]
    for index, handler in enumerate(handlers):

        async def count(message, index=index) -> None:
            taken[index] += "events_api" in message.data

        handler.client.on_message_listeners.append(count)
    for number in range(4):
        await slack.write("U0ANNA", "C0MENTIONS", str(number))
    assert bot.seen == ["0", "1", "2", "3"]
    assert taken == [2, 2]


@pytest.mark.parametrize("how", ["closed", "cut", "refreshed"])
async def test_the_bot_comes_back_after_its_sockets_went(slack, bot, until, how) -> None:
    @bot.app.event("message")
    async def heard(event) -> None:
        bot.seen.append(event["text"])

    await bot.connect()
    if how == "refreshed":
        await slack.refresh_sockets()
    else:
        await slack.cut_sockets(abruptly=how == "cut")
    await until(lambda: slack.connections == 0)
    await until(lambda: slack.connections == 1)
    await slack.write("U0ANNA", "C0MENTIONS", "still there?")
    await until(lambda: bot.seen == ["still there?"])


async def test_what_happens_while_nobody_listens_is_told_later(slack, bot, until) -> None:
    @bot.app.event("message")
    async def heard(event) -> None:
        bot.seen.append(event["text"])

    await slack.write("U0ANNA", "C0MENTIONS", "hello?")
    await bot.connect()
    await until(lambda: bot.seen == ["hello?"])


async def test_a_socket_needs_a_fresh_ticket(slack, client) -> None:
    answer = await client.apps_connections_open(app_token=slack.app.app_token)
    async with ClientSession() as session:
        async with session.ws_connect(answer["url"]) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(WSServerHandshakeError):
            await session.ws_connect(answer["url"])


async def test_a_ping_is_answered_with_its_own_words(slack, client) -> None:
    """slack-sdk takes a socket for dead when its `sdk-ping-pong:…` does not come back."""
    answer = await client.apps_connections_open(app_token=slack.app.app_token)
    async with ClientSession() as session, session.ws_connect(answer["url"], autoping=False) as socket:
        await socket.receive_json()
        await socket.ping(b"sdk-ping-pong:1.5")
        pong = await socket.receive()
        assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"sdk-ping-pong:1.5")


@pytest.mark.usefixtures("http_bot")
async def test_over_signed_http_clicks_commands_submissions_and_events_arrive(
    slack, client, bot, card, modal
) -> None:
    @bot.app.action("claim")
    async def claim(ack, body) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        await ack()

    @bot.app.view("reply")
    async def reply(ack, view) -> None:
        await ack(response_action="errors", errors={"text": "Too short."})

    @bot.app.command("/desk")
    async def desk(ack, command) -> None:
        await ack(f"You said {command['text']}")

    @bot.app.event("message")
    async def heard(event) -> None:
        bot.seen.append(event["text"])

    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    assert (await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")).ok
    assert (await slack.submit("U0ANNA", {"text": "àé & co"})).errors == {"text": "Too short."}
    assert (await slack.command("U0ANNA", "C0MENTIONS", "/desk", "più & più")).ok
    assert slack.ephemerals("U0ANNA")[-1].text == "You said più & più"
    await slack.write("U0ANNA", "C0MENTIONS", "ciao")
    assert "ciao" in bot.seen


@pytest.mark.usefixtures("http_bot")
async def test_over_http_a_wrong_signature_is_an_unacked_click(slack, client, card) -> None:
    slack.app.signing_secret = "another"
    slack.app.retry_delays = ()
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    assert "_timeout" in (await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")).errors
