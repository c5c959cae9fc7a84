"""Reply: the modal to write in, the preview to send from, and Undo."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from db import cases, mentions, replies
from handlers.desk import approving, changed_posts, composing, replying, writing
from handlers.desk.replying import Answer
from handlers.ports import DoorProblem
from handlers.slack import asking
from handlers.slack.chat import call
from handlers.slack.dates import date_of, proposed
from handlers.slack.gestures import Gestures
from handlers.slack.inserting import below, insert, typed
from handlers.slack.previewing import Shown, composed, guarded, preview
from handlers.slack.reply_modal import reply_modal
from handlers.slack.room import Click, Next, Room, Submission
from triage.approval import needed
from triage.case import DeskError, Move, NoSuchCase
from triage.mention import Author
from triage.people import Person
from triage.promising import Promise, promise_in
from triage.words import _


def register(gestures: Gestures) -> None:
    gestures.click("reply", on_reply)
    gestures.click("write", on_reply)
    gestures.click("answer_all", on_answer_all)
    gestures.submit("reply", on_reply_submitted, field_of_errors="text")
    gestures.submit("preview", on_preview_submitted, field_of_errors=None)
    gestures.click("ask_for_dm", on_ask_for_dm)
    gestures.click("undo", on_undo)


async def on_reply(room: Room, click: Click) -> None:
    """The modal opens at once from what we keep; then X is asked whether the posts still stand."""
    at_hand, author = await _at_hand(room, click.case_id, click.person)
    warning = at_hand.news and _("{news} Your draft is older.").format(news=at_hand.news)
    view_id = await room.open(click, reply_modal(room, at_hand, author, click.person, warning))
    await writing.begin(room.desk, click.case_id, click.person)
    await _warn_if_gone(room, at_hand, author, click.person, view_id)


async def _at_hand(room: Room, case_id: int, person: Person) -> tuple[composing.Composing, Author]:
    """What is needed to answer a case; raises what speaks against it."""
    async with room.desk.database.read() as connection:
        at_hand = await composing.composing(connection, case_id, person, room.desk.policy.handles)
        author = await mentions.author(connection, at_hand.case.network, at_hand.case.author_id)
    at_hand.case.after(Move.REPLY)
    at_hand.require_target()
    return at_hand, author


async def on_answer_all(room: Room, click: Click) -> None:
    """One after the other: a person reads each and presses Send each time."""
    case_id = await _next_alike(room, click.case_id, click.person)
    if case_id is None:
        raise DeskError(_("All of them have been answered, or are with a colleague."))
    at_hand, author = await _at_hand(room, case_id, click.person)
    await room.open(click, reply_modal(room, at_hand, author, click.person, group=click.case_id))


async def _next_alike(room: Room, group: int, person: Person) -> int | None:
    async with room.desk.database.read() as connection:
        return await cases.next_alike(connection, group, person.slack)


async def _following(room: Room, person: Person, group: int | None, text: str) -> Next:
    """Nothing more; or the modal of the group's next case, with the words just sent to begin with."""
    case_id = await _next_alike(room, group, person) if group else None
    if case_id is None:
        return Next()
    at_hand, author = await _at_hand(room, case_id, person)
    begun = replace(at_hand, draft=at_hand.draft or text)
    return Next(reply_modal(room, begun, author, person, group=group))


async def _warn_if_gone(
    room: Room, at_hand: composing.Composing, author: Author, person: Person, view_id: str
) -> None:
    """A post deleted on X meanwhile is deleted here, and the writer is told in the open modal."""
    if not await check_still_there(room, at_hand):
        return
    try:
        async with room.desk.database.read() as connection:
            again = await composing.composing(connection, at_hand.case.id, person, room.desk.policy.handles)
    except NoSuchCase:
        return
    warning = _("The customer deleted or changed a post on X just now. Read it again before you answer.")
    seen = replace(again, target=again.target or at_hand.target)
    view = reply_modal(room, seen, author, person, warning)
    await call(room.client.views_update, view_id=view_id, view=view)


async def check_still_there(room: Room, at_hand: composing.Composing) -> bool:
    """Ask the network whether what we are about to answer still stands; True when something changed."""
    network = room.networks[at_hand.case.network]
    standing = [post.post_id for post in at_hand.posts if not post.ours and post.deleted_at is None][-5:]
    try:
        looked = await network.look_up(at_hand.case.account, standing)
    except DoorProblem:
        return False  # X is unwell: `deliver` asks again before sending
    touched = await changed_posts.honour_lookup(
        room.desk, network.name, looked.mentions, looked.gone, read=looked.read
    )
    return bool(touched)


