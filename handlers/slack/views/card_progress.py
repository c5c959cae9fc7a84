"""The card's strips about work in progress: the reply, the expert, the promise."""

from datetime import timedelta

from db.rows import Question, QuestionState, Reply, ReplyState
from handlers.desk.reading.card import CardView
from handlers.slack.views.blocks import (
    Block,
    actions,
    button,
    context,
    excerpt,
    in_turn,
    link,
    moment,
    section,
)
from triage import traits
from triage.i18n import _, ngettext

# If a reply is still unsent this long after its time, the network is in trouble.
OVERDUE = timedelta(minutes=1)
# The characters that Slack accepts in a button's address.
LONGEST_URL = 3000


def reply(view: CardView) -> list[Block]:
    """The state of the latest reply."""
    reply = view.reply
    if reply is None:
        return []
    match reply.state:
        case ReplyState.QUEUED:
            return [context(_queued(view, reply)), actions(_undo(view))]
        case ReplyState.SENT:
            return [context(_sent(view, reply))]
        case ReplyState.DELETING:
            return [
                context(
                    _("🗑️ The answer is being deleted on {network}: {text}").format(
                        network=_title(view), text=_text(reply)
                    )
                )
            ]
        case ReplyState.DELETED:
            return [context(_deleted(view))]
        case ReplyState.REFUSED:
            return [context(_refused(view, reply)), *_by_hand(view, reply)]
        case ReplyState.UNKNOWN:
            return [section(_unknown(view, reply)), _unknown_buttons(view)]
        case ReplyState.UNDONE:
            return []
    return [context(_("🧩 The reply is in a state that this version does not know. It is kept as it is."))]


def _title(view: CardView) -> str:
    """The network's name in a sentence."""
    return traits.title(view.case.network)


def _deleted(view: CardView) -> str:
    """A closed card has no Reply to write in."""
    if view.case.status.is_open:
        return _("🗑️ *The answer was deleted on {network}.* Its text waits in Reply.").format(
            network=_title(view)
        )
    return _("🗑️ *The answer was deleted on {network}.*").format(network=_title(view))


def _text(reply: Reply) -> str:
    return excerpt(" ".join(reply.parts), 300)


def _queued(view: CardView, reply: Reply) -> str:
    late = view.now - reply.goes_at > OVERDUE
    line = (
        _("✉️ The answer of <@{who}> waits to go out since {when}; {network} does not take it yet: {text}")
        if late
        else _("✉️ <@{who}> answers at {when}: {text}")
    )
    when = moment(reply.goes_at, "{time_secs}")
    return line.format(who=reply.who, when=when, text=_text(reply), network=_title(view))


def _undo(view: CardView) -> Block:
    return button(_("Undo"), "undo", view.case.id, style="danger", spoken=_("Take the reply back"))


def _sent(view: CardView, reply: Reply) -> str:
    who = f"<@{reply.who}>" if reply.who else _("Somebody outside Mentiondesk")
    seen = _seen_there(view, reply)
    line = _("💬 {who} answered {when}{seen}: {text}")
    return line.format(who=who, when=moment(reply.sent_at or reply.goes_at), seen=seen, text=_text(reply))


def _seen_there(view: CardView, reply: Reply) -> str:
    known = next(filter(None, reply.posts), None)
    return (
        f", {link(view.network.post_url(reply.account, known), _('see it on {network}').format(network=_title(view)))}"
        if known
        else ""
    )


def _refused(view: CardView, reply: Reply) -> str:
    way = _("press Reply") if view.case.status.is_open else _("reopen the case, then press Reply")
    line = (
        _("⚠️ *Only a part of the reply went out*{seen}. {problem} What is left is kept: {way}.")
        if reply.posts
        else _("⚠️ *The reply did not go out.* {problem} The text is kept: {way}.")
    )
    return line.format(seen=_seen_there(view, reply), problem=excerpt(reply.problem or "", 300), way=way)


def _by_hand(view: CardView, reply: Reply) -> list[Block]:
    """The way that is left when the network refuses the API: the same text, posted by hand."""
    if not view.case.status.is_open or reply.posts:
        return []
    url = view.network.intent_url(reply.answers, reply.parts[0] if len(reply.parts) == 1 else "")
    if url is not None and len(url) > LONGEST_URL:
        url = view.network.intent_url(reply.answers, "")
    there = traits.of(view.case.network)
    label = _("Open in {network}").format(network=there.title)
    opens = [button(label, "open_post", view.case.id, url=url)] if url else []
    told = [button(_("I posted it"), "posted", view.case.id)] if there.post_link else []
    return [actions(*opens, *told)] if opens or told else []


