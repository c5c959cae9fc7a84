"""Messages and reactions in Slack: a thread message is a note, 👀 claims, ✅ resolves."""

from db.queue.subjects import AskOf, CardOf, Old
from handlers.desk.cases import note
from handlers.desk.reading import case as reading
from handlers.ports import Payload
from handlers.problems import NotDone
from handlers.slack.case.escalate import answered_in_thread
from handlers.slack.context import Context
from handlers.slack.gestures import Gestures
from triage.errors import DeskError
from triage.i18n import _

# Anything else (joins, edits, deletions, bots) is not somebody's remark.
REMARKS = {None, "file_share", "thread_broadcast"}
LOOKS, DONE = "eyes", "white_check_mark"
# Seconds within which a message that stands in Slack is recorded.
JUST_NOW = 60.0


def register(gestures: Gestures) -> None:
    gestures.event("message", on_message)
    gestures.event("reaction_added", on_reaction)
    gestures.event("member_joined_channel", on_membership)
    gestures.event("member_left_channel", on_membership)
    gestures.event("subteam_members_changed", on_group)


async def on_message(ctx: Context, body: Payload) -> None:
    event = body["event"]
    is_remark = event.get("subtype") in REMARKS and not event.get("bot_id") and event.get("user")
    in_thread = event.get("thread_ts") and event["thread_ts"] != event.get("ts")
    if not is_remark or not in_thread:
        return
    asked = await _question_at(ctx, event["channel"], event["thread_ts"], event.get("parent_user_id"))
    if asked is not None:
        await answered_in_thread(ctx, body, asked)
        return
    case_id = await _case_at(ctx, event["channel"], event["thread_ts"], event.get("parent_user_id"))
    if case_id is None:
        return
    person = await ctx.person(event["user"])
    await note.note(ctx.desk, body["event_id"], case_id, person, event.get("text") or "(file)", event["ts"])


async def on_reaction(ctx: Context, body: Payload) -> None:
    event = body["event"]
    item = event.get("item", {})
    if event.get("reaction") not in (LOOKS, DONE) or item.get("type") != "message":
        return
    case_id = await _case_at(ctx, item["channel"], item["ts"], event.get("item_user"))
    if case_id is None:
        return
    person = await ctx.person(event["user"])
    react = note.claim if event["reaction"] == LOOKS else note.resolve
    try:
        await react(ctx.desk, body["event_id"], case_id, person)
    except DeskError as refusal:
        await ctx.tell_person(person.slack, str(refusal))


async def _question_at(ctx: Context, channel: str, ts: str, author: str | None) -> int | None:
    """The question to an expert at this place, in their direct messages.

    Raises NotDone for our message that was posted just now and is not recorded yet, so that a quick answer counts.
    """
    if not channel.startswith("D"):
        return None
    subject = await reading.subject_at(ctx.desk, channel, ts)
    is_new = ctx.desk.now().timestamp() - float(ts) < JUST_NOW
    if subject is None and author == ctx.workspace.bot_user_id and is_new:
        raise NotDone(_("The question stands, and is not recorded yet."))
    return subject.question_id if isinstance(subject, AskOf) else None


async def _case_at(ctx: Context, channel: str, ts: str, author: str | None) -> int | None:
    """The case whose card is at this place, or None; raises NotDone for our own message not recorded yet."""
    subject = await reading.subject_at(ctx.desk, channel, ts)
    if subject is None and author == ctx.workspace.bot_user_id and channel in ctx.desk.policy.channels:
        raise NotDone(_("The card stands, and is not recorded yet."))
    card = subject.of if isinstance(subject, Old) else subject
    return card.case_id if isinstance(card, CardOf) else None


async def on_membership(ctx: Context, body: Payload) -> None:
    ctx.directory.membership_changed()


async def on_group(ctx: Context, body: Payload) -> None:
    ctx.directory.group_changed(body["event"]["subteam_id"])