async def on_reply_submitted(room: Room, submission: Submission) -> Next:
    """Keep what was typed, unless it must not be, and show how it will stand."""
    person, text = submission.person, submission.text("text").strip()
    guarded(room, [text])
    if text:
        await composing.keep_draft(room.desk, submission.case_id, person, text, submission.metadata["seen"])
    remind_at = date_of(room, submission)
    shown, news = await shown_to(room, person, submission.metadata, text, remind_at)
    return Next(preview(room, shown, told(news)), "push")


async def on_preview_submitted(room: Room, submission: Submission) -> Next:
    """Send what was shown. What is not as it was then is shown first."""
    person, metadata = submission.person, submission.metadata
    text = await draft_of(room, submission)
    kept = metadata.get("remind")
    remind_at = datetime.fromisoformat(kept) if kept else date_of(room, submission)
    shown, news = await shown_to(room, person, metadata, text, remind_at)
    warning = told(news)
    if shown.digest != metadata["digest"]:
        warning = _("Your text changed in another window. This is how it reads now.")
    elif shown.waits and not metadata.get("waits"):
        warning = _("This has to be read first now. Ask for approval below, or go back.")
    if warning:
        return Next(preview(room, shown, warning), "update")
    answer = Answer(shown.parts, text, shown.despite(submission.text("reason")), shown.remind_at)
    if shown.waits:
        await approving.ask(
            room.desk, shown.case_id, person, answer, shown.account, shown.seen, shown.why, shown.approvers
        )
    else:
        await replying.send(
            room.desk, shown.case_id, person, answer, shown.seen, shown.priority, nobody_else=bool(shown.why)
        )
    return await _following(room, person, shown.group, text)


async def draft_of(room: Room, submission: Submission) -> str:
    async with room.desk.database.read() as connection:
        kept = await replies.draft(connection, submission.case_id, submission.person.slack)
    if kept is None:
        raise DeskError(
            _("This text has gone out already, or was taken away. Close this window and look at the card.")
        )
    return str(kept.text)


async def shown_to(
    room: Room, person: Person, metadata: dict[str, Any], text: str, remind_at: datetime | None
) -> tuple[Shown, str]:
    """What the preview of a text shows, and what is new about the case since the writer saw it."""
    at_hand, author = await _at_hand(room, int(metadata["case"]), person)
    account = at_hand.require_target().account
    parts = composed(room, person, account, text)
    found = guarded(room, parts)
    async with room.desk.database.read() as connection:
        seen, news = await composing.changed_since(connection, at_hand.case, metadata["seen"])
    why = needed(room.desk.policy.approval, person, at_hand.case.priority, found)
    approvers = await room.directory.approvers(at_hand.case.area, person.slack, 0) if why else []
    shown = Shown(
        at_hand.case.id,
        parts,
        account,
        author,
        seen,
        found,
        metadata.get("group"),
        remind_at,
        _promised(room, person, at_hand.case.area, text),
        at_hand.case.priority,
        why,
        tuple(approvers),
    )
    return shown, news


def _promised(room: Room, person: Person, area: str | None, text: str) -> Promise | None:
    """What a text promises, with a day that is still to come."""
    now = room.desk.now().astimezone(person.zone)
    found = promise_in(text, now, room.desk.policy.working_time_of(area))
    if found and found.when and found.when <= now.date():
        return replace(found, when=None)  # reminded at nine in the morning, it would be too late
    return found


def told(news: str) -> str:
    return news and _("{news} Look at the card; Send sends it all the same.").format(news=news)


async def on_ask_for_dm(room: Room, click: Click) -> None:
    """Words that ask the customer to write privately: into the open modal, or in place of what was previewed."""
    at_hand, _author = await _at_hand(room, click.case_id, click.person)
    text, area = asking.words_for(room, at_hand), at_hand.case.area
    view = click.body["view"]
    if view["callback_id"] == "reply":
        await insert(room, click, below(typed(view), text), [asking.date_of_look(room, click.person, area)])
        return
    metadata = json.loads(view["private_metadata"])
    remind_at = proposed(room, click.person, area)
    shown, news = await shown_to(room, click.person, metadata, text, remind_at)
    await composing.keep_draft(room.desk, click.case_id, click.person, text, metadata["seen"])
    await call(room.client.views_update, view_id=view["id"], view=preview(room, shown, told(news)))


async def on_undo(room: Room, click: Click) -> None:
    await replying.undo(room.desk, click.case_id, click.person)
