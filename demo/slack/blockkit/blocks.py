"""The grammar of blocks, and the rules about all the blocks of one surface together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from demo.slack.blockkit.elements import (
    ACCESSORY,
    ACTION,
    ID,
    IMAGE_FIELDS,
    INPUT,
    REMARK,
    TOLD,
    any_text,
    has_picture,
    plain,
)
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
    text,
    typed,
    url,
)
from demo.slack.texts import elements

_BASE: Fields = {"type": anything, "block_id": ID}


def _section_says_something(value: Any, at: str, findings: Findings) -> None:
    if "text" not in value and "fields" not in value:
        findings.add("must define either `text` or `fields`", at)


_SECTION = both(
    fields(
        {
            **_BASE,
            "text": any_text(3000),
            "fields": items(any_text(2000), 10),
            "accessory": ACCESSORY,
            "expand": flag,
        }
    ),
    _section_says_something,
)
_ANYWHERE: dict[str, Rule] = {
    "section": _SECTION,
    "divider": fields(_BASE),
    "header": fields({**_BASE, "text": Needed(plain(150))}),
    "context": fields({**_BASE, "elements": Needed(items(REMARK, 10))}),
    "actions": fields({**_BASE, "elements": Needed(items(ACTION, 25))}),
    "image": both(fields({**IMAGE_FIELDS, "block_id": ID, "title": plain(2000)}), has_picture),
    "rich_text": fields(RICH_TEXT),
    "video": fields(
        {
            **_BASE,
            "alt_text": Needed(TOLD),
            "title": Needed(plain(200)),
            "thumbnail_url": Needed(url),
            "video_url": Needed(url),
            "title_url": url,
            "description": plain(200),
            "author_name": text(50),
            "provider_name": text(50),
            "provider_icon_url": url,
        }
    ),
}


def _files_dispatch_nothing(value: Any, at: str, findings: Findings) -> None:
    element = value.get("element") if isinstance(value, dict) else None
    if isinstance(element, dict) and element.get("type") == "file_input" and value.get("dispatch_action"):
        findings.add("`dispatch_action` is incompatible with `file_input`", f"{at}/dispatch_action")


_INPUT_BLOCK = both(
    fields(
        {
            **_BASE,
            "label": Needed(plain(2000)),
            "element": Needed(INPUT),
            "hint": plain(2000),
            "optional": flag,
            "dispatch_action": flag,
        }
    ),
    _files_dispatch_nothing,
)
MESSAGE_BLOCK = typed({**_ANYWHERE, "markdown": fields({**_BASE, "text": Needed(text(12_000))})})
VIEW_BLOCK = typed({**_ANYWHERE, "input": _INPUT_BLOCK})


def no_id_twice(blocks: Any, at: str, findings: Findings) -> None:
    """block_id is unique in a surface, action_id in a block."""
    seen: set[str] = set()
    for index, block in _dicts(blocks):
        name = block.get("block_id")
        if isinstance(name, str):
            if name in seen:
                findings.add(f"`block_id` {name} already exists", f"{at}/{index}/block_id")
            seen.add(name)
        for action_id, times in Counter(element["action_id"] for _, element in elements([block])).items():
            if times > 1:
                findings.add(f"`action_id` {action_id} already exists", f"{at}/{index}/elements")


def one_focus(blocks: Any, at: str, findings: Findings) -> None:
    focused = [
        element
        for _, element in elements([block for _, block in _dicts(blocks)])
        if element.get("focus_on_load")
    ]
    if len(focused) > 1:
        findings.add("only one element can have `focus_on_load` set to true", at)


def _dicts(blocks: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(blocks, list):
        yield from ((index, block) for index, block in enumerate(blocks) if isinstance(block, dict))
