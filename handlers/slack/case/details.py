"""Details: the conversation with every word of it, and the case's history."""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Row

from db import cases, mentions, messages, replies
from db.queue.subjects import CardOf
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
    cut,
    divider,
    escape,
    excerpt,
    header,
    in_turn,
    inline,
    link,
    modal,
    moment,
    words,
)
from handlers.slack.views.quotes import quote
from triage.cases.case import Case, Outcome
from triage.cases.mention import Author
from triage.i18n import N_, _, ngettext
from triage.privacy import guard
from triage.rights import Person, may
from triage.scoring.priority import Priority

# Slack takes 100 blocks and 250 kB a modal; what was done has four blocks of them, and the headings four.
EVENTS = 40
BLOCKS, BYTES = 90, 200_000


def register(gestures: Gestures) -> None:
    gestures.click("details", on_details)


async def on_details(ctx: Context, click: Click) -> None:
    case = await ctx.case_for(click, "details")
    async with ctx.desk.database.read() as connection:
        author = await mentions.author(connection, case.network, case.author_id)
        posts = await mentions.conversation(connection, case.id)
        events = await cases.history(connection, case.id, limit=EVENTS)
        place = await messages.place_of(connection, CardOf(case.id))
        sent = last_sent(await replies.of_case(connection, case.id))
        whole = await cases.events_of(connection, [case.id])
    working = ctx.desk.policy.working_time_of(case.area)
    above = [
        *_facts(case, author, card_link(place.channel, place.ts) if place else None),
        *waiting_times.of_case(case, whole.get(case.id, []), working, ctx.desk.now()),
    ]
    blocks = [
        *above,
        header(_("Conversation")),
        *_conversation(posts, author),
        header(_("History")),
        *_history(events),
        *_more(case, click.person, answered=sent is not None),
    ]
    await ctx.open(click, modal("details", _("Case {id}").format(id=case.id), blocks))


def _more(case: Case, person: Person, *, answered: bool) -> list[Block]:
    """What can be done and has no room on the card."""
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


def _history(events: list[Row[Any]] | Any) -> list[Block]:
    lines = [f"{moment(event.at)} · {event_in_words(event)}" for event in events]
    return [context(*lines[start : start + 10]) for start in range(0, len(lines), 10)] or [divider()]


def event_in_words(event: Row[Any]) -> str:
    """One line of the history, for a person."""
    who = f"<@{event.who}>" if event.who else _("Mentiondesk")
    detail = event.detail
    what = "reply_deleted" if detail.get("deleted") else event.what
    what = "nobody_else" if detail.get("nobody_else") else what
    what = "pass_of_several" if detail.get("others_left") else what
    what = "return_away" if detail.get("away") else what
    template = _(EVENTS_IN_WORDS.get(what, "{who}: {what}"))
    return template.format(who=who, what=event.what.replace("_", " "), **_words_of(detail))


def _words_of(detail: dict[str, Any]) -> dict[str, str]:
    person, note, problem = detail.get("to"), detail.get("note"), detail.get("problem")
    return {
        "to": in_turn([person, *detail.get("others", ())]) if person else _("nobody"),
        "from": f"<@{detail['from']}>" if str(detail.get("from", "")).startswith(("U", "W")) else "",
        "away": f"<@{detail['away']}>" if detail.get("away") else "",
        "found": escape(guard.in_words(str(detail.get("found", "")))),
        "note": f": {excerpt(note, 300)}" if note else "",
        "question": excerpt(detail.get("question", ""), 300),
        "text": _remark(detail.get("text", ""), 500),
        "before_text": excerpt(detail.get("before_text", ""), 400),
        "after_text": excerpt(detail.get("after_text", ""), 400),
        "problem": escape(str(problem or "")),
        "ticket": inline(str(detail.get("ticket", ""))),
        "outcome": Outcome(detail["outcome"]).in_words() if detail.get("outcome") else "",
        "due": moment(datetime.fromisoformat(detail["due"])) if detail.get("due") else "",
        "before": _named(detail.get("before")),
        "after": _named(detail.get("after")),
        "url": link(detail["url"], _("see it on X")) if detail.get("url") else "",
    }


