"""The grammar of elements in blocks: texts, options, buttons, menus, inputs."""

from __future__ import annotations

from typing import Any

from demo.slack.blockkit.richtext import RICH_TEXT
from demo.slack.blockkit.rules import (
    Fields,
    Findings,
    Needed,
    Rule,
    anything,
    both,
    fields,
    flag,
    items,
    number,
    text,
    typed,
    url,
    word,
)


def plain(most: int) -> Rule:
    return typed({"plain_text": _plain_fields(most)})


def any_text(most: int, least: int = 1) -> Rule:
    mrkdwn = fields({"type": anything, "text": Needed(text(most, least)), "verbatim": flag})
    return typed({"plain_text": _plain_fields(most, least), "mrkdwn": mrkdwn})


def _plain_fields(most: int, least: int = 1) -> Rule:
    return fields({"type": anything, "text": Needed(text(most, least)), "emoji": flag})


ID = text(255)
TOLD = text(2000)
SLACK_FILE = fields({"id": text(255), "url": url})
IMAGE_FIELDS: Fields = {
    "type": anything,
    "image_url": url,
    "slack_file": SLACK_FILE,
    "alt_text": Needed(TOLD),
}


def has_picture(value: Any, at: str, findings: Findings) -> None:
    if "image_url" not in value and "slack_file" not in value:
        findings.add("must define either `image_url` or `slack_file`", at)


