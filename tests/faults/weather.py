"""All that goes wrong: Slack and X fail, sockets are cut, the database restarts, processes die, and time leaps."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from faults.plan import Plan
from faults.record import Record, now
from faults.replicas import Replica

from demo.server import Playground

SLACK_METHODS = (
    *("chat.postMessage", "chat.postMessage", "chat.update", "chat.update", "chat.delete"),
    *("conversations.history", "conversations.replies", "conversations.open", "views.open", "users.info"),
    *("response_url", "views.update"),
)
SLACK_KINDS = ("ratelimited", "5xx", "delay", "lost", "lost", "cut")
# Slack does not take a message, with a word that the program knows or not; it may take another form of it, or the next.
REFUSALS = ("refuse:invalid_blocks", "refuse:restricted_action", "refuse:a_word_of_tomorrow")
SHOWING = ("chat.postMessage", "chat.update", "chat.delete")
X_ENDPOINTS = ("create", "create", "create", "mentions", "own_posts", "lookup", "users", "*")
X_KINDS = ("429", "html503", "reset", "lost", "lost", "delay")
# Slower than this is never: what Slack or X does late must be done before a killed process is back, or an
# answer overtakes a question, which no program could mend.
SLOWEST = 0.6
PAST = -1e8
# What a process is killed in the middle of.
MOMENTS = ("chat.postMessage", "chat.postMessage", "chat.update", "create", "create", "conversations.history")


def _without_handle(answer: Any) -> Any:
    """One author without a handle: the others must be read."""
    for author in answer.get("data", [])[:1]:
        author.pop("username", None)
    return answer


def _without_beside(answer: Any) -> Any:
    return {**answer, "includes": {"media": None, "tweets": "none"}}


POISONS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("users", _without_handle),
    ("mentions", _without_beside),
    ("mentions", lambda _answer: None),
    ("mentions", lambda _answer: b"\xff\xfe{"),
    ("own_posts", lambda _answer: "no list at all"),
)


@dataclass(slots=True)
class Weather:
    """What goes wrong, until it is called off."""

    plan: Plan
    playground: Playground
    replicas: list[Replica]
    record: Record
    die: random.Random
    restart_database: Callable[[], None] | None = None
    kills: int = 0
    # Held while something is under way on purpose: time must not leap then.
    still: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def faults(self) -> None:
        """Slack and X answer 429, 5xx, slowly, not at all, or do the work and lose the answer."""
        while True:
            await asyncio.sleep(self.die.uniform(0.3, 1.2))
            times = self.die.choice((1, 1, 2, 3))
            seconds = self.die.uniform(0.1, SLOWEST)
            if self.die.random() < 0.06:
                method, kind = self.die.choice(SHOWING), self.die.choice(REFUSALS)
                self.playground.slack.fail(method, kind, times=times)
            elif self.die.random() < 0.06:
                endpoint, poison = self.die.choice(POISONS)
                self.playground.x.fail(endpoint, "altered", change=poison)
            elif self.die.random() < 0.6:
                method, kind = self.die.choice(SLACK_METHODS), self.die.choice(SLACK_KINDS)
                self.playground.slack.fail(method, kind, times=times, seconds=seconds)
            else:
                self._spoil_x(times, seconds)
            self.record.doings["faults planned"] += 1
            planned = self.playground.slack.faults
            planned[:] = [one for one in planned if one.struck < one.times]

    def _spoil_x(self, times: int, seconds: float) -> None:
        if self.die.random() < 0.05:
            self.playground.x.fail("create", "403:No more replies to this one", times=1)
            return
        endpoint, kind = self.die.choice(X_ENDPOINTS), self.die.choice(X_KINDS)
        if kind == "429":
            seconds = PAST  # the program counts X's waits by the machine's clock: this is its shortest
        self.playground.x.fail(endpoint, kind, times=times, seconds=seconds)

    async def cuts(self) -> None:
        """Sockets are closed, torn, or asked to reconnect."""
        while True:
            await asyncio.sleep(self.die.uniform(5, 15))
            if self.die.random() < 0.3:
                await self.playground.slack.refresh_sockets()
            else:
                await self.playground.slack.cut_sockets(abruptly=self.die.random() < 0.5)
            self.record.cuts.append(now())

    async def leaps(self) -> None:
        """Time passes faster than it does: minutes at a time, and now and then some hours."""
        while True:
            await asyncio.sleep(self.die.uniform(1, 3))
            far = self.die.random() < 0.05
            async with self.still:
                await self._nothing_under_way()
                self.playground.clock.skip(
                    self.die.uniform(3600, 10800) if far else self.die.uniform(30, 900)
                )
            self.record.doings["leaps of time"] += 1

    async def _nothing_under_way(self) -> None:
        """Hours do not pass while Slack is about to do what it was asked: it would be looked for too early."""
        while self.playground.under_way:
            await asyncio.sleep(0.002)

    async def database(self) -> None:
        """The database is restarted; SQLite has nothing to restart."""
        while self.restart_database is not None:
            await asyncio.sleep(self.die.uniform(8, 20))
            async with self.still:
                self.record.restarts_of_database.append(now())
                await asyncio.to_thread(self.restart_database)
                await asyncio.sleep(SLOWEST)  # as after a death

    async def deaths(self) -> None:
        """Kill until all kills are done: at any moment, or in the middle of a call to Slack or X."""
        while self.kills < self.plan.kills:
            await asyncio.sleep(self.plan.kill_every * self.die.uniform(0.3, 1.2))
            victims = [self.die.choice(self.replicas)]
            if len(self.replicas) > 1 and self.die.random() < 0.2:
                victims = list(self.replicas)
            if self.die.random() < 0.8:
                await self._wait_for_start(victims[0])
            async with self.still:
                if self.die.random() < 0.6:
                    await self._wait_for_a_call()
                self.kills += sum(victim.kill() for victim in victims)
                if self.die.random() < 0.15:
                    self.playground.slack.fail("auth.test", self.die.choice(SLACK_KINDS), seconds=SLOWEST)
                await asyncio.sleep(SLOWEST)  # what was under way is done before time may leap

    async def _wait_for_start(self, victim: Replica) -> None:
        try:
            async with asyncio.timeout(10):
                await victim.up.wait()
        except TimeoutError:
            return
        await asyncio.sleep(self.die.uniform(0, 1))

    async def _wait_for_a_call(self) -> None:
        """Until Slack or X has been asked for something, and has not answered."""
        moment = self.die.choice(MOMENTS)
        seconds = self.die.uniform(0.2, SLOWEST)
        if moment == "create":
            on_x = self.playground.x.fail("create", "delay", seconds=seconds)
            await self._until(lambda: on_x.times <= 0)
        else:
            on_slack = self.playground.slack.fail(moment, "delay", seconds=seconds)
            await self._until(lambda: on_slack.struck > 0)
        await asyncio.sleep(self.die.uniform(0, seconds))

    async def _until(self, happened: Callable[[], bool]) -> None:
        deadline = now() + 1.5
        while not happened() and now() < deadline:
            await asyncio.sleep(0.01)

    def clear_up(self) -> None:
        """Every fault that is still to come is taken back."""
        self.playground.slack.faults.clear()
        self.playground.x.heal()