def _remark(markup: str, most: int) -> str:
    """What a colleague wrote, in Slack's own markup; cut, but never within a <…>."""
    kept = cut(" ".join(markup.split()), most)
    opened = kept.rfind("<")
    return kept if opened <= kept.rfind(">") else kept[:opened] + "…"


def _named(value: Any) -> str:
    if value in [priority.value for priority in Priority]:
        return Priority(value).in_words().lower()
    return inline(str(value)) if value else _("none")


EVENTS_IN_WORDS = {
    "opened": N_("Opened by a new mention"),
    "claim": N_("{who} took the case"),
    "release": N_("{who} gave it back"),
    "transfer": N_("{who} gave it to {to}{note}"),
    "escalate": N_("{who} asked {to}: {question}"),
    "pass_of_several": N_("{from} does not answer; others were asked too"),
    "pass": N_("The question went from {from} to {to}"),
    "answer": N_("{who} answered the question"),
    "no_answer": N_("Nobody answered the question; back to the owner"),
    "ask_approval": N_("{who} asked {to} to read the answer first"),
    "approval_passed_on": N_("Nobody has read it yet: {to} is asked too"),
    "approve": N_("{who} approved the answer"),
    "edited_reply": N_("{who} edited and approved the answer. Before: {before_text} After: {after_text}"),
    "send_back": N_("{who} sent the answer back{note}"),
    "withdraw": N_("{who} withdrew the answer"),
    "nobody_else": N_("{who} answered the customer; nobody else could approve it"),
    "reply": N_("{who} answered the customer {url}"),
    "sent": N_("The answer is public, {url}"),
    "undo": N_("The answer, or the rest of it, did not go out {problem}"),
    "reply_deleted": N_("The answer is gone from X; its text is a draft again"),
    "reply_unknown": N_("X did not say whether the answer went out"),
    "was_sent": N_("{who} saw that the answer is public"),
    "send_again": N_("{who} sent the answer again"),
    "sent_anyway": N_("{who} sent it although the guard found something ({found}){note}"),
    "delete_reply": N_("{who} had the answer deleted on X{note}"),
    "ticket": N_("{who} moved it to the help desk: {ticket}"),
    "follow_up": N_("{who} follows up {due}{note}"),
    "fall_due": N_("The follow-up fell due{note}"),
    "return": N_("Back to the channel: the reminder was not answered"),
    "return_away": N_("Back to the channel: {away} is away"),
    "ask_back": N_("{who} asked back: {question}"),
    "tell_back": N_("{who} told the expert{note}"),
    "not_before": N_("{who} looks at the question, not before {due}"),
    "promise_kept": N_("{who} kept the promise{note}"),
    "customer_wrote": N_("The customer wrote again"),
    "wrote_again": N_("The author wrote again; the case stays dismissed"),
    "thanks": N_("The customer said thanks"),
    "note": N_("📝 {who}: {text}"),
    "show": N_("{who} looked at what is hidden"),
    "priority": N_("{who} changed the priority from {before} to {after}"),
    "area": N_("{who} changed the area from {before} to {after}"),
    "move": N_("{who} moved it from {before} to {after}"),
    "late": N_("The promised time passed without an answer"),
    "resolve": N_("{who} resolved it: {outcome}"),
    "dismiss": N_("{who} dismissed it: {outcome}"),
    "reopen": N_("{who} reopened it"),
    "vanish": N_("Closed: the author deleted the post"),
    "post_deleted": N_("The author deleted a post"),
    "our_post_deleted": N_("An answer of ours was deleted on X"),
    "edited": N_("The author edited a post"),
}
