"""Who is asked, who is away and when the desk is open, in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from visitor import become, button, card, go, take, visit

from scene import ANNA, KASIA, LAURA, MARCO, Scene, a_scene, policy_with

OFFICE = {day: ["09:00-13:00", "14:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Scene]:
    policy = policy_with(
        rota=[{"people": [MARCO, KASIA], "turn": "weekly"}],
        person=[{"slack": LAURA, "hours": OFFICE}],
        undo_seconds=0,
    )
    async with a_scene(tmp_path, policy=policy) as scene:
        yield scene


async def says(page: Page, command: str) -> None:
    """Type a command and send it."""
    await page.get_by_test_id("composer").fill(command)
    await page.keyboard.press("Enter")


async def test_two_experts_are_asked_at_once_and_one_asks_back(browser: Browser, desk: Scene) -> None:
    page = await visit(browser, desk)
    desk.writes("@acme_help my invoice has a fee nobody told me about, I want a refund")
    await go(page, "C0BILLING")
    found = card(page, "a fee nobody told me about")
    await button(found, "escalate").click()
    modal = page.get_by_role("dialog")
    await modal.locator(f'input[data-option="{MARCO}"]').check()
    await modal.locator("textarea").fill("Is the activation fee right for a move?")
    await take(page, "ask-several")
    await page.get_by_test_id("modal-submit").click()
    await expect(found).to_contain_text("the first answer counts")

    await become(page, KASIA)
    await page.get_by_test_id("dm-link").first.click()
    question = card(page, "Is the activation fee right")
    await button(question, "ask_back").click()
    await modal.locator("textarea").fill("Did they move within the same city?")
    await page.get_by_test_id("modal-submit").click()
    await expect(question).to_contain_text("You asked back")

    await become(page, ANNA)
    await page.get_by_test_id("dm-link").first.click()
    asked = card(page, "same city")
    await take(page, "asks-back")
    await button(asked, "tell_back").click()
    await modal.locator("textarea").fill("Yes, two streets away.")
    await page.get_by_test_id("modal-submit").click()

    await become(page, MARCO)
    await page.get_by_test_id("dm-link").first.click()
    await button(card(page, "Is the activation fee right"), "answer").click()
    await modal.locator("textarea").fill("No fee for a move.")
    await page.get_by_test_id("modal-submit").click()
    await become(page, KASIA)
    await page.get_by_test_id("dm-link").first.click()
    await expect(card(page, "A colleague answered the question")).to_be_visible()


async def test_who_goes_away_hands_over_and_everybody_sees_who_is_on_duty(
    browser: Browser, desk: Scene
) -> None:
    page = await visit(browser, desk)
    desk.writes("@acme_help where is my parcel? It was due on Monday")
    found = card(page, "where is my parcel")
    await button(found, "claim").click()
    await expect(found).to_contain_text("With @Anna Bianchi")
    await says(page, "/desk away 3 days")
    said = page.get_by_test_id("ephemeral").filter(has_text="You are away until")
    await expect(said).to_be_visible()
    await take(page, "away")
    await button(said, "hand_over").click()
    await expect(found).not_to_contain_text("With @Anna Bianchi")
    await says(page, "/desk duty")
    await expect(page.get_by_test_id("ephemeral").filter(has_text="On duty now")).to_be_visible()


async def test_home_says_when_the_desk_is_open_and_which_lists_come(browser: Browser, desk: Scene) -> None:
    page = await visit(browser, desk)
    await become(page, LAURA)
    await page.get_by_test_id("home-link").first.click()
    home = page.get_by_test_id("home")
    await expect(home).to_contain_text("Open:")
    switch = button(home, "want_morning")
    await switch.scroll_into_view_if_needed()
    await take(page, "home-hours")
    await expect(switch).to_contain_text("on")
    await switch.click()
    await expect(button(home, "want_morning")).to_contain_text("off")
