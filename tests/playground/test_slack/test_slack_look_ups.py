"""Menus whose options come from the app, while somebody types."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

Json = dict[str, Any]
CASES = {"7": "Router keeps restarting", "12": "Roaming bill", "31": "Roaming does not work"}


def option(value: str, words: str) -> Json:
    return {"text": {"type": "plain_text", "text": words}, "value": value}


def external(action_id: str = "case", kind: str = "external_select", **more: Any) -> Json:
    return {"type": kind, "action_id": action_id, **more}


def field(element: Json, **more: Any) -> Json:
    label = {"type": "plain_text", "text": "Case"}
    return {"type": "input", "block_id": "case", "label": label, "element": element, **more}


@pytest.fixture
def asked(bot) -> list[Json]:
    """The bot finds cases by their words; these are the questions it got."""
    questions: list[Json] = []

    @bot.app.options("case")
    async def find(ack, body) -> None:
        questions.append(body)
        typed = body["value"].lower()
        found = [option(value, words) for value, words in CASES.items() if typed in words.lower()]
        await ack(options=found)

    return questions


@pytest.fixture
def answering(bot):
    """Answer every question with this, as it is."""

    def prepare(answer: Json) -> None:
        @bot.app.options("case")
        async def find(ack) -> None:
            await ack(**answer)

    return prepare


async def test_typing_asks_the_app_and_the_choice_stands_in_the_state_with_its_text(
    slack, bot, modal, opened, asked
) -> None:
    @bot.app.view("reply")
    async def reply(ack, view) -> None:
        bot.seen.append(view["state"]["values"]["case"]["case"])
        await ack()

    await opened(modal(field(external())))
    found = await slack.suggestions("U0ANNA", "case", "roam")
    assert found == [option("12", "Roaming bill"), option("31", "Roaming does not work")]
    await slack.submit("U0ANNA", {"case": "31"})
    assert bot.seen == [{"type": "external_select", "selected_option": option("31", "Roaming does not work")}]


async def test_the_question_says_who_types_what_and_where(slack, modal, opened, asked) -> None:
    await opened(modal(field(external("case"))))
    await slack.suggestions("U0ANNA", "case", "router")
    [question] = asked
    view = slack.modal("U0ANNA")
    assert (question["type"], question["value"]) == ("block_suggestion", "router")
    assert (question["block_id"], question["action_id"]) == ("case", "case")
    assert (question["user"]["id"], question["team"]["id"]) == ("U0ANNA", "T0ACME")
    assert question["api_app_id"] == "A0DESK"
    assert question["container"] == {"type": "view", "view_id": view.id}
    assert (question["view"]["id"], question["view"]["hash"]) == (view.id, view.hash)
    assert "trigger_id" not in question


@pytest.mark.parametrize(
    ("more", "typed", "times"),
    [({}, "ro", 0), ({}, "roa", 1), ({"min_query_length": 0}, "", 1), ({"min_query_length": 5}, "roam", 0)],
)
async def test_the_app_is_asked_once_enough_is_typed(slack, modal, opened, asked, more, typed, times) -> None:
    await opened(modal(field(external(**more))))
    await slack.suggestions("U0ANNA", "case", typed)
    assert len(asked) == times


async def test_several_may_be_chosen_out_of_several_answers(slack, modal, opened, asked) -> None:
    first = option("7", CASES["7"])
    await opened(modal(field(external(kind="multi_external_select", initial_options=[first]))))
    assert slack.modal("U0ANNA").values == {"case": ["7"]}
    for typed in ("bill", "does not"):
        await slack.suggestions("U0ANNA", "case", typed)
    await slack.type("U0ANNA", "case", ["7", "12"])
    await slack.type("U0ANNA", "case", ["7", option("31", CASES["31"])])
    assert slack.modal("U0ANNA").values == {"case": ["7", "31"]}


async def test_what_was_not_offered_cannot_be_chosen(slack, client, modal, opened, asked) -> None:
    await opened(modal(field(external())))
    await slack.suggestions("U0ANNA", "case", "roam")
    with pytest.raises(LookupError, match="no option '7'"):
        slack.type("U0ANNA", "case", "7")
    with pytest.raises(LookupError, match="no option"):
        slack.type("U0ANNA", "case", option("12", "Roaming is free"))
    with pytest.raises(LookupError, match="no external select 'area'"):
        await slack.suggestions("U0ANNA", "area", "roam")


async def test_a_choice_outlives_an_update_of_the_modal(slack, client, modal, opened, asked) -> None:
    await opened(modal(field(external())))
    await slack.suggestions("U0ANNA", "case", "bill")
    await slack.type("U0ANNA", "case", "12")
    view = modal(field(external(initial_option=option("7", CASES["7"]))))
    await client.views_update(view_id=slack.modal("U0ANNA").id, view=view)
    assert slack.modal("U0ANNA").state["case"]["case"]["selected_option"] == option("12", "Roaming bill")
    other = {**view, "blocks": [field(external("case_2", initial_option=option("7", CASES["7"])))]}
    await client.views_update(view_id=slack.modal("U0ANNA").id, view=other)
    assert slack.modal("U0ANNA").values == {"case": "7"}


async def test_a_choice_is_dispatched_where_the_block_asks_for_it(slack, bot, modal, opened, asked) -> None:
    @bot.app.action("case")
    async def chosen(ack, action) -> None:
        bot.seen.append(action["selected_option"]["text"]["text"])
        await ack()

    await opened(modal(field(external(), dispatch_action=True)))
    await slack.suggestions("U0ANNA", "case", "bill")
    assert (await slack.type("U0ANNA", "case", "12")).ok
    assert bot.seen == ["Roaming bill"]


@pytest.mark.parametrize("home", [False, True])
async def test_a_message_and_home_have_such_menus_too(slack, client, bot, asked, home) -> None:
    @bot.app.action("case")
    async def chosen(ack, body, action) -> None:
        bot.seen.append((body["container"]["type"], action["selected_option"]["value"]))
        await ack()

    await bot.connect()
    blocks = [{"type": "actions", "block_id": "doings", "elements": [external()]}]
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=blocks)
    await client.views_publish(user_id="U0ANNA", view={"type": "home", "blocks": blocks})
    message = slack.message("C0MENTIONS", posted["ts"])
    place = {"home": True} if home else {"message": message}
    assert len(await slack.suggestions("U0ANNA", "doings", "roam", **place)) == 2
    assert ("message" in asked[0], "view" in asked[0]) == (not home, home)
    with pytest.raises(LookupError):
        await slack.click("U0MARCO", "C0MENTIONS", posted["ts"], "case", option="12")
    if home:
        await slack.click_home("U0ANNA", "case", option="12")
    else:
        await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "case", option="12")
    assert bot.seen == [("view" if home else "message", "12")]


async def test_options_may_come_in_groups(slack, modal, opened, answering) -> None:
    group = {"label": {"type": "plain_text", "text": "Mine"}, "options": [option("12", "Roaming bill")]}
    answering({"option_groups": [group]})
    await opened(modal(field(external())))
    found = await slack.look_up("U0ANNA", "case", "roam")
    assert (found.options, found.groups) == (group["options"], [group])


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ({"options": [option(str(number), "x") for number in range(101)]}, "no more than 100 items"),
        ({"options": [option("1", "x" * 76)]}, "less than 76 characters [json-pointer:/options/0/text/text]"),
        ({"options": [option("x" * 151, "x")]}, "less than 151 characters [json-pointer:/options/0/value]"),
        ({"options": [{"value": "1"}]}, "missing required field: text"),
        ({"option_groups": [{"options": [option("1", "x")]}]}, "missing required field: label"),
    ],
)
async def test_an_answer_that_slack_would_not_take_shows_no_results(
    slack, modal, opened, answering, answer, wrong
) -> None:
    answering(answer)
    await opened(modal(field(external())))
    found = await slack.look_up("U0ANNA", "case", "roam")
    assert found.options == []
    assert wrong in found.ack.errors["_invalid_response"]


async def test_an_answer_that_comes_too_late_shows_no_results(slack, bot, modal, opened) -> None:
    @bot.app.options("case")
    async def find(ack) -> None:
        await asyncio.sleep(0.3)
        await ack(options=[option("12", "Roaming bill")])

    await opened(modal(field(external())))
    slack.app.ack_seconds = 0.1
    assert await slack.suggestions("U0ANNA", "case", "roam") == []
    assert "_timeout" in (await slack.look_up("U0ANNA", "case", "roam")).ack.errors
    with pytest.raises(LookupError):
        slack.type("U0ANNA", "case", "12")


@pytest.mark.usefixtures("http_bot")
@pytest.mark.parametrize("path", ["/slack/events", "/slack/options"])
async def test_over_http_the_options_are_asked_for_at_their_own_address(slack, client, asked, path) -> None:
    if path == "/slack/options":
        slack.app.options_url = slack.events_url.replace("events", "options")
        slack.events_url += "/nowhere"
    blocks = [{"type": "actions", "elements": [external()]}]
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=blocks)
    message = slack.message("C0MENTIONS", posted["ts"])
    found = await slack.suggestions("U0ANNA", "case", "bill", message=message)
    assert found == [option("12", "Roaming bill")]
