"""Reply: the modal to write in, the preview to send from, and Undo."""

from dataclasses import replace
from datetime import datetime

from handlers.desk.intake import changed_posts
from handlers.desk.reading import case as reading
from handlers.desk.replies import drafts, judge, prepare, submit
from handlers.desk.replies.submit import Changed, Difference, Refused, Request, Shown
from handlers.problems import DoorProblem
from handlers.slack.chat import call
from handlers.slack.context import Click, Context, Invalid, Next, Submission, Window
from handlers.slack.gestures import Gestures
from handlers.slack.reply import ask_privately
from handlers.slack.reply.insert import insert, typed
from handlers.slack.reply.modal import reply_modal
from handlers.slack.reply.preview import Kept, preview
from handlers.slack.views.date_field import date_of, proposed
from triage import traits
from triage.cases.case import Move
from triage.errors import DeskError, NoSuchCase
from triage.i18n import _
from triage.replies.saved import below
from triage.replies.verdict import NoReason, Verdict
from triage.rights import Person


def register(gestures: Gestures) -> None:
    gestures.click("reply", on_reply)
    gestures.click("write", on_reply)
    gestures.click("edit_reply", on_edit_reply)
    gestures.click("answer_all", on_answer_all)
    gestures.submit("reply", on_reply_submitted, field_of_errors="text")
    gestures.submit("preview", on_preview_submitted, field_of_errors=None)
    gestures.click("ask_for_dm", on_ask_for_dm)
    gestures.click("undo", on_undo)


async def on_reply(ctx: Context, click: Click) -> None:
    """The modal opens at once from what we keep; then the network is asked whether the posts still stand."""
    at_hand = await _at_hand(ctx, click.case_id, click.person)
    warning = at_hand.news and _("{news} Your draft is older.").format(news=at_hand.news)
    view_id = await ctx.open(click, reply_modal(ctx, at_hand, click.person, warning))
    await drafts.begin(ctx.desk, click.case_id, click.person)
    await _warn_if_gone(ctx, at_hand, click.person, view_id)


async def on_edit_reply(ctx: Context, click: Click) -> None:
    """Where there is one answer, which a later one replaces: the window opens with the words that are public."""
    at_hand = await _at_hand(ctx, click.case_id, click.person)
    if not traits.of(at_hand.case.network).is_edited:
        raise DeskError(_("An answer there can't be changed. Delete it, then write another one."))
    public = await reading.public_words(ctx.desk, click.case_id)
    at_hand = replace(at_hand, draft=at_hand.draft or public)
    await ctx.open(click, reply_modal(ctx, at_hand, click.person, changes=True))
    await drafts.begin(ctx.desk, click.case_id, click.person)


async def _at_hand(ctx: Context, case_id: int, person: Person) -> prepare.Composing:
    """Read a case prepared for an answer; raises the objection to one."""
    at_hand = await prepare.composing(ctx.desk, case_id, person)
    at_hand.case.after(Move.REPLY)
    at_hand.require_target()
    return at_hand


async def on_answer_all(ctx: Context, click: Click) -> None:
    """One after the other: a person reads each and presses Send each time."""
    case_id = await _next_alike(ctx, click.case_id, click.person)
    if case_id is None:
        raise DeskError(_("All of them have been answered, or are with a colleague."))
    at_hand = await _at_hand(ctx, case_id, click.person)
    await ctx.open(click, reply_modal(ctx, at_hand, click.person, group=click.case_id))


async def _next_alike(ctx: Context, group: int, person: Person) -> int | None:
    return await reading.next_alike(ctx.desk, group, person.slack)


async def _following(ctx: Context, person: Person, group: int | None, text: str) -> Next:
    """Nothing more; or the modal of the group's next case, with the words just sent to begin with."""
    case_id = await _next_alike(ctx, group, person) if group else None
    if case_id is None:
        return Next()
    at_hand = await _at_hand(ctx, case_id, person)
    begun = replace(at_hand, draft=at_hand.draft or text)
    return Next(reply_modal(ctx, begun, person, group=group))


