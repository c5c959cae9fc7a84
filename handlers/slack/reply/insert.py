"""Putting words into an open reply modal, without losing what was typed."""

import json
from collections.abc import Sequence

from handlers.ports import Payload
from handlers.slack.chat import call
from handlers.slack.context import Click, Context, Window
from handlers.slack.inputs import inputs_of
from handlers.slack.views.blocks import Block


def typed(view: Payload) -> str:
    """The text in the field of an open modal."""
    return str(inputs_of(view).get("text") or "").strip()


async def insert(ctx: Context, click: Click, text: str, beneath: Sequence[Block] = ()) -> None:
    """Show this text in the field of the modal that was clicked in, and these blocks beneath it."""
    view = click.view
    await call(ctx.client.views_update, view_id=view["id"], view=_with_text(view, text, beneath))


def _with_text(view: Payload, text: str, beneath: Sequence[Block]) -> Payload:
    """An open modal with other words in its text field; `beneath` replaces blocks of the same id."""
    metadata = Window.of(view)
    metadata["inserted"] = metadata.get("inserted", 0) + 1
    kept = ("type", "callback_id", "title", "close", "submit", "notify_on_close")
    again = {name: view[name] for name in kept if view.get(name)}
    blocks: list[Block] = []
    new = {block["block_id"] for block in beneath}
    for block in view["blocks"]:
        if block.get("block_id") == "text":
            # Slack keeps what was typed in an input by its ids, and so shows a new initial value under a new id only.
            element = block["element"] | {"action_id": f"text_{metadata['inserted']}", "initial_value": text}
            blocks += [block | {"element": element}, *beneath]
        elif block.get("block_id") not in new:
            blocks.append(block)
    return again | {"blocks": blocks[:100], "private_metadata": json.dumps(metadata)}
