"""Sends a delivery: mark the intent, send, record; on any second run look before sending again."""

import random
from dataclasses import dataclass, field

import structlog

from db.rows import DeliveryKind, DeliveryState
from handlers.desk import outbox
from handlers.desk.outbox import Attempt
from handlers.desk.replies import delete, submit
from handlers.desk.troubles import SLACK
from handlers.desk.work import Desk
from handlers.problems import AccountProblem, NotDone, OutcomeUnknown, RateLimited, Refused
from handlers.workers.health import Health
from handlers.workers.public_sender import Publishing
from handlers.workers.slack_sender import Showing
from triage.errors import NotOfThisVersion

log = structlog.get_logger()

FIRST_RETRY, LONGEST_RETRY = 1.0, 300.0
# A person mends these by inviting the app, and the card shall appear by itself then.
CHANNEL_TROUBLE = {"channel_not_found", "not_in_channel", "is_archived"}


@dataclass(frozen=True, slots=True)
class Deliver:
    """Delivers one thing by its id. Returns for how many seconds its lane must rest."""

    desk: Desk
    health: Health
    showing: Showing
    publishing: Publishing
    jitter: random.Random = field(default_factory=random.Random)

    async def __call__(self, delivery_id: int, lane: str) -> float:
        attempt = await outbox.begin(self.desk, delivery_id, lane)
        if attempt is None:
            return 0.0
        part = _part(attempt)
        try:
            rest = await self._send(attempt)
            self.health.works(part)
            return rest
        except RateLimited as limit:
            await outbox.hold(
                self.desk, attempt.delivery, attempt.state_if_not_done, limit.seconds, str(limit)
            )
            return limit.seconds
        except (NotDone, AccountProblem) as problem:
            self.health.fails(part, str(problem), at_once=isinstance(problem, AccountProblem))
            await self._retry(attempt, attempt.state_if_not_done, problem)
        except OutcomeUnknown as problem:
            self.health.fails(part, str(problem))
            await self._retry(attempt, DeliveryState.UNKNOWN, problem)
        except Refused as refusal:
            await self._refused(attempt, refusal)
        except NotOfThisVersion as unknown:
            log.warning("delivery_unknown", delivery=delivery_id, what=unknown.what)
            await outbox.set_aside(
                self.desk, attempt.delivery, attempt.state_if_not_done, f"deliveries.subject: {unknown.what}"
            )
        except Exception as error:  # recorded on the row: a fault of ours must not stop the lane for ever
            log.exception("delivery_failed", delivery=delivery_id, subject=str(attempt.delivery.subject))
            await self._retry(attempt, DeliveryState.UNKNOWN, error)
        return 0.0

    async def _send(self, attempt: Attempt) -> float:
        match attempt.delivery.kind:
            case DeliveryKind.REPLY:
                await self.publishing.reply(attempt)
                return 0.0
            case DeliveryKind.UNPOST:
                await self.publishing.unpost(attempt.delivery)
                return 0.0
            case DeliveryKind.REMOVE:
                return await self.showing.remove(attempt.delivery)
            case DeliveryKind.MESSAGE | DeliveryKind.NOTICE:
                return await self.showing.message(attempt)

    async def _retry(self, attempt: Attempt, state: DeliveryState, problem: Exception) -> None:
        """Later, and later still; some jitter, so that many do not come back at once."""
        delivery = attempt.delivery
        longest = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(delivery.attempts, 10))
        seconds = longest * self.jitter.uniform(0.5, 1.0)
        log.warning(
            "delivery_postponed",
            subject=str(delivery.subject),
            problem=str(problem),
            seconds=round(seconds, 1),
        )
        await outbox.postpone(self.desk, delivery, state, seconds, str(problem))

    async def _refused(self, attempt: Attempt, refusal: Refused) -> None:
        delivery = attempt.delivery
        log.warning(
            "delivery_refused", subject=str(delivery.subject), problem=str(refusal), code=refusal.code
        )
        if delivery.kind is DeliveryKind.MESSAGE and refusal.code in CHANNEL_TROUBLE:
            await outbox.await_mending(self.desk, delivery, attempt.state_if_not_done, str(refusal))
        elif delivery.kind is DeliveryKind.REPLY:
            await submit.part_refused(self.desk, delivery, str(refusal))
        elif delivery.kind is DeliveryKind.UNPOST:
            await delete.refused(self.desk, delivery, str(refusal))
        else:
            await outbox.give_up(self.desk, delivery, str(refusal))


def _part(attempt: Attempt) -> str:
    """The part whose health an attempt tells: Slack, or an account's posting."""
    is_public = attempt.delivery.kind in (DeliveryKind.REPLY, DeliveryKind.UNPOST)
    return str(attempt.delivery.lane) if is_public else SLACK
