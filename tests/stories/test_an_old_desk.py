"""A desk that an earlier version filled is taken up by this one, and shown as if it had always been its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import old
import pytest

import scene as scene_module
from db.engine import Database
from db.sql import tables
from scene import ANNA, BILLING, KASIA, MENTIONS, Scene, a_scene


@pytest.fixture(params=old.SCHEMAS)
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    elsewhere = scene_module.another_database
    url = elsewhere() if elsewhere else f"sqlite+aiosqlite:///{tmp_path}/mentiondesk.db"
    database = Database(url)
    await old.fill(database, request.param)
    await database.close()
    async with a_scene(tmp_path, DATABASE_URL=url) as running:
        yield running


async def test_its_cards_details_and_home_are_drawn(scene: Scene) -> None:
    card = await scene.card("My parcel is three days late", channel=MENTIONS)
    assert "We are looking for it." in card.plain
    assert "ask the courier" in card.plain
    assert "You charged me twice" in (await scene.card("Is it a double charge?", channel=BILLING)).plain
    details = await scene.opens(ANNA, card, "details")
    assert "The courier knows it." in details.plain
    await scene.slack.open_home(ANNA)
    await scene.eventually(lambda: "Your cases (2)" in scene.slack.home(ANNA).plain, "both cases in Home")


async def test_its_question_is_answered_and_its_promise_falls_due(scene: Scene) -> None:
    asked = await scene.told(KASIA, "Is it a double charge?")
    await scene.slack.click(KASIA, asked.channel, asked.ts, "answer")
    await scene.modal(KASIA)
    assert (await scene.slack.submit(KASIA, {"text": "Yes, it is."})).ok
    await scene.told(ANNA, "answered your question")
    scene.skip(hours=6)
    await scene.told(ANNA, "Today you promised to come back")
    assert [row["state"] for row in await scene.rows(tables.follow_ups)] == ["reminded"]
