"""Reply: the modal to write in, the preview to send from, and Undo."""

import json
from dataclasses import replace
from datetime import datetime

from db import cases, mentions, replies
from handlers.desk.intake import changed_posts
from handlers.desk.replies import approve, drafts, prepare, submit
from handlers.desk.replies.submit import Answer
from handlers.ports import Payload
from handlers.problems import DoorProblem
from handlers.slack.chat import call
from handlers.slack.context import Click, Context, Next, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.reply import ask_privately
from handlers.slack.reply.insert import below, insert, typed
from handlers.slack.reply.modal import reply_modal
from handlers.slack.reply.preview import Shown, composed, guarded, preview
from handlers.slack.views.date_field import date_of, proposed
from triage.cases.case import Move
from triage.cases.mention import Author
from triage.errors import DeskError, NoSuchCase
from triage.i18n import _
from triage.promise.promise import Promise, promise_in
from triage.replies.approval import needed
from triage.rights import Person


def register(gestures: Gestures) -> None:
    gestures.click("reply", on_reply)
    gestures.click("write", on_reply)
    gestures.click("answer_all", on_answer_all)
    gestures.submit("reply", on_reply_submitted, field_of_errors="text")
    gestures.submit("preview", on_preview_submitted, field_of_errors=None)
    gestures.click("ask_for_dm", on_ask_for_dm)
    gestures.click("undo", on_undo)


async def on_reply(ctx: Context, click: Click) -> None:
    """The modal opens at once from what we keep; then X is asked whether the posts still stand."""
    at_hand, author = await _at_hand(ctx, click.case_id, click.person)
    warning = at_hand.news and _("{news} Your draft is older.").format(news=at_hand.news)
    view_id = await ctx.open(click, reply_modal(ctx, at_hand, author, click.person, warning))
    await drafts.begin(ctx.desk, click.case_id, click.person)
    await _warn_if_gone(ctx, at_hand, author, click.person, view_id)


async def _at_hand(ctx: Context, case_id: int, person: Person) -> tuple[prepare.Composing, Author]:
    """What is needed to answer a case; raises what speaks against it."""
    async with ctx.desk.database.read() as connection:
        at_hand = await prepare.composing(connection, case_id, person, ctx.desk.policy.handles)
        author = await mentions.author(connection, at_hand.case.network, at_hand.case.author_id)
    at_hand.case.after(Move.REPLY)
    at_hand.require_target()
    return at_hand, author


async def on_answer_all(ctx: Context, click: Click) -> None:
    """One after the other: a person reads each and presses Send each time."""
    case_id = await _next_alike(ctx, click.case_id, click.person)
    if case_id is None:
        raise DeskError(_("All of them have been answered, or are with a colleague."))
    at_hand, author = await _at_hand(ctx, case_id, click.person)
    await ctx.open(click, reply_modal(ctx, at_hand, author, click.person, group=click.case_id))


async def _next_alike(ctx: Context, group: int, person: Person) -> int | None:
    async with ctx.desk.database.read() as connection:
        return await cases.next_alike(connection, group, person.slack)


async def _following(ctx: Context, person: Person, group: int | None, text: str) -> Next:
    """Nothing more; or the modal of the group's next case, with the words just sent to begin with."""
    case_id = await _next_alike(ctx, group, person) if group else None
    if case_id is None:
        return Next()
    at_hand, author = await _at_hand(ctx, case_id, person)
    begun = replace(at_hand, draft=at_hand.draft or text)
    return Next(reply_modal(ctx, begun, author, person, group=group))


async def _warn_if_gone(
    ctx: Context, at_hand: prepare.Composing, author: Author, person: Person, view_id: str
) -> None:
    """A post deleted on X meanwhile is deleted here, and the writer is told in the open modal."""
    if not await check_still_there(ctx, at_hand):
        return
    try:
        async with ctx.desk.database.read() as connection:
            again = await prepare.composing(connection, at_hand.case.id, person, ctx.desk.policy.handles)
    except NoSuchCase:
        return
    warning = _("The customer deleted or changed a post on X just now. Read it again before you answer.")
    seen = replace(again, target=again.target or at_hand.target)
    view = reply_modal(ctx, seen, author, person, warning)
    await call(ctx.client.views_update, view_id=view_id, view=view)


async def check_still_there(ctx: Context, at_hand: prepare.Composing) -> bool:
    """Ask the network whether what we are about to answer still stands; True when something changed."""
    network = ctx.networks[at_hand.case.network]
    standing = [post.post_id for post in at_hand.posts if not post.ours and post.deleted_at is None][-5:]
    try:
        looked = await network.look_up(at_hand.case.account, standing)
    except DoorProblem:
        return False  # X is unwell: `deliver` asks again before sending
    touched = await changed_posts.honour_lookup(
        ctx.desk, network.name, looked.mentions, looked.gone, read=looked.read
    )
    return bool(touched)


