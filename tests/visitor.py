"""A visitor of the try-out's page: what they see, press and type in a real browser.

With MENTIONDESK_PICTURES set, the pictures in docs/ are taken anew.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from scene import Scene

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"


async def visit(browser: Browser, scene: Scene, *, dark: bool = False, width: int = 1440) -> Page:
    page = await browser.new_page(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page.on("pageerror", lambda error: pytest.fail(f"the page raised {error}", pytrace=False))
    await page.goto(scene.playground.url)
    await page.wait_for_selector("body[data-ready]")
    return page


async def take(page: Page, name: str) -> None:
    if os.environ.get("MENTIONDESK_PICTURES"):
        await page.wait_for_timeout(400)
        await page.screenshot(path=PICTURES / f"{name}.png")


def card(page: Page, saying: str) -> Locator:
    return page.get_by_test_id("message").filter(has_text=saying)


def button(place: Locator, action: str) -> Locator:
    return place.locator(f'[data-action-id="{action}"]').first


async def choose(place: Locator, page: Page, gesture: str) -> None:
    """Open the card's menu and choose."""
    await button(place, "more").click()
    await page.locator(f'[role^="menuitem"][data-option^="{gesture}:"]').click()


async def go(page: Page, channel: str) -> None:
    await page.locator(f'[data-channel="{channel}"]').first.click()


async def become(page: Page, person: str) -> None:
    await page.locator(f'[data-person="{person}"]').click()


async def send(page: Page) -> None:
    """From the reply modal over the preview to the public."""
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_role("dialog")).to_contain_text("From @acme_help")
    await page.get_by_test_id("modal-submit").click()
