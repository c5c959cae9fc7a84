"""A delivery's own moves: its intent marked, put off, ended or given up."""

import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from db import cases, follow_ups, messages
from db.messages import Standing
from db.queue import deliveries, lanes, timers
from db.queue.lanes import EditsIn, Lane, MessagesTo
from db.queue.subjects import CardOf, FollowUpOf, Notice, Removal, Subject, Unparsed
from db.rows import Delivery, DeliveryKind, DeliveryState, Facts, Place, Timer, TimerKind
from handlers.desk import alerts
from handlers.desk.work import RANK_CLICKED, Work, use_case
from triage.errors import NotOfThisVersion

MENDING_SECONDS = 60.0
# More than so many reminders that are due for one person at once come as one message.
MOST_ONE_BY_ONE = 5
# What tells of something that is due, and may be told in one line among others.
_REMINDING = (
    *("due_soon", "unclaimed_soon", "late_now"),
    *("reminded_again", "returned", "back_in_channel"),
    *("no_answer", "answer_waits", "answer_unsent"),
    *("approval_stuck", "reply_unknown", "taken_over"),
)
REMINDERS = ("follow_up:", *(str(Notice(name)) for name in _REMINDING))
MOST_LINES = 20
# What comes due at one moment is asked for within this time.
GATHERED_FOR = timedelta(seconds=3)
IN_A_DIGEST = "told in a digest"
# An announcement whose card was posted and which nobody has woken.
UNCALLED = 600.0
# A delivery that is due and can't go is looked at again after this long, should nobody have woken its lane.
BLOCKED = timedelta(seconds=1)
# A delivery that this version can't read is looked at again after this long: one that can may run by then.
SET_ASIDE = timedelta(minutes=10)
# Before the fingerprint of a message that Slack took as words alone. It is tried whole again after this long at first.
WORDS_ALONE = "words:"
WHOLE_AGAIN, LONGEST_WHOLE_AGAIN = timedelta(minutes=10), timedelta(hours=1)
# A replica that stalls (its database, its processor) is taken for dead after some seconds, and may wake later.
FRESH_SECONDS = 2.0


@dataclass(slots=True)
class Attempt:
    """One run of a delivery, and the state in which it was found."""

    delivery: Delivery
    found: DeliveryState
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_fresh(self) -> bool:
        """False once so much time has passed since we marked the intent that another replica may think us dead."""
        return time.monotonic() - self.begun <= FRESH_SECONDS


@use_case
async def begin(work: Work, delivery_id: int, lane: str) -> Attempt | None:
    """Mark the intent; None when it left the lane, is not due, over, or another of its subject is on its way."""
    begun = await deliveries.begin(work.connection, delivery_id, lane, work.now)
    if begun is not None:
        return Attempt(begun, DeliveryState.PENDING)
    again = await deliveries.begin_again(work.connection, delivery_id, lane, work.now)
    return Attempt(again, again.state) if again else None


@use_case
async def mark(work: Work, delivery: Delivery, changes: Facts) -> Delivery | None:
    """Mark that it is about to be sent: from now on it may have been. Returns the delivery as it is then.

    None if another replica thought us dead and has taken the delivery over: then that replica sends it.
    """
    now = {"tried_at": work.now, **changes}
    if not await deliveries.mark(work.connection, delivery, DeliveryState.SENDING, **now):
        return None
    return replace(delivery, state=DeliveryState.SENDING, **now)


@use_case
async def postpone(
    work: Work, delivery: Delivery, state: DeliveryState, seconds: float, problem: str
) -> None:
    """Try again later."""
    await _put_off(work, delivery, state, seconds, problem)


@use_case
async def refused(
    work: Work, delivery: Delivery, state: DeliveryState, seconds: float, code: str, problem: str
) -> None:
    """Slack refuses it and may take it one day: it is tried again, and the leads are told at the first time."""
    is_known = deliveries.REFUSED in delivery.payload
    marked = {"payload": {**delivery.payload, deliveries.REFUSED: code}}
    await _put_off(work, delivery, state, seconds, problem, **marked)
    if not is_known:
        await alerts.refused(work, delivery, code, problem)


@use_case
async def show_again(work: Work) -> int:
    """Try again what Slack has refused; returns how many messages that are."""
    return await deliveries.show_again(work.connection, work.now)


@use_case
async def set_aside(work: Work, delivery: Delivery, state: DeliveryState, what: str) -> None:
    """A newer version wrote it: it waits, in nobody's way, for a version that can read it. The leads are told once."""
    await _put_off(work, delivery, state, SET_ASIDE.total_seconds(), NotOfThisVersion.__doc__ or "")
    await alerts.something_new(work, what)


