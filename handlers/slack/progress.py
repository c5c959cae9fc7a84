"""The card's strips on what is under way: the reply, the expert, the promise."""

from typing import Any

from sqlalchemy import Row

from handlers.slack.blocks import Block, actions, button, context, excerpt, inline, link, moment, section
from handlers.slack.card_view import CardView
from triage.words import _


def reply(view: CardView) -> list[Block]:
    """How the latest reply stands."""
    reply = view.reply
    if reply is None or reply.state == "undone":
        return []
    queued = queued_reply(view)
    if queued:
        return [queued, actions(undo(view))]
    match reply.state:
        case "sent":
            return [context(_sent(view, reply))]
        case "refused":
            problem = _("⚠️ *The reply did not go out.* {problem} The text is kept: press Reply.")
            return [context(problem.format(problem=inline(reply.problem or "")))]
        case "unknown":
            return [section(_unknown(view, reply)), _unknown_buttons(view)]
    return []


def queued_reply(view: CardView) -> Block | None:
    reply = view.reply
    if reply is None or reply.state != "queued":
        return None
    text = _("✉️ <@{who}> answers at {when}: {text}").format(
        who=reply.who, when=moment(reply.goes_at, "{time_secs}"), text=excerpt(" ".join(reply.parts), 300)
    )
    return context(text)


def undo(view: CardView) -> Block:
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


def expert(view: CardView) -> list[Block]:
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


def promise(view: CardView) -> list[Block]:
    row = view.follow_up
    if row is None:
        return []
    note = f": {excerpt(row.note, 300)}" if row.note else ""
    line = _("📌 <@{person}> follows up {when}{note}")
    return [context(line.format(person=row.person, when=moment(row.due_at), note=note))]
