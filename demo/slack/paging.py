"""Long lists, a page at a time."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import TypeVar

from demo.slack.args import Args
from demo.slack.values import Json, Message, SlackError

Item = TypeVar("Item")
_MARKS = {"offset": re.compile(r"\d+"), "next_ts": re.compile(r"\d+\.\d+")}


def page(
    items: Sequence[Item], args: Args, *, default: int = 100, most: int = 1000
) -> tuple[list[Item], Json]:
    """(the items of this page, response_metadata)."""
    start = int(_marked(args.maybe("cursor"), "offset") or 0)
    end = start + _limit(args, default=default, most=most)
    following = _cursor("offset", str(end)) if end < len(items) else ""
    return list(items[start:end]), {"next_cursor": following}


def page_back(newest_first: Sequence[Message], args: Args) -> tuple[list[Message], Json]:
    """The same for messages: the cursor names a moment, so nothing shifts it meanwhile."""
    limit = _limit(args, default=100, most=999)
    until = _marked(args.maybe("cursor"), "next_ts")
    left = [message for message in newest_first if until is None or message.ts <= until]
    following = _cursor("next_ts", left[limit].ts) if len(left) > limit else ""
    return left[:limit], {"next_cursor": following}


def _limit(args: Args, *, default: int, most: int) -> int:
    limit = args.number("limit", default)
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    return limit


def _cursor(word: str, mark: str) -> str:
    return base64.b64encode(f"{word}:{mark}".encode()).decode()


def _marked(cursor: str | None, word: str) -> str | None:
    if cursor is None:
        return None
    try:
        found, _, mark = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise SlackError("invalid_cursor") from error
    if found != word or not _MARKS[word].fullmatch(mark):
        raise SlackError("invalid_cursor")
    return mark
