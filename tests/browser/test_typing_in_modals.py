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
PAUSES = {"trigger_actions_on": ["on_character_entered"]}


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
    page = await visit(
        browser, desk, an_input("text", "plain_text_input", dispatch=True, dispatch_action_config=PAUSES)
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


async def test_one_goes_on_typing_where_one_was_while_the_app_changes_the_input(
    browser: Browser, desk: Desk
) -> None:
    def counted(words: str) -> Json:
        block = an_input("words", "plain_text_input", dispatch=True, dispatch_action_config=PAUSES)
        return {**block, "hint": plain(f"{len(words)} characters")}

    @desk.app.action("words")
    async def count(ack, body, action, client) -> None:
        await ack()
        await client.views_update(view_id=body["view"]["id"], view=a_modal(counted(action["value"])))

    page = await visit(browser, desk, counted(""))
    field = page.locator("#in-words-words")
    await field.press_sequentially("bills")
    await field.press("Home")
    await field.press_sequentially("old ")
    await expect(page.get_by_text("9 characters")).to_be_visible()
    await page.keyboard.type("and new ")
    await expect(field).to_have_value("old and new bills")
    await expect(page.get_by_text("17 characters")).to_be_visible()


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


def cases(desk: Desk) -> list[str]:
    """Let the app find cases by their words; the list fills with what was asked for."""
    asked: list[str] = []

    @desk.app.options("case")
    async def find(ack, body) -> None:
        asked.append(body["value"])
        names = ("Roaming bill", "Roaming in Norway", "Router")
        found = [{"text": plain(name), "value": name.lower()} for name in names]
        await ack(options=[one for one in found if body["value"].lower() in one["value"]])

    return asked


async def test_a_case_is_looked_up_and_chosen_with_the_keyboard(browser: Browser, desk: Desk) -> None:
    asked = cases(desk)
    page = await visit(browser, desk, an_input("case", "external_select"))
    field = page.get_by_role("combobox", name="Case")
    await field.press_sequentially("ro", delay=20)
    await expect(page.get_by_test_id("suggestions")).to_have_text("Type at least 3 characters")
    await field.press_sequentially("am", delay=20)
    options = page.get_by_role("option")
    await expect(options).to_have_text(["Roaming bill", "Roaming in Norway"])
    await expect(field).to_have_attribute("aria-expanded", "true")
    await field.press("ArrowDown")
    active = await field.get_attribute("aria-activedescendant")
    assert await page.locator(f"#{active}").text_content() == "Roaming in Norway"
    await field.press("Enter")
    await expect(field).to_have_value("Roaming in Norway")
    await expect(options).to_have_count(0)
    await field.fill("zzz")
    await expect(page.get_by_test_id("suggestions")).to_have_text("No results")
    await field.press("Escape")
    await expect(field).to_have_value("Roaming in Norway")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.get_by_test_id("modal-submit").click()
    chosen = {"text": plain("Roaming in Norway"), "value": "roaming in norway"}
    await desk.hears({"case": {"case": {"type": "external_select", "selected_option": chosen}}})
    assert asked == ["roam", "zzz"]


async def test_several_are_chosen_and_stay_when_the_page_is_opened_anew(browser: Browser, desk: Desk) -> None:
    cases(desk)
    kind = {"min_query_length": 0, "max_selected_items": 2}
    page = await visit(browser, desk, an_input("case", "multi_external_select", **kind))
    field = page.get_by_role("combobox", name="Case")
    for name in ("Roaming bill", "Router"):
        await field.click()
        await page.get_by_role("option", name=name).click()
    await expect(page.locator(".token")).to_have_text(["Roaming bill ×", "Router ×"])
    await field.click()
    await expect(page.get_by_role("option")).to_have_count(3)
    await page.get_by_role("option", name="Roaming in Norway").click()
    await expect(page.get_by_test_id("suggestions")).to_contain_text("At most 2")
    await field.press("Escape")
    await field.click()
    await page.get_by_role("option", name="Router").click()
    await page.get_by_role("button", name="Remove Roaming bill").click()
    await field.press("ArrowDown")
    await expect(page.get_by_role("option")).to_have_count(3)
    await field.press("ArrowUp")
    await field.press("Enter")
    while desk.playground.slack.modal("U0ANNA").values != {"case": ["router"]}:
        await asyncio.sleep(0.01)
    await page.reload()
    await expect(page.locator(".token")).to_have_text(["Router ×"])


async def test_a_card_has_a_menu_to_look_things_up_in(browser: Browser, desk: Desk) -> None:
    cases(desk)

    @desk.app.action("case")
    async def chosen(ack, action) -> None:
        desk.heard.append(action["selected_option"]["value"])
        await ack()

    page = await visit(browser, desk, more=({"type": "external_select", "action_id": "case"},))
    await page.get_by_test_id("modal-x").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    field = page.get_by_role("combobox", name="Search")
    await field.press_sequentially("norway", delay=20)
    await expect(page.get_by_role("option")).to_be_visible()
    await field.press("Enter")
    await desk.hears("roaming in norway")
    await expect(field).to_have_value("Roaming in Norway")
