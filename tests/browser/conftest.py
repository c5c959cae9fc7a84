"""A real browser."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=20_000)

if CHROMIUM is None and os.environ.get("CI"):
    pytest.fail("CI needs a Chromium: the page must be seen", pytrace=False)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as playwright:
        # faketime is not for Chromium: its processes wait for each other by the clock that it moves.
        env = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, env=env)
        yield browser
        await browser.close()
