"""Reading blocks: the texts a person sees, the things a person can click, the people a text pings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

_PING = re.compile(r"<(?:(!channel|!here|!everyone|!subteam\^S\w+)|@([UW]\w+))(?:\|[^>]*)?>")
_MARKUP = re.compile(r"<(?:[@#!][^<>]+|https?://[^<>\s]+|mailto:[^<>\s]+)>")
_INERT = ("image", "plain_text", "mrkdwn")  # typed like elements, but nothing to click


def visible_text(blocks: Any) -> list[str]:
    """Every text in the order shown: labels, options and alt texts included, ids and values left out."""
    return list(_texts(blocks))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list | tuple):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, dict):
        yield from (node[key] for key in ("text", "alt_text") if isinstance(node.get(key), str))
        for key, value in node.items():
            if key not in ("value", "initial_option", "initial_options", "metadata"):
                yield from _texts(value)


def action_ids(blocks: Sequence[Any]) -> list[str]:
    return [element["action_id"] for _, element in elements(blocks)]


def elements(blocks: Sequence[Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each (block, element with an action_id)."""
    for block in blocks:
        inside = [block.get("accessory"), block.get("element"), *_list(block.get("elements"))]
        for element in inside:
            if _is_clickable(element):
                yield block, element


def _is_clickable(element: Any) -> bool:
    return (
        isinstance(element, dict)
        and isinstance(element.get("action_id"), str)
        and element.get("type") not in _INERT
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def pinged(text: str) -> list[str]:
    """Whom an unescaped mention in `text` would notify."""
    return [everyone or user for everyone, user in _PING.findall(text)]


def mrkdwn_texts(node: Any) -> Iterator[str]:
    """The texts in which Slack obeys mentions: plain_text never pings."""
    if isinstance(node, list | tuple):
        for item in node:
            yield from mrkdwn_texts(item)
    elif isinstance(node, dict):
        if node.get("type") == "mrkdwn" and isinstance(node.get("text"), str):
            yield node["text"]
        elif node.get("type") == "user" and "user_id" in node:
            yield f"<@{node['user_id']}>"
        elif node.get("type") == "broadcast" and "range" in node:
            yield f"<!{node['range']}>"
        for value in node.values():
            yield from mrkdwn_texts(value)


def as_typed(text: str) -> str:
    """A typed text as Slack stores it: & < > escaped, Slack's own markup kept."""
    parts, end = [], 0
    for markup in _MARKUP.finditer(text):
        parts += [_escaped(text[end : markup.start()]), markup.group()]
        end = markup.end()
    return "".join([*parts, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unstorable(node: Any) -> bool:
    """True if `node` contains a NUL or half a surrogate pair anywhere."""
    if isinstance(node, str):
        return "\0" in node or any("\ud800" <= sign <= "\udfff" for sign in node)
    if isinstance(node, dict):
        return any(unstorable(part) for pair in node.items() for part in pair)
    return isinstance(node, list | tuple) and any(unstorable(item) for item in node)
