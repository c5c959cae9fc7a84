"""A whole desk for a test: the pretend Slack and X on loopback, and the real program between them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

import migrated
from bot.app import Mentiondesk
from bot.cli.try_out import demo_policy, demo_settings
from bot.clock import system_clock
from db.sql import tables
from demo.server import Playground
from demo.slack import Message
from demo.story import furnish
from demo.x import Post
from triage.policy import Policy, read

ANNA, MARCO, KASIA, LAURA = "U0ANNA", "U0MARCO", "U0KASIA", "U0LAURA"
MENTIONS, BILLING, NETWORK = "C0MENTIONS", "C0BILLING", "C0NETWORK"
CHANNELS = (MENTIONS, BILLING, NETWORK)
ROME = ZoneInfo("Europe/Rome")
# When every story begins, whatever day the machine has: on a Monday, at work, with three weeks ahead in which no
# country of the desk has a holiday and no clock changes.
BEGINS = datetime(2026, 9, 14, 10, tzinfo=ROME)
PATIENCE = 60.0  # a bound, no aim
# Where a scene's data are kept, if not in a file of its folder.
another_database: Callable[[], str] | None = None

DESK_TOML = (Path(__file__).parent.parent / "demo" / "desk.toml").read_text(encoding="utf-8")

# A story does not wait until what may be on its way is surely done.
SETTLE_SECONDS = 1.0


def policy_with(**changes: Any) -> Policy:
    """The demo's policy with some keys of [desk] (or whole sections) changed; no approvals, and nobody has duty."""
    policy = read(DESK_TOML)
    sections = {name: value for name, value in changes.items() if name in Policy.model_fields}
    keys = {name: value for name, value in changes.items() if name not in Policy.model_fields}
    raw = json.loads(policy.model_dump_json(exclude_unset=True))
    raw |= {"approval": None, "rota": []}
    raw["desk"] |= keys
    raw |= sections
    return Policy.model_validate(raw)


