"""Reply, undo, "I posted it": button, modal, checks, submit."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from db import cases, mentions, replies
from handlers.desk import changed_posts, replying, spending
from handlers.ports import DoorProblem, Looked, Network
from handlers.slack.blocks import Block, context, divider, field, modal, text_input, words
from handlers.slack.chat import call
from handlers.slack.dms import conversation
from handlers.slack.gestures import Gestures
from handlers.slack.room import Click, Invalid, Room, Submission
from triage import compose
from triage.case import DeskError, Move, NoSuchCase
from triage.mention import Author, Mention
from triage.people import Person
from triage.words import _

LONGEST = 3000
# X is asked for a post while a modal waits for its answer.
LOOK_SECONDS = 1.5
# How far X's clock may be from ours.
CLOCK_SLACK = timedelta(minutes=1)


def register(gestures: Gestures) -> None:
    gestures.click("reply", on_reply)
    gestures.click("write", on_reply)
    gestures.click("answer_all", on_answer_all)
    gestures.submit("reply", on_reply_submitted, field_of_errors="text")
    gestures.click("undo", on_undo)
    gestures.click("posted", on_posted)
    gestures.submit("posted", on_posted_submitted, field_of_errors="link")
    gestures.click("was_sent", on_was_sent)
    gestures.click("send_again", on_send_again)


async def on_reply(room: Room, click: Click) -> None:
    """The modal opens at once from what we keep; then X is asked whether the posts still stand."""
    at_hand, author = await _at_hand(room, click.case_id, click.person)
    view_id = await room.open(click, _modal(room, at_hand, author, click.person))
    await _warn_if_gone(room, at_hand, author, click.person, view_id)


async def _at_hand(room: Room, case_id: int, person: Person) -> tuple[replying.Composing, Author]:
    """What is needed to answer a case; raises what speaks against it."""
    async with room.desk.database.read() as connection:
        at_hand = await replying.composing(connection, case_id, person)
        author = await mentions.author(connection, at_hand.case.network, at_hand.case.author_id)
    at_hand.case.after(Move.REPLY)
    if at_hand.target is None:
        raise replying.NotByApi
    return at_hand, author


async def on_answer_all(room: Room, click: Click) -> None:
    """One after the other: a person reads each and presses Send each time."""
    case_id = await _next_alike(room, click.case_id, click.person)
    if case_id is None:
        raise DeskError(_("All of them have been answered, or are with a colleague."))
    at_hand, author = await _at_hand(room, case_id, click.person)
    await room.open(click, _modal(room, at_hand, author, click.person, group=click.case_id))


async def _next_alike(room: Room, group: int, person: Person) -> int | None:
    async with room.desk.database.read() as connection:
        return await cases.next_alike(connection, group, person.slack)


async def _following(room: Room, submission: Submission) -> Block | None:
    """The modal of the group's next case, with the words just sent to begin with."""
    group = submission.metadata.get("group")
    if group is None:
        return None
    case_id = await _next_alike(room, group, submission.person)
    if case_id is None:
        return None
    at_hand, author = await _at_hand(room, case_id, submission.person)
    begun = replace(at_hand, draft=at_hand.draft or submission.text("text").strip())
    return _modal(room, begun, author, submission.person, group=group)


def _modal(
    room: Room,
    at_hand: replying.Composing,
    author: Author,
    person: Person,
    warning: str = "",
    group: int | None = None,
) -> Block:
    case = at_hand.case
    signature = _signature(room, person)
    hint = _(
        "Posted as @{account}, signed {signature}. Over 280 characters it goes out in numbered posts."
    ).format(account=case.account, signature=signature or _("with nothing"))
    blocks = [context(f"⚠️ {warning}")] if warning else []
    if group is not None:
        blocks.append(
            context(_("🌊 One of many alike. X takes the very same words only once: change a few for each."))
        )
    blocks += conversation(at_hand.posts, author)
    blocks.append(divider())
    if at_hand.answer:
        blocks += [
            context(_("💡 <@{expert}> answered your question:").format(expert=at_hand.answer.expert)),
            words(at_hand.answer.answer),
        ]
    blocks.append(
        field(
            _("Your answer to @{handle}").format(handle=author.handle[:60]),
            "text",
            text_input("text", initial=at_hand.draft, longest=LONGEST),
            hint=hint,
        )
    )
    metadata = json.dumps({"case": case.id, "seen": at_hand.seen} | ({"group": group} if group else {}))
    return modal("reply", _("Reply in public"), blocks, metadata=metadata, submit=_("Send"))


def _signature(room: Room, person: Person) -> str:
    return compose.sign(
        room.desk.policy.desk.signature, initials=person.initials, name=person.name.split()[0]
    )


