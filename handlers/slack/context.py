"""The arguments of a gesture: who did what, and the context it works in."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, NoReturn, Self, TypeVar

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.desk.reading.case import case_of
from handlers.desk.work import Desk
from handlers.ports import Network, Payload
from handlers.slack.chat import call
from handlers.slack.directory import Directory, Workspace
from handlers.slack.duty import Duty
from triage.cases.case import Case, Move
from triage.errors import DeskError
from triage.rights import Person, Role, require

T = TypeVar("T")

# A longer number is none of ours, and no database takes it.
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


class OtherVersion(DeskError):
    """This window is from another version of Mentiondesk. Copy what you typed, close it and open it again."""


@dataclass(frozen=True, slots=True)
class Click:
    """A button pressed or an option chosen. `choice` is the part of a menu option before the case id."""

    person: Person
    action_id: str
    case_id: int
    choice: str
    trigger_id: str
    body: Payload

    @property
    def response_url(self) -> str | None:
        return self.body.get("response_url")

    @property
    def in_home(self) -> bool:
        return (self.body.get("view") or {}).get("type") == "home"

    @property
    def view(self) -> Payload:
        """The window it was made in; raises OtherVersion when it was made elsewhere."""
        if "view" not in self.body:
            raise OtherVersion
        return dict(self.body["view"])

    def chosen(self, parse: Callable[[str], T]) -> T:
        """The choice, parsed; raises OtherVersion for one that this version does not know."""
        return _known(self.choice, parse)

    @property
    def in_a_list(self) -> bool:
        """True for a click in an answer to /desk, which is not redrawn."""
        return bool((self.body.get("container") or {}).get("is_ephemeral"))


class Window(Payload):
    """The metadata of a modal. Another version opened one that lacks a key, or can't be read: that raises OtherVersion."""

    @classmethod
    def of(cls, view: Payload) -> Self:
        try:
            return cls(json.loads(view.get("private_metadata") or "{}"))
        except (TypeError, ValueError):
            raise OtherVersion from None

    def number(self, name: str) -> int:
        """The number of a row."""
        number = str(self[name])
        if NUMBER.fullmatch(number) is None:
            raise OtherVersion
        return int(number)

    def __missing__(self, name: str) -> NoReturn:
        raise OtherVersion


@dataclass(frozen=True, slots=True)
class Submission:
    """A modal sent off: who, the metadata it was opened with, and its inputs by block_id."""

    person: Person
    metadata: Window
    inputs: Payload
    body: Payload

    @property
    def case_id(self) -> int:
        return self.metadata.number("case")

    def text(self, block_id: str) -> str:
        return str(self.inputs.get(block_id) or "")

    def chosen(self, block_id: str, parse: Callable[[str], T]) -> T:
        """The choice in an input, parsed; raises OtherVersion for one that this version does not know."""
        return _known(self.text(block_id), parse)


def _known(value: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(value)
    except ValueError:
        raise OtherVersion from None


class Invalid(DeskError):
    """A modal's input is no good: said beside its field."""

    def __init__(self, block_id: str, sentence: str) -> None:
        super().__init__(sentence)
        self.block_id = block_id


@dataclass(frozen=True, slots=True)
class Next:
    """The next view after a submission: on top of it, in its place, or by itself once all are closed."""

    view: Payload | None = None
    how: Literal["push", "update", "open"] = "open"

    @property
    def answer(self) -> Payload:
        """The content of the ack."""
        return (
            {"response_action": "clear"}
            if self.how == "open"
            else {"response_action": self.how, "view": self.view}
        )


@dataclass(frozen=True, slots=True)
class Context:
    """The context of a gesture: the desk, Slack, the people in it and the networks."""

    desk: Desk
    client: AsyncWebClient
    directory: Directory
    duty: Duty
    workspace: Workspace
    networks: dict[str, Network]

    async def case_for(self, click: Click, gesture: str) -> Case:
        """The case as it is, if that can be done to it and the clicker may: asked before a modal is opened."""
        case = await case_of(self.desk, click.case_id)
        require(click.person, gesture, case)
        if gesture in tuple(Move):
            case.after(Move(gesture))
        return case

    async def person(self, slack: str) -> Person:
        """Somebody as the desk sees them; who comes from another workspace may only look."""
        person = await self.directory.person(slack)
        if await self.directory.is_of(slack, self.workspace.team_id):
            return person
        return replace(person, role=Role.VIEWER)

    async def open(self, click: Click, view: Payload) -> str:
        """Open a modal, or push it when the click came from one. Returns the view's id."""
        from_modal = (click.body.get("view") or {}).get("type") == "modal"
        method = self.client.views_push if from_modal else self.client.views_open
        answer = await call(method, trigger_id=click.trigger_id, view=view)
        return str(answer["view"]["id"])

    async def tell(self, click: Click, text: str) -> None:
        """One sentence to the clicker alone."""
        if click.response_url:
            webhook = AsyncWebhookClient(click.response_url, session=self.client.session, timeout=10)
            await call(webhook.send, text=text, response_type="ephemeral", replace_original=False)
            return
        await self.tell_person(click.person.slack, text)

    async def tell_person(self, slack: str, text: str) -> None:
        channel = (await call(self.client.conversations_open, users=slack))["channel"]["id"]
        await call(self.client.chat_postMessage, channel=channel, text=text)
