"""Asking a person who knows: proposed, answered, passed on, chased, taken back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from db.sql import tables
from demo.slack import Message
from scene import ANNA, BILLING, KASIA, LAURA, MARCO, Scene, a_scene, policy_with

TWO_EXPERTS = policy_with(
    undo_seconds=0,
    area=[
        {
            "name": "billing",
            "channel": BILLING,
            "experts": ["S0BILLING", MARCO],
            "keywords": {"en": ["invoice", "charged"]},
        }
    ],
)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A desk whose billing has two experts: Kasia of the group, then Marco; Laura leads."""
    async with a_scene(tmp_path, policy=TWO_EXPERTS) as running:
        yield running


async def asked(scene: Scene, question: str = "Is it a known double charge?") -> Message:
    """A billing case of Anna's, about which Kasia has been asked; returns its card."""
    card = await scene.taken("@acme_help I was charged twice on my invoice")
    await scene.opens(ANNA, card, "escalate")
    ack = await scene.slack.submit(ANNA, {"expert": KASIA, "question": question})
    assert ack.ok
    await scene.told(KASIA, "asks you about")
    return await scene.shows(card, f"<@{KASIA}> was asked by <@{ANNA}>")


async def press(scene: Scene, person: str, message: Message, action: str) -> Any:
    return await scene.slack.click(person, message.channel, message.ts, action)


async def redrawn(scene: Scene, message: Message, words: str) -> Message:
    """Wait until a direct message reads otherwise; it has no buttons then."""
    shown = await scene.shows(message, words)
    assert not {"answer", "pass"} & set(shown.button_ids)
    return shown


async def test_the_first_expert_of_the_areas_group_is_proposed(scene: Scene) -> None:
    scene.slack.add_group("S0BILLING", "billing-experts", ["U0KASIA", "U0MARCO"])
    card = await scene.taken("@acme_help I was charged twice on my invoice")
    modal = await scene.opens(ANNA, card, "escalate")
    assert modal.values["expert"] == KASIA


async def test_an_expert_who_escalates_is_not_proposed_to_themselves(scene: Scene) -> None:
    card = await scene.taken("@acme_help I was charged twice on my invoice", by=KASIA)
    modal = await scene.opens(KASIA, card, "escalate")
    assert modal.values["expert"] == MARCO
    ack = await scene.slack.submit(KASIA, {"expert": KASIA, "question": "Well?"})
    assert "That is you" in ack.errors["expert"]


async def test_a_case_without_an_area_proposes_nobody_and_anybody_can_be_asked(scene: Scene) -> None:
    card = await scene.taken("@acme_help my phone is too blue")
    modal = await scene.opens(ANNA, card, "escalate")
    assert modal.values["expert"] is None
    ack = await scene.slack.submit(ANNA, {"question": "Really?"})
    assert "expert" in ack.errors
    assert (await scene.slack.submit(ANNA, {"expert": MARCO, "question": "Really?"})).ok
    await scene.told(MARCO, "Really?")


async def test_a_bot_a_leaver_and_a_stranger_are_refused_beside_the_field(scene: Scene) -> None:
    scene.slack.add_user("U0GONE", "gaia", "Gaia Partita")
    scene.slack.change_user("U0GONE", deleted=True)
    scene.slack.add_user("U0OTHER", "otto", "Otto Altrove", team_id="T0OTHER")
    card = await scene.taken("@acme_help I was charged twice on my invoice")
    await scene.opens(ANNA, card, "escalate")
    for person in ("U0BOT", "U0GONE", "U0OTHER"):
        ack = await scene.slack.submit(ANNA, {"expert": person, "question": "Do you know?"})
        assert "can't be asked" in ack.errors["expert"]
    ack = await scene.slack.submit(ANNA, {"expert": KASIA, "question": "   "})
    assert ack.errors == {"question": "Write your question."}
    assert await scene.events("escalate") == []


