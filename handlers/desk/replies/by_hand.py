"""Answers given by hand, or that nobody knows of: a person has looked on the network, and says."""

from collections.abc import Sequence

from db import cases, mentions
from db.answers import replies
from db.rows import Reply, ReplyState
from handlers.desk.intake.receive import record_outside_reply
from handlers.desk.replies.submit import TooLate, answered_by, deliver_part, keep_our_post, part_stands
from handlers.desk.work import Work, use_case
from triage import traits
from triage.cases.case import Case
from triage.cases.mention import Mention
from triage.errors import DeskError
from triage.events import RepliedByHand, SeenPublic, SentAgain
from triage.i18n import _
from triage.rights import Person
from triage.text.likeness import same_text


@use_case
async def was_sent(work: Work, case_id: int, person: Person, own: Sequence[Mention]) -> Case:
    """Record that a person saw the part in public. Its id is looked for among our `own` posts."""
    case = await work.case_for(case_id, person, "was_sent")
    reply = await replies.foremost(work.connection, case.id)
    if reply is None or reply.state is not ReplyState.UNKNOWN:
        raise TooLate
    await work.record(case, SeenPublic(reply.id), person)
    found = await _part_among(work, reply, own)
    if found is None:
        return await part_stands(work, case, reply, "", reply.goes_at)
    await keep_our_post(work, case, reply, found.post_id, found.url)
    return await part_stands(work, case, reply, found.post_id, found.posted_at)


async def _part_among(work: Work, reply: Reply, own: Sequence[Mention]) -> Mention | None:
    """The next part of a reply among our posts: same answered post, same text, not recorded for another."""
    number = len(reply.posts)
    alike = {
        post.post_id: post
        for post in own
        if post.answers == answered_by(reply, number)
        and same_text(post.text, reply.parts[number], traits.of(post.network).measure)
    }
    network = next((post.network for post in own), "")
    new = alike.keys() - await mentions.known(work.connection, network, alike)
    order = traits.of(network).order
    return max((alike[post_id] for post_id in new), key=lambda post: order(post.place), default=None)


@use_case
async def send_again(work: Work, case_id: int, person: Person) -> Case:
    """A person has looked: it does not stand; the part goes out once more."""
    case = await work.case_for(case_id, person, "send_again")
    reply = await replies.foremost(work.connection, case.id)
    if reply is None or not await replies.settle(
        work.connection, reply.id, state=ReplyState.QUEUED, seen=ReplyState.UNKNOWN, goes_at=work.now
    ):
        raise TooLate
    await deliver_part(work, case, reply.id, reply.account, len(reply.posts))
    await work.record(case, SentAgain(reply.id), person)
    touched = await cases.change(work.connection, case)
    await work.draw_card(touched)
    return touched


@use_case
async def posted(work: Work, case_id: int, person: Person, post: Mention) -> Case:
    """ "I posted it": an answer given by hand. One that the desk has found itself gets its author."""
    case = await work.case_for(case_id, person, "posted")
    if await mentions.known(work.connection, case.network, [post.post_id]):
        return await _sign_found(work, case, person, post)
    if post.posted_at < case.opened_at:
        raise DeskError(_("That post is older than the customer's. Paste the link of your answer to it."))
    return await record_outside_reply(work, case, post, person)


async def _sign_found(work: Work, case: Case, person: Person, post: Mention) -> Case:
    found = [
        reply
        for reply in await replies.of_case(work.connection, case.id)
        if reply.who is None and post.post_id in reply.posts
    ]
    if not found:
        raise DeskError(_("This post is recorded already. Paste the link of your own answer."))
    await replies.settle(
        work.connection, found[0].id, state=ReplyState.SENT, seen=ReplyState.SENT, who=person.slack
    )
    await work.record(case, RepliedByHand(post.url), person)
    signed = await cases.change(work.connection, case, owner=case.owner or person.slack)
    await work.draw_card(signed)
    return signed
