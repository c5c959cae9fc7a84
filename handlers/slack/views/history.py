"""The history in Slack: one line an event, its outside words escaped and cut."""

from collections.abc import Sequence
from datetime import datetime

from handlers.slack.views.blocks import Block, context, cut, divider, excerpt, inline, link, moment
from triage.events import Recorded

# Slack takes ten elements a context block.
LINES = 10


class Mrkdwn:
    """Shows the values of a line in Slack's markup."""

    def person(self, slack: str) -> str:
        return f"<@{slack}>"

    def moment(self, at: datetime) -> str:
        return moment(at)

    def link(self, url: str, label: str) -> str:
        return link(url, label)

    def case(self, number: int) -> str:
        return f"#{number}"

    def name(self, text: str) -> str:
        return inline(text)

    def quote(self, text: str, most: int) -> str:
        return excerpt(text, most)

    def markup(self, text: str, most: int) -> str:
        """Words in Slack's own markup, cut, but never within a <…>."""
        kept = cut(" ".join(text.split()), most)
        opened = kept.rfind("<")
        return kept if opened <= kept.rfind(">") else kept[:opened] + "…"

    def line(self, text: str) -> str:
        return text


def history(lines: Sequence[Recorded]) -> list[Block]:
    """A block for each ten lines."""
    drawn = [f"{moment(one.at)} · {one.in_words(Mrkdwn())}" for one in lines]
    return [context(*drawn[start : start + LINES]) for start in range(0, len(drawn), LINES)] or [divider()]
