"""Details: the conversation with every word of it, and the case's history."""

import json
from collections.abc import Sequence
from itertools import chain

from db import mentions
from handlers.desk.reading import case as reading
from handlers.desk.reading.history import history_of
from handlers.slack.context import Click, Context
from handlers.slack.gestures import Gestures
from handlers.slack.home.saved_replies import last_sent
from handlers.slack.views import waiting_times
from handlers.slack.views.blocks import (
    SECTION,
    Block,
    actions,
    at,
    button,
    card_link,
    context,
    divider,
    escape,
    header,
    inline,
    link,
    modal,
    moment,
    words,
)
from handlers.slack.views.history import history
from handlers.slack.views.quotes import quote
from triage.cases.case import Case
from triage.cases.mention import Author
from triage.i18n import _, ngettext
from triage.rights import Person, may

# Slack takes 100 blocks and 250 kB a modal; what was done has four blocks of them, and the headings four.
EVENTS = 40
BLOCKS, BYTES = 90, 200_000


def register(gestures: Gestures) -> None:
    gestures.click("details", on_details)


async def on_details(ctx: Context, click: Click) -> None:
    case = await ctx.case_for(click, "details")
    found = await reading.whole(ctx.desk, case)
    author, posts, place, sent = found.author, found.posts, found.card, last_sent(found.replies)
    lines = await history_of(ctx.desk, case.id)
    working = ctx.desk.policy.working_time_of(case.area)
    above = [
        *_facts(case, author, card_link(place.channel, place.ts) if place else None),
        *waiting_times.of_case(case, lines, working, ctx.desk.now()),
    ]
    blocks = [
        *above,
        header(_("Conversation")),
        *_conversation(posts, author),
        header(_("History")),
        *history(lines[-EVENTS:]),
        *_more(case, click.person, answered=sent is not None),
    ]
    await ctx.open(click, modal("details", _("Case {id}").format(id=case.id), blocks))


def _more(case: Case, person: Person, *, answered: bool) -> list[Block]:
    """Buttons for gestures that have no room on the card."""
    possible = []
    if case.status.is_open and may(person, "ticket", case):
        possible.append(button(_("Moved to the help desk"), "ticket", case.id))
    if answered and may(person, "save_reply", case):
        possible.append(button(_("Save this reply"), "save_reply", case.id))
    return [divider(), actions(*possible)] if possible else []


def _facts(case: Case, author: Author, card: str | None) -> list[Block]:
    who = f"*{inline(author.name)}* {at(author.handle)}"
    owner = f"<@{case.owner}>" if case.owner else _("nobody")
    line = _("{who} · {status} · owner: {owner} · opened {opened}").format(
        who=who, status=case.status.in_words(), owner=owner, opened=moment(case.opened_at)
    )
    way = [context(link(card, _("Go to the card")))] if card else []
    return [context(line), *way]


def _conversation(posts: Sequence[mentions.Post], author: Author) -> list[Block]:
    """Their first post whole, then as many of the latest as a modal holds; what is left out is said."""
    drawn = [_post(post, author) for post in posts]
    shown, latest = drawn[:1], drawn[1:]
    blocks, weight = sum(map(len, shown)) + 1, sum(map(_weight, shown))
    kept: list[list[Block]] = []
    for post in reversed(latest):
        blocks, weight = blocks + len(post), weight + _weight(post)
        if blocks > BLOCKS or weight > BYTES:
            break
        kept.insert(0, post)
    if left_out := len(latest) - len(kept):
        line = ngettext("{n} post in between is not shown", "{n} posts in between are not shown", left_out)
        shown.append([context(line.format(n=left_out))])
    return list(chain.from_iterable([*shown, *kept]))


def _weight(blocks: list[Block]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False).encode())


def _post(post: mentions.Post, author: Author) -> list[Block]:
    who = _("We") if post.ours else at(author.handle)
    said = context(f"{who} · {moment(post.posted_at, url=post.url)}")
    if post.deleted_at:
        return [said, context(_("🗑️ Deleted by its author."))]
    if post.hidden:
        return [said, *quote(post)]
    return [said, *map(words, pieces(post.text))]


def pieces(text: str) -> list[str]:
    """A long text in pieces that a section holds once they are escaped, cut between words where it can be."""
    found = []
    while text:
        end = min(len(text), SECTION)
        while (length := len(escape(text[:end]))) > SECTION:
            end = max(1, end * SECTION // length - 1)
        if end < len(text):
            space = max(text.rfind(mark, end * 3 // 4, end) for mark in (" ", "\n"))
            end = space + 1 if space > 0 else end
        found.append(text[:end])
        text = text[end:]
    return [piece for piece in found if piece.strip()] or [""]
