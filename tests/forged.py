"""Presses and windows that no card of today offers, sent off as Slack sends them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from demo.slack import Message
from scene import MENTIONS, Scene

MOST_BUTTONS = 25


def button(action_id: str, value: str) -> dict[str, Any]:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": action_id},
        "action_id": action_id,
        "value": value,
    }


def menu(action_id: str, *values: str) -> dict[str, Any]:
    options = [{"text": {"type": "plain_text", "text": value[:75]}, "value": value} for value in values]
    return {"type": "overflow", "action_id": action_id, "options": options}


def rows_of(elements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"type": "actions", "elements": list(elements[start : start + MOST_BUTTONS])}
        for start in range(0, len(elements), MOST_BUTTONS)
    ]


def an_input(block_id: str = "text", **element: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "optional": True,
        "label": {"type": "plain_text", "text": block_id},
        "element": {"type": "plain_text_input", "action_id": block_id} | element,
    }


@dataclass
class Forger:
    """Draws with the app's own token, as another version of it would have."""

    scene: Scene
    client: AsyncWebClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = AsyncWebClient(
            self.scene.slack.app.bot_token, base_url=self.scene.slack.api_url, retry_handlers=[]
        )

    async def posts(self, *elements: dict[str, Any]) -> Message:
        """A message with these buttons that the desk knows nothing of."""
        sent = await self.client.chat_postMessage(channel=MENTIONS, text="forged", blocks=rows_of(elements))
        found = self.scene.slack.message(MENTIONS, sent["ts"])
        assert found is not None
        return found

    async def draws_over(self, card: Message, *elements: dict[str, Any]) -> None:
        """The card, as another version has drawn it."""
        await self.client.chat_update(
            channel=card.channel, ts=card.ts, text="an old card", blocks=rows_of(elements)
        )

    async def draws_home(self, person: str, *elements: dict[str, Any]) -> None:
        await self.client.views_publish(user_id=person, view={"type": "home", "blocks": rows_of(elements)})

    def opens(self, person: str, callback_id: str, metadata: object, *blocks: dict[str, Any]) -> None:
        """A window before somebody's eyes, whoever opened it and when."""
        state = self.scene.slack._state
        state.drop_modals(person, everything=True)
        title = {"type": "plain_text", "text": "forged"}
        view = {"type": "modal", "callback_id": callback_id, "title": title, "submit": title}
        told = {"private_metadata": json.dumps(metadata), "notify_on_close": True}
        state.push_modal(person, state.drawn(view | told | {"blocks": list(blocks) or [an_input()]}))
