"""Surfaces that show a line: each writes people, moments, links and quoted words in its own way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from html import unescape
from typing import Protocol


class Surface(Protocol):
    """Shows each kind of value that a line may hold, and escapes what comes from outside."""

    def person(self, slack: str) -> str:
        """A colleague by their Slack id."""
        ...

    def moment(self, at: datetime) -> str: ...

    def link(self, url: str, label: str) -> str: ...

    def case(self, number: int) -> str: ...

    def name(self, text: str) -> str:
        """A short name from the settings or from outside: an area, a handle, a title."""
        ...

    def quote(self, text: str, most: int) -> str:
        """Words as somebody typed them, at most so many characters."""
        ...

    def markup(self, text: str, most: int) -> str:
        """Words as Slack delivered them, in its own markup."""
        ...

    def line(self, text: str) -> str:
        """The whole line, once its values are in it."""
        ...


@dataclass(frozen=True, slots=True)
class PlainText:
    """For the terminal and for files; `names` are those of colleagues by Slack id."""

    names: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC

    def person(self, slack: str) -> str:
        return one_line(self.names.get(slack, slack))

    def moment(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def link(self, url: str, label: str) -> str:
        return url

    def case(self, number: int) -> str:
        return f"#{number}"

    def name(self, text: str) -> str:
        return one_line(text)

    def quote(self, text: str, most: int) -> str:
        words = one_line(text)
        return words if len(words) <= most else words[: most - 1] + "…"

    def markup(self, text: str, most: int) -> str:
        return self.quote(unescape(_MARKUP.sub(self._without_markup, text)), most)

    def _without_markup(self, found: re.Match[str]) -> str:
        target, _bar, label = found[1].partition("|")
        return label or (self.person(target[1:]) if target.startswith("@") else target)

    def line(self, text: str) -> str:
        return text


# Slack's references: <@U0ANNA>, <https://example.com|label>, <!date^…|24 Nov>.
_MARKUP = re.compile(r"<([^<>]+)>")


@dataclass(frozen=True, slots=True)
class CsvCell(PlainText):
    """One cell of a CSV file, which no spreadsheet takes for a formula."""

    def line(self, text: str) -> str:
        return harmless(one_line(text))


def harmless(cell: str) -> str:
    """A cell that begins like a formula gets an apostrophe before it. Source: OWASP, CSV injection."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def one_line(text: str) -> str:
    """Words on one line, without control characters and without signs that turn the direction of writing."""
    return " ".join(text.translate(_UNSEEN).split())


_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSEEN: dict[int, str | None] = dict.fromkeys((*range(32), *range(127, 160), *_DIRECTIONS))
_UNSEEN |= {ord(sign): " " for sign in "\t\n\r\x85"}
