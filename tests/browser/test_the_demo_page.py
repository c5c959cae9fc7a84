"""The try-out's page in a real browser: a visitor claims, answers and sees the answer on X.

With MENTIONDESK_PICTURES set, the pictures in docs/ are taken anew.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from visitor import become, button, card, choose, go, send, take, visit

from scene import ANNA, LAURA, Scene, a_scene, policy_with


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Scene]:
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=3)) as scene:
        yield scene


async def test_a_visitor_claims_replies_and_sees_the_answer_on_x(browser: Browser, desk: Scene) -> None:
    page = await visit(browser, desk)
    await page.get_by_test_id("x-text").fill("I was charged twice on my October invoice. Can somebody look?")
    await page.get_by_test_id("x-post-button").click()
    await go(page, "C0BILLING")
    found = card(page, "charged twice")
    await expect(found).to_contain_text("money taken or withheld")
    await button(found, "claim").click()
    await expect(found).to_contain_text("With @Anna Bianchi")
    await take(page, "card-claimed")

    await button(found, "reply").click()
    modal = page.get_by_role("dialog")
    await modal.locator("textarea").fill("Sorry about that! The second payment goes back to you by Friday.")
    await take(page, "reply-modal")
    await modal.locator("textarea").fill("word " * 599)
    await page.get_by_test_id("modal-submit").click()
    await expect(modal.locator(".field-error")).to_contain_text("Shorten it")
    await modal.locator("textarea").fill("Sorry about that! The second payment goes back to you by Friday.")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("From @acme_help")
    await take(page, "preview")
    await page.get_by_test_id("modal-submit").click()
    await expect(button(found, "undo")).to_be_visible()
    await take(page, "undo")
    await expect(found).to_contain_text("see it on X", timeout=10_000)
    answer = page.get_by_test_id("x-post").filter(has_text="goes back to you by Friday. ^AB")
    await expect(answer).to_be_visible()
    await take(page, "answered")

    await button(found, "resolve").click()
    await page.get_by_test_id("modal-submit").click()
    await expect(found).to_contain_text("Resolved, answered")


async def test_a_reply_with_a_number_in_it_is_read_by_the_lead_and_taken_back_in_time(
    browser: Browser, tmp_path: Path
) -> None:
    policy = policy_with(approval={"guard": True}, undo_seconds=5)
    async with a_scene(tmp_path, policy=policy) as desk:
        page = await visit(browser, desk)
        desk.writes("@acme_help where is my parcel? It was due on Monday")
        found = card(page, "where is my parcel")
        await button(found, "reply").click()
        modal = page.get_by_role("dialog")
        await modal.locator("textarea").fill("The courier rings you today, from +39 333 555 0142.")
        await page.get_by_test_id("modal-submit").click()
        await expect(modal).to_contain_text("Laura Conti reads it first")
        await modal.locator("input[type=text]").fill("It is the courier's own number")
        await take(page, "preview-approval")
        await page.get_by_test_id("modal-submit").click()
        await expect(found).to_contain_text("waits for approval")
        await take(page, "waits-for-approval")

        await become(page, LAURA)
        await page.get_by_test_id("dm-link").first.click()
        waiting = card(page, "asks you to read this reply")
        await expect(waiting).to_contain_text("courier's own number")
        await take(page, "approve")
        await button(waiting, "edit_approve").click()
        await modal.locator("textarea").fill("The courier rings you today.")
        await page.get_by_test_id("modal-submit").click()
        await expect(modal).to_contain_text("The courier rings you today. ^AB")
        await page.get_by_test_id("modal-submit").click()
        await expect(card(page, "approved the reply")).to_be_visible()

        await become(page, ANNA)
        await go(page, "C0MENTIONS")
        await button(found, "undo").click()
        await expect(button(found, "undo")).to_be_hidden()
        assert not desk.ours()


async def test_undo_brings_the_text_back_into_the_modal(browser: Browser, desk: Scene) -> None:
    page = await visit(browser, desk)
    desk.writes("@acme_help where is my parcel?")
    found = card(page, "where is my parcel")
    await button(found, "reply").click()
    await page.get_by_role("dialog").locator("textarea").fill("It is on its weigh.")
    await send(page)
    await button(found, "undo").click()
    await expect(button(found, "undo")).to_be_hidden()
    await button(found, "reply").click()
    await expect(page.get_by_role("dialog").locator("textarea")).to_have_value("It is on its weigh.")
    assert not desk.ours()


async def test_an_expert_answers_and_a_reminder_comes_when_the_visitor_skips_to_tomorrow(
    browser: Browser, desk: Scene
) -> None:
    page = await visit(browser, desk)
    desk.writes("@acme_help my invoice has a fee nobody told me about, I want a refund")
    await go(page, "C0BILLING")
    found = card(page, "a fee nobody told me about")
    await button(found, "escalate").click()
    modal = page.get_by_role("dialog")
    await modal.locator("textarea").fill("Is the activation fee right for a move?")
    await take(page, "ask-an-expert")
    await page.get_by_test_id("modal-submit").click()
    await expect(found).to_contain_text("With an expert")

    await become(page, "U0KASIA")
    await page.get_by_test_id("dm-link").first.click()
    question = card(page, "Is the activation fee right")
    await expect(question).to_be_visible()
    await take(page, "expert-question")
    await button(question, "answer").click()
    await (
        page.get_by_role("dialog").locator("textarea").fill("No fee for a move. We refund it within 3 days.")
    )
    await page.get_by_test_id("modal-submit").click()
    await expect(card(page, "Thank you")).to_be_visible()

    await become(page, "U0ANNA")
    await go(page, "C0BILLING")
    await button(found, "reply").click()
    await expect(page.get_by_role("dialog").locator("textarea")).to_have_value(
        "No fee for a move. We refund it within 3 days."
    )
    await take(page, "expert-draft")
    await send(page)
    await expect(found).to_contain_text("see it on X", timeout=10_000)
    await choose(found, page, "follow_up")
    await take(page, "follow-up")
    await (
        page.get_by_role("dialog")
        .locator('textarea[data-block-id="note"], [data-block-id="note"] textarea')
        .first.fill("Has the refund arrived?")
    )
    await page.get_by_test_id("modal-submit").click()
    await expect(found).to_contain_text("follows up")

    await page.get_by_test_id("skip").click()
    await page.get_by_test_id("dm-link").first.click()
    reminder = card(page, "Has the refund arrived?")
    await expect(reminder).to_be_visible(timeout=10_000)
    await take(page, "reminder")
    await button(reminder, "done").click()
    await expect(card(page, "as promised")).to_be_visible()


async def test_home_shows_my_cases_and_what_nobody_has(browser: Browser, desk: Scene) -> None:
    page = await visit(browser, desk)
    desk.writes("@acme_help no signal since this morning, the whole street is offline", handle="rosa_lane")
    desk.writes("@acme_help can I keep my number when I change plan?", handle="tom_field")
    first = await desk.card("no signal since")
    await desk.card("keep my number")
    await desk.claim("U0LAURA", first)
    await become(page, "U0LAURA")
    await page.get_by_test_id("home-link").click()
    await expect(page.get_by_text("Your cases (1)")).to_be_visible()
    await expect(page.get_by_text("Median first reply")).to_be_visible()
    await take(page, "home")
    unclaimed = page.locator('[data-action-id="claim"]').filter(visible=True)
    await expect(unclaimed).to_have_count(1)
    await unclaimed.click()
    await expect(page.get_by_text("Your cases (2)")).to_be_visible()


async def test_the_page_speaks_to_keyboard_users_and_in_the_dark(browser: Browser, desk: Scene) -> None:
    page = await visit(browser, desk, dark=True)
    desk.writes("@acme_help <!channel> *wake up* & `look`")
    found = card(page, "wake up")
    await button(found, "reply").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await take(page, "dark")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(found).to_contain_text("<!channel> *wake up* & `look`")


async def test_what_a_colleague_writes_is_no_markup_in_a_history(browser: Browser, desk: Scene) -> None:
    page = await visit(browser, desk)
    desk.writes("@acme_help where is my parcel?")
    found = card(page, "where is my parcel")
    await choose(found, page, "transfer")
    modal = page.get_by_role("dialog")
    await modal.locator("select").first.select_option(LAURA)
    await modal.locator("textarea, input[type=text]").first.fill("You know *her* & _him_ & `it`")
    await page.get_by_test_id("modal-submit").click()
    await become(page, LAURA)
    await page.get_by_test_id("dm-link").first.click()
    given = card(page, "gave you the case")
    await expect(given).to_contain_text("You know")
    await expect(given.locator("em, code")).to_have_count(0)
    await expect(given.locator("strong", has_text="her")).to_have_count(0)


async def test_a_tall_window_scrolls_within_the_page(browser: Browser, desk: Scene) -> None:
    page = await visit(browser, desk)
    desk.writes("@acme_help where is my parcel? " + "I have waited for so long. " * 60)
    await button(card(page, "where is my parcel"), "reply").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await expect(page.get_by_test_id("modal-submit")).to_be_in_viewport(ratio=1)
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")
