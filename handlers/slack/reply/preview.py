"""The preview: exactly what the public will see, and the button that sends it."""

import json
from dataclasses import dataclass
from datetime import datetime

from handlers.desk import spending
from handlers.slack.context import Context
from handlers.slack.views.blocks import (
    Block,
    actions,
    at,
    button,
    context,
    divider,
    escape,
    excerpt,
    field,
    in_turn,
    modal,
    moment,
    text_input,
    words,
)
from triage import traits
from triage.i18n import _, ngettext
from triage.replies.verdict import Part, Verdict
from triage.traits import Prices


@dataclass(frozen=True, slots=True)
class Kept:
    """Things a preview carries along beside its verdict: the day to be reminded on, and the group it answers."""

    remind_at: datetime | None = None
    group: int | None = None


def preview(ctx: Context, verdict: Verdict, kept: Kept, warning: str = "") -> Block:
    """The modal that shows a reply as it will be on the network."""
    blocks = [context(f"⚠️ {warning}")] if warning else []
    blocks.append(context(_head(verdict)))
    for number, part in enumerate(verdict.parts, start=1):
        blocks += [words(part.text), context(_measure(verdict, number, part))]
    blocks += [context(f"⚠️ {one}") for one in _warnings(verdict)]
    if verdict.needs_reason:
        blocks += [_reason(), actions(_instead(verdict))]
    blocks += [*_promise(verdict, kept), divider(), context(*_foot(ctx, verdict, kept)), *_eyes(verdict)]
    return modal(
        "preview",
        _("This goes out"),
        blocks,
        metadata=_metadata(verdict, kept),
        submit=_("Ask for approval") if verdict.waits else _("Send"),
        close=_("Back"),
    )


def _metadata(verdict: Verdict, kept: Kept) -> str:
    told: dict[str, object] = {"case": verdict.case.id, "seen": str(verdict.seen), "digest": verdict.digest}
    if verdict.waits:
        told["waits"] = True
    if kept.group:
        told["group"] = kept.group
    if kept.remind_at:
        told["remind"] = kept.remind_at.isoformat()
    return json.dumps(told)


def _head(verdict: Verdict) -> str:
    sentence = ngettext(
        "From *@{account}*, in answer to {handle}, for all to read. One post.",
        "From *@{account}*, in answer to {handle}, for all to read. {count} posts, one below the other.",
        len(verdict.parts),
    )
    return sentence.format(
        account=verdict.account, handle=at(verdict.author.handle), count=len(verdict.parts)
    )


def _measure(verdict: Verdict, number: int, part: Part) -> str:
    network = traits.of(verdict.case.network)
    length = _("{length} of {limit} characters, as {network} counts them").format(
        length=part.length, limit=network.measure.limit, network=network.title
    )
    return f"{number}/{len(verdict.parts)} · {length}" if len(verdict.parts) > 1 else length


def _warnings(verdict: Verdict) -> list[str]:
    """Findings worth a second look."""
    found = [f"{finding.kind.wording} ({escape(finding.masked)})" for finding in verdict.findings]
    if not verdict.names:
        return found
    names = ", ".join(at(handle) for handle in verdict.names)
    return [
        *found,
        _(
            "It names {names}: they get to read it too, and {network} may refuse it if they blocked us."
        ).format(names=names, network=traits.title(verdict.case.network)),
    ]


def _cost(verdict: Verdict, prices: Prices | None) -> str:
    """The price of the posts; "" where they cost nothing."""
    if prices is None:
        return ""
    usd = sum(spending.price_of(prices, has_link=part.has_link) for part in verdict.parts)
    cost = _("It costs about ${usd:.2f}.").format(usd=usd)
    if any(part.has_link for part in verdict.parts):
        times = prices.answer_with_link / prices.answer
        cost += " " + _("A link makes a post {times:.0f} times dearer.").format(times=times)
    return cost


def _foot(ctx: Context, verdict: Verdict, kept: Kept) -> list[str]:
    cost = _cost(verdict, traits.of(verdict.case.network).prices)
    seconds = ctx.desk.policy.desk.undo_seconds
    if seconds and verdict.waits:
        undo = _("Once approved, Undo is on the card for {seconds} seconds.").format(seconds=seconds)
    elif seconds:
        undo = _("After Send, Undo is on the card for {seconds} seconds.").format(seconds=seconds)
    else:
        undo = (
            _("It leaves at once when approved.")
            if verdict.waits
            else _("It leaves as soon as you press Send.")
        )
    reminder = _("📌 You are reminded {when} to look whether they wrote.")
    return [
        f"{undo} {cost}".strip(),
        *([reminder.format(when=moment(kept.remind_at))] if kept.remind_at else []),
    ]


def _promise(verdict: Verdict, kept: Kept) -> list[Block]:
    """The promise, and the day to be reminded of it: proposed if the text is sure, else blank."""
    if verdict.promise is None or kept.remind_at:
        return []
    day = verdict.promise.when
    picker: Block = {"type": "datepicker", "action_id": "date"}
    if day:
        picker["initial_date"] = day.isoformat()
    return [
        context(_("📌 This promises something: “{words}”").format(words=excerpt(verdict.promise.words, 160))),
        field(
            _("Remind you to keep it on"),
            "date",
            picker,
            hint=_("At nine in the morning. Empty: no reminder."),
            optional=True,
        ),
    ]


def _eyes(verdict: Verdict) -> list[Block]:
    """The readers before it goes out, and the reasons."""
    if not verdict.why:
        return []
    why = ", ".join(one.in_words() for one in verdict.why)
    if not verdict.approvers:
        return [
            context(_("🔎 Somebody should read it first ({why}), but there is nobody else.").format(why=why))
        ]
    line = _("🔎 {who} reads it first: {why}. The customer's clock runs on.")
    return [context(line.format(who=in_turn(verdict.approvers[:5]), why=why))]


def _instead(verdict: Verdict) -> Block:
    return button(_("Ask them to write privately instead"), "ask_for_dm", verdict.case.id)


def _reason() -> Block:
    return field(
        _("Why send it all the same?"),
        "reason",
        text_input("reason", longest=300, multiline=False),
        hint=_("Stays in the case's history. Better take it out, and ask the customer to write privately."),
    )
