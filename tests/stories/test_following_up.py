"""Promises to come back at a date: reminded, kept, moved, handed over, given back."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from db.queue import timers
from db.queue.subjects import Unparsed
from db.rows import TimerKind
from db.sql import tables
from demo.slack import Message
from handlers.desk.follow_ups import remind
from scene import ANNA, KASIA, MARCO, ROME, Scene, a_scene, policy_with
from triage.rights import NotAllowed


def day(scene: Scene, days: int) -> str:
    """The date in so many days, where the staff are."""
    return (scene.now().astimezone(ROME) + timedelta(days=days)).date().isoformat()


async def promised(scene: Scene, note: str = "Has the refund arrived?") -> Message:
    """A case of Anna's that is to be followed up in two days at nine; returns its card."""
    card = await scene.taken("@acme_help my refund is late, can you check?")
    values: dict[str, object] = {"date": day(scene, 2), "time": "09:00", "note": note}
    assert (await scene.chooses(ANNA, card, "follow_up", values)).ok
    return await scene.shows(card, f"<@{ANNA}> follows up")


async def reminded(scene: Scene, days: float = 2) -> tuple[Message, Message]:
    """The card and the reminder in Anna's direct messages, on the day that was promised."""
    card = await promised(scene)
    nine = datetime.combine(
        (scene.now().astimezone(ROME) + timedelta(days=days)).date(),
        datetime.min.time().replace(hour=9, minute=1),
        ROME,
    )
    scene.playground.clock.skip_to(nine)
    return card, await scene.told(ANNA, "Today you promised")


async def press(scene: Scene, message: Message, action: str, person: str = ANNA) -> Any:
    return await scene.slack.click(person, message.channel, message.ts, action)


async def settled(scene: Scene, reminder: Message, words: str) -> None:
    """The reminder is redrawn, without buttons."""
    shown = await scene.shows(reminder, words)
    assert not {"done", "not_yet", "write", "transfer"} & set(shown.button_ids)


async def test_the_proposal_is_the_next_working_morning_in_ones_own_zone(scene: Scene) -> None:
    card = await scene.taken("@acme_help my refund is late, can you check?")
    modal = await scene.opens(ANNA, card, "more", "follow_up")
    chosen = datetime.fromisoformat(str(modal.values["when"]))
    assert day(scene, 0) < chosen.date().isoformat() <= day(scene, 4)
    assert (modal.values["time"], modal.values["date"]) == ("09:00", None)
    assert "Next working morning, " in modal.plain
    assert "Europe/Rome" in modal.plain


async def test_a_choice_is_enough_and_a_chosen_day_goes_before_it(scene: Scene) -> None:
    card = await scene.taken("@acme_help my refund is late, can you check?")
    modal = await scene.opens(ANNA, card, "more", "follow_up")
    (element,) = [block["element"] for block in modal.blocks if block.get("block_id") == "when"]
    values = [one["value"] for one in element["options"]]
    in_a_week = next(value for value in values if value.startswith(day(scene, 7)))
    assert (await scene.slack.submit(ANNA, {"when": in_a_week})).ok
    (promise,) = await scene.rows(tables.follow_ups)
    assert promise["due_at"] == datetime.fromisoformat(in_a_week)
    await scene.shows(card, "follows up")
    await scene.opens(ANNA, card, "more", "follow_up")
    assert (await scene.slack.submit(ANNA, {"when": in_a_week, "date": day(scene, 3)})).ok
    rows = await scene.rows(tables.follow_ups)
    assert [row["state"] for row in rows] == ["moved", "promised"]
    assert rows[1]["due_at"].astimezone(ROME).date().isoformat() == day(scene, 3)


async def test_a_date_that_has_passed_or_is_far_away_is_refused_beside_the_field(scene: Scene) -> None:
    card = await scene.taken("@acme_help my refund is late, can you check?")
    await scene.opens(ANNA, card, "more", "follow_up")
    ack = await scene.slack.submit(ANNA, {"date": day(scene, 0), "time": "00:00", "note": "call her"})
    assert "has passed" in ack.errors["date"]
    ack = await scene.slack.submit(ANNA, {"date": day(scene, 400)})
    assert "more than a year" in ack.errors["date"]
    assert scene.slack.modal(ANNA).values["note"] == "call her"


async def test_the_reminder_holds_the_note_the_conversation_and_the_way_to_the_card(scene: Scene) -> None:
    card, reminder = await reminded(scene)
    assert "Has the refund arrived?" in reminder.plain
    assert "my refund is late" in reminder.plain
    assert f"/archives/{card.channel}/p" in reminder.plain
    assert {"done", "not_yet", "write", "transfer"} <= set(reminder.button_ids)
    await scene.shows(card, f"🙋 With <@{ANNA}>")


