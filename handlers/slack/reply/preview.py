"""The preview: exactly what the public will see, and the button that sends it."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.desk import spending
from handlers.ports import Payload
from handlers.slack.context import Context, Invalid
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
from triage.cases.mention import Author
from triage.i18n import _, ngettext
from triage.privacy import guard
from triage.privacy.guard import SAID_ALOUD, Finding
from triage.promise.promise import Promise
from triage.replies import compose
from triage.replies.approval import Why
from triage.rights import Person
from triage.scoring.priority import Priority
from triage.text import weight

_HANDLE = re.compile(r"(?<![A-Za-z0-9_@＠])[@＠]([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_@])")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a preview shows: the posts as they will stand, by which account, in answer to whom."""

    case_id: int
    parts: tuple[str, ...]
    account: str
    author: Author
    seen: str
    findings: tuple[Finding, ...] = ()
    group: int | None = None
    remind_at: datetime | None = None
    promised: Promise | None = None  # what it promises, where no date is kept yet
    priority: Priority = Priority.NORMAL
    why: tuple[Why, ...] = ()  # what makes it wait for somebody else's eyes
    approvers: tuple[str, ...] = ()

    @property
    def _to_explain(self) -> list[str]:
        return [finding.kind.value for finding in self.findings if finding.kind not in SAID_ALOUD]

    def despite(self, reason: str) -> dict[str, str]:
        """What the guard found, and why it goes out all the same; raises Invalid when nobody says why."""
        if not self.needs_reason:
            return {}
        if not reason.strip():
            raise Invalid("reason", _("Say in a few words why it has to be public."))
        return {"found": ", ".join(self._to_explain), "note": reason.strip()}

    @property
    def waits(self) -> bool:
        """Whether somebody else reads it before it goes out."""
        return bool(self.why and self.approvers)

    @property
    def needs_reason(self) -> bool:
        """Whether it can go out only with a reason that stays."""
        return bool(self._to_explain)

    @property
    def digest(self) -> str:
        """Tells whether what is sent is what was shown."""
        return hashlib.sha256("\0".join((self.account, *self.parts)).encode()).hexdigest()[:16]

    @property
    def metadata(self) -> str:
        told: Payload = {"case": self.case_id, "seen": self.seen, "digest": self.digest}
        if self.waits:
            told["waits"] = True
        if self.group:
            told["group"] = self.group
        if self.remind_at:
            told["remind"] = self.remind_at.isoformat()
        return json.dumps(told)


def signature_of(ctx: Context, person: Person, account: str) -> str:
    """How a person signs for an account."""
    template = ctx.desk.policy.signature_of(account)
    return compose.sign(template, initials=person.initials, name=person.signs_as)


def preview(ctx: Context, shown: Shown, warning: str = "") -> Block:
    """The modal that shows a reply as it will stand on the network."""
    blocks = [context(f"⚠️ {warning}")] if warning else []
    blocks.append(context(_head(shown)))
    for number, part in enumerate(shown.parts, start=1):
        blocks += [words(part), context(_measure(shown, number, part))]
    blocks += [context(f"⚠️ {one}") for one in _warnings(ctx, shown)]
    if shown.needs_reason:
        blocks += [_reason(), actions(_instead(shown))]
    blocks += [*_promise(shown), divider(), context(*_foot(ctx, shown)), *_eyes(shown)]
    return modal(
        "preview",
        _("This goes out"),
        blocks,
        metadata=shown.metadata,
        submit=_("Ask for approval") if shown.waits else _("Send"),
        close=_("Back"),
    )


def _head(shown: Shown) -> str:
    sentence = ngettext(
        "From *@{account}*, in answer to {handle}, for all to read. One post.",
        "From *@{account}*, in answer to {handle}, for all to read. {count} posts, one below the other.",
        len(shown.parts),
    )
    return sentence.format(account=shown.account, handle=at(shown.author.handle), count=len(shown.parts))


def _measure(shown: Shown, number: int, part: str) -> str:
    length = _("{length} of {limit} characters, as X counts them").format(
        length=weight.weighted_length(part), limit=compose.LIMIT
    )
    return f"{number}/{len(shown.parts)} · {length}" if len(shown.parts) > 1 else length


