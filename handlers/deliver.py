"""deliver(id): mark the intent, send, record; on any second run look before sending again."""

import random
from dataclasses import dataclass, field

import structlog

from db.deliveries import Delivery, State
from handlers.desk import delivering, replying
from handlers.desk.work import Desk
from handlers.ports import AccountProblem, NotDone, OutcomeUnknown, RateLimited, Refused
from handlers.publishing import Publishing
from handlers.showing import Showing

log = structlog.get_logger()

FIRST_RETRY, LONGEST_RETRY = 1.0, 300.0
# A person mends these by inviting the app, and the card shall appear by itself then.
CHANNEL_TROUBLE = {"channel_not_found", "not_in_channel", "is_archived"}


@dataclass(frozen=True, slots=True)
class Deliver:
    """Delivers one thing by its id. Returns for how many seconds its lane must rest."""

    desk: Desk
    showing: Showing
    publishing: Publishing
    jitter: random.Random = field(default_factory=random.Random)

    async def __call__(self, delivery_id: int) -> float:
        begun = await delivering.begin(self.desk, delivery_id)
        if begun is None:
            return 0.0
        delivery, found = begun
        try:
            match delivery.kind:
                case "reply":
                    await self.publishing.reply(delivery, found)
                    return 0.0
                case "remove":
                    return await self.showing.remove(delivery)
                case _:
                    return await self.showing.message(delivery, again=found is not State.PENDING)
        except RateLimited as limit:
            await delivering.postpone(self.desk, delivery, State.PENDING, limit.seconds, str(limit))
            return limit.seconds
        except (NotDone, AccountProblem) as problem:
            return await self._retry(delivery, State.PENDING, problem)
        except OutcomeUnknown as problem:
            return await self._retry(delivery, State.UNKNOWN, problem)
        except Refused as refusal:
            return await self._refused(delivery, refusal)
        except Exception as error:  # recorded on the row: a fault of ours must not stop the lane for ever
            log.exception("delivery_failed", delivery=delivery.id, subject=delivery.subject)
            return await self._retry(delivery, State.UNKNOWN, error)

    async def _retry(self, delivery: Delivery, state: State, problem: Exception) -> float:
        """Later, and later still; some jitter, so that many do not come back at once."""
        longest = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(delivery.attempts, 10))
        seconds = longest * self.jitter.uniform(0.5, 1.0)
        log.warning(
            "delivery_postponed", subject=delivery.subject, problem=str(problem), seconds=round(seconds, 1)
        )
        await delivering.postpone(self.desk, delivery, state, seconds, str(problem))
        return 0.0

    async def _refused(self, delivery: Delivery, refusal: Refused) -> float:
        log.warning("delivery_refused", subject=delivery.subject, problem=str(refusal), code=refusal.code)
        if delivery.kind == "message" and refusal.code in CHANNEL_TROUBLE:
            await delivering.await_mending(self.desk, delivery, str(refusal))
        elif delivery.kind == "reply":
            await replying.part_refused(self.desk, delivery, str(refusal))
        else:
            await delivering.give_up(self.desk, delivery, str(refusal))
        return 0.0
