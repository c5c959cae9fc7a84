"""Who is there: away and back, rotas, quiet hours, and many reminders in one message."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from db.sql import tables
from demo.slack import Message
from scene import ANNA, BILLING, KASIA, LAURA, MARCO, MENTIONS, ROME, Scene, a_scene, policy_with

BILLED = {"name": "billing", "channel": BILLING, "experts": [KASIA], "keywords": {"en": ["invoice"]}}
OFFICE = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@asynccontextmanager
async def with_people(folder: Path, **changes: Any) -> AsyncIterator[Scene]:
    hour = {"urgent": 15, "high": 60, "normal": 60, "low": 60}
    keys = {"undo_seconds": 0, "leads": [LAURA], "area": [BILLED], "sla": hour, **changes}
    async with a_scene(folder, policy=policy_with(**keys)) as scene:
        yield scene


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Scene]:
    """Marco is on duty for everything: the week in which stories begin is his."""
    async with with_people(tmp_path, rota=[{"people": [MARCO, KASIA], "turn": "weekly"}]) as scene:
        yield scene


def at(scene: Scene, hour: int, days: int = 0) -> None:
    """Skip to that hour, where the staff are."""
    local = scene.now().astimezone(ROME)
    there = datetime.combine(local.date() + timedelta(days=days), time(hour), ROME)
    scene.playground.clock.skip_to(there if there > local else there + timedelta(days=1))


async def says(scene: Scene, person: str, text: str) -> Message:
    """What /desk answers."""
    before = len(scene.slack.ephemerals(person))
    await scene.slack.command(person, MENTIONS, "/desk", text)
    answers = await scene.eventually(lambda: scene.slack.ephemerals(person)[before:], "an answer to /desk")
    return answers[0]


async def test_away_says_until_when_and_offers_to_hand_over_each_case(desk: Scene) -> None:
    card = await desk.taken("@acme_help my invoice is wrong")
    said = await says(desk, ANNA, "away 3 days")
    assert "You are away until" in said.plain
    assert "1 open case" in said.plain
    await desk.slack.click(ANNA, said.channel, said.ts, "hand_over", in_ephemeral=said)
    await desk.told(MARCO, "gave you the case")
    await desk.shows(card, f"With <@{MARCO}>")


async def test_away_with_transfer_hands_all_over_at_once(desk: Scene) -> None:
    cards = [await desk.taken(f"@acme_help question {n}, please", handle=f"one_{n}") for n in range(3)]
    assert "3 cases were handed over" in (await says(desk, ANNA, "away until 2 weeks transfer")).plain
    for card in cards:
        await desk.shows(card, f"With <@{MARCO}>")


async def test_with_nobody_on_duty_a_handed_over_case_goes_to_the_channel(tmp_path: Path) -> None:
    async with with_people(tmp_path) as scene:
        card = await scene.taken("@acme_help my invoice is wrong")
        await says(scene, ANNA, "away tomorrow transfer")
        await scene.shows(card, "Unclaimed")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("away", "Until when?"),
        ("away until yesterday", "no moment"),
        ("away until 2027-02-31", "There is no"),
    ],
)
async def test_a_moment_that_is_none_is_refused_in_a_sentence(desk: Scene, text: str, sentence: str) -> None:
    assert sentence in (await says(desk, ANNA, text)).plain
    assert await desk.rows(tables.absences) == []


async def test_a_case_never_comes_back_to_somebody_who_is_away(desk: Scene) -> None:
    card = await desk.taken("@acme_help my phone is too blue")
    await desk.reply(ANNA, card, "We are looking into it.")
    await desk.said("looking into it")
    await desk.opens(ANNA, card, "resolve")
    assert (await desk.slack.submit(ANNA, {"reason": "answered"})).ok
    await says(desk, ANNA, "away 3 days")
    (post,) = desk.x.posts("anna_test")
    desk.writes("@acme_help still too blue", reply_to=post.id)
    await desk.shows(card, "Unclaimed")


async def test_who_comes_back_reads_what_moved_meanwhile(desk: Scene) -> None:
    card = await desk.taken("@acme_help my phone is too blue")
    await says(desk, ANNA, "away 3 days")
    await desk.opens(LAURA, card, "more", "transfer")
    assert (await desk.slack.submit(LAURA, {"person": MARCO})).ok
    await desk.shows(card, f"With <@{MARCO}>")
    said = await says(desk, ANNA, "back")
    assert "Welcome back" in said.plain
    assert "too blue" in said.plain
    assert "nobody thinks that you are away" in (await says(desk, ANNA, "back")).plain


async def test_direct_messages_wait_until_somebody_is_back(desk: Scene) -> None:
    await says(desk, ANNA, "away 3 days")
    card = await desk.taken("@acme_help my phone is too blue", by=MARCO)
    await desk.opens(MARCO, card, "more", "transfer")
    assert (await desk.slack.submit(MARCO, {"person": ANNA, "note": "for when you are back"})).ok
    await desk.shows(card, f"With <@{ANNA}>")
    desk.skip(hours=2)
    await desk.shows(card, "late")
    assert desk.slack.dm(ANNA) == []
    await says(desk, ANNA, "back")
    await desk.told(ANNA, "for when you are back")


async def test_when_the_named_time_comes_they_are_back_by_themselves(desk: Scene) -> None:
    await desk.taken("@acme_help my phone is too blue")
    await says(desk, ANNA, "away 3 days")
    desk.skip(days=3, hours=12)
    await desk.told(ANNA, "Welcome back")
    assert await desk.rows(tables.absences) == []


async def test_duty_is_told_and_changed_by_command(desk: Scene) -> None:
    assert f"billing\u2069*: <@{MARCO}>, <@{KASIA}>" in (await says(desk, LAURA, "duty")).plain
    said = await says(desk, LAURA, f"duty billing <@{ANNA}|anna> until 3 days")
    assert f"<@{ANNA}> is on duty for" in said.plain
    assert f"billing\u2069*: <@{ANNA}>, <@{MARCO}>" in (await says(desk, LAURA, "duty")).plain
    await desk.told(ANNA, "put you on duty for")
    assert "is no area here" in (await says(desk, LAURA, f"duty catering <@{ANNA}> tomorrow")).plain
    assert "Leads choose" in (await says(desk, ANNA, f"duty billing <@{MARCO}> tomorrow")).plain


async def test_the_turn_passes_to_the_next_and_over_who_is_away(desk: Scene) -> None:
    assert f"*the whole desk*: <@{MARCO}>" in (await says(desk, LAURA, "duty")).plain
    await says(desk, MARCO, "away 2 weeks")
    assert f"*the whole desk*: <@{KASIA}>" in (await says(desk, LAURA, "duty")).plain
    await says(desk, MARCO, "back")
    desk.skip(days=7)
    assert f"*the whole desk*: <@{KASIA}>, <@{MARCO}>" in (await says(desk, LAURA, "duty")).plain


async def test_an_unclaimed_case_near_its_due_time_is_told_to_who_is_on_duty_once(desk: Scene) -> None:
    desk.writes("@acme_help my phone is too blue")
    card = await desk.card("too blue")
    desk.skip(minutes=46)
    await desk.told(MARCO, "nobody has the case. You are on duty")
    await desk.shows(card, "in under 15 min")
    desk.skip(minutes=15)
    await desk.told(LAURA, "should have had an answer")
    await desk.shows(card, "late")
    desk.skip(minutes=11)
    await desk.shows(card, "over 10 min")
    await desk.quiet()
    assert len([one for one in desk.slack.dm(MARCO) if "You are on duty" in one.plain]) == 1
    assert len([one for one in desk.slack.dm(LAURA) if "should have had" in one.plain]) == 1


async def test_with_everybody_of_the_rota_away_the_lead_is_told(desk: Scene) -> None:
    await says(desk, MARCO, "away 3 days")
    await says(desk, KASIA, "away 3 days")
    desk.writes("@acme_help my phone is too blue")
    await desk.card("too blue")
    desk.skip(minutes=46)
    await desk.told(LAURA, "Nobody is on duty for the whole desk")


async def test_a_group_that_became_empty_is_told_to_the_lead_and_a_new_member_is_on_duty(
    tmp_path: Path,
) -> None:
    async with with_people(tmp_path, rota=[{"people": ["S0DUTY"], "turn": "weekly"}]) as scene:
        scene.slack.add_group("S0DUTY", "on-duty", [MARCO])
        assert f"*the whole desk*: <@{MARCO}>" in (await says(scene, LAURA, "duty")).plain
        scene.slack.change_group("S0DUTY", [])
        scene.writes("@acme_help my phone is too blue")
        await scene.card("too blue")
        scene.skip(minutes=46)
        await scene.told(LAURA, "Nobody is on duty for the whole desk")
        scene.slack.change_group("S0DUTY", [KASIA])
        await scene.quiet()
        assert f"*the whole desk*: <@{KASIA}>" in (await says(scene, LAURA, "duty")).plain


async def given_to_marco(scene: Scene, note: str) -> Message:
    """Anna takes a case and gives it to him at an hour that is not his; returns its card."""
    card = await scene.taken("@acme_help my phone is too blue")
    await scene.opens(ANNA, card, "more", "transfer")
    assert (await scene.slack.submit(ANNA, {"person": MARCO, "note": note})).ok
    await scene.shows(card, f"With <@{MARCO}>")
    await scene.put_off("outside their hours")  # the clock may move from now on
    return card


async def test_direct_messages_wait_for_a_persons_own_hours(tmp_path: Path) -> None:
    person = [{"slack": MARCO, "hours": OFFICE, "timezone": "Europe/Rome"}]
    async with with_people(tmp_path, person=person) as scene:
        at(scene, 20)
        card = await given_to_marco(scene, "for the morning")
        scene.skip(hours=2)
        await scene.shows(card, "late")
        assert scene.slack.dm(MARCO) == []
        at(scene, 9, days=1)
        await scene.told(MARCO, "for the morning")


async def test_what_is_urgent_reaches_who_is_on_duty_at_any_hour(tmp_path: Path) -> None:
    person = [{"slack": MARCO, "hours": OFFICE, "timezone": "Europe/Rome"}]
    rota = [{"people": [MARCO], "turn": "daily"}]
    async with with_people(tmp_path, person=person, rota=rota) as scene:
        at(scene, 20)
        scene.writes("@acme_help my phone is too blue")
        card = await scene.card("too blue")
        await scene.click(LAURA, card, "priority", "urgent")
        await scene.shows(card, "Urgent")
        scene.skip(minutes=13)
        await scene.told(MARCO, "You are on duty")


async def test_do_not_disturb_delays_a_direct_message(desk: Scene) -> None:
    desk.slack.change_user(MARCO, snoozes_until=desk.now() + timedelta(hours=2))
    card = await given_to_marco(desk, "yours now")
    desk.skip(minutes=61)
    await desk.shows(card, "late")
    assert desk.slack.dm(MARCO) == []
    desk.skip(hours=2)
    await desk.told(MARCO, "yours now")


async def test_their_hours_count_though_slack_does_not_say_whether_they_want_notifications(
    tmp_path: Path,
) -> None:
    person = [{"slack": MARCO, "hours": OFFICE, "timezone": "Europe/Rome"}]
    async with with_people(tmp_path, person=person) as scene:
        at(scene, 20)
        silent = scene.slack.fail("dnd.info", "5xx", times=1000)
        card = await given_to_marco(scene, "for the morning")
        assert silent.struck
        scene.skip(hours=2)
        await scene.shows(card, "late")
        assert scene.slack.dm(MARCO) == []
        at(scene, 9, days=1)
        await scene.told(MARCO, "for the morning")


async def test_more_than_five_reminders_that_are_due_come_as_one_message(tmp_path: Path) -> None:
    async with with_people(tmp_path) as scene:
        for number in range(7):
            card = await scene.taken(f"@acme_help question {number}, please", handle=f"one_{number}")
            tomorrow = (scene.now().astimezone(ROME) + timedelta(days=2)).date().isoformat()
            values = {"date": tomorrow, "time": "09:00", "note": f"promise {number}"}
            assert (await scene.chooses(ANNA, card, "follow_up", values)).ok
        await scene.stop()
        scene.skip(days=4)
        await scene.start()
        digest = await scene.told(ANNA, "This is due")
        await scene.quiet()
        reminders = [one for one in scene.slack.dm(ANNA) if "Today you promised" in one.plain]
        listed = sum(f"promise {number}" in digest.plain for number in range(7))
        assert len(reminders) + listed >= 7
        assert listed >= 6


async def promises_for_tomorrow(scene: Scene, person: str, card: Message) -> None:
    day = (scene.now().astimezone(ROME) + timedelta(days=1)).date().isoformat()
    values = {"date": day, "time": "09:00", "note": "the refund"}
    assert (await scene.chooses(person, card, "follow_up", values)).ok


async def test_a_reminder_climbs_the_ladder(desk: Scene) -> None:
    card = await desk.taken("@acme_help my refund is late")
    await promises_for_tomorrow(desk, ANNA, card)
    at(desk, 9, days=1)
    desk.skip(minutes=1)
    await desk.told(ANNA, "Today you promised")
    desk.skip(hours=4, minutes=1)
    await desk.told(ANNA, "Still open")
    desk.skip(hours=4, minutes=1)
    await desk.told(MARCO, "nobody has the case now")
    await desk.shows(card, "Unclaimed")
    desk.skip(hours=5)
    await desk.told(LAURA, "should have had an answer")


async def test_nobody_reads_that_nobody_is_on_duty_when_the_one_who_is_let_the_reminder_lie(
    desk: Scene,
) -> None:
    await says(desk, KASIA, "away 5 days")
    card = await desk.taken("@acme_help my refund is late", MARCO)
    await promises_for_tomorrow(desk, MARCO, card)
    at(desk, 9, days=1)
    desk.skip(minutes=1)
    await desk.told(MARCO, "Today you promised")
    for reminder in ("Still open", "went back to the channel"):
        desk.skip(hours=4, minutes=1)
        await desk.told(MARCO, reminder)
    await desk.shows(card, "Unclaimed")
    await desk.quiet()
    assert not any("Nobody is on duty" in one.plain for one in desk.slack.dm(LAURA))


async def test_a_promise_of_somebody_who_is_away_goes_to_who_is_on_duty(desk: Scene) -> None:
    card = await desk.taken("@acme_help my refund is late")
    await promises_for_tomorrow(desk, ANNA, card)
    await says(desk, ANNA, "away 5 days")
    at(desk, 9, days=1)
    desk.skip(minutes=1)
    message = await desk.told(MARCO, "nobody has the case now")
    await desk.slack.click(MARCO, message.channel, message.ts, "claim")
    await desk.shows(card, f"With <@{MARCO}>")


async def escalated(scene: Scene, **values: str) -> tuple[Message, Message]:
    """Kasia is asked about a case of Anna's: its card, and Kasia's message."""
    card = await scene.taken("@acme_help my invoice is wrong")
    await scene.opens(ANNA, card, "escalate")
    assert (await scene.slack.submit(ANNA, {"question": "Is it?", **values})).ok
    return card, await scene.told(KASIA, "asks you about")


async def test_an_expert_asks_back_and_goes_on_with_the_answer(desk: Scene) -> None:
    card, question = await escalated(desk)
    await desk.slack.click(KASIA, question.channel, question.ts, "ask_back")
    await desk.modal(KASIA)
    assert (await desk.slack.submit(KASIA, {"question": "Which month?"})).ok
    message = await desk.told(ANNA, "Which month?")
    await desk.shows(card, "asks back: ")
    await desk.shows(question, "Your time goes on once you are told.")
    desk.skip(hours=5)  # the expert's time does not run
    await desk.shows(card, "asks back: ")
    await desk.slack.click(ANNA, message.channel, message.ts, "tell_back")
    await desk.modal(ANNA)
    assert (await desk.slack.submit(ANNA, {"text": "October."})).ok
    await desk.told(KASIA, "October.")
    question = await desk.shows(question, "October.")
    assert "Your time ends" in question.plain
    await desk.lacks(card, "asks back: ")


async def test_an_owner_who_tells_the_expert_nothing_is_reminded_and_then_the_lead_is_told(
    desk: Scene,
) -> None:
    _card, question = await escalated(desk)
    await desk.slack.click(KASIA, question.channel, question.ts, "ask_back")
    await desk.modal(KASIA)
    assert (await desk.slack.submit(KASIA, {"question": "Since when?"})).ok
    await desk.told(ANNA, "asks back")
    desk.skip(minutes=61)
    await desk.eventually(
        lambda: len([one for one in desk.slack.dm(ANNA) if "asks back" in one.plain]) == 2, "a reminder"
    )
    desk.skip(minutes=61)
    await desk.told(LAURA, "still waits to be told something")


async def test_an_answer_may_be_typed_below_the_question(desk: Scene) -> None:
    card, question = await escalated(desk)
    await desk.slack.write(KASIA, question.channel, "Yes, it is. We mend it.", question.ts)
    await desk.told(ANNA, "answered your question")
    await desk.shows(card, "We mend it.")
    assert (await desk.opens(ANNA, card, "reply")).values["text"] == "Yes, it is. We mend it."


async def test_an_answer_typed_at_once_is_heard_though_slack_has_not_said_that_the_question_stands(
    desk: Scene,
) -> None:
    desk.slack.fail("chat.postMessage", "lost", match=lambda args: args["channel"].startswith("D"))
    _card, question = await escalated(desk)
    await desk.slack.write(KASIA, question.channel, "Yes, it is. We mend it.", question.ts)
    await desk.told(ANNA, "answered your question")


async def test_an_expert_never_reads_the_end_of_a_question_they_were_not_shown(desk: Scene) -> None:
    desk.slack.change_user(KASIA, snoozes_until=desk.now() + timedelta(hours=9))
    card = await desk.taken("@acme_help my invoice is wrong")
    await desk.opens(ANNA, card, "escalate")
    assert (await desk.slack.submit(ANNA, {"question": "Is it?"})).ok
    await desk.shows(card, f"<@{KASIA}> was asked")
    desk.skip(hours=5)
    await desk.told(LAURA, "asks you about")
    desk.skip(hours=5)
    await desk.quiet()
    assert desk.slack.dm(KASIA) == []


async def test_an_expert_who_has_time_later_says_so(desk: Scene) -> None:
    card, question = await escalated(desk)
    await desk.slack.click(KASIA, question.channel, question.ts, "not_before")
    await desk.modal(KASIA)
    day = (desk.now().astimezone(ROME) + timedelta(days=2)).date().isoformat()
    assert (await desk.slack.submit(KASIA, {"date": day})).ok
    await desk.told(ANNA, "but not before")
    desk.skip(hours=20)
    await desk.shows(card, f"<@{KASIA}> was asked")


async def test_whoever_is_on_duty_for_an_area_is_asked(desk: Scene) -> None:
    card = await desk.taken("@acme_help my phone is too blue")
    await desk.opens(ANNA, card, "escalate")
    assert (await desk.slack.submit(ANNA, {"area": "billing", "question": "Yours?"})).ok
    await desk.told(KASIA, "Yours?")


async def test_an_expert_who_is_away_is_not_asked(desk: Scene) -> None:
    await says(desk, KASIA, "away 3 days")
    card = await desk.taken("@acme_help my invoice is wrong")
    await desk.opens(ANNA, card, "escalate")
    ack = await desk.slack.submit(ANNA, {"expert": KASIA, "question": "Is it?"})
    assert "is away until" in ack.errors["expert"]
    assert (await desk.slack.submit(ANNA, {"expert": None, "area": "billing"})).ok
    await desk.told(LAURA, "asks you about")


async def test_an_answer_for_an_owner_who_is_away_goes_to_who_is_on_duty(desk: Scene) -> None:
    card, question = await escalated(desk)
    await says(desk, ANNA, "away 3 days")
    await desk.slack.write(KASIA, question.channel, "Yes, it is.", question.ts)
    message = await desk.told(MARCO, "You are on duty: the answer waits as a draft")
    await desk.slack.click(MARCO, message.channel, message.ts, "take_over")
    await desk.shows(card, f"With <@{MARCO}>")
    assert (await desk.opens(MARCO, card, "reply")).values["text"] == "Yes, it is."


async def test_an_answer_is_chased_until_the_customer_has_it(desk: Scene) -> None:
    _card, question = await escalated(desk)
    await desk.slack.write(KASIA, question.channel, "Yes, it is.", question.ts)
    await desk.told(ANNA, "answered your question")
    desk.skip(minutes=61)
    await desk.told(ANNA, "has not had")
    desk.skip(minutes=61)
    await desk.told(LAURA, "still has not had")


async def test_a_list_in_the_morning_and_one_at_the_days_end_for_who_has_something_open(
    tmp_path: Path,
) -> None:
    person = [{"slack": one, "hours": OFFICE, "timezone": "Europe/Rome"} for one in (ANNA, MARCO)]
    async with with_people(tmp_path, person=person) as scene:
        at(scene, 11)
        card = await scene.taken("@acme_help my phone is too blue")
        await scene.reply(ANNA, card, "We look into it.")
        await scene.said("We look into it.")
        at(scene, 16)
        scene.skip(hours=1, seconds=-30)
        await scene.quiet()
        assert not any("Your day ends" in one.plain for one in scene.slack.dm(ANNA))
        scene.skip(minutes=1)
        # Their hours are over when it is due: it waits for the morning, where it would be stale, so it goes at once.
        await scene.told(ANNA, "Your day ends")
        at(scene, 9, days=1)
        scene.skip(minutes=1)
        await scene.told(ANNA, "Good morning")
        await scene.quiet()
        assert scene.slack.dm(MARCO) == []


@pytest.mark.parametrize("hindered", ["the machine stood still", "do not disturb", "slack was away"])
async def test_the_list_of_a_days_end_comes_as_the_day_ends_or_not_at_all(
    tmp_path: Path, hindered: str
) -> None:
    """By the next morning it would be stale, and in the night it would disturb."""
    person = [{"slack": ANNA, "hours": OFFICE, "timezone": "Europe/Rome"}]
    async with with_people(tmp_path, person=person) as scene:
        at(scene, 11)
        card = await scene.taken("@acme_help my phone is too blue")
        await scene.reply(ANNA, card, "We look into it.")
        await scene.said("We look into it.")
        if hindered == "the machine stood still":
            at(scene, 20)
        elif hindered == "do not disturb":
            scene.slack.change_user(ANNA, snoozes_until=scene.now() + timedelta(hours=8))
            at(scene, 17)
        else:
            down = scene.slack.fail("chat.postMessage", "5xx", times=1000)
            at(scene, 17)
            await scene.eventually(lambda: down.struck, "the list to be tried")
            at(scene, 20)
            scene.slack.faults.remove(down)
        at(scene, 9, days=1)
        scene.skip(minutes=1)
        await scene.told(ANNA, "Good morning")
        await scene.quiet()
        assert not any("Your day ends" in one.plain for one in scene.slack.dm(ANNA))
        at(scene, 17)
        scene.skip(minutes=1)
        await scene.told(ANNA, "Your day ends")


async def test_the_lists_are_switched_off_in_home(tmp_path: Path) -> None:
    person = [{"slack": ANNA, "hours": OFFICE, "timezone": "Europe/Rome"}]
    async with with_people(tmp_path, person=person) as scene:
        at(scene, 11)
        await scene.taken("@acme_help my phone is too blue")
        await scene.slack.open_home(ANNA)
        view = await scene.eventually(lambda: scene.slack.home(ANNA), "Anna's Home")
        assert "Open: " in view.plain
        block = next(one for one in view.blocks if "want_evening" in str(one))
        await scene.slack.click_home(ANNA, "want_evening", block_id=block["block_id"])
        await scene.eventually(
            lambda: "List at the end of the day: off" in scene.slack.home(ANNA).plain, "the list to be off"
        )
        at(scene, 17)
        scene.skip(minutes=5)
        await scene.quiet()
        assert not any("Your day ends" in one.plain for one in scene.slack.dm(ANNA))


async def test_leads_read_the_hours_as_text_for_the_profile(desk: Scene) -> None:
    await desk.slack.open_home(LAURA)
    view = await desk.eventually(lambda: desk.slack.home(LAURA), "Laura's Home")
    assert "Customer service of Acme. We answer: around the clock" in view.plain
    assert "Need help? @acme_help" in view.plain
    await desk.slack.open_home(ANNA)
    view = await desk.eventually(lambda: desk.slack.home(ANNA), "Anna's Home")
    assert "For your profiles" not in view.plain


async def test_what_was_dismissed_for_good_is_looked_over_once_a_week_by_leads(tmp_path: Path) -> None:
    async with with_people(tmp_path) as scene:
        card = await scene.taken("@acme_help you are all lizards", handle="lizard_hunter")
        await scene.opens(ANNA, card, "more", "dismiss")
        assert (await scene.slack.submit(ANNA, {"reason": "troll"})).ok
        await scene.shows(card, "Dismissed")
        (post,) = scene.x.posts("lizard_hunter")
        scene.writes("@acme_help lizards, I say", handle="lizard_hunter", reply_to=post.id)
        await scene.recorded("wrote_again")
        local = scene.now().astimezone(ROME)
        monday = datetime.combine(local.date() + timedelta(days=7 - local.weekday()), time(0), ROME)
        scene.playground.clock.skip_to(monday + timedelta(hours=9, minutes=1))
        digest = await scene.told(LAURA, "Dismissed for good")
        assert "lizard_hunter" in digest.plain
        assert "troll, further posts: 1" in digest.plain
        await scene.quiet()
        assert not any("Dismissed for good" in one.plain for one in scene.slack.dm(MARCO))