async def on_reply_submitted(ctx: Context, submission: Submission) -> Next:
    """Keep what was typed, unless it must not be, and show how it will stand."""
    person, text = submission.person, submission.text("text").strip()
    guarded(ctx, [text])
    if text:
        await prepare.keep_draft(ctx.desk, submission.case_id, person, text, submission.metadata["seen"])
    remind_at = date_of(ctx, submission)
    shown, news = await shown_to(ctx, person, submission.metadata, text, remind_at)
    return Next(preview(ctx, shown, told(news)), "push")


async def on_preview_submitted(ctx: Context, submission: Submission) -> Next:
    """Send what was shown. What is not as it was then is shown first."""
    person, metadata = submission.person, submission.metadata
    text = await draft_of(ctx, submission)
    kept = metadata.get("remind")
    remind_at = datetime.fromisoformat(kept) if kept else date_of(ctx, submission)
    shown, news = await shown_to(ctx, person, metadata, text, remind_at)
    warning = told(news)
    if shown.digest != metadata["digest"]:
        warning = _("Your text changed in another window. This is how it reads now.")
    elif shown.waits and not metadata.get("waits"):
        warning = _("This has to be read first now. Ask for approval below, or go back.")
    if warning:
        return Next(preview(ctx, shown, warning), "update")
    answer = Answer(shown.parts, text, shown.despite(submission.text("reason")), shown.remind_at)
    if shown.waits:
        await approve.ask(
            ctx.desk, shown.case_id, person, answer, shown.account, shown.seen, shown.why, shown.approvers
        )
    else:
        await submit.send(
            ctx.desk, shown.case_id, person, answer, shown.seen, shown.priority, nobody_else=bool(shown.why)
        )
    return await _following(ctx, person, shown.group, text)


async def draft_of(ctx: Context, submission: Submission) -> str:
    async with ctx.desk.database.read() as connection:
        kept = await replies.draft(connection, submission.case_id, submission.person.slack)
    if kept is None:
        raise DeskError(
            _("This text has gone out already, or was taken away. Close this window and look at the card.")
        )
    return str(kept.text)


async def shown_to(
    ctx: Context, person: Person, metadata: Payload, text: str, remind_at: datetime | None
) -> tuple[Shown, str]:
    """What the preview of a text shows, and what is new about the case since the writer saw it."""
    at_hand, author = await _at_hand(ctx, int(metadata["case"]), person)
    account = at_hand.require_target().account
    parts = composed(ctx, person, account, text)
    found = guarded(ctx, parts)
    async with ctx.desk.database.read() as connection:
        seen, news = await prepare.changed_since(connection, at_hand.case, metadata["seen"])
    why = needed(ctx.desk.policy.approval, person, at_hand.case.priority, found)
    approvers = await ctx.directory.approvers(at_hand.case.area, person.slack, 0) if why else []
    shown = Shown(
        at_hand.case.id,
        parts,
        account,
        author,
        seen,
        found,
        metadata.get("group"),
        remind_at,
        _promised(ctx, person, at_hand.case.area, text),
        at_hand.case.priority,
        why,
        tuple(approvers),
    )
    return shown, news


def _promised(ctx: Context, person: Person, area: str | None, text: str) -> Promise | None:
    """What a text promises, with a day that is still to come."""
    now = ctx.desk.now().astimezone(person.zone)
    found = promise_in(text, now, ctx.desk.policy.working_time_of(area))
    if found and found.when and found.when <= now.date():
        return replace(found, when=None)  # reminded at nine in the morning, it would be too late
    return found


def told(news: str) -> str:
    return news and _("{news} Look at the card; Send sends it all the same.").format(news=news)


async def on_ask_for_dm(ctx: Context, click: Click) -> None:
    """Words that ask the customer to write privately: into the open modal, or in place of what was previewed."""
    at_hand, _author = await _at_hand(ctx, click.case_id, click.person)
    text, area = ask_privately.words_for(ctx, at_hand), at_hand.case.area
    view = click.body["view"]
    if view["callback_id"] == "reply":
        await insert(
            ctx, click, below(typed(view), text), [ask_privately.date_of_look(ctx, click.person, area)]
        )
        return
    metadata = json.loads(view["private_metadata"])
    remind_at = proposed(ctx, click.person, area)
    shown, news = await shown_to(ctx, click.person, metadata, text, remind_at)
    await prepare.keep_draft(ctx.desk, click.case_id, click.person, text, metadata["seen"])
    await call(ctx.client.views_update, view_id=view["id"], view=preview(ctx, shown, told(news)))


async def on_undo(ctx: Context, click: Click) -> None:
    await submit.undo(ctx.desk, click.case_id, click.person)
