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


def rich(*pieces: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(pieces)}]}


def an_input(kind: str, more: Json | None = None, **block: Any) -> Json:
    """`more` goes to the element, the rest to the block."""
    return {"type": "input", "label": plain("x"), "element": {"type": kind, **(more or {})}, **block}


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
    "a choice of many among buttons": (
        [actions(menu("multi_static_select", 2))],
        "unsupported type: multi_static_select [json-pointer:/blocks/0/elements/0/type]",
    ),
    "a button that dispatches": (
        [{**actions(button()), "dispatch_action": True}],
        "invalid additional property: dispatch_action [json-pointer:/blocks/0]",
    ),
    "options beside an external select": (
        [actions(menu("external_select", 2))],
        "invalid additional property: options [json-pointer:/blocks/0/elements/0]",
    ),
    "rich text of an unknown kind": (
        [rich({"type": "shout", "text": "x"})],
        "unsupported type: shout [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    "rich text that says nothing": (
        [rich({"type": "text", "text": ""})],
        "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
    ),
    "rich text in an unknown style": (
        [rich({"type": "text", "text": "x", "style": {"loud": True}})],
        "invalid additional property: loud [json-pointer:/blocks/0/elements/0/elements/0/style]",
    ),
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


def dispatching(*when: str) -> Json:
    return {"dispatch_action_config": {"trigger_actions_on": list(when)}}


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
    "files that dispatch": (
        {**VIEW, "blocks": [an_input("file_input", dispatch_action=True)]},
        "`dispatch_action` is incompatible with `file_input` [json-pointer:/view/blocks/0/dispatch_action]",
    ),
    "an element that dispatches": (
        {**VIEW, "blocks": [an_input("plain_text_input", {"dispatch_action": True})]},
        "invalid additional property: dispatch_action [json-pointer:/view/blocks/0/element]",
    ),
    "a select told when to dispatch": (
        {**VIEW, "blocks": [an_input("external_select", {"dispatch_action_config": {}})]},
        "invalid additional property: dispatch_action_config [json-pointer:/view/blocks/0/element]",
    ),
    "an unknown occasion to dispatch": (
        {**VIEW, "blocks": [an_input("plain_text_input", dispatching("on_blur"))]},
        "must be one of: on_enter_pressed, on_character_entered"
        " [json-pointer:/view/blocks/0/element/dispatch_action_config/trigger_actions_on/0]",
    ),
    "a number of letters in words": (
        {**VIEW, "blocks": [an_input("external_select", {"min_query_length": "3"})]},
        "must be an integer [json-pointer:/view/blocks/0/element/min_query_length]",
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


async def test_inputs_that_dispatch_and_rich_text_in_every_kind_are_accepted(client) -> None:
    told = dispatching("on_enter_pressed", "on_character_entered")
    kinds = ("plain_text_input", "rich_text_input", "number_input", "email_text_input", "url_text_input")
    inputs = [an_input(kind, told, dispatch_action=True) for kind in kinds]
    inputs += [an_input(kind, dispatch_action=True) for kind in ("external_select", "multi_external_select")]
    pieces = rich(
        {"type": "text", "text": "Look, ", "style": {"bold": True}},
        {"type": "user", "user_id": "U0ANNA"},
        {"type": "usergroup", "usergroup_id": "S0BILLING"},
        {"type": "channel", "channel_id": "C0MENTIONS"},
        {"type": "emoji", "name": "eyes"},
        {"type": "link", "url": "https://x.com/1", "text": "the post"},
        {"type": "date", "timestamp": 1_700_000_000, "format": "{date_short}", "fallback": "in November"},
        {"type": "broadcast", "range": "here"},
    )
    lines = {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": pieces["elements"]}
    listed = {"type": "rich_text", "elements": [lines, {"type": "rich_text_quote", "elements": []}]}
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):  # there is nothing else to complain about
        await client.views_open(trigger_id="1.2.3", view={**VIEW, "blocks": [*inputs, pieces, listed]})
