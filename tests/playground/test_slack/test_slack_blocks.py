"""What Block Kit refuses, and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def menu(kind: str, count: int, **more: Any) -> Json:
    options = [{"text": plain(str(number)), "value": str(number)} for number in range(count)]
    return {"type": kind, "action_id": kind, "options": options, **more}


IMAGE = {"type": "image", "image_url": "http://127.0.0.1/cat.png", "alt_text": "a cat"}
INPUT = {"type": "input", "label": plain("x"), "element": {"type": "plain_text_input"}}

REFUSED: dict[str, tuple[list[Any], str]] = {
    "a long section": (
        [section("x" * 3001)],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "an empty section": ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "a long field": (
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    "11 fields": (
        [{"type": "section", "fields": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    "a mrkdwn header": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "a long header": (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "11 remarks": (
        [{"type": "context", "elements": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "26 buttons": (
        [actions(*(button(action_id=str(number)) for number in range(26)))],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "no buttons": ([actions()], "must be more than 0 items [json-pointer:/blocks/0/elements]"),
    "a long label": (
        [actions(button(text=plain("x" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    "a long value": (
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "a long action_id": (
        [actions(button(action_id="x" * 256))],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    "two alike": (
        [actions(button(), button())],
        "`action_id` go already exists [json-pointer:/blocks/0/elements]",
    ),
    "a block_id twice": (
        [section(block_id="a"), section(block_id="a")],
        "`block_id` a already exists [json-pointer:/blocks/1/block_id]",
    ),
    "six in an overflow": (
        [actions(menu("overflow", 6))],
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "an empty select": (
        [actions(menu("static_select", 0))],
        "must be more than 0 items [json-pointer:/blocks/0/elements/0/options]",
    ),
    "101 in a select": (
        [actions(menu("static_select", 101))],
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "a foreign initial_option": (
        [actions(menu("static_select", 2, initial_option={"text": plain("9"), "value": "9"}))],
        "must exactly match one of the provided options [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    "a picture without words": (
        [{"type": "image", "image_url": "http://127.0.0.1/cat.png"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    "an unfetchable picture": (
        [section(), {**IMAGE, "image_url": "http://127.0.0.1/unfetchable.png"}],
        "downloading image failed [json-pointer:/blocks/1/image_url]",
    ),
    "an input": ([INPUT], "unsupported type: input [json-pointer:/blocks/0/type]"),
    "an unknown type": ([{"type": "sektion"}], "unsupported type: sektion [json-pointer:/blocks/0/type]"),
    "an unknown field": (
        [section(colour="red")],
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    "emoji in mrkdwn": (
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
    ),
    "nothing to say": (
        [{"type": "section"}],
        "must define either `text` or `fields` [json-pointer:/blocks/0]",
    ),
    "a NUL": ([section("a\0b")], "must be valid text [json-pointer:/blocks/0/text/text]"),
    "half a character": ([section("a\ud83d")], "must be valid text [json-pointer:/blocks/0/text/text]"),
    "a text for a block": (["hello"], "must provide an object [json-pointer:/blocks/0]"),
    "a long option": (
        [
            actions(
                {"type": "overflow", "action_id": "m", "options": [{"text": plain("x" * 76), "value": "1"}]}
            )
        ],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
    ),
    "a long option value": (
        [
            actions(
                {"type": "overflow", "action_id": "m", "options": [{"text": plain("x"), "value": "1" * 151}]}
            )
        ],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_message_is_refused_with_a_pointer_to_what_is_wrong(slack, client, case) -> None:
    blocks, words = REFUSED[case]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=blocks)
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["response_metadata"]["messages"] == [f"[ERROR] {words}"]
    assert slack.messages("C0MENTIONS") == []


async def test_the_largest_allowed_message_is_accepted(client) -> None:
    blocks = [
        section("x" * 3000, accessory=menu("static_select", 100)),
        actions(*(button(action_id=str(number), text=plain("x" * 75)) for number in range(25))),
        {"type": "header", "text": plain("x" * 150)},
        {"type": "context", "elements": [plain("x")] * 10},
        actions(menu("overflow", 5)),
        IMAGE,
        *[{"type": "divider"}] * 44,
    ]
    assert (await client.chat_postMessage(channel="C0MENTIONS", text="x" * 40_000, blocks=blocks))["ok"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [section("x" * 2700)] * 5}, "msg_blocks_too_long"),
        ({"text": " "}, "no_text"),
        ({"text": "x", "blocks": "[{]"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": '{"blocks": []}'}, "invalid_blocks_format"),
        ({"text": "x", "metadata": {"event_type": "card"}}, "invalid_metadata_format"),
        ({"text": "a\0b"}, "invalid_arguments"),
    ],
)
async def test_a_message_as_a_whole_is_refused_with_slacks_own_code(client, content, error) -> None:
    with pytest.raises(SlackApiError, match=f"'{error}'"):
        await client.api_call("chat.postMessage", json={"channel": "C0MENTIONS", **content})


VIEW = {"type": "modal", "title": plain("Reply"), "submit": plain("Send"), "blocks": [section()]}
REFUSED_VIEWS: dict[str, tuple[Json, str]] = {
    "a long title": (
        {**VIEW, "title": plain("x" * 25)},
        "must be less than 25 characters [json-pointer:/view/title/text]",
    ),
    "a long submit": (
        {**VIEW, "submit": plain("x" * 25)},
        "must be less than 25 characters [json-pointer:/view/submit/text]",
    ),
    "101 blocks": (
        {**VIEW, "blocks": [{"type": "divider"}] * 101},
        "no more than 100 items allowed [json-pointer:/view/blocks]",
    ),
    "much metadata": (
        {**VIEW, "private_metadata": "x" * 3001},
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    "a long callback_id": (
        {**VIEW, "callback_id": "x" * 256},
        "must be less than 256 characters [json-pointer:/view/callback_id]",
    ),
    "an input nobody can submit": (
        {"type": "modal", "title": plain("Reply"), "blocks": [INPUT]},
        "`submit` is required when an `input` block is within the blocks array [json-pointer:/view/submit]",
    ),
    "no title": (
        {"type": "modal", "blocks": []},
        "missing required field: title [json-pointer:/view]",
    ),
    "a view read back": (
        {**VIEW, "hash": "1.a"},
        "invalid additional property: hash [json-pointer:/view]",
    ),
    "a home": ({"type": "home", "blocks": []}, "unsupported type: home [json-pointer:/view/type]"),
}


@pytest.mark.parametrize("case", REFUSED_VIEWS)
async def test_a_view_is_refused_with_a_pointer_to_what_is_wrong(client, case) -> None:
    view, words = REFUSED_VIEWS[case]
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id="1.2.3", view=view)
    assert caught.value.response["error"] == "invalid_arguments"
    assert caught.value.response["response_metadata"]["messages"] == [f"[ERROR] {words}"]


async def test_a_view_of_more_than_250_kilobytes_is_too_large(client) -> None:
    options = [{"text": plain("x" * 75), "value": f"{n}".zfill(150)} for n in range(100)]
    select = {"type": "static_select", "options": options}
    inputs = [{"type": "input", "label": plain("x"), "element": select} for _ in range(10)]
    with pytest.raises(SlackApiError, match="view_too_large"):
        await client.views_open(trigger_id="1.2.3", view={**VIEW, "blocks": inputs})


async def test_home_takes_no_title(client) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_publish(user_id="U0ANNA", view={**VIEW, "type": "home"})