async def test_an_expert_sees_the_conversation_and_the_answer_arrives_as_a_draft(scene: Scene) -> None:
    card = await asked(scene, "Is <#C0BILLING> & co. *aware*?")
    question = await scene.told(KASIA, "Is &lt;#C0BILLING&gt; &amp; co. *aware*?")
    assert "I was charged twice on my invoice" in question.plain
    await press(scene, KASIA, question, "answer")
    modal = await scene.modal(KASIA)
    assert "charged twice" in modal.plain
    assert (await scene.slack.submit(KASIA, {"text": "  \n "})).errors == {"text": "Write your answer."}
    assert (await scene.slack.submit(KASIA, {"text": "Refunded by Friday, promised."})).ok
    told = await scene.told(ANNA, "answered your question")
    assert f"<@{KASIA}>" in told.plain
    await scene.shows(card, "Refunded by Friday")
    await redrawn(scene, question, "You answered the question")
    reply = await scene.opens(ANNA, card, "reply")
    assert reply.values["text"] == "Refunded by Friday, promised."
    assert f"<@{KASIA}> answered your question" in reply.plain
    assert scene.ours() == []


async def test_a_question_passed_on_goes_to_the_next_expert_then_to_the_lead_then_back(scene: Scene) -> None:
    card = await asked(scene)
    for person, following in ((KASIA, MARCO), (MARCO, LAURA)):
        question = await scene.told(person, "known double charge")
        await press(scene, person, question, "pass")
        await redrawn(scene, question, "You passed on the question")
        await scene.told(following, "known double charge")
        await scene.shows(card, f"<@{following}> was asked by <@{ANNA}>")
    await press(scene, LAURA, await scene.told(LAURA, "known double charge"), "pass")
    await scene.told(ANNA, "Nobody answered your question")
    await scene.shows(card, f"🙋 With <@{ANNA}>")


async def test_silence_goes_to_the_next_expert_then_to_the_lead_then_back(scene: Scene) -> None:
    card = await asked(scene)
    for silent, following in ((KASIA, MARCO), (MARCO, LAURA)):
        question = await scene.told(silent, "known double charge")
        scene.skip(minutes=61)
        await scene.told(following, "known double charge")
        await redrawn(scene, question, "its time was over")
        await scene.shows(card, f"<@{following}> was asked by <@{ANNA}>")
    scene.skip(minutes=61)
    await scene.told(ANNA, "Nobody answered your question")
    await scene.shows(card, f"🙋 With <@{ANNA}>")
    assert [event["detail"]["to"] for event in await scene.events("pass")] == [MARCO, LAURA]
    assert len(await scene.events("no_answer")) == 1


async def test_an_expert_still_within_the_hour_is_not_passed_over(scene: Scene) -> None:
    await asked(scene)
    scene.skip(minutes=58)
    await scene.quiet()
    assert await scene.events("pass") == []
    scene.skip(minutes=3)
    await scene.recorded("pass")


async def test_a_question_survives_a_restart(scene: Scene) -> None:
    card = await asked(scene)
    await scene.stop()
    scene.skip(minutes=61)
    await scene.start()
    await scene.told(MARCO, "known double charge")
    await scene.shows(card, f"<@{MARCO}> was asked by <@{ANNA}>")


async def test_an_expert_who_answers_too_late_is_told_beside_the_text(scene: Scene) -> None:
    await asked(scene)
    question = await scene.told(KASIA, "known double charge")
    await press(scene, KASIA, question, "answer")
    await scene.modal(KASIA)
    scene.skip(minutes=61)
    following = await scene.told(MARCO, "known double charge")
    await press(scene, MARCO, following, "answer")
    await scene.modal(MARCO)
    assert (await scene.slack.submit(MARCO, {"text": "Known, refunded."})).ok
    ack = await scene.slack.submit(KASIA, {"text": "It is on our side."})
    assert "went to the next person" in ack.errors["text"]
    assert scene.slack.modal(KASIA).values["text"] == "It is on our side."
    (answer,) = await scene.events("answer")
    assert answer["who"] == MARCO