@use_case
async def hold(work: Work, delivery: Delivery, state: DeliveryState, seconds: float, problem: str) -> None:
    """The other side asked to wait: the whole lane does, also when it changes hands."""
    await _put_off(work, delivery, state, seconds, problem)
    await lanes.hold(work.connection, str(delivery.lane), work.now + timedelta(seconds=seconds))


@use_case
async def rest(work: Work, lane: str, until: datetime) -> None:
    """Let the lane rest until then, under any process."""
    await lanes.hold(work.connection, lane, until)


@use_case
async def look_again(work: Work, lane: str, at: datetime) -> None:
    """Arm a timer to look at the lane again later."""
    await timers.arm(work.connection, TimerKind.LANE, Unparsed(lane), max(at, work.now + BLOCKED), None)


@use_case
async def summon(work: Work, *names: str) -> None:
    """Summon lanes that may have unannounced work."""
    lanes.summon(work.connection, *names)


@use_case
async def after_the_clock_moved(work: Work) -> None:
    """No lane waits for a moment of the old clock."""
    await lanes.end_rests(work.connection)
    await deliveries.pull_forward(work.connection, work.now)
    lanes.summon(work.connection, *await deliveries.lanes_in_use(work.connection))


@use_case
async def resume(work: Work, timer: Timer) -> None:
    """The time has come to look at a lane again."""
    if await timers.fire(work.connection, timer, work.now):
        lanes.summon(work.connection, str(timer.subject))


async def _put_off(
    work: Work, delivery: Delivery, state: DeliveryState, seconds: float, problem: str, **changes: object
) -> bool:
    """Back to `state` for a while. One that surely did nothing gives way to a newer one of its subject."""
    not_before = work.now + timedelta(seconds=seconds)
    if state is DeliveryState.PENDING and await deliveries.superseded(work.connection, delivery, not_before):
        return await deliveries.mark(
            work.connection, delivery, DeliveryState.CANCELLED, ended_at=work.now, problem=problem[:1000]
        )
    return await deliveries.mark(
        work.connection, delivery, state, not_before=not_before, problem=problem[:1000], **changes
    )


@use_case
async def end(
    work: Work, delivery: Delivery, standing: Standing | None = None, *, old: Place | None = None
) -> None:
    """Mark a delivery as done; `standing` is the message as it is now, `old` its former place, to be removed."""
    marked = await deliveries.mark(
        work.connection, delivery, DeliveryState.DONE, ended_at=work.now, problem=None
    )
    if standing is None or not marked:
        return
    if not await messages.keep_redrawn(work.connection, delivery.message_subject, standing):
        await _stand(work, delivery, standing, old)
    if standing.drawn.startswith(WORDS_ALONE) and delivery.kind is DeliveryKind.MESSAGE:
        await _draw_whole(work, delivery, standing)


async def _draw_whole(work: Work, delivery: Delivery, standing: Standing) -> None:
    """Slack took the words alone: try the whole message again, later each time. Until then Home lists it."""
    tries = delivery.payload.get("whole_tries", 0)
    payload = {"whole_tries": tries + 1, deliveries.REFUSED: "words alone"}
    await deliveries.insert_message(
        work.connection,
        delivery.subject,
        case_id=delivery.case_id,
        lane=MessagesTo(standing.person) if standing.person else EditsIn(standing.place.channel),
        rank=delivery.rank,
        at=work.now,
        not_before=work.now + min(WHOLE_AGAIN * 2 ** min(tries, 5), LONGEST_WHOLE_AGAIN),
        payload=payload | ({"person": standing.person} if standing.person else {}),
    )


async def _stand(work: Work, delivery: Delivery, standing: Standing, old: Place | None) -> None:
    """Remember where a message was posted."""
    if delivery.case_id is not None and not await cases.exists(work.connection, delivery.case_id):
        # Its author was forgotten while it was on its way: nobody else knows where it stands.
        await remove(work, delivery.message_subject, standing.place)
        return
    before = await messages.place_of(work.connection, delivery.message_subject) if old else None
    await messages.keep_place(
        work.connection, delivery.message_subject, standing, case_id=delivery.case_id, at=work.now
    )
    if old is not None and before is not None:
        await messages.keep_old_place(work.connection, delivery.case_id, before)
        await remove(work, delivery.subject, old)
    if isinstance(delivery.subject, CardOf) and delivery.case_id is not None:
        await deliveries.wake_announcements(work.connection, delivery.case_id, work.now)


@use_case
async def redirect(work: Work, delivery: Delivery, lane: Lane, stray: Place | None) -> None:
    """It belongs to another lane now; `stray` is what an attempt that was cut off had posted in the old one."""
    if not await deliveries.mark(work.connection, delivery, DeliveryState.CANCELLED, ended_at=work.now):
        return
    if stray is not None:
        await remove(work, delivery.message_subject, stray)
    person = delivery.payload.get("person")
    await work.draw(delivery.subject, delivery.case_id, lane, delivery.rank, person)