def _unknown(view: CardView, reply: Reply) -> str:
    line = _(
        "❓ *Did this reply go out?* {network} did not say. Look at {profile}, then press a button. The text: {text}"
    )
    network = traits.of(view.case.network)
    ours = f"@{reply.account}"
    profile = link(network.answers_url(handle=reply.account), ours) if network.answers_url else ours
    return line.format(network=network.title, profile=profile, text=excerpt(" ".join(reply.parts), 600))


def _unknown_buttons(view: CardView) -> Block:
    case = view.case
    return actions(
        button(_("It was sent"), "was_sent", case.id),
        button(_("Send again"), "send_again", case.id, style="danger"),
    )


def approval(view: CardView) -> list[Block]:
    """A reply that waits for somebody else's eyes."""
    row = view.approval
    if row is None:
        return []
    line = _("🔎 The answer of <@{who}> waits for approval by {asked} since {when}: {text}").format(
        who=row.who, asked=in_turn(row.asked[:5]), when=moment(row.asked_at), text=excerpt(row.typed, 300)
    )
    taken_back = button(_("Withdraw"), "withdraw", view.case.id, spoken=_("Take the reply back, as a draft"))
    return [context(line), actions(taken_back)]


def writing(view: CardView) -> list[Block]:
    """The people who are writing an answer, so that two do not answer the same post."""
    if not view.writers:
        return []
    line = ngettext("✍️ {who} is writing an answer", "✍️ {who} are writing answers", len(view.writers))
    return [context(line.format(who=in_turn(view.writers)))]


def expert(view: CardView) -> list[Block]:
    """The state of the question to an expert; if several were asked at once, the state that concerns the owner most."""
    waiting = [ask for ask in view.asks if ask.is_open]
    back = [ask for ask in waiting if ask.asked_back and not ask.told_back]
    if back:
        ask = back[0]
        line = _("❔ <@{expert}> asks back: {question} *Tell them* is in {asker}'s direct message.")
        question = excerpt(ask.asked_back or "", 600)
        return [context(line.format(expert=ask.expert, question=question, asker=f"<@{ask.asked_by}>"))]
    if waiting:
        ask = waiting[0]
        line = ngettext(
            "🧠 {experts} was asked by <@{asker}>, answer due {when}: {question}",
            "🧠 {experts} were asked by <@{asker}>, the first answer counts, due {when}: {question}",
            len(waiting),
        )
        text = line.format(
            experts=in_turn(one.expert for one in waiting),
            asker=ask.asked_by,
            when=moment(ask.due_at),
            question=excerpt(ask.question, 300),
        )
        return [context(text)]
    answered = [ask for ask in view.asks if ask.state is QuestionState.ANSWERED]
    if answered and not _customer_has(view, answered[-1]):
        line = _("💡 <@{expert}> answered: {answer} It waits as a draft in *Reply*.")
        answer = excerpt(answered[-1].answer or "", 600)
        return [context(line.format(expert=answered[-1].expert, answer=answer))]
    return []


def _customer_has(view: CardView, ask: Question) -> bool:
    reply = view.reply
    if reply is None or ask.ended_at is None:
        return False
    return reply.state in (ReplyState.SENT, ReplyState.QUEUED) and reply.queued_at >= ask.ended_at


def ticket(view: CardView) -> list[Block]:
    reference = view.case.ticket
    if not reference:
        return []
    is_link = reference.startswith(("https://", "http://")) and not set(reference) & set(" <>|")
    shown = link(reference, excerpt(reference, 80)) if is_link else excerpt(reference, 200)
    return [context(_("🎫 At the help desk: {ticket}").format(ticket=shown))]


def promise(view: CardView) -> list[Block]:
    row = view.follow_up
    if row is None:
        return []
    note = f": {excerpt(row.note, 300)}" if row.note else ""
    line = _("📌 <@{person}> follows up {when}{note}")
    return [context(line.format(person=row.person, when=moment(row.due_at), note=note))]