async def test_a_click_on_a_question_whose_time_was_over_is_answered_with_a_sentence(scene: Scene) -> None:
    await asked(scene)
    question = await scene.told(KASIA, "known double charge")
    scene.slack.fail("chat.update", "ratelimited", seconds=30, match=lambda args: args["ts"] == question.ts)
    scene.skip(minutes=61)
    await scene.told(MARCO, "known double charge")
    await press(scene, KASIA, question, "pass")
    told = await scene.told(KASIA, "went to the next person")
    assert told.ephemeral_for == KASIA
    await press(scene, KASIA, question, "answer")
    await scene.eventually(lambda: len(scene.slack.ephemerals(KASIA)) == 2, "a second sentence")
    assert scene.slack.modal(KASIA) is None
    assert len(await scene.events("pass")) == 1


async def test_somebody_who_was_not_asked_gets_a_sentence(scene: Scene) -> None:
    await asked(scene)
    question = await scene.told(KASIA, "known double charge")
    await press(scene, MARCO, question, "answer")
    await scene.told(MARCO, "put to somebody else")
    await press(scene, MARCO, question, "pass")
    await scene.eventually(lambda: len(scene.slack.ephemerals(MARCO)) == 2, "a second sentence")
    assert scene.slack.modal(MARCO) is None
    assert await scene.events("pass") == []


async def test_a_question_is_taken_back_when_its_case_is_resolved(scene: Scene) -> None:
    card = await asked(scene)
    question = await scene.told(KASIA, "known double charge")
    await scene.opens(ANNA, card, "resolve")
    assert (await scene.slack.submit(ANNA, {"reason": "fixed"})).ok
    await redrawn(scene, question, "was taken back")
    scene.skip(minutes=61)
    await scene.quiet()
    assert scene.slack.dm(MARCO) == []


async def test_an_answer_to_a_question_that_was_taken_back_is_refused_beside_the_text(scene: Scene) -> None:
    card = await asked(scene)
    question = await scene.told(KASIA, "known double charge")
    await press(scene, KASIA, question, "answer")
    await scene.modal(KASIA)
    await scene.click(ANNA, card, "more", "release")
    await scene.shows(card, "Unclaimed")
    ack = await scene.slack.submit(KASIA, {"text": "Refunded by Friday."})
    assert "was taken back" in ack.errors["text"]
    assert await scene.events("answer") == []


async def test_a_second_question_takes_the_place_of_the_first(scene: Scene) -> None:
    card = await asked(scene)
    first = await scene.told(KASIA, "known double charge")
    await scene.opens(ANNA, card, "escalate")
    assert (await scene.slack.submit(ANNA, {"expert": LAURA, "question": "May I refund 12 €?"})).ok
    await scene.told(LAURA, "May I refund 12 €?")
    await redrawn(scene, first, "was taken back")
    await scene.shows(card, f"<@{LAURA}> was asked")


async def test_an_answer_reaches_the_new_owner_of_a_transferred_case(scene: Scene) -> None:
    card = await asked(scene)
    question = await scene.told(KASIA, "known double charge")
    assert (await scene.chooses(ANNA, card, "transfer", {"person": LAURA})).ok
    await scene.shows(card, f"for <@{LAURA}>")
    await press(scene, KASIA, question, "answer")
    await scene.modal(KASIA)
    assert (await scene.slack.submit(KASIA, {"text": "Refunded by Friday."})).ok
    await scene.told(LAURA, "answered your question")
    assert (await scene.opens(LAURA, card, "reply")).values["text"] == "Refunded by Friday."


