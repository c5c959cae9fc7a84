"""Mishaps on order, as the real client meets them."""

from __future__ import annotations

import time

import pytest
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient


async def test_a_lost_answer_leaves_the_message_posted(slack, client) -> None:
    slack.fail("chat.postMessage", "lost")
    with pytest.raises(ClientError):
        await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    assert [message.text for message in slack.messages("C0MENTIONS")] == ["a card"]
    assert slack.calls[-1].outcome == "lost"


async def test_the_default_client_repeats_a_post_after_a_lost_answer(slack) -> None:
    """The trap that `retry_handlers=[]` avoids."""
    slack.fail("chat.postMessage", "lost")
    careless = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    await careless.chat_postMessage(channel="C0MENTIONS", text="a card")
    assert len(slack.messages("C0MENTIONS")) == 2


async def test_a_cut_connection_leaves_nothing_posted(slack, client) -> None:
    slack.fail("chat.postMessage", "cut")
    with pytest.raises(ClientError):
        await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    assert slack.posts == []
    await client.chat_postMessage(channel="C0MENTIONS", text="a card")


async def test_a_planned_429_names_its_seconds(slack, client) -> None:
    slack.fail("chat.update", "ratelimited", seconds=7)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel="C0MENTIONS", ts="1.000000", text="x")
    assert caught.value.response.headers["Retry-After"] == "7"


async def test_a_planned_refusal_and_an_outage(slack, client) -> None:
    slack.fail("*", "refuse:fatal_error")
    slack.fail("chat.postMessage", "5xx")
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client.auth_test()
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    assert caught.value.response.status_code == 503
    assert slack.posts == []


async def test_a_delay_does_the_work_later(slack, client) -> None:
    slack.fail("chat.postMessage", "delay", seconds=0.1)
    started = time.monotonic()
    await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    assert time.monotonic() - started >= 0.1


async def test_a_fault_can_choose_its_calls_and_come_back(slack, client) -> None:
    slack.fail("chat.postMessage", "5xx", every=0.0, match=lambda args: args["text"] == "bad")
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await client.chat_postMessage(channel="C0MENTIONS", text="bad")
        await client.chat_postMessage(channel="C0MENTIONS", text="good")
    slack.faults.clear()
    await client.chat_postMessage(channel="C0MENTIONS", text="bad")


async def test_an_unknown_kind_of_fault_is_refused(slack) -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        slack.fail("chat.postMessage", "explode")


async def test_the_call_log_is_bounded(slack, client) -> None:
    slack.keep_calls(3)
    for _ in range(5):
        await client.auth_test()
    assert [call.method for call in slack.calls] == ["auth.test"] * 3