async def remove(work: Work, subject: Subject, place: Place) -> None:
    """Queue the removal of a message from Slack."""
    await deliveries.insert_delivery(
        work.connection,
        DeliveryKind.REMOVE,
        Removal(subject),
        case_id=None,
        lane=EditsIn(place.channel),
        rank=RANK_CLICKED,
        at=work.now,
        payload={"channel": place.channel, "ts": place.ts},
    )


@use_case
async def gather(work: Work, delivery: Delivery) -> bool:
    """Gather a person's due reminders into one digest, if there are many; False: send this one by itself."""
    if not str(delivery.subject).startswith(REMINDERS):
        return False
    left = delivery.made_at + GATHERED_FOR - work.now
    if left > timedelta(0):
        await _put_off(work, delivery, DeliveryState.PENDING, left.total_seconds(), "others may come with it")
        return True
    others = await deliveries.count_due(work.connection, delivery.lane, work.now, REMINDERS)
    if others + 1 <= MOST_ONE_BY_ONE:
        return False
    if not await deliveries.mark(
        work.connection, delivery, DeliveryState.CANCELLED, ended_at=work.now, problem=IN_A_DIGEST
    ):
        return True
    taken = await deliveries.withdraw_due(work.connection, delivery.lane, work.now, REMINDERS, IN_A_DIGEST)
    told = [delivery, *taken]
    lines = [[await _line_of(work, row), row.case_id] for row in told[:MOST_LINES]]
    await work.tell(delivery.payload["person"], "digest", title="due", n=len(told), lines=lines)
    return True


async def _line_of(work: Work, delivery: Delivery) -> Facts:
    """The notice that a line of a digest is about, with its facts."""
    if delivery.kind is DeliveryKind.NOTICE:
        return dict(delivery.payload)
    row = await follow_ups.load(work.connection, delivery.about(FollowUpOf).follow_up_id)
    return {"notice": "follow_up", "note": row.note if row else ""}


@use_case
async def removed(work: Work, delivery: Delivery, place: Place) -> None:
    """A message is gone from Slack."""
    if await deliveries.mark(work.connection, delivery, DeliveryState.DONE, ended_at=work.now, problem=None):
        await messages.vacate(work.connection, place)


@use_case
async def card_is_gone(work: Work, delivery: Delivery, ts: str) -> None:
    """Post a card again that was deleted by hand, and the messages of its thread after it."""
    await _post_card_anew(work, delivery, ts)


@use_case
async def uprooted(work: Work, delivery: Delivery, ts: str, place: Place) -> None:
    """Move a message that missed its thread because the card was gone: remove it from the channel's root, and wait."""
    await remove(work, delivery.message_subject, place)
    await _post_card_anew(work, delivery, ts)


async def _post_card_anew(work: Work, delivery: Delivery, ts: str) -> None:
    if (
        await _put_off(work, delivery, DeliveryState.PENDING, _pause(delivery), "its card is gone")
        and delivery.case_id
    ):
        await messages.forget_place(work.connection, CardOf(delivery.case_id), ts)
        await work.draw_card(await cases.load(work.connection, delivery.case_id))


@use_case
async def message_is_gone(work: Work, delivery: Delivery, ts: str) -> None:
    """Post a message again that was deleted by hand, drawn from the facts of that time."""
    await messages.forget_place(work.connection, delivery.message_subject, ts)
    await _put_off(work, delivery, DeliveryState.PENDING, 0, "deleted by hand")


@use_case
async def await_card(work: Work, delivery: Delivery, state: DeliveryState) -> None:
    """Put off a message until its card is posted, which wakes it, so that it holds up nothing else.

    If it may have been sent under an earlier card, now gone, it keeps that state: the desk looks for it first.
    """
    card = CardOf(int(delivery.case_id or 0))
    stands = await messages.place_of(work.connection, card)
    pause = 0.0 if stands else UNCALLED
    await _put_off(work, delivery, state, pause, "its card is not posted yet")


def _pause(delivery: Delivery) -> float:
    return float(min(60, 2 ** min(delivery.attempts - 1, 6)))


@use_case
async def await_mending(work: Work, delivery: Delivery, state: DeliveryState, problem: str) -> None:
    """The channel is not ours to post in: the leads are told, and the message waits."""
    await _put_off(work, delivery, state, MENDING_SECONDS, problem)
    await alerts.card_refused(work, str(delivery.channel), problem)


@use_case
async def give_up(work: Work, delivery: Delivery, code: str, problem: str) -> None:
    """Slack refuses a message for good: the leads are told, and it is tried again at the next start."""
    await deliveries.mark(
        work.connection, delivery, DeliveryState.FAILED, ended_at=work.now, problem=problem[:1000]
    )
    await alerts.refused(work, delivery, code, problem)
