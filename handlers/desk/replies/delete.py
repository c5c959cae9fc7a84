"""Taking back what is public already: a wrong reply is deleted on the network, and its text is a draft again."""

from db import cases, mentions
from db.answers import drafts, replies
from db.queue import deliveries
from db.queue.lanes import RepliesBy
from db.queue.subjects import PublishedPart
from db.rows import Delivery, DeliveryKind, DeliveryState, Reply, ReplyState
from handlers.desk.replies.prepare import seen_by
from handlers.desk.replies.submit import due_again
from handlers.desk.work import RANK_CLICKED, Work, use_case
from triage.cases.case import Case
from triage.errors import DeskError
from triage.events import DeletionAsked, ReplyDeleted
from triage.i18n import _
from triage.rights import NotAllowed, Person, Role


class NothingToDelete(DeskError):
    """No reply of this case is public, as far as Mentiondesk knows. Look at our profile."""


def deletable(reply: Reply | None) -> bool:
    """True if a reply is public and its posts are known."""
    return reply is not None and reply.state is ReplyState.SENT and any(reply.posts)


def require_right(person: Person, reply: Reply) -> None:
    """Its author may delete it, and a lead."""
    if person.role is not Role.LEAD and reply.who != person.slack:
        who = f"<@{reply.who}>" if reply.who else _("Whoever wrote it there")
        raise NotAllowed(_("{who} wrote this reply: they or a lead can delete it.").format(who=who))


@use_case
async def delete_reply(work: Work, case_id: int, person: Person, reply_id: int, reason: str) -> Case:
    """Have each post of a reply deleted, the last one first. Raises NothingToDelete."""
    case = await work.case_for(case_id, person, "delete_reply")
    reply = await replies.load(work.connection, reply_id)
    if reply is None or reply.case_id != case.id or not deletable(reply):
        raise NothingToDelete
    require_right(person, reply)
    if not await replies.settle(work.connection, reply.id, state=ReplyState.DELETING, seen=ReplyState.SENT):
        raise NothingToDelete
    for number, post_id in reversed(list(enumerate(reply.posts))):
        if post_id:
            await deliveries.insert_delivery(
                work.connection,
                DeliveryKind.UNPOST,
                PublishedPart(reply.id, number),
                case_id=case.id,
                lane=RepliesBy(case.network, reply.account),
                rank=RANK_CLICKED,
                at=work.now,
                payload={"person": person.slack},
            )
    await work.record(case, DeletionAsked(reply.id, reason), person)
    touched = await cases.change(work.connection, case)
    await work.draw_card(touched)
    return touched


@use_case
async def post_deleted(work: Work, delivery: Delivery, post_id: str) -> None:
    """The network has deleted one post of a reply. With the last one, the text is a draft again and the clock as it was."""
    if not await deliveries.mark(work.connection, delivery, DeliveryState.DONE, ended_at=work.now):
        return
    reply = await replies.load(work.connection, delivery.about(PublishedPart).reply_id)
    if reply is None:
        return  # its author was forgotten meanwhile
    case = await cases.load(work.connection, reply.case_id)
    kept = await mentions.find(work.connection, case.network, [post_id])
    if kept is not None:
        await mentions.wipe(work.connection, kept.id, work.now)
    parts = [PublishedPart(reply.id, number) for number in range(len(reply.posts))]
    if not await deliveries.any_live(work.connection, parts):
        await _taken_back(work, case, reply)


async def _taken_back(work: Work, case: Case, reply: Reply) -> None:
    await replies.settle(work.connection, reply.id, state=ReplyState.DELETED, seen=ReplyState.DELETING)
    if reply.who:
        seen = await seen_by(work.connection, case)
        await drafts.keep(work.connection, case.id, reply.who, reply.typed, seen, work.now)
        await drafts.begin_with(work.connection, case.id, reply.who, reply.saved)
    due_at = await due_again(work, case, reply) if case.status.is_open else case.due_at
    changes: dict[str, object] = {"due_at": due_at}
    posts = await mentions.conversation(work.connection, case.id)
    if not any(post.ours and post.deleted_at is None for post in posts):
        changes["first_reply_at"] = None  # what was taken away is no answer: the next one is the first
    await work.move_if_legal(case, ReplyDeleted(reply.id), None, **changes)


@use_case
async def refused(work: Work, delivery: Delivery, problem: str) -> None:
    """Keep a reply as public when the network does not delete its post, and tell the person who asked."""
    if not await deliveries.mark(
        work.connection, delivery, DeliveryState.FAILED, ended_at=work.now, problem=problem[:1000]
    ):
        return
    reply = await replies.load(work.connection, delivery.about(PublishedPart).reply_id)
    if reply is None:
        return
    case = await cases.load(work.connection, reply.case_id)
    await replies.settle(work.connection, reply.id, state=ReplyState.SENT, seen=ReplyState.DELETING)
    await work.draw_card(case)
    await work.tell(delivery.payload["person"], "delete_refused", case, problem=problem)
