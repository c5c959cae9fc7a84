"""The door through which every gesture comes: acked, checked against its clicker, and answered if refused."""

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from slack_bolt.async_app import AsyncApp
from sqlalchemy.exc import DBAPIError

from handlers import metrics
from handlers.ports import Payload
from handlers.problems import DoorProblem, NotDone, OutcomeUnknown, RateLimited
from handlers.slack import doors, other_version
from handlers.slack.chat import call
from handlers.slack.context import NUMBER, Click, Context, Invalid, Next, OtherVersion, Submission, Window
from handlers.slack.doors import Need, Of
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

    def start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
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


# Bolt hands each listener one; its answers differ by what was pressed.
Ack = Callable[..., Awaitable[object]]
OnClick = Callable[[Context, Click], Awaitable[None]]
OnEvent = Callable[[Context, Payload], Awaitable[None]]
OnOverheard = Callable[[Context, Payload, datetime], Awaitable[None]]
OnLookUp = Callable[[Context, Payload], Awaitable[list[Payload]]]
OnCommand = Callable[[Context, Person, Payload], Awaitable[None]]
OnSubmit = Callable[[Context, Submission], Awaitable[Next | None]]


class Gestures:
    """Registers listeners: each acks, finds out who it was, and runs in a task of its own.

    The table of doors holds the need of each; a name that it lacks can't be registered.
    """

    def __init__(self, app: AsyncApp, ctx: Context, tasks: Tasks) -> None:
        self.app, self.ctx, self.tasks = app, ctx, tasks
        self.menu: dict[str, OnClick] = {}
        self.from_home: OnClick | None = None
        self._registered: dict[str, set[str]] = {table: set() for table in doors.TABLES}

    def click(self, action_id: str, handler: OnClick) -> None:
        """A button. The same handler serves its place in the `more` menu."""
        need = self._need("button", action_id)
        self.menu[action_id] = handler
        self.app.action(action_id)(self._pressing(lambda body: self._run(handler, need, body)))

    def more(self) -> None:
        """The overflow menu: its option names the gesture."""
        self._need("button", "more")
        self.app.action("more")(self._pressing(self._chosen))

    def link(self, action_id: str) -> None:
        """A button that Slack itself opens."""
        self._need("button", action_id)

        async def listener(ack: Ack) -> None:
            await ack()

        self.app.action(action_id)(listener)

    def others(self) -> None:
        """Buttons and windows of another version, registered last. Raises LookupError while a door has no listener."""
        missing = {
            f"{table} {name}"
            for table, needs in doors.TABLES.items()
            for name in needs.keys() - self._registered[table]
        }
        if missing:
            raise LookupError(f"nobody listens at {', '.join(sorted(missing))}")
        anything = re.compile(".*")
        self.app.action(anything)(self._pressing(self._pressed_of_another_version))
        self.app.view_submission(anything)(self._submitted_of_another_version)

    def _need(self, table: str, name: str) -> Need:
        self._registered[table].add(name)
        return doors.TABLES[table][name]

    def _pressing(
        self, run: Callable[[Payload], Coroutine[object, object, None]]
    ) -> Callable[[Ack, Payload], Awaitable[None]]:
        async def listener(ack: Ack, body: Payload) -> None:
            with metrics.ack_seconds.labels("click").time():
                await ack()
            self.tasks.start(run(body))

        return listener

    async def _chosen(self, body: Payload) -> None:
        gesture = _value(body["actions"][0]).split(":")[0]
        handler = self.menu.get(gesture, _of_another_version)
        await self._run(handler, doors.BUTTONS.get(gesture, doors.UNKNOWN), body)

    async def _pressed_of_another_version(self, body: Payload) -> None:
        await self._run(_of_another_version, doors.UNKNOWN, body)

    async def _submitted_of_another_version(self, ack: Ack, body: Payload) -> None:
        """The window stays, with all that was typed in it."""
        view = body["view"]
        with speaking(await self._language_of(body["user"]["id"])):
            await ack(**_kept_open(view, {next(iter(_inputs_in(view)), ""): str(OtherVersion())}))

    def offer(self, action_id: str, handler: OnLookUp) -> None:
        """The options of an external select, by what is typed in it."""
        need = self._need("look-up", action_id)

        async def listener(ack: Ack, body: Payload) -> None:
            offered: list[Payload] = []
            with suppress(DeskError, DoorProblem, DBAPIError, TimeoutError):
                async with asyncio.timeout(SUBMISSION_SECONDS):
                    need.require(await self._colleague(body))
                    offered = await handler(self.ctx, body)
            await ack(options=offered)

        self.app.options(action_id)(listener)

    def typed(self, name: str, handler: OnOverheard) -> None:
        """Typing in an input that tells of it; it has another number each time that words were put into it."""
        need = self._need("input", name)
        self.app.action(re.compile(rf"^{name}(_\d+)?$"))(self._overhearing(handler, need))

    def closed(self, callback_id: str, handler: OnOverheard) -> None:
        """A modal closed without being sent off."""
        need = self._need("closed window", callback_id)
        self.app.view_closed(callback_id)(self._overhearing(handler, need))

    def _overhearing(self, handler: OnOverheard, need: Need) -> Callable[[Ack, Payload], Awaitable[None]]:
        async def listener(ack: Ack, body: Payload) -> None:
            at = self.ctx.desk.now()
            await ack()
            self.tasks.start(self._overhear(handler, need, body, at))

        return listener

    def event(self, name: str, handler: OnEvent) -> None:
        """A Slack event of this workspace, acked once it is handled: what is not acked, Slack sends again.

        So a handler knows one that it has taken.
        """

        async def listener(ack: Ack, body: Payload) -> None:
            handling = self.tasks.start(self._happened(handler, body))
            await asyncio.wait({handling}, timeout=EVENT_SECONDS)
            if not handling.done() or handling.exception() is not None:
                raise NotTaken(name)  # a listener that returns is acked by Bolt
            await ack()

        self.app.event(name)(listener)

    def command(self, name: str, handler: OnCommand) -> None:
        """A slash command, with each of its words that the table knows."""
        for known in doors.COMMANDS:
            if known.split(" ")[0] == name:
                self._need("command", known)

        async def listener(ack: Ack, body: Payload) -> None:
            await ack()
            self.tasks.start(self._commanded(handler, body))

        self.app.command(name)(listener)

    def submit(self, callback_id: str, handler: OnSubmit, *, field_of_errors: str | None) -> None:
        """A modal's submission, acked after its commit: on failure the modal stays, with a sentence.

        `field_of_errors` is the input that a sentence is beside; None: above all else, for it has no input.
        """
        need = self._need("window", callback_id)

        async def listener(ack: Ack, body: Payload) -> None:
            metrics.clicks.labels(f"submit {callback_id}").inc()
            with metrics.ack_seconds.labels("submission").time():
                answer, following = await self._submitted(handler, need, body, field_of_errors)
                await ack(**answer)
            if following and following.how == "open" and following.view:
                self.tasks.start(self._open(following.view, body["trigger_id"]))

        self.app.view(callback_id)(listener)

    async def _open(self, view: Payload, trigger_id: str) -> None:
        await call(self.ctx.client.views_open, trigger_id=trigger_id, view=view)

    async def _run(self, handler: OnClick, need: Need, body: Payload) -> None:
        started, action = time.perf_counter(), _action_of(body)
        click = None
        await self._speak_with(body["user"]["id"])
        try:
            click = await self._click_of(body)
            await self._handle(handler, need, click)
        except Exception as error:  # noqa: BLE001 - whoever pressed waits for a sentence
            await self._explain(click, body, _in_words(error, action))
        finally:
            seconds = time.perf_counter() - started
            metrics.clicks.labels(action if action in doors.BUTTONS else "unknown").inc()
            metrics.gesture_seconds.observe(seconds)
            log.debug("gesture", action=action, ms=round(seconds * 1000, 1))

    async def _handle(self, handler: OnClick, need: Need, click: Click) -> None:
        """Through the door; what was pressed in another version is drawn again, and so is Home after each press."""
        sentence = ""
        try:
            need.require(click.person)
            if need.of is not Of.NOTHING and not click.case_id:
                raise OtherVersion
            await handler(self.ctx, click)
        except OtherVersion:
            sentence = await other_version.draw_again(self.ctx, click)
        if click.in_home and self.from_home:
            await self.from_home(self.ctx, click)
        if sentence:
            await self.ctx.tell(click, sentence)

    async def _overhear(self, handler: OnOverheard, need: Need, body: Payload, at: datetime) -> None:
        """Nobody waits for an answer: what goes wrong is told when they press something."""
        await self._speak_with(body["user"]["id"])
        for pause in (*OVERHEARD_PAUSES, None):
            try:
                need.require(await self._colleague(body))
                await handler(self.ctx, body, at)
            except DeskError as refusal:
                log.info("not_overheard", problem=type(refusal).__name__, kind=body.get("type"))
            except (DoorProblem, DBAPIError) as problem:
                log.info("overheard_waits", problem=type(problem).__name__, kind=body.get("type"))
                if pause is not None:
                    await asyncio.sleep(pause)
                continue
            return

    async def _happened(self, handler: OnEvent, body: Payload) -> None:
        """While a door is shut an event is tried again; one given up is left to Slack, which has had no ack."""
        if body.get("team_id") != self.ctx.workspace.team_id:
            return
        for pause in EVENT_PAUSES:
            if await self._is_over(handler, body):
                return
            await asyncio.sleep(pause)
        if not await self._is_over(handler, body):
            raise EventGivenUp(body["event"].get("type"))

    async def _is_over(self, handler: OnEvent, body: Payload) -> bool:
        """True if an event was handled, or failed for good."""
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

    async def _commanded(self, handler: OnCommand, body: Payload) -> None:
        by = body | {"user": {"id": body["user_id"]}}
        await self._speak_with(body["user_id"])
        try:
            person = await self._colleague(by)
            doors.command_need(body["command"], body.get("text") or "").require(person)
            await handler(self.ctx, person, body)
        except Exception as error:  # noqa: BLE001 - whoever wrote it waits for a sentence
            await self._explain(None, by, _in_words(error, body["command"]))

    async def _click_of(self, body: Payload) -> Click:
        action = body["actions"][0]
        choice, number = _parsed(_value(action))
        return Click(
            person=await self._colleague(body),
            action_id=action["action_id"],
            case_id=number,
            choice=choice,
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

    async def _colleague(self, body: Payload) -> Person:
        """Only this workspace's people: a shared channel shows the card to others too."""
        user = body.get("user") or {}
        team = user.get("team_id") or (body.get("team") or {}).get("id") or body.get("team_id")
        if team != self.ctx.workspace.team_id:
            raise DeskError(
                _("Only people of the {team} workspace can work on this desk.").format(
                    team=self.ctx.workspace.team
                )
            )
        return await self.ctx.directory.person(user["id"])

    async def _explain(self, click: Click | None, body: Payload, sentence: str) -> None:
        told = click or Click(_nobody(body), "", 0, "", "", body)
        try:
            await self.ctx.tell(told, sentence)
        except DoorProblem as problem:
            log.warning("could_not_explain", problem=str(problem), sentence=sentence)

    async def _submit(self, handler: OnSubmit, need: Need, body: Payload, led_to: list[Next]) -> None:
        person, view = await self._colleague(body), body["view"]
        need.require(person)
        submission = Submission(person, Window.of(view), inputs_of(view), body)
        following = await handler(self.ctx, submission)
        if following is not None:
            led_to.append(following)

    async def _in_time(self, work: Coroutine[object, object, None]) -> None:
        """Raise TimeoutError when it takes too long. What is cut off may take long to be undone: Slack can't wait."""
        task = self.tasks.start(work)
        await asyncio.wait({task}, timeout=SUBMISSION_SECONDS)
        if not task.done():
            task.cancel()
            raise TimeoutError
        await task

    async def _submitted(
        self, handler: OnSubmit, need: Need, body: Payload, field_of_errors: str | None
    ) -> tuple[Payload, Next | None]:
        """The content of the ack, and the view that follows."""
        led_to: list[Next] = []
        with speaking(await self._language_of(body["user"]["id"])):
            submission = self._submit(handler, need, body, led_to)
            errors = await self._errors_of(submission, field_of_errors or "", body["view"]["callback_id"])
        if errors:
            return _kept_open(body["view"], errors), None
        following = led_to[0] if led_to else None
        return (following.answer if following else {}), following

    async def _errors_of(
        self, submission: Coroutine[object, object, None], field_of_errors: str, window: str
    ) -> Errors:
        try:
            await self._in_time(submission)
        except Invalid as fault:
            return {fault.block_id: await self._in_plain_text(str(fault))}
        except TimeoutError:
            return {
                field_of_errors: _(
                    "That took too long, so it may not have counted. Look at the card, then try again."
                )
            }
        except Exception as error:  # noqa: BLE001 - the window stays, with a sentence
            return {field_of_errors: await self._in_plain_text(_in_words(error, f"submit {window}"))}
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


async def _of_another_version(_ctx: Context, _click: Click) -> None:
    raise OtherVersion


def _in_words(error: Exception, doing: str) -> str:
    """An error in words for the person who waits; an unforeseen one is logged under the number that they read."""
    match error:
        case DeskError():
            return str(error)
        case DoorProblem():
            log.warning("gesture_failed", problem=str(error), action=doing)
            return str(error)
        case DBAPIError():
            # Below its first line stand the statement and its values.
            log.error("database_error", error=str(error).splitlines()[0])
            return _("The desk's database did not answer, so nothing was done. Try again in a moment.")
    reference = secrets.token_hex(4)
    log.error("unforeseen", reference=reference, action=doing, exc_info=error)
    return _(
        "Something went wrong that nobody foresaw, so it may not have counted. Look at the card, then try again. "
        "If it goes on, tell whoever runs Mentiondesk this number: {reference}."
    ).format(reference=reference)


def _kept_open(view: Payload, errors: Errors) -> Payload:
    """Answers that a window stays as it is: with sentences beside its inputs, or above all else."""
    if errors.keys() <= set(_inputs_in(view)):
        return {"response_action": "errors", "errors": errors}
    return Next(with_sentence(view, " ".join(errors.values())), "update").answer


def _inputs_in(view: Payload) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def _parsed(value: str) -> tuple[str, int]:
    """`choice:number`, or the number alone; 0 where there is none."""
    choice, _colon, number = value.rpartition(":")
    return choice, int(number) if NUMBER.fullmatch(number) else 0


def _value(action: Payload) -> str:
    chosen = action.get("selected_option") or action
    return str(chosen.get("value") or "")


def _action_of(body: Payload) -> str:
    return str((body.get("actions") or [{}])[0].get("action_id", ""))


def _nobody(body: Payload) -> Person:
    return Person(str((body.get("user") or {}).get("id", "")), "", "?", Role.VIEWER)
