"""Lists of cases, one line each, for App Home and /desk."""

from dataclasses import replace
from datetime import datetime

from handlers.desk.reading.lists import Line
from handlers.slack.views.blocks import Block, at, button, card_link, link, moment, section
from handlers.slack.views.card import PRIORITY_MARKS
from handlers.slack.views.quotes import in_line
from triage.cases.case import Case
from triage.i18n import _


def draw_line(line: Line, now: datetime, *, claimable: bool = False, with_owner: bool = False) -> Block:
    case = line.case
    who = at(line.author.handle) if line.author else _("somebody")
    parts = [
        f"{PRIORITY_MARKS[case.priority]} *{case.priority.in_words()}*",
        case.status.in_words(),
        f"<@{case.owner}>" if case.owner and with_owner else "",
        _due(case, now),
        link(card_link(line.card.channel, line.card.ts), _("card")) if line.card else "",
    ]
    text = " · ".join(part for part in parts if part) + f"\n{who}: {said(line, 140)}"
    spoken = _("{label}, case of {who}")
    if claimable:
        label = _("I'll take this")
        accessory = button(
            label, "claim", case.id, style="primary", spoken=spoken.format(label=label, who=who)
        )
    else:
        label = _("Details")
        accessory = button(label, "details", case.id, spoken=spoken.format(label=label, who=who))
    return section(text, accessory=accessory)


def said(line: Line, most: int) -> str:
    """The beginning of what a customer wrote."""
    if line.post is None:
        return ""
    return in_line(replace(line.post, text=without_address(line.post.text)), most)


def without_address(text: str) -> str:
    """A post without the handles that it begins with: in a list everybody knows whom it addresses."""
    words = text.split()
    while len(words) > 1 and words[0].startswith("@"):
        words.pop(0)
    return " ".join(words)


def _due(case: Case, now: datetime) -> str:
    if case.due_at is None:
        return ""
    return _("🚨 *late*") if now >= case.due_at else _("due {when}").format(when=moment(case.due_at))
