"""Slack's Block Kit rules: the permitted content of messages and views, and Slack's errors about the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from demo.slack.blockkit.blocks import MESSAGE_BLOCK, VIEW_BLOCK, no_id_twice, one_focus
from demo.slack.blockkit.elements import ID, OFFERED, plain
from demo.slack.blockkit.rules import Findings, Needed, Rule, anything, both, fields, flag, items, text, typed
from demo.slack.texts import visible_text
from demo.slack.values import SlackError

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_TEXT = 40_000
ALL_BLOCKS_TEXT = 13_200
VIEW_BYTES = 250_000

_IN_MESSAGE = both(items(MESSAGE_BLOCK, MESSAGE_BLOCKS, least=0), no_id_twice)
_IN_VIEW = both(items(VIEW_BLOCK, VIEW_BLOCKS, least=0), no_id_twice, one_focus)


def _inputs_can_be_submitted(view: Any, at: str, findings: Findings) -> None:
    blocks = view.get("blocks") if isinstance(view.get("blocks"), list) else []
    has_input = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
    if has_input and "submit" not in view:
        findings.add("`submit` is required when an `input` block is within the blocks array", f"{at}/submit")


_KEPT = {"private_metadata": text(3000, least=0), "callback_id": text(255, least=0), "external_id": ID}
_MODAL = both(
    fields(
        {
            "type": anything,
            "title": Needed(plain(24)),
            "blocks": Needed(_IN_VIEW),
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
            **_KEPT,
        }
    ),
    _inputs_can_be_submitted,
)
_HOME = fields({"type": anything, "blocks": Needed(_IN_VIEW), **_KEPT})


def check_blocks(blocks: Any, is_unfetchable: Callable[[str], bool]) -> None:
    """Raises SlackError as chat.postMessage would answer to these blocks."""
    findings = Findings()
    _IN_MESSAGE(blocks, "/blocks", findings)
    if not findings.found and sum(map(len, visible_text(blocks))) > ALL_BLOCKS_TEXT:
        raise SlackError("msg_blocks_too_long")
    if not findings.found:
        _report_unfetchable(blocks, is_unfetchable, findings)
    _refuse("invalid_blocks", findings)


def _report_unfetchable(blocks: Any, is_unfetchable: Callable[[str], bool], findings: Findings) -> None:
    for pointer, picture in _pictures(blocks, "/blocks"):
        if is_unfetchable(picture):
            findings.add("downloading image failed", pointer)


def _pictures(node: Any, at: str) -> Iterator[tuple[str, str]]:
    pairs = enumerate(node) if isinstance(node, list) else node.items() if isinstance(node, dict) else ()
    for key, value in pairs:
        if key == "image_url" and isinstance(value, str):
            yield f"{at}/{key}", value
        yield from _pictures(value, f"{at}/{key}")


def check_modal(view: Any) -> None:
    """Raises SlackError as views.open would answer to this view."""
    _check_view(view, {"modal": _MODAL})


def check_home(view: Any) -> None:
    """Raises SlackError as views.publish would answer to this view."""
    _check_view(view, {"home": _HOME})


def _check_view(view: Any, kinds: dict[str, Rule]) -> None:
    findings = Findings()
    typed(kinds)(view, "/view", findings)
    _refuse("invalid_arguments", findings)
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")


def _refuse(error: str, findings: Findings) -> None:
    if findings.found:
        raise SlackError(error, errors=findings.errors, response_metadata={"messages": findings.messages})


def check_options(answer: Any) -> None:
    """Raises SlackError unless an app may answer so to a block_suggestion."""
    findings = Findings()
    OFFERED(answer, "", findings)
    _refuse("invalid_options", findings)


def check_metadata(metadata: Any) -> None:
    """Raises SlackError unless it is an event_type with an event_payload."""
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_format")


__all__ = ["check_blocks", "check_home", "check_metadata", "check_modal", "check_options"]