@dataclass
class Scene:
    """What a story needs: people's hands in Slack, customers' on X, and patience."""

    playground: Playground
    folder: Path
    policy: Policy
    settings: dict[str, str] = field(default_factory=dict)
    app: Mentiondesk | None = None

    @property
    def slack(self) -> Any:
        return self.playground.slack

    @property
    def x(self) -> Any:
        return self.playground.x

    def now(self) -> datetime:
        return self.playground.clock.now()

    def skip(self, **span: float) -> None:
        self.playground.clock.skip(timedelta(**span).total_seconds())

    async def start(self) -> Mentiondesk:
        more = {"X_POLL_SECONDS": "0.2", **self.settings}
        settings = demo_settings(self.playground.url, self.folder, **more)
        self.app = Mentiondesk(settings, self.policy, settle_seconds=SETTLE_SECONDS)
        await self.app.start()
        self.app.runner.poller.own_pause = 0.2
        return self.app

    async def stop(self) -> None:
        if self.app is not None:
            app, self.app = self.app, None
            await app.stop()

    # Customers

    def customer(self, handle: str = "anna_test", name: str = "", followers: int = 120) -> str:
        if self.x.find_profile(handle) is None:
            self.x.add_profile(handle, name or handle.replace("_", " ").title(), followers=followers)
        return handle

    def writes(self, text: str, *, handle: str = "anna_test", **post: Any) -> Post:
        return self.x.post(self.customer(handle), text, **post)

    # Cards

    def cards(self, channel: str | None = None) -> list[Message]:
        """Live root messages in the desk's channels."""
        return [
            message for one in ([channel] if channel else CHANNELS) for message in self.slack.messages(one)
        ]

    async def card(self, saying: str, *, channel: str | None = None, within: float | None = None) -> Message:
        """The live card that shows these words, once it stands."""
        return await self.eventually(
            lambda: next((card for card in self.cards(channel) if saying in card.plain), None),
            f"a card “{saying}”",
            within=within,
        )

    def again(self, card: Message) -> Message:
        """The same message as it is now."""
        found = self.slack.message(card.channel, card.ts)
        assert found is not None, "the card is gone"
        return found

    async def shows(self, card: Message, words: str) -> Message:
        """Wait until the card shows these words."""
        await self.eventually(
            lambda: words in self.again(card).plain, f"“{words}” on the card", lambda: self.again(card).plain
        )
        return self.again(card)

    async def lacks(self, card: Message, words: str) -> Message:
        await self.eventually(lambda: words not in self.again(card).plain, f"no “{words}” on the card")
        return self.again(card)

    # Hands

    async def click(self, person: str, card: Message, action: str, option: str | None = None) -> Any:
        """Press a button, or choose `option` (`gesture:case` or the part before the colon) of a menu."""
        card = self.again(card)
        if option is not None and ":" not in option:
            option = next(value for value in option_values(card) if value.startswith(f"{option}:"))
        return await self.slack.click(person, card.channel, card.ts, action, option=option)

    async def opens(self, person: str, card: Message, action: str, option: str | None = None) -> Any:
        """Click what opens a modal, and wait for it."""
        await self.click(person, card, action, option)
        return await self.modal(person)

    async def modal(self, person: str) -> Any:
        return await self.eventually(lambda: self.slack.modal(person), f"a modal for {person}")

    async def claim(self, person: str, card: Message) -> Message:
        await self.click(person, card, "claim")
        return await self.shows(card, f"With <@{person}>")

    async def reply(self, person: str, card: Message, text: str) -> Any:
        await self.opens(person, card, "reply")
        return await self.sends(person, text)

    async def sends(self, person: str, text: str) -> Any:
        """Write into the open reply modal, and send from the preview."""
        ack = await self.slack.submit(person, {"text": text})
        return await self.slack.submit(person) if ack.ok else ack

    async def previews(self, person: str, text: str) -> Any:
        """Write into the open reply modal, and look at the preview."""
        assert (await self.slack.submit(person, {"text": text})).ok
        return await self.modal(person)

    async def told(self, person: str, words: str) -> Message:
        """Wait for an ephemeral or direct message with these words."""
        return await self.eventually(
            lambda: next((one for one in self.heard(person) if words in one.plain), None),
            f"“{words}” told to {person}",
            lambda: [one.plain for one in self.heard(person)],
        )

    def heard(self, person: str) -> list[Message]:
        return [*self.slack.ephemerals(person), *self.slack.dm(person)]

    def refusals(self, method: str) -> list[Any]:
        """The calls of a Web API method that Slack refused."""
        return [call for call in self.slack.calls if call.method == method and call.outcome != "ok"]

    # X

    def ours(self, account: str = "acme_help") -> list[Post]:
        """What the brand has posted through the API, oldest first."""
        return [post for post in self.x.posts(account) if post.source_by_api]

    async def said(self, words: str, account: str = "acme_help") -> Post:
        return await self.eventually(
            lambda: next((post for post in self.ours(account) if words in post.text), None), f"“{words}” on X"
        )

    # Patience and truth

    async def eventually(
        self,
        look: Callable[[], Any],
        what: str,
        seen: Callable[[], Any] | None = None,
        *,
        within: float | None = None,
    ) -> Any:
        """Wait until `look` finds something; fails after PATIENCE seconds, saying what it waited for."""
        deadline = asyncio.get_running_loop().time() + (PATIENCE if within is None else within)
        while not (found := look()):
            shown = f"; seen: {seen()}" if seen else ""
            assert asyncio.get_running_loop().time() < deadline, f"waited in vain for {what}{shown}"
            await asyncio.sleep(0.02)
        return found

    async def quiet(self) -> None:
        """Wait until nothing is left to deliver."""
        assert self.app is not None

        async def live() -> int:
            async with self.app.desk.database.read() as connection:
                rows = await connection.execute(
                    select(tables.deliveries.c.id).where(
                        tables.deliveries.c.state.in_(["pending", "sending", "unknown"])
                    )
                )
                return len(rows.all())

        for _ in range(int(PATIENCE / 0.05)):
            if not await live():
                return
            await asyncio.sleep(0.05)
        raise AssertionError("deliveries are left over")

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        assert self.app is not None
        async with self.app.desk.database.read() as connection:
            in_order = select(table).order_by(*table.primary_key.columns)
            return [dict(row._mapping) for row in await connection.execute(in_order)]

    async def events(self, what: str | None = None) -> list[dict[str, Any]]:
        return [event for event in await self.rows(tables.events) if what is None or event["what"] == what]

    async def case(self) -> dict[str, Any]:
        """The only case there is."""
        (only,) = await self.rows(tables.cases)
        return only

    async def recorded(self, what: str, times: int = 1) -> list[dict[str, Any]]:
        """Wait until the history has so many events of this kind."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while len(found := await self.events(what)) < times:
            assert asyncio.get_running_loop().time() < deadline, (
                f"waited in vain for the event {what}; seen: {[event['what'] for event in await self.events()]}"
            )
            await asyncio.sleep(0.02)
        return found

    async def put_off(self, why: str) -> None:
        """Wait until a delivery waits for this reason."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while why not in (reasons := [row["problem"] for row in await self.rows(tables.deliveries)]):
            assert asyncio.get_running_loop().time() < deadline, f"nothing waits {why!r}; seen: {reasons}"
            await asyncio.sleep(0.02)

    async def drafted(self, text: str) -> None:
        """Wait until a draft with exactly this text is kept."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while text not in (kept := [row["text"] for row in await self.rows(tables.drafts)]):
            assert asyncio.get_running_loop().time() < deadline, f"no draft {text!r}; kept: {kept}"
            await asyncio.sleep(0.02)

    async def taken(self, text: str, by: str = ANNA, **post: Any) -> Message:
        """A customer writes and somebody claims the case; returns its card."""
        self.writes(text, **post)
        return await self.claim(by, await self.card(text.removeprefix("@acme_help ")))

    async def chooses(
        self, person: str, card: Message, gesture: str, values: dict[str, object] | None = None
    ) -> Any:
        """Choose a gesture of the card's menu and send off its modal."""
        await self.opens(person, card, "more", gesture)
        return await self.slack.submit(person, values or {})


