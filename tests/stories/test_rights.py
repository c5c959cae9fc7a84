"""Who may do what, clicks that come too late, and a desk whose database is busy: one sentence, nothing changed."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from db.sql import tables
from demo.slack import Message
from scene import ANNA, BILLING, KASIA, LAURA, MARCO, MENTIONS, NETWORK, Scene, a_scene, policy_with

GUEST, STRANGER = "U0GUEST", "U0STRANGER"


@pytest.fixture
def guest(scene: Scene) -> str:
    """A guest who is in the desk's channel."""
    scene.slack.add_user(GUEST, "gino", "Gino Ospite", restricted=True)
    return GUEST


async def enter(scene: Scene, person: str) -> None:
    await scene.slack.join(person, MENTIONS)


@asynccontextmanager
async def locked(scene: Scene) -> AsyncIterator[None]:
    """Another program holds the database's write lock."""
    assert scene.app is not None
    if not scene.app.desk.database.is_sqlite:
        async with scene.app.desk.database.write() as connection:
            await connection.exec_driver_sql("LOCK TABLE cases, drafts IN EXCLUSIVE MODE")
            yield
        return
    holder = sqlite3.connect(scene.folder / "mentiondesk.db", isolation_level=None, timeout=0)
    while not holder.in_transaction:
        with contextlib.suppress(sqlite3.OperationalError):
            holder.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(0.001)
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


async def untouched(scene: Scene, card: Message, history: list[dict[str, Any]], *, told: str) -> None:
    """Nobody but that person heard anything, and the case is as it was."""
    assert await scene.events() == history
    assert scene.again(card).blocks == card.blocks
    for person in {ANNA, MARCO, KASIA, LAURA, GUEST, STRANGER} - {told}:
        if person in {user.id for user in scene.slack.users()}:
            assert scene.heard(person) == []


# Roles


async def test_a_guest_gets_one_sentence_alone_and_changes_nothing(scene: Scene, guest: str) -> None:
    await enter(scene, guest)
    scene.writes("@acme_help the app crashes")
    card = await scene.card("the app crashes")
    history = await scene.events()
    gestures = [("claim", None), ("reply", None), ("escalate", None), ("resolve", None)]
    gestures += [("more", name) for name in ("transfer", "follow_up", "dismiss")]
    gestures += [("priority", "urgent"), ("area", "network")]
    for number, (action, option) in enumerate(gestures, start=1):
        await scene.click(guest, card, action, option)
        told = await scene.eventually(lambda n=number: scene.slack.ephemerals(guest)[n - 1 :], action)
        assert "You may look at this case, but not work on it" in told[0].plain
    assert scene.slack.modal(guest) is None
    await untouched(scene, card, history, told=guest)


async def test_a_guest_may_read_the_details(scene: Scene, guest: str) -> None:
    scene.writes("@acme_help the app crashes")
    modal = await scene.opens(guest, await scene.card("the app crashes"), "details")
    assert "the app crashes" in modal.plain


async def test_a_guests_reaction_is_answered_by_direct_message(scene: Scene, guest: str) -> None:
    scene.writes("@acme_help the app crashes")
    card = await scene.card("the app crashes")
    await scene.slack.react(guest, card.channel, card.ts, "eyes")
    await scene.told(guest, "You may look at this case")
    assert (await scene.case())["owner"] is None


async def test_a_trainee_claims_and_asks_but_does_not_speak_for_the_brand(tmp_path: Path) -> None:
    policy = policy_with(undo_seconds=0, person=[{"slack": MARCO, "role": "trainee"}])
    async with a_scene(tmp_path, policy=policy) as scene:
        card = await scene.taken("@acme_help the app crashes", by=MARCO)
        for number, action in enumerate(("reply", "resolve"), start=1):
            await scene.click(MARCO, card, action)
            told = await scene.eventually(lambda n=number: scene.slack.ephemerals(MARCO)[n - 1 :], action)
            assert "Trainees can't do that yet" in told[0].plain
        await scene.slack.react(MARCO, card.channel, card.ts, "white_check_mark")
        await scene.eventually(lambda: scene.slack.dm(MARCO), "a sentence about the check mark")
        assert (await scene.case())["status"] == "claimed"
        await scene.opens(MARCO, card, "escalate")
        assert (await scene.slack.submit(MARCO, {"expert": KASIA, "question": "What now?"})).ok
        await scene.told(KASIA, "What now?")


