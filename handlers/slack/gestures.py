"""The door through which every gesture comes: acked, checked against its clicker, and answered if refused."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from sqlalchemy.exc import DBAPIError

from handlers import metrics
from handlers.problems import DoorProblem, NotDone, OutcomeUnknown, RateLimited
from handlers.slack.chat import call
from handlers.slack.context import Click, Context, Invalid, Next, Submission
from handlers.slack.inputs import inputs_of
from handlers.slack.views.blocks import with_sentence
from triage.errors import DeskError
from triage.i18n import _, speak, speaking
from triage.rights import Person, Role

log = structlog.get_logger()

# Slack waits 3 s for a submission's answer; ours carries errors, so it has to be on its way by then.
SUBMISSION_SECONDS = 2.0
NAME_SECONDS = 0.2
# Slack waits 3 s for an event's ack, and sends it again without one.
EVENT_SECONDS = 2.0
# Between the attempts at an event.
EVENT_PAUSES = (0.2, 1.0, 5.0)
# Nobody would notice that what was overheard got lost: it is tried for a minute.
OVERHEARD_PAUSES = (0.2, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)>")
_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")

Errors = dict[str, str]


@dataclass(slots=True)
class Tasks:
    """Listeners that go on after their ack; drained at the end."""

    running: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self.running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, DeskError | DoorProblem):
            log.error("listener_failed", exc_info=error)

    async def settle(self, seconds: float) -> None:
        """Wait for what runs now, not for what begins meanwhile."""
        if self.running:
            await asyncio.wait(set(self.running), timeout=seconds)

    async def drain(self, seconds: float) -> int:
        """Wait for what is running, and what begins meanwhile; returns how many still ran after `seconds`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self.running and (left := deadline - loop.time()) > 0:
            await asyncio.wait(set(self.running), timeout=left)
        return len(self.running)


class EventGivenUp(DoorProblem):
    """An event could not be handled; Slack sends it again."""


class NotTaken(Exception):
    """An event is not handled yet: Slack shall send it again."""


OnClick = Callable[[Context, Click], Awaitable[None]]
OnEvent = Callable[[Context, dict[str, Any]], Awaitable[None]]
OnOverheard = Callable[[Context, dict[str, Any], datetime], Awaitable[None]]
OnLookUp = Callable[[Context, dict[str, Any]], Awaitable[list[dict[str, Any]]]]
OnCommand = Callable[[Context, Person, dict[str, Any]], Awaitable[None]]
OnSubmit = Callable[[Context, Submission], Awaitable[Next | None]]


