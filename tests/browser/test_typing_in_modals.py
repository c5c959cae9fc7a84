"""A small app on the pretend Slack, in a real browser: it hears what is typed, and how its modals are closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from demo.server import Playground

Json = dict[str, Any]


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def an_input(name: str, kind: str, *, dispatch: bool = False, **element: Any) -> Json:
    one = {"type": kind, "action_id": name, **element}
    block = {"type": "input", "block_id": name, "label": plain(name.title()), "element": one}
    return {**block, "optional": True, "dispatch_action": dispatch}


def a_modal(*blocks: Json, name: str = "sheet") -> Json:
    words = {"title": plain("Sheet"), "submit": plain("Send"), "close": plain("Cancel")}
    return {"type": "modal", "callback_id": name, "notify_on_close": True, "blocks": list(blocks), **words}


@dataclass
class Desk:
    """The playground, the app, what the app heard, and the modal it opens when somebody claims."""

    playground: Playground
    app: AsyncApp
    sheet: Json = field(default_factory=dict)
    heard: list[Any] = field(default_factory=list)

    async def hears(self, *what: Any) -> None:
        while self.heard[-len(what) :] != list(what):
            await asyncio.sleep(0.01)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Playground(port=0, post_rate=None) as playground:
        slack = playground.slack
        slack.add_user("U0ANNA", "anna", "Anna Bianchi")
        slack.add_channel("C0MENTIONS", "mentions", ["U0ANNA"])
        client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
        desk = Desk(playground, AsyncApp(client=client, signing_secret=slack.app.signing_secret))
        listen(desk)
        web_client = AsyncWebClient(base_url=slack.api_url)
        handler = AsyncSocketModeHandler(desk.app, slack.app.app_token, web_client=web_client)
        await handler.connect_async()
        yield desk
        await handler.close_async()


def listen(desk: Desk) -> None:
    @desk.app.action("claim")
    async def claim(ack, body, client) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=desk.sheet)

    @desk.app.action("text")
    async def typed(ack, action) -> None:
        desk.heard.append(action["value"])
        await ack()

    @desk.app.view("sheet")
    async def sent(ack, view) -> None:
        desk.heard.append(view["state"]["values"])
        await ack(response_action="push", view=a_modal(name="above"))

    @desk.app.view_closed("sheet")
    @desk.app.view_closed("above")
    async def closed(ack, body) -> None:
        desk.heard.append((body["view"]["callback_id"], body["is_cleared"]))
        await ack()


async def visit(browser: Browser, desk: Desk, *blocks: Json, more: tuple[Json, ...] = ()) -> Page:
    """Anna's page, where the modal with `blocks` is open; `more` elements stand in the card."""
    desk.sheet = a_modal(*blocks)
    button = {"type": "button", "action_id": "claim", "text": plain("Claim")}
    card = [{"type": "actions", "block_id": "doings", "elements": [button, *more]}]
    await desk.app.client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
    page = await browser.new_page(reduced_motion="reduce")
    page.on("pageerror", lambda error: pytest.fail(f"the page raised {error}", pytrace=False))
    await page.goto(desk.playground.url)
    await page.wait_for_selector("body[data-ready]")
    await page.locator('[data-action-id="claim"]').click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    return page


async def test_the_app_hears_of_a_pause_in_typing_and_of_enter(browser: Browser, desk: Desk) -> None:
    pauses = {"trigger_actions_on": ["on_character_entered"]}
    page = await visit(
        browser, desk, an_input("text", "plain_text_input", dispatch=True, dispatch_action_config=pauses)
    )
    await page.locator("#in-text-text").press_sequentially("fees", delay=20)
    await desk.hears("fees")
    await page.locator("#in-text-text").press_sequentially("!", delay=20)
    await desk.hears("fees", "fees!")

    desk.sheet["blocks"] = [an_input("text", "plain_text_input", dispatch=True)]
    await page.keyboard.press("Escape")
    await page.locator('[data-action-id="claim"]').click()
    await page.locator("#in-text-text").fill("bills")
    await page.locator("#in-text-text").press("Enter")
    await desk.hears(("sheet", False), "bills")
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_cancel_goes_back_to_what_was_typed_and_the_cross_closes_all(
    browser: Browser, desk: Desk
) -> None:
    page = await visit(browser, desk, an_input("text", "plain_text_input"))
    dialog = page.get_by_role("dialog")
    await page.locator("#in-text-text").fill("We are on it")
    for leave in ("modal-close", "modal-x"):
        await page.get_by_test_id("modal-submit").click()
        await expect(dialog).to_have_attribute("data-callback-id", "above")
        await page.get_by_test_id(leave).click()
        if leave == "modal-close":
            await expect(page.locator("#in-text-text")).to_have_value("We are on it")
    await expect(dialog).to_be_hidden()
    await desk.hears(("above", True), ("sheet", True))
    assert ("above", False) in desk.heard
