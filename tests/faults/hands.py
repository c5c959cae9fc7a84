"""Staff in Slack: they look at a card and do one of the things that it offers, for better or worse."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from faults.plan import Plan
from faults.record import BOT, Note, Record, Submission, Typed, case_of, now, options_of, owner_on
from faults.stage import AREAS, CHANNELS, EXPERTS, MAIN

from demo.slack import Message, View, Workspace
from demo.x import Timeline

# Few texts for many customers: which author a reply is for is all that tells two of them apart.
REPLIES = (
    "We are sorry. We are looking into it.",
    "It works again. Please restart your device.",
    "Please send us your number by direct message.",
    "A long story. "
    + " ".join(f"Step {n}: switch it off, wait a minute, switch it on." for n in range(1, 8)),
)
MODAL_SECONDS = 2.0
LATEST = 30

Doing = Callable[["Hand", Message, int], Awaitable[None]]


@dataclass(slots=True)
class Team:
    """What all hands share. `words` gives each text a word of its own."""

    plan: Plan
    slack: Workspace
    x: Timeline
    record: Record
    agents: list[str]
    number: int = 0

    def token(self) -> str:
        self.number += 1
        return f"w{self.number}w"


@dataclass(slots=True)
class Hand:
    """One person at work: one thing after the other."""

    team: Team
    person: str
    die: random.Random

    async def work(self) -> None:
        """Go on until cancelled."""
        while True:
            with suppress(LookupError):  # what was looked at is gone, or offers that no more
                await self._one_thing()
            await asyncio.sleep(self.die.uniform(0.05, 0.4))

    async def _one_thing(self) -> None:
        lot = self.die.random()
        if lot < 0.15:
            return await self._own_messages()
        if lot < 0.16:
            return await self._come_and_go()
        card = self._some_card()
        case = case_of(card) if card else None
        if card is None or case is None:
            return None
        name = self._choice(card)
        if name is not None:
            self.team.record.doings[f"tried: {name}"] += 1
            await DOINGS[name](self, card, case)
        return None

    # Looking

    def _some_card(self) -> Message | None:
        channel = self.die.choice(CHANNELS)
        cards = [one for one in self.team.slack.messages(channel) if one.user == BOT]
        if not cards:
            return None
        glanced_at = self.die.choices(cards[-LATEST:] if self.die.random() < 0.7 else cards, k=6)
        return next(filter(self._is_mine, glanced_at), glanced_at[0])

    def _is_mine(self, card: Message) -> bool:
        """Mine, or nobody's yet."""
        owner = owner_on(card)
        return owner is not None and owner.name in (None, self.person)

    def _choice(self, card: Message) -> str | None:
        """What to do with a card: of what it offers, and mostly of what one may."""
        owner = owner_on(card)
        offered = {*card.button_ids, *(value.split(":")[0] for value in options_of(card))}
        mine = owner is None or owner.name in (None, self.person)
        weights = {
            name: weight
            for name, (needs, weight) in CHOICES.items()
            if needs in offered
            and name in (self.team.plan.only or CHOICES)
            and (mine or self.die.random() < (0.3 if name in ANYBODYS else 0.05))
        }
        if not weights:
            return None
        return self.die.choices(list(weights), list(weights.values()))[0]

    async def _own_messages(self) -> None:
        """The questions, reminders and replies to approve among one's direct messages."""
        mine = self.team.slack.dm(self.person)[-LATEST:]
        asking = [one for one in mine if {"answer", "tell_back", "done", "approve"} & set(one.button_ids)]
        if not asking:
            return
        message = self.die.choice(asking)
        case = case_of(message)
        if case is None:
            return
        if "approve" in message.button_ids:
            await self._read_first(message, case)
        elif "answer" in message.button_ids:
            await self._asked(message, case)
        elif "tell_back" in message.button_ids:
            token = self.team.token()
            told = {"text": f"Since Monday. {token}"}
            await self.fill(message, case, "tell_back", ("tell_back", None), told, token)
        elif self.die.random() < 0.6:
            await self.click(message, "done")
        else:
            await self._promise(message, case, "not_yet", None)

    async def _come_and_go(self) -> None:
        """Away for a while, or back; who is on call reads what waited."""
        text = self.die.choice(("away 2 hours", "away 2 hours transfer", "back", "back"))
        self.team.record.doings[f"/desk {text}"] += 1
        await self.team.slack.command(self.person, MAIN, "/desk", text)

    # Doing

    async def click(self, message: Message, action: str, option: str | None = None) -> bool:
        """Returns whether it was acked."""
        slack = self.team.slack
        if slack.modals(self.person):
            await slack.close_modal(self.person, everything=True)
        if option is not None and action == "more":
            option = next((value for value in options_of(message) if value.startswith(f"{option}:")), None)
            if option is None:
                raise LookupError
        self.team.record.doings["clicks"] += 1
        ack = await slack.click(self.person, message.channel, message.ts, action, option=option)
        return ack.ok

    async def fill(
        self, message: Message, case: int, kind: str, opens: tuple[str, str | None], values: dict[str, Any],
        token: str = "",
    ) -> None:  # fmt: skip
        """Open a modal and send it off; `opens` is the button, or `more` and its option."""
        if not await self.click(message, *opens):
            return
        view = await self._modal(kind, case)
        if view is None:
            return
        await self._send_off(kind, case, values, values, token)

    async def _send_off(
        self, kind: str, case: int, values: dict[str, Any], typed: dict[str, Any], token: str = ""
    ) -> None:
        """Submit the open modal with what is `typed`; on record stand the `values`."""
        submission = Submission(kind, case, self.person, values, token)
        self.team.record.submissions.append(submission)  # before it is sent: the run may end meanwhile
        ack = await self.team.slack.submit(self.person, typed)
        submission.acked = ack.ok and not ack.errors and ack.payload.get("response_action") != "update"
        doing = "submissions acked" if submission.acked else "submissions not acked"
        self.team.record.doings[doing] += 1

    async def _modal(self, kind: str, case: int) -> View | None:
        until = now() + MODAL_SECONDS
        while now() < until:
            view = self.team.slack.modal(self.person)
            if view and view.callback_id == kind and json.loads(view.private_metadata).get("case") == case:
                return view
            await asyncio.sleep(0.03)
        return None

    async def claim(self, card: Message, _case: int) -> None:
        """Alone, or several at the same moment."""
        rivals = [self.person]
        if self.die.random() < 0.35:
            rivals += self.die.sample(self.team.agents, 3)
            self.team.record.doings["races for a case"] += 1
        clicks = [self.team.slack.click(one, card.channel, card.ts, "claim") for one in dict.fromkeys(rivals)]
        self.team.record.doings["clicks"] += len(clicks)
        await asyncio.gather(*clicks, return_exceptions=True)

    async def reply(self, card: Message, case: int) -> None:
        """Written, looked at in the preview, and sent."""
        values = {"text": self.die.choice(REPLIES)}
        if (case, self.person) in self.team.record.typed and self.die.random() < 0.7:
            return  # left for later
        if not await self.click(card, "reply") or await self._modal("reply", case) is None:
            return
        self.team.record.answered.add((case, self.person))
        previewed = await self.team.slack.submit(self.person, values)
        if previewed.ok and await self._modal("preview", case) is not None:
            await self._send_off("reply", case, values, {})

    async def draft(self, card: Message, case: int) -> None:
        """Typed, and left for later."""
        text = f"We are sorry. I will ask {self.team.token()}"
        if (case, self.person) in self.team.record.answered:
            return
        if not await self.click(card, "reply") or await self._modal("reply", case) is None:
            return
        heard = await self.team.slack.type(self.person, "text", text)
        await self.team.slack.close_modal(self.person)
        self.team.record.typed.pop((case, self.person), None)
        if heard.ok:
            self.team.record.typed[case, self.person] = Typed(text, now())
        self.team.record.doings["drafts"] += 1

    async def undo(self, card: Message, case: int) -> None:
        self.team.record.answered.add((case, self.person))
        await self.click(card, "undo")

    async def withdraw(self, card: Message, _case: int) -> None:
        await self.click(card, "withdraw")

    async def _read_first(self, message: Message, case: int) -> None:
        """A colleague's reply waits: yes, no, or not quite like this."""
        lot = self.die.random()
        if lot < 0.6:
            await self.click(message, "approve")
        elif lot < 0.8:
            token = self.team.token()
            opens = ("send_back", None)
            await self.fill(message, case, "send_back", opens, {"reason": f"Kinder. {token}"}, token)
        elif await self.click(message, "edit_approve") and await self._modal("approve", case):
            self.team.record.answered.add((case, self.person))
            previewed = await self.team.slack.submit(self.person, {"text": self.die.choice(REPLIES)})
            if previewed.ok and await self._modal("approve_edited", case):
                await self._send_off("approve_edited", case, {}, {})

    async def escalate(self, card: Message, case: int) -> None:
        token = self.team.token()
        values: dict[str, Any] = {
            "expert": self.die.choice(EXPERTS),
            "question": f"What shall I say? {token}",
        }
        if self.die.random() < 0.25:
            values["others"] = [self.die.choice(EXPERTS)]
        await self.fill(card, case, "escalate", ("escalate", None), values, token)

    async def resolve(self, card: Message, case: int) -> None:
        opens = ("resolve", None) if "resolve" in card.button_ids else ("more", "resolve")
        await self.fill(card, case, "resolve", opens, {"reason": self.die.choice(("answered", "fixed"))})

    async def dismiss(self, card: Message, case: int) -> None:
        await self.fill(
            card, case, "dismiss", ("more", "dismiss"), {"reason": self.die.choice(("spam", "not_us"))}
        )

    async def transfer(self, card: Message, case: int) -> None:
        token = self.team.token()
        values = {"person": self.die.choice(self.team.agents), "note": token}
        await self.fill(card, case, "transfer", ("more", "transfer"), values, token)

    async def follow_up(self, card: Message, case: int) -> None:
        await self._promise(card, case, "more", "follow_up")

    async def _promise(self, message: Message, case: int, action: str, option: str | None) -> None:
        token = self.team.token()
        await self.fill(message, case, "follow_up", (action, option), {"note": token}, token)

    async def _asked(self, message: Message, case: int) -> None:
        """An expert answers, in the modal or below the question, asks back, wants more time, or passes."""
        lot, token = self.die.random(), self.team.token()
        text = f"Tell them this. {token}"
        if lot < 0.5:
            await self.fill(message, case, "answer", ("answer", None), {"text": text}, token)
        elif lot < 0.62:
            self.team.record.doings["answers below the question"] += 1
            await self.team.slack.write(self.person, message.channel, text, message.ts)
        elif lot < 0.75:
            asked = {"question": f"Since when? {token}"}
            await self.fill(message, case, "ask_back", ("ask_back", None), asked, token)
        elif lot < 0.82:
            await self.fill(message, case, "not_before", ("not_before", None), {})
        else:
            await self.click(message, "pass")

    async def release(self, card: Message, _case: int) -> None:
        await self.click(card, "more", "release")

    async def reopen(self, card: Message, _case: int) -> None:
        await self.click(card, "more", "reopen")

    async def area(self, card: Message, case: int) -> None:
        await self.click(card, "area", f"{self.die.choice([*AREAS, 'none'])}:{case}")

    async def priority(self, card: Message, case: int) -> None:
        await self.click(card, "priority", f"{self.die.choice(('urgent', 'high', 'normal', 'low'))}:{case}")

    async def note(self, card: Message, case: int) -> None:
        """A message in the card's thread; whether Slack's event was acked decides what may be asked of it."""
        text = f"between us: {self.team.token()}"
        message, ack = await self.team.slack.write_and_hear(self.person, card.channel, text, card.ts)
        if message.thread_ts:  # under a card that is gone it is no note
            self.team.record.notes.append(Note(message.ts, case, self.person, text, ack.ok, now()))
            self.team.record.doings["notes"] += 1

    async def look(self, card: Message, _case: int) -> None:
        await self.team.slack.react(self.person, card.channel, card.ts, "eyes")

    async def remove(self, card: Message, _case: int) -> None:
        """The card is deleted by hand."""
        self.team.record.removed_by_hand.add((card.channel, card.ts))
        self.team.record.doings["cards deleted by hand"] += 1
        await self.team.slack.delete_message(self.person, card.channel, card.ts)

    async def settle(self, card: Message, _case: int) -> None:
        """Nobody knows whether the reply went out: half the people look on X and say so, half send again."""
        await self.click(card, "was_sent" if self.die.random() < 0.8 else "send_again")


# What is done, what a card must offer for it, and how often.
CHOICES: dict[str, tuple[str, float]] = {
    "claim": ("claim", 6),
    "reply": ("reply", 8),
    "draft": ("reply", 1),
    "undo": ("undo", 3),
    "withdraw": ("withdraw", 0.5),
    "escalate": ("escalate", 2),
    "resolve": ("resolve", 1.5),
    "dismiss": ("dismiss", 0.5),
    "transfer": ("transfer", 0.7),
    "follow_up": ("follow_up", 1.5),
    "release": ("release", 1),
    "reopen": ("reopen", 1),
    "area": ("area", 0.5),
    "priority": ("priority", 0.5),
    "note": ("details", 1),
    "look": ("claim", 0.5),
    "remove": ("details", 0.06),
    "settle": ("was_sent", 3),
}
# What one does to other people's cases too.
ANYBODYS = {"note", "remove", "reopen", "area", "priority", "transfer"}
DOINGS: dict[str, Doing] = {name: getattr(Hand, name) for name in CHOICES}
