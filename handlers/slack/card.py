"""The card: a picture of the case as it is now, one function per strip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from db import cases, mentions, promises, replies
from handlers.ports import Message, Network
from handlers.slack.blocks import (
    LABEL,
    Block,
    actions,
    at,
    button,
    context,
    cut,
    excerpt,
    inline,
    link,
    moment,
    option,
    overflow,
    picture,
    section,
    select,
    words,
)
from triage.case import Case, Outcome, Status
from triage.desk import Policy
from triage.mention import Author
from triage.priority import Priority
from triage.words import _, ngettext

OPENING, LATEST = 3000, 1500
PICTURES = 4

PRIORITY_MARKS = {Priority.URGENT: "🔴", Priority.HIGH: "🟠", Priority.NORMAL: "🔵", Priority.LOW: "⚪"}
NO_AREA = "none"


@dataclass(frozen=True, slots=True)
class CardView:
    """All that a card shows."""

    case: Case
    author: Author
    posts: list[mentions.Post]
    earlier: tuple[int, Outcome | None]
    reply: Row[Any] | None
    ask: Row[Any] | None
    follow_up: Row[Any] | None
    policy: Policy
    network: Network
    now: datetime

    @property
    def theirs(self) -> list[mentions.Post]:
        return [post for post in self.posts if not post.ours]

    @property
    def by_api(self) -> bool:
        return any(self.case.account.lower() in post.answerable_by for post in self.theirs)


async def view_of(
    connection: AsyncConnection, case: Case, policy: Policy, network: Network, now: datetime
) -> CardView:
    promised = await promises.open_follow_ups(connection, case.id)
    return CardView(
        case=case,
        author=await mentions.author(connection, case.network, case.author_id),
        posts=await mentions.conversation(connection, case.id),
        earlier=await cases.earlier(connection, case),
        reply=await replies.latest(connection, case.id),
        ask=await promises.latest_ask(connection, case.id),
        follow_up=promised[0] if promised else None,
        policy=policy,
        network=network,
        now=now,
    )


def draw_card(view: CardView) -> Message:
    """The whole card; closed, it shrinks to one line."""
    if view.case.outcome is Outcome.DELETED:
        return _deleted(view)
    if not view.case.status.is_open:
        return _one_line(view)
    blocks = [
        _who(view),
        *_what(view),
        _priority(view),
        _standing(view),
        *_reply(view),
        *_expert(view),
        *_promise(view),
        _buttons(view),
    ]
    return Message(_spoken(view), blocks)


def _spoken(view: CardView) -> str:
    """What notifications and screen readers get."""
    first = view.theirs[0].text if view.theirs else ""
    return _("{priority} mention by {who}: {text} ({status})").format(
        priority=view.case.priority.in_words(),
        who=at(view.author.handle),
        text=excerpt(first, 200),
        status=view.case.status.in_words(),
    )


def _deleted(view: CardView) -> Message:
    line = _("🗑️ The author deleted this post on X, so it is gone here too. Nothing to do.")
    return Message(line, [context(line)])


def _one_line(view: CardView) -> Message:
    case = view.case
    mark = "✅" if case.status is Status.RESOLVED else "🗂️"
    by = _(" by <@{owner}>").format(owner=case.owner) if case.owner else ""
    line = _("{mark} *{status}*, {outcome}{by} · {who}: {text}").format(
        mark=mark,
        status=case.status.in_words(),
        outcome=case.outcome.in_words() if case.outcome else "",
        by=by,
        who=_profile(view),
        text=excerpt(view.theirs[0].text if view.theirs else "", 90),
    )
    choices = [_choice(case, "reopen", _("Reopen")), _choice(case, "details", _("Details and history"))]
    if case.status is Status.RESOLVED:
        choices.append(_choice(case, "resolve", _("Correct the reason")))
    menu = overflow("more", choices)
    undo = _queued_reply(view)
    blocks = [section(line, accessory=menu)]
    return Message(_spoken(view), blocks + ([undo, actions(_undo(view))] if undo else []))


def _profile(view: CardView) -> str:
    name = cut(view.author.name or view.author.handle, 60)
    return link(f"https://x.com/{view.author.handle}", f"*{inline(name)}*") + f" {at(view.author.handle)}"


def _who(view: CardView) -> Block:
    author = view.author
    followers = ngettext("{n:,} follower", "{n:,} followers", author.followers).format(n=author.followers)
    first = view.theirs[0] if view.theirs else None
    wrote = f"{link(first.url, _('on X'))} {moment(first.posted_at)}" if first else ""
    line = " · ".join(
        part for part in (_profile(view), followers, wrote, _addressed(view), _history(view)) if part
    )
    return context(
        line,
        image=(author.avatar, _("Picture of {name}").format(name=author.name)) if author.avatar else None,
    )


def _addressed(view: CardView) -> str:
    return _("to @{account}").format(account=view.case.account) if len(view.policy.account) > 1 else ""


def _history(view: CardView) -> str:
    count, last = view.earlier
    if not count:
        return ""
    text = ngettext("{n} earlier case", "{n} earlier cases", count).format(n=count)
    return text + (_(", the last one {outcome}").format(outcome=last.in_words()) if last else "")


def _what(view: CardView) -> list[Block]:
    """Their first post, and their latest when they wrote again; the rest stands in the thread."""
    kept = [post for post in view.theirs if post.deleted_at is None]
    if not kept:
        return []
    blocks = _post(kept[0], OPENING)
    if len(kept) > 2:
        more = len(kept) - 2
        blocks.append(
            context(ngettext("{n} more post in between", "{n} more posts in between", more).format(n=more))
        )
    if len(kept) > 1:
        blocks.append(context(_("*Wrote again* {when}").format(when=moment(kept[-1].posted_at))))
        blocks += _post(kept[-1], LATEST)
    if any(len(post.text) > most for post, most in ((kept[0], OPENING - 1), (kept[-1], LATEST - 1))):
        blocks.append(actions(button(_("Read all"), "details", view.case.id)))
    pictures = [one for post in kept for one in post.pictures][:PICTURES]
    return blocks + [picture(one.url, one.alt or _("Picture in the post, not described")) for one in pictures]


def _post(post: mentions.Post, most: int) -> list[Block]:
    edited = [context(_("Edited on X {when}").format(when=moment(post.edited_at)))] if post.edited_at else []
    return [words(post.text, most), *edited]


def _priority(view: CardView) -> Block:
    case = view.case
    reasons = " · ".join(escape_reason(reason.in_words()) for reason in case.reasons[:4])
    line = f"{PRIORITY_MARKS[case.priority]} *{case.priority.in_words()}*" + (
        f" · {reasons}" if reasons else ""
    )
    if case.reposts:
        line += " · " + ngettext("reposted {n} time", "reposted {n} times", case.reposts).format(
            n=case.reposts
        )
    return section(line, accessory=_priority_menu(case))


def escape_reason(text: str) -> str:
    return inline(cut(text, 120))


def _priority_menu(case: Case) -> Block:
    options = [option(priority.in_words(), f"{priority.value}:{case.id}") for priority in Priority]
    return select("priority", options, chosen=f"{case.priority.value}:{case.id}", placeholder=_("Priority"))


def _standing(view: CardView) -> Block:
    """Whose turn it is, in which area, and until when."""
    case = view.case
    parts = [_status(case), f"*{inline(case.area)}*" if case.area else _("no area"), _due(view)]
    return section(" · ".join(part for part in parts if part), accessory=_area_menu(view))


def _status(case: Case) -> str:
    match case.status:
        case Status.NEW:
            return _("🆕 *Unclaimed*")
        case Status.CLAIMED:
            return _("🙋 With <@{owner}>").format(owner=case.owner)
        case Status.ESCALATED:
            return _("🧠 With an expert, for <@{owner}>").format(owner=case.owner)
        case Status.WAITING:
            by = _(", <@{owner}> has it").format(owner=case.owner) if case.owner else ""
            return _("⏳ *Waiting*{by}").format(by=by)
    return case.status.in_words()


def _due(view: CardView) -> str:
    due_at = view.case.due_at
    if due_at is None:
        return ""
    if view.now >= due_at:
        return _("🚨 *late* since {when}").format(when=moment(due_at))
    return _("answer due {when}").format(when=moment(due_at))


def _area_menu(view: CardView) -> Block | None:
    if not view.policy.area:
        return None
    case = view.case
    options = [option(area.name, f"{area.name}:{case.id}") for area in view.policy.area[:99]]
    options.append(option(_("No area"), f"{NO_AREA}:{case.id}"))
    return select("area", options, chosen=f"{case.area or NO_AREA}:{case.id}", placeholder=_("Area"))


def _reply(view: CardView) -> list[Block]:
    """How the latest reply stands."""
    reply = view.reply
    if reply is None or reply.state == "undone":
        return []
    queued = _queued_reply(view)
    if queued:
        return [queued, actions(_undo(view))]
    match reply.state:
        case "sent":
            return [context(_sent(view, reply))]
        case "refused":
            problem = _("⚠️ *The reply did not go out.* {problem} The text is kept: press Reply.")
            return [context(problem.format(problem=inline(reply.problem or "")))]
        case "unknown":
            return [section(_unknown(view, reply)), _unknown_buttons(view)]
    return []


def _queued_reply(view: CardView) -> Block | None:
    reply = view.reply
    if reply is None or reply.state != "queued":
        return None
    text = _("✉️ <@{who}> answers at {when}: {text}").format(
        who=reply.who, when=moment(reply.goes_at, "{time_secs}"), text=excerpt(" ".join(reply.parts), 300)
    )
    return context(text)


def _undo(view: CardView) -> Block:
    return button(_("Undo"), "undo", view.case.id, style="danger", spoken=_("Take the reply back"))


def _sent(view: CardView, reply: Row[Any]) -> str:
    who = f"<@{reply.who}>" if reply.who else _("Somebody outside Mentiondesk")
    url = view.network.post_url(reply.account, reply.posts[0]) if reply.posts else ""
    seen = link(url, _("see it on X")) if url else ""
    text = excerpt(" ".join(reply.parts), 300)
    line = _("💬 {who} answered {when}, {seen}: {text}")
    return line.format(who=who, when=moment(reply.sent_at or reply.goes_at), seen=seen, text=text)


def _unknown(view: CardView, reply: Row[Any]) -> str:
    line = _(
        "❓ *Did this reply go out?* X did not say. Look at {profile}, then press a button. The text: {text}"
    )
    profile = link(f"https://x.com/{reply.account}/with_replies", f"@{reply.account}")
    return line.format(profile=profile, text=excerpt(" ".join(reply.parts), 600))


def _unknown_buttons(view: CardView) -> Block:
    case = view.case
    return actions(
        button(_("It was sent"), "was_sent", case.id),
        button(_("Send again"), "send_again", case.id, style="danger"),
    )


def _expert(view: CardView) -> list[Block]:
    ask = view.ask
    if ask is None:
        return []
    if ask.state == "open":
        line = _("🧠 <@{expert}> was asked by <@{asker}>, answer due {when}: {question}")
        text = line.format(
            expert=ask.expert,
            asker=ask.asked_by,
            when=moment(ask.due_at),
            question=excerpt(ask.question, 300),
        )
        return [context(text)]
    if ask.state == "answered" and not _customer_has(view, ask):
        line = _("💡 <@{expert}> answered: {answer} It waits as a draft in *Reply*.")
        return [context(line.format(expert=ask.expert, answer=excerpt(ask.answer or "", 600)))]
    return []


def _customer_has(view: CardView, ask: Row[Any]) -> bool:
    reply = view.reply
    return reply is not None and reply.state in ("sent", "queued") and bool(reply.queued_at >= ask.ended_at)


def _promise(view: CardView) -> list[Block]:
    row = view.follow_up
    if row is None:
        return []
    note = f": {excerpt(row.note, 300)}" if row.note else ""
    line = _("📌 <@{person}> follows up {when}{note}")
    return [context(line.format(person=row.person, when=moment(row.due_at), note=note))]


def _buttons(view: CardView) -> Block:
    """Few buttons, the likely one first and green."""
    case = view.case
    unowned = case.owner is None
    claim = button(_("I'll take this"), "claim", case.id, style="primary") if unowned else None
    return actions(
        claim,
        *_reply_buttons(view, primary=not unowned),
        button(_("Ask an expert"), "escalate", case.id),
        button(_("Resolve"), "resolve", case.id),
        button(_("Details"), "details", case.id),
        overflow("more", _menu(view)),
    )


def _reply_buttons(view: CardView, *, primary: bool) -> list[Block]:
    case = view.case
    if view.by_api:
        return [button(_("Reply"), "reply", case.id, style="primary" if primary else None)]
    last = view.theirs[-1] if view.theirs else None
    url = view.network.intent_url(last.post_id, "") if last else ""
    opened = button(_("Open in X"), "open_in_x", case.id, url=url, style="primary" if primary else None)
    return [opened, button(_("I posted it"), "posted", case.id)]


def _menu(view: CardView) -> Sequence[Block]:
    case = view.case
    choices = []
    if case.owner:
        choices.append(_choice(case, "release", _("Give it back")))
    choices += [
        _choice(case, "transfer", _("Give it to a colleague")),
        _choice(case, "follow_up", _("Follow up on a date")),
        _choice(case, "dismiss", _("Dismiss")),
    ]
    sister = view.policy.sister_of(case.account)
    if sister:
        choices.append(_choice(case, "move", _("Move to @{account}").format(account=sister)))
    return choices[:5]


def _choice(case: Case, gesture: str, label: str) -> Block:
    return option(cut(label, LABEL), f"{gesture}:{case.id}")
