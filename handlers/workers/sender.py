"""Sends deliveries: takes the steps of `steps.next_step` for whatever leaves, in Slack and on networks alike."""

import random
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from db.queue.lanes import RepliesBy
from db.rows import Delivery, DeliveryKind, DeliveryState
from handlers.desk import outbox
from handlers.desk.outbox import Attempt
from handlers.desk.work import Desk
from handlers.problems import (
    LONGEST_WAIT,
    AccountProblem,
    NotDone,
    OutcomeUnknown,
    RateLimited,
    Refused,
)
from handlers.workers.grace_period import Settling
from handlers.workers.health import Faults, Health
from handlers.workers.item import Item
from handlers.workers.public_sender import Publishing
from handlers.workers.slack_sender import Showing
from handlers.workers.steps import Known, Step, next_step
from triage import traits
from triage.errors import NotOfThisVersion
from triage.i18n import _

log = structlog.get_logger()

FIRST_RETRY, LONGEST_RETRY = 1.0, 300.0


@dataclass(frozen=True, slots=True)
class Deliver:
    """Delivers one thing by its id. Returns for how many seconds its lane must rest."""

    desk: Desk
    health: Health
    showing: Showing
    publishing: Publishing
    settling: Settling = field(default_factory=Settling)
    jitter: random.Random = field(default_factory=random.Random)
    faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "faults", Faults(self.health, "failing deliveries"))

    async def __call__(self, delivery_id: int, lane: str) -> float:
        attempt = await outbox.begin(self.desk, delivery_id, lane)
        return 0.0 if attempt is None else await self._run(attempt, self._item(attempt))

    def _item(self, attempt: Attempt) -> Item:
        match attempt.delivery.kind:
            case DeliveryKind.REPLY:
                return self.publishing.part(attempt)
            case DeliveryKind.UNPOST:
                return self.publishing.deletion(attempt)
            case DeliveryKind.REMOVE:
                return self.showing.removal(attempt)
            case DeliveryKind.MESSAGE | DeliveryKind.NOTICE:
                return self.showing.message(attempt)

    async def _run(self, attempt: Attempt, item: Item) -> float:
        run = Run(self, attempt, item, Known(state=attempt.found))
        try:
            rest = await run.to_its_end()
            self.health.works(item.part)
            self.faults.went_well(attempt.delivery.id)
            return rest
        except RateLimited as limit:
            self._tell_of_long_wait(attempt.delivery, item.part, limit)
            await outbox.hold(self.desk, attempt.delivery, run.known.if_not_done, limit.seconds, str(limit))
            return limit.seconds
        except (NotDone, AccountProblem) as problem:
            self.health.fails(item.part, str(problem), at_once=isinstance(problem, AccountProblem))
            await self._again_later(run, run.known.if_not_done, problem)
        except OutcomeUnknown as problem:
            self.health.fails(item.part, str(problem))
            await self._again_later(run, run.if_it_broke_off, problem)
        except Refused as refusal:
            await self._refused(run, refusal)
        except NotOfThisVersion as unknown:
            log.warning("delivery_unknown", delivery=attempt.delivery.id, what=unknown.what)
            await outbox.set_aside(
                self.desk, attempt.delivery, run.if_it_broke_off, f"deliveries.subject: {unknown.what}"
            )
        except Exception as error:  # recorded on the row: a fault of ours must not stop the lane for ever
            log.exception(
                "delivery_failed", delivery=attempt.delivery.id, subject=str(attempt.delivery.subject)
            )
            await self._again_later(run, run.if_it_broke_off, error)
            self.faults.failed(attempt.delivery.id, _at_fault(error))
        return 0.0

    def _tell_of_long_wait(self, delivery: Delivery, part: str, limit: RateLimited) -> None:
        """A limit of the day: people wait for hours for what they have sent."""
        if limit.seconds > LONGEST_WAIT and isinstance(delivery.lane, RepliesBy):
            sentence = _(
                "{network} takes no more posts of @{account} for now: a limit of the day is used up. Answers for it wait, "
                "and go out as soon as it takes them, at the latest after a day."
            )
            network = traits.title(delivery.lane.network)
            told = sentence.format(network=network, account=delivery.lane.account)
            self.health.fails(part, told, at_once=True)

    async def _refused(self, run: "Run", refusal: Refused) -> None:
        subject = str(run.attempt.delivery.subject)
        log.warning("delivery_refused", subject=subject, problem=str(refusal), code=refusal.code)
        longest = await run.item.refused(run.known, refusal)
        if longest is not None:
            delivery, state = run.attempt.delivery, run.known.if_not_done
            pause = self._pause(delivery, longest)
            await outbox.refused(self.desk, delivery, state, pause, refusal.code, str(refusal))

    def _pause(self, delivery: Delivery, longest: float = LONGEST_RETRY) -> float:
        """Seconds, more after each attempt; some jitter, so that many do not come back at once."""
        grown = FIRST_RETRY * 2.0 ** min(delivery.attempts, 12)
        return min(longest, grown) * self.jitter.uniform(0.5, 1.0)

    async def _again_later(self, run: "Run", state: DeliveryState, problem: Exception) -> None:
        delivery = run.attempt.delivery
        seconds = self._pause(delivery)
        log.warning(
            "delivery_postponed",
            subject=str(delivery.subject),
            problem=str(problem),
            seconds=round(seconds, 1),
        )
        await outbox.postpone(self.desk, delivery, state, seconds, str(problem))