def option_values(card: Message) -> list[str]:
    """The values of every option on a card."""
    found: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            found.extend(option["value"] for option in part.get("options", ()) if "value" in option)
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(card.blocks)
    return found


def set_clock(offset_file: Path, at: datetime = BEGINS) -> None:
    """Let the clock of a new story start there; a second scene in the same folder goes on with the first one's."""
    if not offset_file.exists():
        offset_file.write_text(f"{(at - system_clock()).total_seconds():.6f}")


async def a_desks_database(folder: Path, policy: Policy) -> str:
    """In a file of the scene's folder, which a second scene there goes on with; or on the server that was chosen."""
    if another_database is not None:
        return another_database()
    file = folder / "mentiondesk.db"
    if file.exists():
        return f"sqlite+aiosqlite:///{file}"
    if policy.desk.languages != demo_policy().desk.languages:  # it begins with other saved replies
        return await migrated.a_file(file)
    return await migrated.a_begun_file(file, BEGINS)


@asynccontextmanager
async def a_scene(
    folder: Path,
    *,
    policy: Policy | None = None,
    started: bool = True,
    post_rate: float | None = None,
    **settings: str,
) -> AsyncIterator[Scene]:
    """A furnished playground with a running desk, on the Monday that stories begin; both stop at the end."""
    set_clock(folder / "clock")
    policy = policy or policy_with(undo_seconds=0)
    async with Playground(port=0, offset_file=folder / "clock", post_rate=post_rate) as playground:
        furnish(playground)
        # Tests poll many times a second: the spreading of calls has tests of its own.
        playground.x.limits.clear()
        if "DATABASE_URL" not in settings:
            settings["DATABASE_URL"] = await a_desks_database(folder, policy)
        scene = Scene(playground, folder, policy, settings)
        try:
            if started:
                await scene.start()
            yield scene
        finally:
            await scene.stop()
    await nothing_is_left_running()


async def nothing_is_left_running() -> None:
    """What still runs can be cancelled; a task that can't would hang the test's end."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        _ended, stuck = await asyncio.wait(left, timeout=10)
        assert not stuck, [(task.get_name(), task.get_coro(), task.get_stack()) for task in stuck]
