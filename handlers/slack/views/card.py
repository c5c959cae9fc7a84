"""The card: a picture of the case as it is now, with one function for each strip."""

from collections.abc import Sequence

from db import mentions
from db.rows import ReplyState
from handlers.desk.reading.card import CardView
from handlers.ports import Message
from handlers.slack.views import card_progress
from handlers.slack.views.blocks import (
    LABEL,
    Block,
    actions,
    at,
    button,
    context,
    cut,
    escape,
    excerpt,
    inline,
    link,
    moment,
    option,
    overflow,
    picture,
    section,
    select,
)
from handlers.slack.views.quotes import in_line, quote
from triage import traits
from triage.cases.case import Case, Outcome, Status
from triage.i18n import _, ngettext
from triage.scoring.priority import Priority
from triage.time.nearness import nearness

# The longest texts of a card: Slack refuses a message somewhat above 12,000 characters in all.
OPENING, LATEST, ALT = 3000, 1500, 500
PICTURES = 4

PRIORITY_MARKS = {Priority.URGENT: "🔴", Priority.HIGH: "🟠", Priority.NORMAL: "🔵", Priority.LOW: "⚪"}
NO_AREA = "none"


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
        *card_progress.reply(view),
        *card_progress.approval(view),
        *card_progress.writing(view),
        *card_progress.expert(view),
        *card_progress.ticket(view),
        *card_progress.promise(view),
        *_alike(view),
        _buttons(view),
    ]
    return Message(_spoken(view), blocks)


def _spoken(view: CardView) -> str:
    """The text for notifications and screen readers."""
    first = in_line(view.theirs[0], 200) if view.theirs else ""
    return _("{priority} mention by {who}: {text} ({status})").format(
        priority=view.case.priority.in_words(),
        who=at(view.author.handle),
        text=first,
        status=view.case.status.in_words(),
    )


def _deleted(view: CardView) -> Message:
    line = _("🗑️ The author deleted this post on {network}, so it is gone here too.").format(
        network=_title(view)
    )
    unsettled = (
        card_progress.reply(view)
        if view.reply is not None and view.reply.state is not ReplyState.SENT
        else []
    )
    line += "" if unsettled else " " + _("Nothing to do.")
    return Message(line, [context(line), *unsettled])


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
        text=in_line(view.theirs[0], 90) if view.theirs else "",
    )
    choices = [_choice(case, "reopen", _("Reopen")), _choice(case, "details", _("Details and history"))]
    if case.status is Status.RESOLVED:
        choices.append(_choice(case, "resolve", _("Correct the reason")))
    if _answered_in_public(view):
        choices.append(_delete_reply(case))
    unsettled = view.reply is not None and view.reply.state is not ReplyState.SENT
    blocks = [
        section(line, accessory=overflow("more", choices)),
        *(card_progress.reply(view) if unsettled else []),
    ]
    return Message(_spoken(view), blocks)


def _title(view: CardView) -> str:
    """The network's name in a sentence."""
    return traits.title(view.case.network)


def _profile(view: CardView) -> str:
    author, network = view.author, traits.of(view.case.network)
    if not author.is_named:
        unnamed = f"*{_('Author {id}').format(id=author.id)}*"
        return link(network.person_url(id=author.id), unnamed) if network.person_url else unnamed
    name = f"*{excerpt(author.name or author.handle, 60)}*"
    shown = link(network.profile_url(handle=author.handle), name) if network.profile_url else name
    return f"{shown} {at(author.handle)}"


def _who(view: CardView) -> Block:
    author = view.author
    counted = ngettext("{n:,} follower", "{n:,} followers", author.followers).format(n=author.followers)
    followers = counted if author.is_named and traits.of(author.network).counts_followers else ""
    first = view.theirs[0] if view.theirs else None
    where = _("on {network}").format(network=_title(view))
    wrote = f"{link(first.url, where)} {moment(first.posted_at)}" if first else ""
    line = " · ".join(
        part for part in (_profile(view), followers, wrote, _addressed(view), _history(view)) if part
    )
    return context(
        line,
        image=(author.avatar, _("Picture of {name}").format(name=author.name)) if author.avatar else None,
    )


def _addressed(view: CardView) -> str:
    case = view.case
    if case.moved_from:
        moved = _("🚪 came to @{account}, now with @{sister}")
        return moved.format(account=case.moved_from, sister=case.account)
    return _("to @{account}").format(account=case.account) if len(view.policy.account) > 1 else ""


def _history(view: CardView) -> str:
    count, last = view.earlier
    if not count:
        return ""
    text = ngettext("{n} earlier case", "{n} earlier cases", count).format(n=count)
    return text + (_(", the last one {outcome}").format(outcome=last.in_words()) if last else "")