async def test_done_keeps_the_promise_and_resolves_an_answered_case(scene: Scene) -> None:
    card = await scene.taken("@acme_help my refund is late, can you check?")
    assert (await scene.reply(ANNA, card, "We check and come back.")).ok
    await scene.shows(card, "see it on X")
    assert (await scene.chooses(ANNA, card, "follow_up", {"date": day(scene, 2), "time": "09:00"})).ok
    await scene.shows(card, "follows up")
    scene.skip(days=3)
    reminder = await scene.told(ANNA, "Today you promised")
    await press(scene, reminder, "done")
    await settled(scene, reminder, "you came back")
    await scene.shows(card, "*Resolved*, fixed")


async def test_done_leaves_a_case_open_whose_customer_still_waits_for_an_answer(scene: Scene) -> None:
    card, reminder = await reminded(scene)
    await press(scene, reminder, "done")
    await settled(scene, reminder, "you came back")
    card = await scene.lacks(card, "follows up")
    assert f"With <@{ANNA}>" in card.plain


async def test_not_yet_promises_a_new_date_and_keeps_the_note(scene: Scene) -> None:
    card, reminder = await reminded(scene)
    await press(scene, reminder, "not_yet")
    await scene.modal(ANNA)
    assert (await scene.slack.submit(ANNA, {"date": day(scene, 3), "time": "15:00"})).ok
    await settled(scene, reminder, "has a new date")
    await scene.shows(card, f"<@{ANNA}> follows up")
    scene.skip(days=4)
    await scene.eventually(
        lambda: [one for one in scene.slack.dm(ANNA) if "Today you promised" in one.plain],
        "a second reminder",
    )
    assert "Has the refund arrived?" in scene.slack.dm(ANNA)[-1].plain


async def test_write_opens_the_reply_and_sending_settles_the_reminder(scene: Scene) -> None:
    card, reminder = await reminded(scene)
    await press(scene, reminder, "write")
    modal = await scene.modal(ANNA)
    assert "my refund is late" in modal.plain
    assert (await scene.sends(ANNA, "It has arrived!")).ok
    await scene.said("It has arrived!")
    await settled(scene, reminder, "you came back")
    await scene.shows(card, "⏳ *Waiting*")


async def test_transfer_from_the_reminder_gives_the_promise_to_the_colleague(scene: Scene) -> None:
    card, reminder = await reminded(scene)
    await press(scene, reminder, "transfer")
    await scene.modal(ANNA)
    assert (await scene.slack.submit(ANNA, {"person": MARCO, "note": "over to you"})).ok
    await settled(scene, reminder, "a new owner")
    await scene.told(MARCO, "over to you")
    theirs = await scene.told(MARCO, "Today you promised")
    assert "Has the refund arrived?" in theirs.plain
    await scene.shows(card, f"With <@{MARCO}>")
    await press(scene, theirs, "done", person=MARCO)
    await settled(scene, theirs, "you came back")


async def test_a_transferred_case_hands_its_date_over(scene: Scene) -> None:
    card = await promised(scene)
    assert (await scene.chooses(ANNA, card, "transfer", {"person": KASIA})).ok
    await scene.shows(card, f"<@{KASIA}> follows up")
    scene.skip(days=3)
    await scene.told(KASIA, "Today you promised")
    assert not [one for one in scene.slack.dm(ANNA) if "promised" in one.plain]


async def test_a_reminder_nobody_takes_is_given_twice_and_then_returns_the_case(scene: Scene) -> None:
    card, reminder = await reminded(scene)
    scene.skip(hours=4, minutes=1)
    await scene.told(ANNA, "Still open: you promised")
    await scene.quiet()
    assert f"With <@{ANNA}>" in scene.again(card).plain
    scene.skip(hours=4, minutes=1)
    card = await scene.shows(card, "🆕 *Unclaimed*")
    assert "claim" in card.button_ids
    await settled(scene, reminder, "went back to the channel")
    await scene.told(ANNA, "its reminder was not answered")
    case = await scene.case()
    assert case["owner"] is None
    assert case["due_at"] > scene.now()
    (event,) = await scene.events("return")
    assert event["who"] is None


async def test_a_reminder_and_its_return_survive_restarts(scene: Scene) -> None:
    card = await promised(scene)
    await scene.stop()
    scene.skip(days=3)
    await scene.start()
    for said in ("Today you promised", "Still open: you promised"):
        await scene.told(ANNA, said)
        await scene.stop()
        scene.skip(days=3)
        await scene.start()
    await scene.shows(card, "🆕 *Unclaimed*")
    await scene.told(ANNA, "its reminder was not answered")
    await scene.quiet()
    assert len(scene.slack.dm(ANNA)) == 3, "two reminders and the notice, each once"