async def test_a_trainee_who_was_an_agent_when_the_modal_opened_cannot_send(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        card = await scene.taken("@acme_help the app crashes", by=MARCO)
        await scene.opens(MARCO, card, "reply")
        await scene.click(LAURA, card, "more", "transfer")
        await scene.modal(LAURA)
        assert (await scene.slack.submit(LAURA, {"person": ANNA})).ok
        await scene.shows(card, f"With <@{ANNA}>")
        ack = await scene.slack.submit(MARCO, {"text": "Try to restart it."})
        assert ack.errors["text"].startswith("anna has this case.")
        assert scene.slack.modal(MARCO).values["text"] == "Try to restart it."
        assert scene.ours() == []


async def test_who_joins_the_desks_channel_becomes_an_agent(scene: Scene) -> None:
    scene.slack.add_user("U0NEW", "nina", "Nina Nuova")
    scene.writes("@acme_help the app crashes")
    card = await scene.card("the app crashes")
    await scene.click("U0NEW", card, "claim")
    await scene.told("U0NEW", "You may look at this case")
    await enter(scene, "U0NEW")

    for _attempt in range(100):
        if "claim" not in scene.again(card).button_ids:
            break
        await scene.click("U0NEW", card, "claim")
        await asyncio.sleep(0.05)
    await scene.shows(card, "With <@U0NEW>")


# People of another workspace


async def test_a_click_from_another_workspace_gets_one_sentence_and_changes_nothing(scene: Scene) -> None:
    scene.slack.add_user(STRANGER, "stan", "Stan Straniero", team_id="T0OTHER")
    await enter(scene, STRANGER)
    scene.writes("@acme_help the app crashes")
    card = await scene.card("the app crashes")
    history = await scene.events()
    await scene.click(STRANGER, card, "claim")
    told = await scene.told(STRANGER, "Only people of the Acme workspace")
    assert told.ephemeral_for == STRANGER
    await scene.click(STRANGER, card, "details")
    await scene.eventually(lambda: len(scene.slack.ephemerals(STRANGER)) == 2, "a second sentence")
    assert scene.slack.modal(STRANGER) is None
    await untouched(scene, card, history, told=STRANGER)


async def test_a_reaction_from_another_workspace_claims_nothing(scene: Scene) -> None:
    scene.slack.add_user(STRANGER, "stan", "Stan Straniero", team_id="T0OTHER")
    await enter(scene, STRANGER)
    scene.writes("@acme_help the app crashes")
    card = await scene.card("the app crashes")
    await scene.slack.react(STRANGER, card.channel, card.ts, "eyes")
    await scene.slack.react(MARCO, card.channel, card.ts, "eyes")
    await scene.shows(card, f"With <@{MARCO}>")
    (claim,) = await scene.events("claim")
    assert claim["who"] == MARCO


async def test_a_case_cannot_be_given_to_somebody_of_another_workspace(scene: Scene) -> None:
    scene.slack.add_user(STRANGER, "stan", "Stan Straniero", team_id="T0OTHER")
    await enter(scene, STRANGER)
    card = await scene.taken("@acme_help the app crashes")
    ack = await scene.chooses(ANNA, card, "transfer", {"person": STRANGER})
    assert "stan does not work on this desk" in ack.errors["person"]


# A case that moved on


async def test_a_click_on_a_card_that_is_behind_gets_one_sentence_and_changes_nothing(scene: Scene) -> None:
    card = await scene.taken("@acme_help the app crashes")
    scene.slack.fail("chat.update", "ratelimited", times=9, seconds=30)
    await scene.slack.react(ANNA, card.channel, card.ts, "white_check_mark")
    await scene.recorded("resolve")
    history = await scene.events()
    gestures = [("reply", None), ("escalate", None), ("more", "follow_up"), ("more", "dismiss")]
    gestures += [("more", "transfer"), ("more", "release")]
    for number, (action, option) in enumerate(gestures, start=1):
        await scene.click(ANNA, card, action, option)
        told = await scene.eventually(
            lambda n=number: scene.slack.ephemerals(ANNA)[n - 1 :], f"{action} {option}"
        )
        assert "This case is “resolved” now" in told[0].plain
    assert scene.slack.modal(ANNA) is None
    await untouched(scene, card, history, told=ANNA)


async def test_a_click_on_a_card_whose_case_was_given_away_names_the_owner(scene: Scene) -> None:
    card = await scene.taken("@acme_help the app crashes")
    assert (await scene.chooses(ANNA, card, "transfer", {"person": MARCO})).ok
    card = await scene.shows(card, f"With <@{MARCO}>")
    await scene.click(ANNA, card, "reply")
    await scene.told(ANNA, f"<@{MARCO}> has this case")
    assert scene.slack.modal(ANNA) is None


async def test_a_trigger_that_expired_gets_a_sentence(scene: Scene) -> None:
    card = await scene.taken("@acme_help the app crashes")
    scene.slack.app.trigger_seconds = 0.1
    scene.slack.fail("views.open", "delay", seconds=0.3)
    await scene.click(ANNA, card, "reply")
    told = await scene.told(ANNA, "That took longer than Slack allows. Please press the button again.")
    assert told.ephemeral_for == ANNA
    scene.slack.app.trigger_seconds = 3.0
    await scene.opens(ANNA, card, "reply")


# Corrections at one click


async def test_a_corrected_priority_aims_the_clock_anew(scene: Scene) -> None:
    scene.writes("@acme_help where can I see your opening hours?")
    card = await scene.card("opening hours")
    before = await scene.case()
    await scene.click(MARCO, card, "priority", "urgent")
    await scene.shows(card, "🔴")
    case = await scene.case()
    assert case["priority"] == "urgent"
    assert case["due_at"] == before["waiting_since"] + timedelta(minutes=15)
    armed = {row["kind"]: row["due_at"] for row in await scene.rows(tables.timers) if row["state"] == "armed"}
    assert armed["breach"] == case["due_at"]
    assert armed["warning"] < armed["breach"]
    scene.skip(minutes=16)
    await scene.shows(card, "*late*")
    await scene.click(MARCO, card, "priority", "low")
    await scene.lacks(card, "*late*")


async def test_a_corrected_area_moves_the_card_to_its_channel(scene: Scene) -> None:
    card = await scene.taken("@acme_help I was charged for a phone I never had")
    assert card.channel == BILLING
    await scene.click(ANNA, card, "area", "network")
    moved = await scene.card("never had", channel=NETWORK)
    await scene.eventually(lambda: scene.again(card).deleted, "the old card's end")
    assert len(scene.cards()) == 1
    assert f"With <@{ANNA}>" in moved.plain
    await scene.slack.write(ANNA, moved.channel, "checked the line", thread_ts=moved.ts)
    await scene.recorded("note")
    await scene.click(ANNA, moved, "area", "none")
    await scene.card("never had", channel=MENTIONS)
    assert [event["detail"]["after"] for event in await scene.events("area")] == ["network", None]


# The database


async def test_a_submission_while_the_database_is_locked_keeps_the_modal_with_a_sentence(
    scene: Scene,
) -> None:
    card = await scene.taken("@acme_help the app crashes")
    await scene.opens(ANNA, card, "reply")
    async with locked(scene):
        ack = await scene.slack.submit(ANNA, {"text": "Try to restart it."})
        assert "took too long" in ack.errors["text"]
        assert scene.slack.modal(ANNA).values["text"] == "Try to restart it."
    assert (await scene.slack.submit(ANNA)).ok
    assert (await scene.slack.submit(ANNA)).ok, "from the preview"
    await scene.said("Try to restart it.")
    await scene.quiet()
    assert len(scene.ours()) == 1
    assert len(await scene.events("reply")) == 1


async def test_a_click_while_the_database_is_locked_counts_when_it_is_free(scene: Scene) -> None:
    scene.writes("@acme_help the app crashes")
    card = await scene.card("the app crashes")
    async with locked(scene):
        assert (await scene.click(ANNA, card, "claim")).seconds < 1
        await asyncio.sleep(0.3)
        assert "Unclaimed" in scene.again(card).plain
    await scene.shows(card, f"With <@{ANNA}>")


async def test_a_database_that_fails_is_told_beside_the_field_and_to_the_clicker(scene: Scene) -> None:
    card = await scene.taken("@acme_help the app crashes")
    await scene.opens(ANNA, card, "reply")
    async with scene.app.desk.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE drafts RENAME TO drafts_gone")
    ack = await scene.slack.submit(ANNA, {"text": "Try to restart it."})
    assert "database did not answer" in ack.errors["text"]
    assert scene.slack.modal(ANNA).values["text"] == "Try to restart it."
    await scene.click(ANNA, card, "reply")
    await scene.told(ANNA, "database did not answer")
    async with scene.app.desk.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE drafts_gone RENAME TO drafts")
    assert (await scene.slack.submit(ANNA)).ok
    assert (await scene.slack.submit(ANNA)).ok, "from the preview"
    await scene.said("Try to restart it.")
