"""What is typed in modals: told to the bot as the block asks for it, and kept under the same ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Json = dict[str, Any]


def told(block: Json, *when: str) -> Json:
    """The same input block, which dispatches its actions."""
    config = {"dispatch_action_config": {"trigger_actions_on": list(when)}} if when else {}
    return {**block, "dispatch_action": True, "element": {**block["element"], **config}}


def menu(action_id: str, *names: str, kind: str = "static_select") -> Json:
    options = [{"text": {"type": "plain_text", "text": name.title()}, "value": name} for name in names]
    element = {"type": kind, "action_id": action_id, "options": options}
    label = {"type": "plain_text", "text": "Menu"}
    return {"type": "input", "block_id": action_id, "label": label, "element": element}


@pytest.fixture
def heard(bot) -> list[Json]:
    """The payloads of what was dispatched."""
    payloads: list[Json] = []

    @bot.app.action({"type": "block_actions", "action_id": "text"})
    @bot.app.action({"type": "block_actions", "action_id": "area"})
    async def listen(ack, body) -> None:
        payloads.append(body)
        await ack()

    return payloads


async def test_each_pause_in_typing_is_told_with_the_whole_state_of_the_modal(
    slack, modal, text_input, opened, heard
) -> None:
    await opened(modal(told(text_input(), "on_character_entered"), text_input("note", "note", optional=True)))
    await slack.type("U0ANNA", "note", "for Marco")
    ack = await slack.type("U0ANNA", "text", "We are on it")
    [payload] = heard
    [action] = payload["actions"]
    assert ack.ok
    assert (action["type"], action["block_id"], action["action_id"], action["value"]) == (
        "plain_text_input",
        "text",
        "text",
        "We are on it",
    )
    assert payload["view"]["state"]["values"] == {
        "text": {"text": {"type": "plain_text_input", "value": "We are on it"}},
        "note": {"note": {"type": "plain_text_input", "value": "for Marco"}},
    }
    assert payload["view"]["hash"] == slack.modal("U0ANNA").hash
    assert payload["container"] == {"type": "view", "view_id": slack.modal("U0ANNA").id}


async def test_an_input_that_dispatches_nothing_is_filled_in_silence(slack, modal, opened, heard) -> None:
    await opened(modal())
    assert (await slack.type("U0ANNA", "text", "We are on it", enter=True)).seconds == 0
    assert slack.modal("U0ANNA").values == {"text": "We are on it"}
    assert heard == []


@pytest.mark.parametrize(
    ("when", "times"),
    [
        ((), [0, 1]),
        (("on_enter_pressed",), [0, 1]),
        (("on_character_entered",), [1, 2]),
        (("on_enter_pressed", "on_character_entered"), [1, 2]),
    ],
)
async def test_the_block_says_whether_characters_or_enter_count(
    slack, modal, text_input, opened, heard, when, times
) -> None:
    await opened(modal(told(text_input(), *when)))
    await slack.type("U0ANNA", "text", "We are")
    assert len(heard) == times[0]
    await slack.type("U0ANNA", "text", "We are on it", enter=True)
    assert len(heard) == times[1]


@pytest.mark.parametrize(
    ("kind", "chosen", "key"),
    [("static_select", "bills", "selected_option"), ("checkboxes", ["bills", "roaming"], "selected_options")],
)
async def test_a_choice_is_told_at_once(slack, modal, opened, heard, kind, chosen, key) -> None:
    area = menu("area", "bills", "network", "roaming", kind=kind)
    await opened(modal(told(area)))
    await slack.type("U0ANNA", "area", chosen)
    [payload] = heard
    assert payload["actions"][0][key] == payload["view"]["state"]["values"]["area"]["area"][key]
    assert slack.modal("U0ANNA").values == {"area": chosen}


async def test_an_input_is_named_by_its_action_or_its_block(slack, modal, text_input, opened) -> None:
    await opened(modal(text_input("answer", "text_1")))
    await slack.type("U0ANNA", "answer", "one")
    assert slack.modal("U0ANNA").values == {"answer": "one"}
    await slack.type("U0ANNA", "text_1", "two")
    assert slack.modal("U0ANNA").values == {"answer": "two"}
    for name, block_id in (("question", None), ("text_1", "question"), ("text_2", "answer")):
        with pytest.raises(LookupError, match="no input"):
            slack.fill("U0ANNA", name, "three", block_id=block_id)


async def test_what_stands_in_the_modal_stands_there_before_the_bot_has_acked(
    slack, modal, text_input, opened
) -> None:
    slack.app.ack_seconds = 0.2
    await opened(modal(told(text_input(), "on_character_entered")))
    hearing = slack.type("U0ANNA", "text", "We are on it")
    assert slack.modal("U0ANNA").values == {"text": "We are on it"}
    assert "_timeout" in (await hearing).errors


async def test_an_input_that_dispatches_nothing_cannot_be_clicked(slack, modal, opened) -> None:
    await opened(modal(menu("area", "bills")))
    with pytest.raises(LookupError, match="does not dispatch"):
        await slack.click_modal("U0ANNA", "area", option="bills")


async def test_an_update_while_somebody_types_keeps_the_words_and_takes_new_ids_anew(
    slack, client, modal, text_input, opened, bot, until
) -> None:
    """A count beside the text changes; a saved reply under a new action_id replaces what was typed."""

    def counted(action_id: str, words: str, **more: str) -> Json:
        text = told(text_input("text", action_id, **more), "on_character_entered")
        count = {"type": "section", "block_id": "count", "text": {"type": "plain_text", "text": words}}
        return modal(text, count)

    def shows(words: str) -> Callable[[], bool]:
        return lambda: words in slack.modal("U0ANNA").plain

    @bot.app.action("text")
    async def count(ack, body, action) -> None:
        await ack()
        words = f"{len(action['value'])} characters"
        view = body["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=counted("text", words))

    await opened(counted("text", "0 characters"))
    for words in ("We", "We are on it"):
        await slack.type("U0ANNA", "text", words)
        await until(shows(f"{len(words)} characters"))
        assert slack.modal("U0ANNA").values == {"text": words}
    saved = counted("text_2", "", initial_value="Sorry about that!")
    saved["blocks"].pop()
    await client.views_update(view_id=slack.modal("U0ANNA").id, view=saved)
    assert slack.modal("U0ANNA").values == {"text": "Sorry about that!"}


async def test_what_was_typed_is_still_there_when_one_comes_back_from_the_modal_on_top(
    slack, bot, modal, text_input, opened
) -> None:
    """The view on top has an input of the same ids, and starts anew."""

    @bot.app.view("reply")
    async def reply(ack, view) -> None:
        bot.seen.append(view["state"]["values"]["text"]["text"]["value"])
        await ack(response_action="push", view=modal(text_input(initial_value="On top"), callback_id="top"))

    await opened(modal(close={"type": "plain_text", "text": "Back"}))
    await slack.submit("U0ANNA", {"text": "We are on it"})
    assert slack.modal("U0ANNA").values == {"text": "On top"}
    await slack.close_modal("U0ANNA")
    assert slack.modal("U0ANNA").values == {"text": "We are on it"}
    await slack.submit("U0ANNA")
    assert bot.seen == ["We are on it", "We are on it"]
