"""A delivery's own moves: its intent marked, put off, ended or given up."""

from dataclasses import replace
from datetime import timedelta

from db import cases, deliveries
from db.deliveries import Delivery, Standing, State
from handlers.desk import alerting
from handlers.desk.work import Work, use_case

MENDING_SECONDS = 60.0


@use_case
async def begin(work: Work, delivery_id: int) -> tuple[Delivery, State] | None:
    """Mark the intent. Returns the delivery and the state it was found in: but for PENDING, it may have happened."""
    seen = await deliveries.load(work.connection, delivery_id)
    if seen is None or seen.state not in deliveries.LIVE or seen.not_before > work.now:
        return None
    intent_at = work.now if seen.state is State.PENDING else seen.intent_at
    begun = replace(seen, state=State.SENDING, attempts=seen.attempts + 1, intent_at=intent_at)
    marked = await deliveries.mark(
        work.connection, seen, State.SENDING, attempts=begun.attempts, intent_at=intent_at
    )
    return (begun, seen.state) if marked else None


@use_case
async def postpone(work: Work, delivery: Delivery, state: State, seconds: float, problem: str) -> None:
    not_before = work.now + timedelta(seconds=seconds)
    await deliveries.mark(work.connection, delivery, state, not_before=not_before, problem=problem[:1000])


@use_case
async def end(work: Work, delivery: Delivery, standing: Standing | None = None) -> None:
    """It is done; `standing` says where and how a message stands now."""
    if not await deliveries.mark(work.connection, delivery, State.DONE, ended_at=work.now, problem=None):
        return
    if standing is not None:
        await deliveries.keep_place(
            work.connection, delivery.message_subject, standing, case_id=delivery.case_id, at=work.now
        )


@use_case
async def card_is_gone(work: Work, delivery: Delivery) -> None:
    """The card was deleted by hand: it is posted anew, and what hangs on it follows."""
    await deliveries.mark(
        work.connection,
        delivery,
        State.PENDING,
        not_before=work.now + timedelta(seconds=1),
        problem="its card is gone",
    )
    if delivery.case_id is not None:
        await deliveries.forget_place(work.connection, f"card:{delivery.case_id}")
        await work.draw_card(await cases.load(work.connection, delivery.case_id))


@use_case
async def await_mending(work: Work, delivery: Delivery, problem: str) -> None:
    """The channel is not ours to post in: the leads are told, and the message waits."""
    not_before = work.now + timedelta(seconds=MENDING_SECONDS)
    await deliveries.mark(work.connection, delivery, State.PENDING, not_before=not_before, problem=problem)
    await alerting.card_refused(work, delivery.lane.split(":")[1], problem)


@use_case
async def give_up(work: Work, delivery: Delivery, problem: str) -> None:
    """Slack refuses a message for good: the leads are told once an hour for each channel."""
    await deliveries.mark(work.connection, delivery, State.FAILED, ended_at=work.now, problem=problem[:1000])
    if delivery.kind == "message" and delivery.subject.startswith("card:"):
        await alerting.card_refused(work, delivery.lane.split(":")[1], problem)
