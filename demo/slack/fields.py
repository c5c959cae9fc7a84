"""Inputs: the place of each kind's value, its initial value, and the value that a person entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo.slack.texts import elements

Json = dict[str, Any]
REQUIRED = "Please complete this required field."


@dataclass(frozen=True, slots=True)
class Kind:
    """Of one element type: the key its value is sent under, the key it starts from, and what values are."""

    key: str
    initial: str
    options: bool = False  # values are option objects
    many: bool = False


KINDS: dict[str, Kind] = {
    "plain_text_input": Kind("value", "initial_value"),
    "email_text_input": Kind("value", "initial_value"),
    "url_text_input": Kind("value", "initial_value"),
    "number_input": Kind("value", "initial_value"),
    "rich_text_input": Kind("rich_text_value", "initial_value"),
    "file_input": Kind("files", "initial_files", many=True),
    "static_select": Kind("selected_option", "initial_option", options=True),
    "external_select": Kind("selected_option", "initial_option", options=True),
    "radio_buttons": Kind("selected_option", "initial_option", options=True),
    "checkboxes": Kind("selected_options", "initial_options", options=True, many=True),
    "multi_static_select": Kind("selected_options", "initial_options", options=True, many=True),
    "multi_external_select": Kind("selected_options", "initial_options", options=True, many=True),
    "users_select": Kind("selected_user", "initial_user"),
    "multi_users_select": Kind("selected_users", "initial_users", many=True),
    "channels_select": Kind("selected_channel", "initial_channel"),
    "multi_channels_select": Kind("selected_channels", "initial_channels", many=True),
    "conversations_select": Kind("selected_conversation", "initial_conversation"),
    "multi_conversations_select": Kind("selected_conversations", "initial_conversations", many=True),
    "datepicker": Kind("selected_date", "initial_date"),
    "timepicker": Kind("selected_time", "initial_time"),
    "datetimepicker": Kind("selected_date_time", "initial_date_time"),
}
_OVERFLOW = Kind("selected_option", "initial_option", options=True)


def rendered(
    blocks: Sequence[Json], before: Mapping[str, Mapping[str, Json]] | None = None
) -> dict[str, Any]:
    """The state of a view that shows `blocks`: values under the same ids stay, the others get their initial value."""
    state: dict[str, dict[str, Json]] = {}
    for block, element in elements(blocks):
        if element["type"] in KINDS:
            kept = (before or {}).get(block["block_id"], {}).get(element["action_id"])
            value = kept if kept is not None and _still_fits(element, kept) else _initial(element)
            state.setdefault(block["block_id"], {})[element["action_id"]] = value
    return state


def _initial(element: Json) -> Json:
    kind = KINDS[element["type"]]
    return {"type": element["type"], kind.key: element.get(kind.initial, [] if kind.many else None)}


def _still_fits(element: Json, value: Json) -> bool:
    kind = KINDS[element["type"]]
    if value["type"] != element["type"]:
        return False
    if not kind.options or not value[kind.key] or element["type"].endswith("external_select"):
        return True
    chosen = value[kind.key] if kind.many else [value[kind.key]]
    return all(option in options(element) for option in chosen)


def options(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def entered(element: Json, value: Any) -> Json:
    """The state of `element` after a person put `value` there. Raises LookupError for an option it lacks."""
    kind = _OVERFLOW if element["type"] == "overflow" else KINDS[element["type"]]
    if kind.many:
        given = [value] if isinstance(value, str | dict) else list(value or [])
        content: Any = [_choice(element, kind, item) for item in given]
    else:
        content = None if value in (None, "") else _choice(element, kind, value)
    return {"type": element["type"], kind.key: content}


def _choice(element: Json, kind: Kind, value: Any) -> Any:
    if not kind.options:
        return str(value) if element["type"] == "number_input" else value
    for option in options(element):
        if value in (option["value"], option):
            return option
    known = [option["value"] for option in options(element)]
    raise LookupError(f"{element['action_id']} has no option {value!r}, only {known}")


def dispatches(block: Json, *, enter: bool) -> bool:
    """True if the bot is told of an entry in this input at once; for texts that depends on the input's settings."""
    element = block.get("element", {})
    if not block.get("dispatch_action"):
        return False
    if not element["type"].endswith("_input"):
        return True
    when = element.get("dispatch_action_config", {}).get("trigger_actions_on") or ["on_enter_pressed"]
    return "on_character_entered" in when or (enter and "on_enter_pressed" in when)


def friendly(value: Json) -> Any:
    """The value of an input, without Slack's wrapping."""
    content = next((content for key, content in value.items() if key != "type"), None)
    if isinstance(content, list):
        return [_bare(item) for item in content]
    return _bare(content)


def _bare(content: Any) -> Any:
    return content["value"] if isinstance(content, dict) and "value" in content else content


def complaint(block: Json, value: Json) -> str | None:
    """The complaint of Slack's own client about this input, before it asks the bot; None if there is none."""
    content, element = friendly(value), block["element"]
    if content is None or content in ("", []):
        return None if block.get("optional") else REQUIRED
    if isinstance(content, str) and len(content) > element.get("max_length", len(content)):
        return f"This entry is too long. It can have at most {element['max_length']} characters."
    if isinstance(content, str) and len(content) < element.get("min_length", 0):
        return f"This entry is too short. It needs at least {element['min_length']} characters."
    return None