def _at_fault(error: Exception) -> str:
    # Not the error's own words: they may quote what a customer wrote.
    sentence = _(
        "A fault of Mentiondesk's own: a message can't be sent ({error}). It is tried again and again. Please report this, "
        "with the log."
    )
    return sentence.format(error=type(error).__name__)


@dataclass(slots=True)
class Run:
    """One run of a delivery, step by step. `known` is what it has found out so far."""

    deliver: Deliver
    attempt: Attempt
    item: Item
    known: Known
    sent: bool = False  # it has been handed to the other side, whatever came of that

    @property
    def if_it_broke_off(self) -> DeliveryState:
        """The state to return to when a call ended without an answer: a look that failed sends nothing."""
        return DeliveryState.UNKNOWN if self.sent else self.known.if_not_done

    async def to_its_end(self) -> float:
        """Take steps until one ends the run; returns for how many seconds the lane must rest."""
        if self.known.state is DeliveryState.UNKNOWN:
            self.known = replace(self.known, settled=self._until_shown() <= timedelta(0))
        self.known = await self.item.prepare(self.known)
        while True:
            self.known = replace(self.known, fresh=self.attempt.is_fresh)
            step = next_step(self.known)
            try:
                rest = await self._take(step)
            except Refused as refusal:
                shows = step in (Step.SEND, Step.RECORD)
                plainer = await self.item.plainer(self.known, refusal) if shows else None
                if plainer is None:
                    raise
                log.warning("tried_plainer", subject=str(self.attempt.delivery.subject), code=refusal.code)
                self.known, rest = plainer, None
            if rest is not None:
                return rest

    async def _take(self, step: Step) -> float | None:
        """Take a step, and note what it showed; None if the run goes on."""
        match step:
            case Step.LOOK:
                self.known = self.known.having_looked(await self.item.look())
            case Step.SETTLE:
                return await self._settle()
            case Step.CHECK_GROUND:
                self.known = replace(self.known, ground=await self.item.check_ground())
            case Step.AWAIT_READER:
                if await self.item.awaits_reader():
                    return 0.0
                self.known = replace(self.known, reader_awaited=True)
            case Step.MARK:
                self.known = await self._mark()
            case Step.SEND:
                self.sent = True
                self.known = replace(self.known, found=await self.item.send(self.known.form))
            case Step.LEAVE:
                return 0.0
            case _:
                return await self.item.end(step, self.known)
        return None

    async def _mark(self) -> Known:
        marked = await outbox.mark(self.deliver.desk, self.attempt.delivery, self.item.about_to_go())
        if marked is None:
            return replace(self.known, ours=False)
        self.attempt.delivery, self.attempt.begun = marked, time.monotonic()
        return replace(self.known, marked=True)

    async def _settle(self) -> float | None:
        """Come back when earlier requests have settled; go on if they have.

        After a crash what the dead process asked for may still be under way. After a lost answer the other side
        may need a moment to show what it took.
        """
        delivery, state = self.attempt.delivery, self.known.state
        if state is DeliveryState.UNKNOWN:
            left, why = self._until_shown().total_seconds(), "not shown yet"
        else:
            left, why = await self.deliver.settling.postponed_by(delivery), "cut off"
        if left > 0:
            await outbox.postpone(self.deliver.desk, delivery, state, left, why)
            return 0.0
        self.known = self.known.having_settled()
        return None

    def _until_shown(self) -> timedelta:
        delivery, within = self.attempt.delivery, self.item.shows_within
        since = self.deliver.desk.now() - (delivery.tried_at or delivery.made_at)
        return min(within, within - since)