def _warnings(ctx: Context, shown: Shown) -> list[str]:
    """What is worth a second look."""
    found = [f"{finding.kind.wording} ({escape(finding.masked)})" for finding in shown.findings]
    ours = {account.handle.lower() for account in ctx.desk.policy.account}
    named = {handle.lower(): handle for part in shown.parts for handle in _HANDLE.findall(part)}
    others = [handle for key, handle in named.items() if key not in ours | {shown.author.handle.lower()}]
    if not others:
        return found
    names = ", ".join(at(handle) for handle in others)
    return [
        *found,
        _("It names {names}: they get to read it too, and X may refuse it if they blocked us.").format(
            names=names
        ),
    ]


def _foot(ctx: Context, shown: Shown) -> list[str]:
    linked = sum(weight.has_link(part) for part in shown.parts)
    usd = linked * spending.POST_WITH_URL_USD + (len(shown.parts) - linked) * spending.REPLY_USD
    cost = _("It costs about ${usd:.2f}.").format(usd=usd)
    if linked:
        cost += " " + _("A link makes a post {times:.0f} times dearer.").format(
            times=spending.POST_WITH_URL_USD / spending.REPLY_USD
        )
    seconds = ctx.desk.policy.desk.undo_seconds
    if seconds and shown.waits:
        undo = _("Once approved, Undo stands on the card for {seconds} seconds.").format(seconds=seconds)
    elif seconds:
        undo = _("After Send, Undo stands on the card for {seconds} seconds.").format(seconds=seconds)
    else:
        undo = (
            _("It leaves at once when approved.")
            if shown.waits
            else _("It leaves as soon as you press Send.")
        )
    reminder = _("📌 You are reminded {when} to look whether they wrote.")
    return [f"{undo} {cost}", *([reminder.format(when=moment(shown.remind_at))] if shown.remind_at else [])]


def _promise(shown: Shown) -> list[Block]:
    """What it promises, and the day to be reminded of it: proposed where the text is sure, else left blank."""
    if shown.promised is None or shown.remind_at:
        return []
    day = shown.promised.when
    picker: Block = {"type": "datepicker", "action_id": "date"}
    if day:
        picker["initial_date"] = day.isoformat()
    return [
        context(_("📌 This promises something: “{words}”").format(words=excerpt(shown.promised.words, 160))),
        field(
            _("Remind you to keep it on"),
            "date",
            picker,
            hint=_("At nine in the morning. Empty: no reminder."),
            optional=True,
        ),
    ]


def _eyes(shown: Shown) -> list[Block]:
    """Who reads it first, and why."""
    if not shown.why:
        return []
    why = ", ".join(one.in_words() for one in shown.why)
    if not shown.approvers:
        return [
            context(_("🔎 Somebody should read it first ({why}), but there is nobody else.").format(why=why))
        ]
    line = _("🔎 {who} reads it first: {why}. The customer's clock runs on.")
    return [context(line.format(who=in_turn(shown.approvers[:5]), why=why))]


def _instead(shown: Shown) -> Block:
    return button(_("Ask them to write privately instead"), "ask_for_dm", shown.case_id)


def _reason() -> Block:
    return field(
        _("Why send it all the same?"),
        "reason",
        text_input("reason", longest=300, multiline=False),
        hint=_("Stays in the case's history. Better take it out, and ask the customer to write privately."),
    )


def guarded(ctx: Context, parts: Sequence[str]) -> tuple[Finding, ...]:
    """What the guard finds in a reply; raises Invalid, beside the text, for what can't be sent at all."""
    policy = ctx.desk.policy
    found = guard.findings(parts, own_contacts=policy.desk.own_contacts, words=policy.guard.words)
    stops = [f"{finding.kind.wording} ({finding.masked})" for finding in found if finding.blocks]
    if stops:
        raise Invalid("text", " ".join([*stops, _("Take it out, or press “Ask for a DM”.")]))
    return tuple(found)


def composed(ctx: Context, person: Person, account: str, text: str) -> tuple[str, ...]:
    """The posts of a text with the writer's signature."""
    try:
        return compose.compose(text, signature_of(ctx, person, account))
    except compose.Unsendable as fault:
        raise Invalid("text", str(fault)) from fault