@pytest.mark.parametrize(
    ("asked", "thanks"),
    [
        ("my refund is late, can you check?", "thanks 🙏"),
        ("il rimborso non è arrivato, come mai?", "grazie!"),
    ],
)
async def test_a_bare_thank_you_leaves_the_promise_standing(scene: Scene, asked: str, thanks: str) -> None:
    post = scene.writes(f"@acme_help {asked}")
    card = await scene.claim(ANNA, await scene.card(asked))
    assert (await scene.reply(ANNA, card, "We check and come back.")).ok
    await scene.shows(card, "see it on X")
    assert (await scene.chooses(ANNA, card, "follow_up", {"date": day(scene, 2), "time": "09:00"})).ok
    await scene.shows(card, "follows up")
    scene.writes(f"@acme_help {thanks}", reply_to=post.id)
    await scene.recorded("thanks")
    await scene.quiet()
    case = await scene.case()
    assert (case["status"], case["due_at"]) == ("waiting", None)
    assert "follows up" in scene.again(card).plain
    assert scene.slack.dm(ANNA) == []
    scene.skip(days=3)
    await scene.told(ANNA, "Today you promised")


async def test_a_customers_further_post_goes_to_the_thread_and_to_the_owner(scene: Scene) -> None:
    card = await promised(scene)
    await scene.shows(card, "⏳ *Waiting*")
    first = scene.x.posts("anna_test")[0]
    scene.writes("@acme_help <!channel> it is *still* missing", reply_to=first.id)
    (announced,) = await scene.eventually(
        lambda: scene.slack.thread(card.channel, card.ts), "an announcement in the thread"
    )
    assert "it is *still* missing" in announced.plain
    await scene.told(ANNA, "wrote again on your case")
    card = await scene.shows(card, f"🙋 With <@{ANNA}>")
    assert "follows up" in card.plain, "the promise stands"
    assert [ping for ping in scene.slack.pings if ping.target.startswith("!")] == []


async def test_resolving_warns_of_the_promise_that_it_drops(scene: Scene) -> None:
    card = await promised(scene)
    modal = await scene.opens(ANNA, card, "resolve")
    assert "A follow-up is promised for" in modal.plain
    assert (await scene.slack.submit(ANNA)).ok
    await scene.shows(card, "*Resolved*")
    scene.skip(days=3)
    await scene.quiet()
    assert scene.slack.dm(ANNA) == []


async def test_a_button_of_a_settled_reminder_is_answered_with_a_sentence(scene: Scene) -> None:
    card, reminder = await reminded(scene)
    scene.slack.fail("chat.update", "ratelimited", seconds=30, match=lambda args: args["ts"] == reminder.ts)
    await press(scene, reminder, "done")
    await scene.lacks(card, "follows up")
    await press(scene, reminder, "done")
    told = await scene.told(ANNA, "settled already")
    assert told.ephemeral_for == ANNA
    await press(scene, reminder, "not_yet")
    await scene.eventually(lambda: len(scene.slack.ephemerals(ANNA)) == 2, "a second sentence")
    assert scene.slack.modal(ANNA) is None
    assert len(await scene.events("promise_kept")) == 1


async def test_a_trainee_keeps_a_promise_and_cannot_resolve_by_it(tmp_path: Path) -> None:
    async with a_scene(tmp_path, policy=policy_with(person=[{"slack": ANNA, "role": "trainee"}])) as scene:
        await scene.taken("@acme_help please answer me")
        desk = scene.app.desk
        anna = await scene.app.gestures.ctx.person(ANNA)
        await remind.follow_up(desk, 1, anna, scene.now() + timedelta(hours=1), "")
        async with desk.database.write() as connection:
            await connection.execute(update(tables.cases).values(due_at=None))  # as after a reply
        scene.skip(hours=2)
        await scene.told(ANNA, "Today you promised")
        with pytest.raises(NotAllowed, match="Trainees"):
            await remind.done(desk, 1, anna)
        assert (await scene.case())["status"] == "claimed"


async def test_a_timer_that_cannot_be_fired_holds_up_no_other(scene: Scene) -> None:
    await scene.taken("@acme_help please answer me")
    anna = await scene.app.gestures.ctx.person(ANNA)
    async with scene.app.desk.database.write() as connection:
        await timers.arm(
            connection, TimerKind.BREACH, Unparsed("case:broken"), scene.now() + timedelta(minutes=1), None
        )
    await remind.follow_up(scene.app.desk, 1, anna, scene.now() + timedelta(minutes=2), "")
    scene.skip(minutes=3)
    await scene.told(ANNA, "Today you promised")
    (broken,) = [row for row in await scene.rows(tables.timers) if row["subject"] == "case:broken"]
    assert broken["state"] == "armed"
