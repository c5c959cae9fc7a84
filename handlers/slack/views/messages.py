"""Direct messages: the expert's question, the reminder, and notices sent once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from db import mentions
from db.rows import Approval, ApprovalState, Facts, FollowUp, FollowUpState, Question, QuestionState
from handlers.ports import Message
from handlers.slack.views.blocks import (
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
    section,
    words,
)
from handlers.slack.views.notices import LINES, NOTICES, SOMETHING_NEW, TITLES
from handlers.slack.views.quotes import in_line, quote
from triage import traits
from triage.cases.case import Case, Outcome
from triage.cases.mention import Author
from triage.errors import NotOfThisVersion
from triage.i18n import N_, _
from triage.privacy import guard
from triage.replies.approval import reason_in_words

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Matter:
    """A case for a direct message: the author, the posts, and a link to the card."""

    case: Case
    author: Author
    posts: list[mentions.Post]
    card_link: str | None

    @property
    def who(self) -> str:
        return f"*{inline(cut(self.author.name or self.author.handle, 60))}* {at(self.author.handle)}"


def draw_ask(matter: Matter, ask: Question) -> Message:
    """The expert's question; once it has ended, what became of it."""
    ended = _ASK_ENDS.get(ask.state)
    if ended:
        line = _(ended).format(who=matter.who)
        return Message(line, [section(line), *_link_to_card(matter)])
    asked = _("🧠 <@{asker}> asks you about {who}, answer due {when}:").format(
        asker=ask.asked_by, who=matter.who, when=moment(ask.due_at)
    )
    blocks = [
        section(asked),
        words(ask.question, 2000),
        *_asked_back(ask),
        *conversation(matter.posts, matter.author),
        actions(
            button(_("Answer"), "answer", matter.case.id, style="primary"),
            button(_("Ask back"), "ask_back", matter.case.id, spoken=_("Ask the owner something first")),
            button(
                _("Not before …"), "not_before", matter.case.id, spoken=_("Say from when on you have time")
            ),
            button(_("Pass it on"), "pass", matter.case.id, spoken=_("Not me: ask the next expert")),
        ),
        context(_("Or write your answer in this message's thread."), _time_left(ask)),
        *_link_to_card(matter),
    ]
    return Message(_("A question for you about {who}").format(who=at(matter.author.handle)), blocks)


def _time_left(ask: Question) -> str:
    """Until the owner has told them what they asked back, an expert's time does not run."""
    if ask.asked_back and not ask.told_back:
        return _("Your time goes on once you are told.")
    return _("Your time ends {when}.").format(when=moment(ask.due_at))


def _asked_back(ask: Question) -> list[Block]:
    """The expert's own question, and the answer to it."""
    if not ask.asked_back:
        return []
    told = ask.told_back or _("(not answered yet)")
    return [
        context(_("You asked back:")),
        words(ask.asked_back, 2000),
        context(_("<@{owner}> answers:").format(owner=ask.asked_by)),
        words(told, 2000),
    ]


_ASK_ENDS = {
    QuestionState.ANSWERED: N_(
        "✅ You answered the question about {who}. Thank you: your answer is with the owner."
    ),
    QuestionState.OVERTAKEN: N_("✅ A colleague answered the question about {who} first. Nothing to do."),
    QuestionState.PASSED: N_("➡️ You passed on the question about {who}; the next person is asked."),
    QuestionState.EXPIRED: N_("⌛ The question about {who} has gone to the next person, its time was over."),
    QuestionState.WITHDRAWN: N_("↩️ The question about {who} was taken back. Nothing to do."),
    QuestionState.SOMETHING_NEW: SOMETHING_NEW,
}