def _what(view: CardView) -> list[Block]:
    """The customer's first post, and their latest if they wrote again; the others are in the thread."""
    kept = [post for post in view.theirs if post.deleted_at is None]
    if not kept:
        return []
    shown = [(kept[0], OPENING), *([(kept[-1], LATEST)] if len(kept) > 1 else [])]
    blocks = _post(*shown[0])
    if len(kept) > 2:
        more = len(kept) - 2
        blocks.append(
            context(ngettext("{n} more post in between", "{n} more posts in between", more).format(n=more))
        )
    if len(kept) > 1:
        blocks.append(context(_("*Wrote again* {when}").format(when=moment(kept[-1].posted_at))))
        blocks += _post(*shown[1])
    if any(len(escape(post.text)) > most and not post.hidden for post, most in shown):
        blocks.append(actions(button(_("Read all"), "details", view.case.id)))
    pictures = [one for post in kept if not post.hidden for one in post.pictures][:PICTURES]
    return blocks + [
        picture(one.url, cut(one.alt, ALT) or _("Picture in the post, not described")) for one in pictures
    ]


def _post(post: mentions.Post, most: int) -> list[Block]:
    edited = [context(_("Edited {when}").format(when=moment(post.edited_at)))] if post.edited_at else []
    return [*quote(post, most), *edited]


def _priority(view: CardView) -> Block:
    case = view.case
    reasons = " · ".join(excerpt(reason.in_words(), 120) for reason in case.reasons[:4])
    line = f"{PRIORITY_MARKS[case.priority]} *{case.priority.in_words()}*" + (
        f" · {reasons}" if reasons else ""
    )
    if case.reposts:
        line += " · " + ngettext("reposted {n} time", "reposted {n} times", case.reposts).format(
            n=case.reposts
        )
    return section(line, accessory=_priority_menu(case))


def _priority_menu(case: Case) -> Block:
    options = [option(priority.in_words(), f"{priority.value}:{case.id}") for priority in Priority]
    return select("priority", options, chosen=f"{case.priority.value}:{case.id}", placeholder=_("Priority"))


def _standing(view: CardView) -> Block:
    """The case's status, area and due time."""
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
    near, when = nearness(view.now, due_at), moment(due_at)
    if near.is_late:
        return _("🚨 *late* since {when}").format(when=when) + _span(_(", over {span}"), near.minutes)
    return _("answer due {when}").format(when=when) + _span(_(", in under {span}"), near.minutes)


def _span(words: str, minutes: int | None) -> str:
    """A rounded span of time, which is true until the next redraw."""
    if minutes is None:
        return ""
    if minutes % 60:
        return words.format(span=_("{n} min").format(n=minutes))
    return words.format(span=ngettext("{n} hour", "{n} hours", minutes // 60).format(n=minutes // 60))


def _area_menu(view: CardView) -> Block | None:
    if not view.policy.area:
        return None
    case = view.case
    options = [option(area.name, f"{area.name}:{case.id}") for area in view.policy.area[:99]]
    options.append(option(_("No area"), f"{NO_AREA}:{case.id}"))
    return select("area", options, chosen=f"{case.area or NO_AREA}:{case.id}", placeholder=_("Area"))


def _alike(view: CardView) -> list[Block]:
    """In a storm: how many others say the same, and one way through all of them."""
    count, left = view.alike
    if not count:
        return []
    text = ngettext(
        "🌊 *{n} other person says nearly the same*, {left} without an answer",
        "🌊 *{n} other people say nearly the same*, {left} without an answer",
        count,
    ).format(n=count, left=left)
    one_by_one = button(
        _("Answer all"), "answer_all", view.case.id, spoken=_("Answer all of them, one after the other")
    )
    return [section(text, accessory=one_by_one if left else None)]


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
    green = "primary" if primary else None
    speaker = view.speaker
    if speaker == case.account:
        return [button(_("Reply"), "reply", case.id, style=green)]
    last = view.theirs[-1] if view.theirs else None
    url = (view.network.intent_url(last.post_id, "") or last.url) if last else ""
    by_hand = [
        button(
            _("Open in {network}").format(network=_title(view)), "open_post", case.id, url=url, style=green
        ),
        button(_("I posted it"), "posted", case.id),
    ]
    if speaker is None:
        return by_hand
    # It came to another account, and the network lets only that one answer by API: it can point the way.
    return [*by_hand, button(_("Reply as @{account}").format(account=speaker), "reply", case.id)]


def _menu(view: CardView) -> Sequence[Block]:
    case = view.case
    choices = []
    if case.owner:
        choices.append(_choice(case, "release", _("Give it back")))
    choices += [
        _choice(case, "transfer", _("Give it to a colleague")),
        _choice(case, "follow_up", _("Follow up on a date")),
        _delete_reply(case) if _answered_in_public(view) else _choice(case, "dismiss", _("Dismiss")),
    ]
    if _answered_in_public(view) and traits.of(case.network).is_edited:
        choices.append(_choice(case, "edit_reply", _("Change our answer")))
    sister = view.policy.sister_of(case.network, case.account)
    if sister:
        choices.append(_choice(case, "move", _("Move to @{account}").format(account=sister)))
    return choices[:5]


def _answered_in_public(view: CardView) -> bool:
    return view.reply is not None and view.reply.state is ReplyState.SENT and any(view.reply.posts)


def _delete_reply(case: Case) -> Block:
    return _choice(case, "delete_reply", _("Delete our reply"))


def _choice(case: Case, gesture: str, label: str) -> Block:
    return option(cut(label, LABEL), f"{gesture}:{case.id}")