async def _warn_if_gone(
    room: Room, at_hand: replying.Composing, author: Author, person: Person, view_id: str
) -> None:
    """A post deleted on X meanwhile is deleted here, and the writer is told in the open modal."""
    if not await check_still_there(room, at_hand):
        return
    try:
        async with room.desk.database.read() as connection:
            again = await replying.composing(connection, at_hand.case.id, person)
        warning = _("The customer deleted or changed a post on X just now. Read it again before you answer.")
        view = _modal(room, again, author, person, warning)
    except NoSuchCase:
        return
    await call(room.client.views_update, view_id=view_id, view=view)


async def check_still_there(room: Room, at_hand: replying.Composing) -> bool:
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


async def on_reply_submitted(room: Room, submission: Submission) -> Block | None:
    text = submission.text("text")
    try:
        parts = compose.compose(text, _signature(room, submission.person))
    except compose.Unsendable as fault:
        raise Invalid("text", str(fault)) from fault
    try:
        await replying.send(
            room.desk, submission.case_id, submission.person, parts, text.strip(), submission.metadata["seen"]
        )
    except replying.Undecided:
        seen = submission.metadata["seen"]
        await replying.keep_draft(room.desk, submission.case_id, submission.person, text, seen)
        raise
    except replying.Changed as change:
        await replying.keep_draft(room.desk, submission.case_id, submission.person, text, change.seen)
        sentence = _(
            "{what} Your text is kept. Look at the card, then press Send again to send it all the same."
        )
        raise Invalid("text", sentence.format(what=str(change))) from change
    return await _following(room, submission)


async def on_undo(room: Room, click: Click) -> None:
    await replying.undo(room.desk, click.case_id, click.person)


async def on_posted(room: Room, click: Click) -> None:
    case = await room.case_for(click, "posted")
    blocks = [
        context(_("For answers given by hand on X, where its rule does not let us answer by API.")),
        field(
            _("Link of your answer on X"),
            "link",
            text_input(
                "link",
                longest=300,
                multiline=False,
                placeholder=f"https://x.com/{case.account}/status/…",
            ),
            hint=_("On X: Share, then Copy link."),
        ),
    ]
    metadata = json.dumps({"case": case.id})
    await room.open(click, modal("posted", _("I posted it"), blocks, metadata=metadata, submit=_("Record")))


async def on_posted_submitted(room: Room, submission: Submission) -> None:
    network = room.networks["x"]
    found = network.post_id_in(submission.text("link"))
    if found is None:
        raise Invalid(
            "link", _("That is no link to a post on X. It looks like https://x.com/acme/status/123.")
        )
    handle, post_id = found
    account = room.desk.policy.account_named(handle)
    if account is None:
        ours = ", ".join(f"@{one.handle}" for one in room.desk.policy.account)
        raise Invalid(
            "link", _("That post is @{handle}'s, not one of ours ({ours}).").format(handle=handle, ours=ours)
        )
    post = await _as_posted(room, network, account.handle, post_id)
    await replying.posted(room.desk, submission.case_id, submission.person, post)


async def _as_posted(room: Room, network: Network, account: str, post_id: str) -> Mention:
    """The answer as it stands on X; while X does not say, what its id tells."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            looked = await network.look_up(account, [post_id])
    except (DoorProblem, TimeoutError):
        looked = Looked((), ())
    if post_id in looked.gone:
        raise Invalid("link", _("X knows no such post. Copy the link of your answer once more."))
    await spending.count(room.desk, "lookups", looked.read, spending.POST_USD)
    unread = Mention(
        network=network.name,
        post_id=post_id,
        author_id="",
        account=account,
        text=_("(answered by hand on X)"),
        posted_at=network.time_of(post_id),
        conversation_id=post_id,
        url=network.post_url(account, post_id),
    )
    return next((replace(post, account=account, url=unread.url) for post in looked.mentions), unread)


async def on_was_sent(room: Room, click: Click) -> None:
    """X is asked once more which post it is; a person's word counts even when it does not say."""
    case = await room.case_for(click, "was_sent")
    async with room.desk.database.read() as connection:
        reply = await replies.foremost(connection, case.id)
    own: list[Mention] = []
    if reply is not None:
        with suppress(DoorProblem, TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                own = await _own_posts(room, case.network, reply.account, reply.goes_at - CLOCK_SLACK)
    await replying.was_sent(room.desk, case.id, click.person, own)


async def _own_posts(room: Room, network: str, account: str, start: datetime) -> list[Mention]:
    found: list[Mention] = []
    async for page in room.networks[network].own_posts(account, since=None, start=start):
        await spending.count(room.desk, "own", page.read, spending.POST_USD)
        found += page.mentions
    return found


async def on_send_again(room: Room, click: Click) -> None:
    await replying.send_again(room.desk, click.case_id, click.person)