def draw_approval(matter: Matter, row: Approval, seen: str) -> Message:
    """Draw a reply that a person is to read before it is sent; once decided, the decision."""
    ended = _APPROVAL_ENDS.get(row.state)
    if ended:
        by = f"<@{row.decided_by}>" if row.decided_by else _("Mentiondesk")
        line = _(ended).format(who=matter.who, by=by)
        return Message(line, [section(line), *_link_to_card(matter)])
    why = ", ".join(reason_in_words(one) for one in row.reasons)
    head = _("🔎 <@{writer}> asks you to read this reply to {who} from *@{account}* first: {why}.").format(
        writer=row.who, who=matter.who, account=row.account, why=why
    )
    found = _("⚠️ The guard found {found}. Why it is to be sent all the same: {note}")
    despite = {name: inline(str(value)) for name, value in row.despite.items()}
    despite |= {"found": guard.in_words(str(row.despite.get("found", "")))}
    # A press counts for what this message shows: haste and a second approver are told what came later.
    choice = f"{row.id} {seen}:{matter.case.id}"
    blocks = [
        section(head),
        *conversation(matter.posts, matter.author),
        context(_("*The reply, as everybody will see it:*")),
        *(words(part, 2000) for part in row.parts),
        *([context(found.format(**despite))] if row.despite else []),
        actions(
            button(
                _("Approve"), "approve", choice, style="primary", spoken=_("Approve: it goes out as it is")
            ),
            button(_("Edit and approve"), "edit_approve", choice),
            button(_("Send back"), "send_back", choice, spoken=_("Send back to its writer, with a reason")),
        ),
        *_link_to_card(matter),
    ]
    return Message(_("A reply to {who} waits for your approval").format(who=at(matter.author.handle)), blocks)


_APPROVAL_ENDS = {
    ApprovalState.APPROVED: N_("✅ {by} approved the reply to {who}."),
    ApprovalState.SENT_BACK: N_("↩️ {by} sent the reply to {who} back to its writer."),
    ApprovalState.WITHDRAWN: N_("↩️ The reply to {who} was taken back. Nothing to do."),
    ApprovalState.SOMETHING_NEW: SOMETHING_NEW,
}


def draw_follow_up(matter: Matter, row: FollowUp) -> Message:
    """A promise that has come due; once settled, how."""
    settled = _FOLLOW_UP_ENDS.get(row.state)
    if settled:
        line = _(settled).format(who=matter.who)
        return Message(line, [section(line), *_link_to_card(matter)])
    note = _(" You noted: {note}").format(note=excerpt(row.note, 1000)) if row.note else ""
    line = _("📌 *Today you promised to come back to* {who}.{note}").format(who=matter.who, note=note)
    number = matter.case.id
    blocks = [
        section(line),
        *conversation(matter.posts, matter.author),
        actions(
            button(_("Done"), "done", number, style="primary", spoken=_("The promise is kept")),
            button(_("Not yet"), "not_yet", number, spoken=_("Choose a new date")),
            button(_("Write"), "write", number, spoken=_("Answer the customer now")),
            button(_("Transfer"), "transfer", number, spoken=_("Give the case to a colleague")),
        ),
        *_link_to_card(matter),
    ]
    return Message(_("You promised to come back to {who} today").format(who=at(matter.author.handle)), blocks)


_FOLLOW_UP_ENDS = {
    FollowUpState.DONE: N_("✅ Done: you came back to {who} as promised."),
    FollowUpState.MOVED: N_("📌 The promise to {who} has a new date or a new owner."),
    FollowUpState.RETURNED: N_(
        "↩️ The case of {who} went back to the channel, as the reminder was not answered."
    ),
    FollowUpState.CANCELLED: N_("☑️ The case of {who} was closed or given back; nothing left to follow up."),
    FollowUpState.SOMETHING_NEW: SOMETHING_NEW,
}


def conversation(posts: Sequence[mentions.Post], author: Author) -> list[Block]:
    """The latest posts, the customer's and ours, oldest first."""
    kept = [post for post in posts if post.deleted_at is None]
    blocks: list[Block] = []
    if len(kept) > SHOWN:
        blocks.append(context(_("{n} earlier posts are not shown").format(n=len(kept) - SHOWN)))
    for post in kept[-SHOWN:]:
        who = _("We") if post.ours else at(author.handle)
        blocks.append(context(f"{who} · {moment(post.posted_at, url=post.url)}"))
        blocks += quote(post, 900)
    return blocks


def draw_announcement(matter: Matter, post: mentions.Post) -> Message:
    """In the card's thread: the customer wrote again."""
    if post.deleted_at is not None:
        line = _("🗑️ A post of theirs was here; its author deleted it.")
        return Message(line, [context(line)])
    line = _("💬 {who} wrote again, {seen}").format(who=matter.who, seen=moment(post.posted_at, url=post.url))
    spoken = _("{who} wrote again: {text}").format(who=at(matter.author.handle), text=in_line(post, 200))
    return Message(spoken, [section(line), *quote(post, 2900)])