IMAGE = both(fields(IMAGE_FIELDS), has_picture)
_CONFIRM = fields(
    {
        "title": Needed(plain(100)),
        "text": Needed(any_text(300)),
        "confirm": Needed(plain(30)),
        "deny": Needed(plain(30)),
        "style": word("primary", "danger"),
    }
)
_MENU_OPTION = fields({"text": Needed(plain(75)), "value": Needed(text(150)), "description": plain(75)})
_LINK_OPTION = fields(
    {"text": Needed(plain(75)), "value": Needed(text(150)), "description": plain(75), "url": url}
)
_TICK_OPTION = fields({"text": Needed(any_text(75)), "value": Needed(text(150)), "description": any_text(75)})
_GROUP = fields({"label": Needed(plain(75)), "options": Needed(items(_MENU_OPTION, 100))})
_BASE: Fields = {"type": anything, "action_id": ID}
_PICKER: Fields = {**_BASE, "confirm": _CONFIRM, "focus_on_load": flag, "placeholder": plain(150)}
_FILTER = fields(
    {
        "include": items(word("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    }
)


def _options_exist(value: Any, at: str, findings: Findings) -> None:
    if isinstance(value, dict) and ("options" in value) == ("option_groups" in value):
        findings.add("must define either `options` or `option_groups`", at)


def _initial_is_offered(value: Any, at: str, findings: Findings) -> None:
    """Slack compares the whole option, its text too."""
    groups = [group.get("options") for group in _dicts(value.get("option_groups"))]
    offered = [*_dicts(value.get("options")), *(option for group in groups for option in _dicts(group))]
    chosen = [value["initial_option"]] if "initial_option" in value else _dicts(value.get("initial_options"))
    for option in chosen:
        if option not in offered:
            findings.add("must exactly match one of the provided options", f"{at}/initial_option")


def _dicts(value: Any) -> list[Any]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _menu(**more: Rule) -> Rule:
    listed: Fields = {"options": items(_MENU_OPTION, 100), "option_groups": items(_GROUP, 100)}
    return both(fields({**_PICKER, **listed, **more}), _options_exist, _initial_is_offered)


def _ticks(**more: Rule) -> Rule:
    ticks: Fields = {**_BASE, "confirm": _CONFIRM, "focus_on_load": flag}
    return both(fields({**ticks, "options": Needed(items(_TICK_OPTION, 10)), **more}), _initial_is_offered)


def _picker(**more: Rule) -> Rule:
    return fields({**_PICKER, **more})


def _input(**more: Rule) -> Rule:
    dispatch = fields(
        {"trigger_actions_on": items(word("on_enter_pressed", "on_character_entered"), 2, least=0)}
    )
    shared: Fields = {
        "placeholder": plain(150),
        "focus_on_load": flag,
        "dispatch_action_config": dispatch,
        "initial_value": text(3000, least=0),
    }
    return fields({**_BASE, **shared, **more})


_BUTTON = fields(
    {
        **_BASE,
        "text": Needed(plain(75)),
        "url": url,
        "value": text(2000),
        "style": word("primary", "danger"),
        "confirm": _CONFIRM,
        "accessibility_label": text(75),
    }
)
_OVERFLOW = fields({**_BASE, "options": Needed(items(_LINK_OPTION, 5)), "confirm": _CONFIRM})
OFFERED = both(
    fields(
        {"options": items(_MENU_OPTION, 100, least=0), "option_groups": items(_GROUP, 100, least=0)},
    ),
    _options_exist,
)
_MANY = number(1, 100)
_IDS = items(ID, 100, least=0)
_CONVERSATIONS: dict[str, Rule] = {"default_to_current_conversation": flag, "filter": _FILTER}

MENUS: dict[str, Rule] = {
    "static_select": _menu(initial_option=_MENU_OPTION),
    "multi_static_select": _menu(initial_options=items(_MENU_OPTION, 100), max_selected_items=_MANY),
    "external_select": _picker(initial_option=_MENU_OPTION, min_query_length=number(0, 1000)),
    "multi_external_select": _picker(
        initial_options=items(_MENU_OPTION, 100), min_query_length=number(0, 1000), max_selected_items=_MANY
    ),
    "users_select": _picker(initial_user=ID),
    "multi_users_select": _picker(initial_users=_IDS, max_selected_items=_MANY),
    "channels_select": _picker(initial_channel=ID, response_url_enabled=flag),
    "multi_channels_select": _picker(initial_channels=_IDS, max_selected_items=_MANY),
    "conversations_select": _picker(initial_conversation=ID, response_url_enabled=flag, **_CONVERSATIONS),
    "multi_conversations_select": _picker(
        initial_conversations=_IDS, max_selected_items=_MANY, **_CONVERSATIONS
    ),
}
DATES: dict[str, Rule] = {
    "datepicker": _picker(initial_date=text(10, least=10)),
    "timepicker": _picker(initial_time=text(5, least=5), timezone=text(255)),
    "datetimepicker": fields(
        {**_BASE, "initial_date_time": number(0, 9_999_999_999), "confirm": _CONFIRM, "focus_on_load": flag}
    ),
}
TICKS: dict[str, Rule] = {
    "radio_buttons": _ticks(initial_option=_TICK_OPTION),
    "checkboxes": _ticks(initial_options=items(_TICK_OPTION, 10)),
}
BUTTONS: dict[str, Rule] = {"button": _BUTTON, "overflow": _OVERFLOW}
INPUTS: dict[str, Rule] = {
    "plain_text_input": _input(multiline=flag, min_length=number(0, 3000), max_length=number(1, 3000)),
    "email_text_input": _input(),
    "url_text_input": _input(),
    "number_input": _input(is_decimal_allowed=flag, min_value=text(255), max_value=text(255)),
    "rich_text_input": _input(initial_value=typed({"rich_text": fields(RICH_TEXT)})),
    "file_input": fields({**_BASE, "filetypes": items(text(20), 100), "max_files": number(1, 10)}),
}

ACCESSORY = typed({**BUTTONS, **MENUS, **DATES, **TICKS, "image": IMAGE})
ONE_MENUS = {kind: rule for kind, rule in MENUS.items() if not kind.startswith("multi_")}
ACTION = typed({**BUTTONS, **ONE_MENUS, **DATES, **TICKS})
INPUT = typed({**INPUTS, **MENUS, **DATES, **TICKS})
REMARK = typed(
    {
        "image": IMAGE,
        "plain_text": _plain_fields(3000),
        "mrkdwn": fields({"type": anything, "text": Needed(text(3000)), "verbatim": flag}),
    }
)
