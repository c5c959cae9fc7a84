"""Draws the board."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db import cases
from db.queue import deliveries
from db.queue.lanes import PostsIn
from handlers.desk.reading.lists import Line, lines_of
from handlers.desk.work import RANK_ALIKE, RANKS
from handlers.ports import Message
from handlers.slack.views.blocks import Block, at, button, context, divider, header, section
from handlers.slack.views.card import PRIORITY_MARKS
from handlers.slack.views.lists import said
from triage.i18n import _, ngettext

# Slack accepts 50 blocks in a message.
LINES = 20


async def draw_board(connection: AsyncConnection, channel: str, now: datetime) -> Message | None:
    """Draw the cases that wait for their card in a channel; None if there are none."""
    lane = PostsIn(channel)
    backlog = await deliveries.backlog(connection, lane)
    if not backlog:
        return None
    first = [
        await cases.load(connection, one) for one in await deliveries.waiting_cards(connection, lane, LINES)
    ]
    lines = await lines_of(connection, first)
    waiting = sum(backlog.values())
    title = ngettext("{n} mention waits for its card", "{n} mentions wait for their cards", waiting).format(
        n=waiting
    )
    more = waiting - len(lines)
    tail = [context(_("… and {n} more. Nothing is lost.").format(n=more))] if more > 0 else []
    blocks = [
        header(f"🌊 {title}"),
        context(_counts(backlog) + _(" · a card a second, the most urgent first; kept up to date")),
        divider(),
        *[_line(line) for line in lines],
        *tail,
    ]
    return Message(f"{title}: {_counts(backlog)}", blocks)


def _counts(backlog: dict[int, int]) -> str:
    """The number of waiting cases of each priority, in words."""
    by_rank = {rank: priority for priority, rank in RANKS.items()}
    parts = [
        f"{PRIORITY_MARKS[by_rank[rank]]} {backlog[rank]} {by_rank[rank].in_words()}"
        for rank in sorted(backlog)
        if rank in by_rank
    ]
    alike = backlog.get(RANK_ALIKE, 0)
    if alike:
        parts.append(ngettext("{n} near-copy", "{n} near-copies", alike).format(n=alike))
    return " · ".join(parts) or _("on their way")


def _line(line: Line) -> Block:
    who = at(line.author.handle) if line.author else _("somebody")
    priority = line.case.priority
    text = f"{PRIORITY_MARKS[priority]} *{priority.in_words()}* · {who}: {said(line, 120)}"
    spoken = _("Show the card of {who} next").format(who=who)
    return section(text, accessory=button(_("Card"), "card", line.case.id, spoken=spoken))