def draw_notice(notice: str, payload: Facts, matter: Matter | None) -> Message:
    """A notice: one or two sentences and the way to the card."""
    who = matter.who if matter else ""
    if notice not in NOTICES:
        raise NotOfThisVersion(f"notice:{notice}")
    network = matter.case.network if matter else str(payload.get("network", ""))
    text = _(NOTICES[notice]).format(who=who, **_facts(payload) | {"network": traits.title(network)})
    spoken = text if matter is None else text.replace(matter.who, at(matter.author.handle))
    buttons = [actions(BUTTONS[notice](matter.case.id))] if matter and notice in BUTTONS else []
    return Message(spoken, [section(text), *buttons, *(_link_to_card(matter) if matter else [])])


def _take_over(case_id: int) -> Block:
    return button(
        _("Take it over"), "take_over", case_id, style="primary", spoken=_("The case is yours then")
    )


def _tell_back(case_id: int) -> Block:
    return button(_("Tell them"), "tell_back", case_id, style="primary", spoken=_("Answer the expert"))


def _claim(case_id: int) -> Block:
    return button(_("I'll take this"), "claim", case_id, style="primary")


# Buttons for acting on a notice at once.
BUTTONS: dict[str, Callable[[int], Block]] = {
    "answered_for": _take_over,
    "asked_back": _tell_back,
    "unclaimed_soon": _claim,
    "back_in_channel": _claim,
}


def _facts(payload: Facts) -> dict[str, str]:
    facts = {name: str(value) for name, value in payload.items() if name not in ("notice", "person", "case")}
    note = excerpt(facts.get("note", ""), 500) if facts.get("note") else ""
    return facts | {
        "note": f" “{note}”" if note else "",
        "problem": inline(facts.get("problem", "")),
        "cause": inline(facts.get("cause", "")),
        "since": _time(payload.get("since")),
        "until": _time(payload.get("until")),
        "due": _time(payload.get("due")),
        "area": inline(str(payload.get("area") or "")) or _("the whole desk"),
        "until_day": _date(payload.get("until_day")),
        "promised_at": _date(payload.get("promised_at")),
        "duty": _duty_in_words(payload),
        "outcome": Outcome.read(payload["outcome"]).in_words() if "outcome" in payload else "",
        "with_owner": _owner_in_words(facts.get("owner", "")),
        "again": _(" The case is open again.") if payload.get("reopened") else "",
    }


def _duty_in_words(payload: Facts) -> str:
    if "nobody_for" not in payload:
        return _("You are on duty.")
    area = inline(str(payload["nobody_for"])) if payload["nobody_for"] else _("the whole desk")
    return _("Nobody is on duty for {area}: the rota is empty, or everybody on it is away.").format(area=area)


def _owner_in_words(owner: str) -> str:
    return " " + (_("<@{owner}> has the case.").format(owner=owner) if owner else _("Nobody has the case."))


def draw_digest(payload: Facts, lines: Sequence[tuple[str, Facts, Matter]]) -> Message:
    """Many things in one message, one line each."""
    if payload["title"] not in TITLES:
        raise NotOfThisVersion(f"digest:{payload['title']}")
    title = _(TITLES[payload["title"]]).format(n=payload["n"])
    blocks = [section(title)]
    for notice, facts, matter in lines:
        line = LINES.get(notice, SOMETHING_NEW)
        told = _facts(facts) | _standing(matter.case) | {"network": traits.title(matter.case.network)}
        text = _(line).format(who=matter.who, **told)
        blocks.append(section(text, accessory=button(_("Details"), "details", matter.case.id)))
    if payload["n"] > len(payload["lines"]):
        more = payload["n"] - len(payload["lines"])
        blocks.append(context(_("{n} more like these stand in Home.").format(n=more)))
    if not lines:
        blocks.append(context(_("Nothing happened on your cases.")))
    return Message(title.replace("*", ""), blocks)


def _standing(case: Case) -> dict[str, str]:
    """The state of a case, its owner and its due time."""
    owner = f" · <@{case.owner}>" if case.owner else ""
    due = " · " + _("due {when}").format(when=moment(case.due_at)) if case.due_at else ""
    return {"state": case.status.in_words() + owner, "if_due": due}


def _date(stamp: int | None) -> str:
    return moment(datetime.fromtimestamp(stamp, UTC)) if stamp else ""


def _time(stamp: int | None) -> str:
    return f"<!date^{stamp}^{{time}}|{datetime.fromtimestamp(stamp, UTC):%H:%M} UTC>" if stamp else ""


def _link_to_card(matter: Matter) -> list[Block]:
    return [context(link(matter.card_link, _("Go to the card")))] if matter.card_link else []