async def _warn_if_gone(ctx: Context, at_hand: prepare.Composing, person: Person, view_id: str) -> None:
    """A post deleted meanwhile is deleted here, and the writer is told in the open modal."""
    if not await check_still_there(ctx, at_hand):
        return
    try:
        again = await prepare.composing(ctx.desk, at_hand.case.id, person)
    except NoSuchCase:
        return
    warning = _("The customer deleted or changed a post just now. Read it again before you answer.")
    seen = replace(again, target=again.target or at_hand.target)
    view = reply_modal(ctx, seen, person, warning)
    await call(ctx.client.views_update, view_id=view_id, view=view)


async def check_still_there(ctx: Context, at_hand: prepare.Composing) -> bool:
    """Ask the network whether what we are about to answer still stands; True when something changed."""
    network = ctx.networks[at_hand.case.network]
    standing = [post.post_id for post in at_hand.posts if not post.ours and post.deleted_at is None][-5:]
    try:
        looked = await network.look_up(at_hand.case.account, standing)
    except DoorProblem:
        return False  # the network is unwell: `deliver` asks again before sending
    touched = await changed_posts.honour_lookup(
        ctx.desk, network.name, looked.mentions, looked.gone, read=looked.read
    )
    return bool(touched)


async def on_reply_submitted(ctx: Context, submission: Submission) -> Next:
    """Keep what was typed, unless it must not be, and show how it will be."""
    kept = Kept(date_of(ctx, submission), submission.metadata.get("group"))
    verdict = await _judged(ctx, submission.person, submission.metadata, submission.text("text").strip())
    if verdict.refusal is not None:
        raise verdict.refusal
    return Next(preview(ctx, verdict, kept, told(verdict.news)), "push")


async def _judged(ctx: Context, person: Person, metadata: Window, text: str) -> Verdict:
    people = await ctx.directory.readers(person.slack)
    return await judge.judge(ctx.desk, metadata.number("case"), person, people, text, metadata["seen"])


async def on_preview_submitted(ctx: Context, submission: Submission) -> Next:
    """Send what was shown. What is not as it was then is shown first."""
    person, metadata = submission.person, submission.metadata
    reminded = metadata.get("remind")
    remind_at = datetime.fromisoformat(reminded) if reminded else date_of(ctx, submission)
    kept = Kept(remind_at, metadata.get("group"))
    request = Request(
        metadata["seen"],
        reason=submission.text("reason"),
        remind_at=remind_at,
        shown=Shown(metadata["digest"], bool(metadata.get("waits"))),
    )
    people = await ctx.directory.readers(person.slack)
    outcome = await submit.submit(ctx.desk, submission.case_id, person, people, request)
    match outcome:
        case Refused():
            raise beside_its_field(outcome.why)
        case Changed():
            return Next(preview(ctx, outcome.verdict, kept, in_words(outcome)), "update")
    return await _following(ctx, person, kept.group, outcome.verdict.text)


def beside_its_field(why: DeskError) -> DeskError:
    """A refusal as a preview says it: a missing reason beside its field, anything else above all."""
    return Invalid("reason", str(why)) if isinstance(why, NoReason) else why


def in_words(changed: Changed) -> str:
    """Say how the preview differs from the one before, and how to go on."""
    match changed.difference:
        case Difference.TEXT:
            return _("Your text changed in another window. This is how it reads now.")
        case Difference.READERS if changed.verdict.waits:
            return _("This has to be read first now. Ask for approval below, or go back.")
        case Difference.READERS:
            return _("Nobody has to read it first any more. Send sends it.")
        case Difference.CASE:
            return told(changed.verdict.news)


def told(news: str) -> str:
    return news and _("{news} Look at the card; Send sends it all the same.").format(news=news)


async def on_ask_for_dm(ctx: Context, click: Click) -> None:
    """Words that ask the customer to write privately: into the open modal, or in place of what was previewed."""
    at_hand = await _at_hand(ctx, click.case_id, click.person)
    text, area = ask_privately.words_for(ctx, at_hand), at_hand.case.area
    view = click.view
    if view["callback_id"] == "reply":
        date = ask_privately.date_of_look(ctx, click.person, area)
        await insert(ctx, click, below(typed(view), text), [date])
        return
    verdict = await _judged(ctx, click.person, Window.of(view), text)
    if verdict.refusal is not None:
        raise verdict.refusal
    shown = preview(ctx, verdict, Kept(proposed(ctx, click.person, area)), told(verdict.news))
    await call(ctx.client.views_update, view_id=view["id"], view=shown)


async def on_undo(ctx: Context, click: Click) -> None:
    await submit.undo(ctx.desk, click.case_id, click.person)