class Gestures:
    """Registers listeners: each acks, finds out who it was, and runs in a task of its own."""

    def __init__(self, app: AsyncApp, ctx: Context, tasks: Tasks) -> None:
        self.app, self.ctx, self.tasks = app, ctx, tasks
        self.menu: dict[str, OnClick] = {}
        self.from_home: OnClick | None = None

    def click(self, action_id: str, handler: OnClick) -> None:
        """A button. The same handler serves its place in the `more` menu."""
        self.menu[action_id] = handler

        async def listener(ack: Any, body: dict[str, Any]) -> None:
            with metrics.ack_seconds.labels("click").time():
                await ack()
            self.tasks.start(self._run(handler, body))

        self.app.action(action_id)(listener)

    def offer(self, action_id: str, handler: OnLookUp) -> None:
        """What stands below an external select while somebody types in it."""

        async def listener(ack: Any, body: dict[str, Any]) -> None:
            offered: list[dict[str, Any]] = []
            with suppress(DeskError, DoorProblem, DBAPIError, TimeoutError):
                await self.require_colleague(body)
                async with asyncio.timeout(SUBMISSION_SECONDS):
                    offered = await handler(self.ctx, body)
            await ack(options=offered)

        self.app.options(action_id)(listener)

    def typed(self, action_id: re.Pattern[str], handler: OnOverheard) -> None:
        """Typing in an input that tells of it."""
        self.app.action(action_id)(self._overhearing(handler))

    def closed(self, callback_id: str, handler: OnOverheard) -> None:
        """A modal closed without being sent off."""
        self.app.view_closed(callback_id)(self._overhearing(handler))

    def _overhearing(self, handler: OnOverheard) -> Callable[[Any, dict[str, Any]], Awaitable[None]]:
        async def listener(ack: Any, body: dict[str, Any]) -> None:
            at = self.ctx.desk.now()
            await ack()
            self.tasks.start(self._overhear(handler, body, at))

        return listener

    def more(self) -> None:
        """The overflow menu: its option names the gesture."""

        async def listener(ack: Any, body: dict[str, Any]) -> None:
            with metrics.ack_seconds.labels("click").time():
                await ack()
            chosen = _value(body["actions"][0]).split(":")[0]
            if chosen in self.menu:
                self.tasks.start(self._run(self.menu[chosen], body))

        self.app.action("more")(listener)

    def event(self, name: str, handler: OnEvent) -> None:
        """A Slack event of this workspace, acked once it is handled: what is not acked, Slack sends again.

        So a handler knows one that it has taken.
        """

        async def listener(ack: Any, body: dict[str, Any]) -> None:
            handling = self.tasks.start(self._happened(handler, body))
            await asyncio.wait({handling}, timeout=EVENT_SECONDS)
            if not handling.done() or handling.exception() is not None:
                raise NotTaken(name)  # a listener that returns is acked by Bolt
            await ack()

        self.app.event(name)(listener)

    def command(self, name: str, handler: OnCommand) -> None:
        async def listener(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            self.tasks.start(self._commanded(handler, body))

        self.app.command(name)(listener)

    def submit(self, callback_id: str, handler: OnSubmit, *, field_of_errors: str | None) -> None:
        """A modal's submission, acked after its commit: on failure the modal stays, with a sentence.

        `field_of_errors` is the input that a sentence stands beside; None: above all else, for it has no input.
        """

        async def listener(ack: Any, body: dict[str, Any]) -> None:
            metrics.clicks.labels(f"submit {callback_id}").inc()
            with metrics.ack_seconds.labels("submission").time():
                answer, following = await self._submitted(handler, body, field_of_errors)
                await ack(**answer)
            if following and following.how == "open" and following.view:
                self.tasks.start(self._open(following.view, body["trigger_id"]))

        self.app.view(callback_id)(listener)

    async def _open(self, view: dict[str, Any], trigger_id: str) -> None:
        await call(self.ctx.client.views_open, trigger_id=trigger_id, view=view)

    async def _run(self, handler: OnClick, body: dict[str, Any]) -> None:
        started = time.perf_counter()
        click = None
        await self._speak_with(body["user"]["id"])
        try:
            click = await self._click_of(body)
            await handler(self.ctx, click)
            if (body.get("view") or {}).get("type") == "home" and self.from_home:
                await self.from_home(self.ctx, click)
        except DeskError as refusal:
            await self._explain(click, body, str(refusal))
        except DoorProblem as problem:
            log.warning("gesture_failed", problem=str(problem), action=_action_of(body))
            await self._explain(click, body, str(problem))
        except DBAPIError as error:
            await self._explain(click, body, _database_trouble(error))
        finally:
            seconds = time.perf_counter() - started
            metrics.clicks.labels(_action_of(body)).inc()
            metrics.gesture_seconds.observe(seconds)
            log.debug("gesture", action=_action_of(body), ms=round(seconds * 1000, 1))

    async def _overhear(self, handler: OnOverheard, body: dict[str, Any], at: datetime) -> None:
        """Nobody waits for an answer: what goes wrong is told when they press something."""
        await self._speak_with(body["user"]["id"])
        for pause in (*OVERHEARD_PAUSES, None):
            try:
                await self.require_colleague(body)
                await handler(self.ctx, body, at)
            except DeskError as refusal:
                log.info("not_overheard", problem=type(refusal).__name__, kind=body.get("type"))
            except (DoorProblem, DBAPIError) as problem:
                log.info("overheard_waits", problem=type(problem).__name__, kind=body.get("type"))
                if pause is not None:
                    await asyncio.sleep(pause)
                continue
            return

    async def _happened(self, handler: OnEvent, body: dict[str, Any]) -> None:
        """While a door is shut an event is tried again; one given up is left to Slack, which has had no ack."""
        if body.get("team_id") != self.ctx.workspace.team_id:
            return
        for pause in EVENT_PAUSES:
            if await self._is_over(handler, body):
                return
            await asyncio.sleep(pause)
        if not await self._is_over(handler, body):
            raise EventGivenUp(body["event"].get("type"))

    async def _is_over(self, handler: OnEvent, body: dict[str, Any]) -> bool:
        """Whether an event was handled, or failed for good."""
        try:
            await handler(self.ctx, body)
        except (NotDone, OutcomeUnknown, RateLimited) as problem:
            log.warning("event_waits", problem=str(problem), event_type=body["event"].get("type"))
            return False
        except (DeskError, DoorProblem) as problem:
            log.warning("event_failed", problem=str(problem), event_type=body["event"].get("type"))
        except DBAPIError as error:
            log.warning("event_waits", problem=type(error).__name__, event_type=body["event"].get("type"))
            return False
        return True

    async def _commanded(self, handler: OnCommand, body: dict[str, Any]) -> None:
        await self._speak_with(body["user_id"])
        try:
            await self.require_colleague({"team_id": body["team_id"]})
            await handler(self.ctx, await self.ctx.directory.person(body["user_id"]), body)
        except (DeskError, DoorProblem) as problem:
            await self._explain(None, body | {"user": {"id": body["user_id"]}}, str(problem))
        except DBAPIError as error:
            await self._explain(None, body | {"user": {"id": body["user_id"]}}, _database_trouble(error))

    async def _click_of(self, body: dict[str, Any]) -> Click:
        await self.require_colleague(body)
        action = body["actions"][0]
        *choice, number = _value(action).rsplit(":", 1)
        return Click(
            person=await self.ctx.directory.person(body["user"]["id"]),
            action_id=action["action_id"],
            case_id=int(number) if number.isdigit() else 0,
            choice=choice[0] if choice else "",
            trigger_id=body.get("trigger_id", ""),
            body=body,
        )

    async def _speak_with(self, slack: str) -> None:
        """From here on in their language, in this task and those it begins."""
        speak(await self._language_of(slack))

    async def _language_of(self, slack: str) -> str:
        """The desk's own while Slack is slow."""
        with suppress(TimeoutError, DoorProblem):
            async with asyncio.timeout(NAME_SECONDS):
                return await self.ctx.directory.language_of(slack)
        return self.ctx.desk.policy.desk.staff_language

    async def require_colleague(self, body: dict[str, Any]) -> None:
        """Only this workspace's people: a shared channel shows the card to others too."""
        user = body.get("user") or {}
        team = user.get("team_id") or (body.get("team") or {}).get("id") or body.get("team_id")
        if team != self.ctx.workspace.team_id:
            raise DeskError(
                _("Only people of the {team} workspace can work on this desk.").format(
                    team=self.ctx.workspace.team
                )
            )

    async def _explain(self, click: Click | None, body: dict[str, Any], sentence: str) -> None:
        told = click or Click(_nobody(body), "", 0, "", "", body)
        try:
            await self.ctx.tell(told, sentence)
        except DoorProblem as problem:
            log.warning("could_not_explain", problem=str(problem), sentence=sentence)

    async def _submit(self, handler: OnSubmit, body: dict[str, Any], led_to: list[Next]) -> None:
        view = body["view"]
        await self.require_colleague(body)
        submission = Submission(
            person=await self.ctx.directory.person(body["user"]["id"]),
            metadata=json.loads(view.get("private_metadata") or "{}"),
            inputs=inputs_of(view),
            body=body,
        )
        following = await handler(self.ctx, submission)
        if following is not None:
            led_to.append(following)

    async def _in_time(self, work: Coroutine[Any, Any, None]) -> None:
        """Raise TimeoutError when it takes too long. What is cut off may take long to be undone: Slack can't wait."""
        task = self.tasks.start(work)
        await asyncio.wait({task}, timeout=SUBMISSION_SECONDS)
        if not task.done():
            task.cancel()
            raise TimeoutError
        await task

    async def _submitted(
        self, handler: OnSubmit, body: dict[str, Any], field_of_errors: str | None
    ) -> tuple[dict[str, Any], Next | None]:
        """What the ack says, and what follows it."""
        with speaking(await self._language_of(body["user"]["id"])):
            return await self._answered(handler, body, field_of_errors)

    async def _answered(
        self, handler: OnSubmit, body: dict[str, Any], field_of_errors: str | None
    ) -> tuple[dict[str, Any], Next | None]:
        led_to: list[Next] = []
        errors = await self._errors_of(self._submit(handler, body, led_to), field_of_errors or "")
        if errors and field_of_errors is None:
            return Next(with_sentence(body["view"], *errors.values()), "update").answer, None
        if errors:
            return {"response_action": "errors", "errors": errors}, None
        following = led_to[0] if led_to else None
        return (following.answer if following else {}), following

    async def _errors_of(self, submission: Coroutine[Any, Any, None], field_of_errors: str) -> Errors:
        try:
            await self._in_time(submission)
        except Invalid as fault:
            return {fault.block_id: await self._in_plain_text(str(fault))}
        except (DeskError, DoorProblem) as refusal:
            return {field_of_errors: await self._in_plain_text(str(refusal))}
        except TimeoutError:
            return {
                field_of_errors: _(
                    "That took too long, so it may not have counted. Look at the card, then try again."
                )
            }
        except DBAPIError as error:
            return {field_of_errors: _database_trouble(error)}
        return {}

    async def _in_plain_text(self, sentence: str) -> str:
        """Errors beside a field know no markup: people by their names, dates as their fallback reads."""
        for slack in set(_PERSON.findall(sentence)):
            sentence = sentence.replace(f"<@{slack}>", await self._name_of(slack))
        return _DATE.sub(r"\1", sentence)

    async def _name_of(self, slack: str) -> str:
        try:
            async with asyncio.timeout(NAME_SECONDS):
                return (await self.ctx.directory.person(slack)).name
        except (TimeoutError, DoorProblem):
            return _("A colleague")


def _database_trouble(error: Exception) -> str:
    # Below its first line stand the statement and its values.
    log.error("database_error", error=str(error).splitlines()[0])
    return _("The desk's database did not answer, so nothing was done. Try again in a moment.")


def _value(action: dict[str, Any]) -> str:
    chosen = action.get("selected_option") or action
    return str(chosen.get("value") or "")


def _action_of(body: dict[str, Any]) -> str:
    return str((body.get("actions") or [{}])[0].get("action_id", ""))


def _nobody(body: dict[str, Any]) -> Person:
    return Person(str((body.get("user") or {}).get("id", "")), "", "?", Role.VIEWER)