async def test_an_interim_reply_leaves_the_question_open(scene: Scene) -> None:
    card = await asked(scene)
    question = await scene.told(KASIA, "known double charge")
    assert (await scene.reply(ANNA, card, "We are looking into it.")).ok
    await scene.said("looking into it")
    assert (await scene.case())["status"] == "escalated"
    await press(scene, KASIA, question, "answer")
    await scene.modal(KASIA)
    assert (await scene.slack.submit(KASIA, {"text": "Refunded by Friday."})).ok
    await scene.told(ANNA, "answered your question")
    assert (await scene.opens(ANNA, card, "reply")).values["text"] == "Refunded by Friday."


async def test_a_question_never_comes_back_to_who_asked_it(scene: Scene) -> None:
    card = await scene.taken("@acme_help my invoice is wrong", by=LAURA)
    await scene.opens(LAURA, card, "escalate")
    await scene.slack.submit(LAURA, {"expert": KASIA, "question": "why?"})
    for _ in range(200):
        if await scene.events("no_answer"):
            break
        scene.skip(days=4)
        await asyncio.sleep(0.05)
    await scene.told(LAURA, "Nobody answered your question")
    assert LAURA not in [ask["expert"] for ask in await scene.rows(tables.asks)]


# Several at once


async def asked_both(scene: Scene) -> Message:
    card = await scene.taken("@acme_help I was charged twice on my invoice")
    await scene.opens(ANNA, card, "escalate")
    values: dict[str, object] = {"expert": KASIA, "others": [MARCO, KASIA], "question": "Which charge?"}
    assert (await scene.slack.submit(ANNA, values)).ok
    return await scene.shows(card, f"<@{KASIA}>, <@{MARCO}> were asked by <@{ANNA}>, the first answer counts")


async def test_of_several_asked_at_once_the_first_answer_wins(scene: Scene) -> None:
    card = await asked_both(scene)
    slower = await scene.told(KASIA, "Which charge?")
    question = await scene.told(MARCO, "Which charge?")
    await press(scene, MARCO, question, "answer")
    await scene.modal(MARCO)
    await press(scene, KASIA, slower, "answer")
    await scene.modal(KASIA)
    assert (await scene.slack.submit(MARCO, {"text": "The second one."})).ok
    await scene.shows(card, f"<@{MARCO}> answered")
    await redrawn(scene, slower, "A colleague answered")
    ack = await scene.slack.submit(KASIA, {"text": "The first one."})
    assert "Somebody else has answered" in ack.errors["text"]
    await scene.shows(card, f"<@{MARCO}> answered")


async def test_of_several_only_the_last_to_pass_hands_the_question_on(scene: Scene) -> None:
    card = await asked_both(scene)
    await press(scene, KASIA, await scene.told(KASIA, "Which charge?"), "pass")
    await scene.shows(card, f"<@{MARCO}> was asked by <@{ANNA}>")
    await press(scene, MARCO, await scene.told(MARCO, "Which charge?"), "pass")
    await scene.shows(card, f"<@{LAURA}> was asked by <@{ANNA}>")


async def test_a_group_is_asked_one_member_after_the_other(scene: Scene) -> None:
    scene.slack.add_group("S0BILLING", "billing-experts", ["U0KASIA", "U0MARCO"])
    card = await scene.taken("@acme_help my phone is too blue")
    modal = await scene.opens(ANNA, card, "escalate")
    assert "@billing-experts" in str(modal.blocks)
    values: dict[str, object] = {"expert": None, "area": "S0BILLING", "question": "Why blue?"}
    assert (await scene.slack.submit(ANNA, values)).ok
    await press(scene, KASIA, await scene.told(KASIA, "Why blue?"), "pass")
    await scene.shows(card, f"<@{MARCO}> was asked by <@{ANNA}>")


async def test_oneself_among_several_is_refused_beside_the_field(scene: Scene) -> None:
    card = await scene.taken("@acme_help I was charged twice on my invoice")
    await scene.opens(ANNA, card, "escalate")
    ack = await scene.slack.submit(ANNA, {"expert": KASIA, "others": [ANNA], "question": "Which?"})
    assert "That is you" in ack.errors["others"]
