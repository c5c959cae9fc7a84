"""Acts of a person on the page: one function for each POST below /demo/."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from demo.server import Playground
    from demo.slack import Ack, Message

Body = dict[str, Any]
Doing = Callable[["Playground", Body], Awaitable[Body]]

DESK_ZONE = ZoneInfo("Europe/Rome")


class BadRequestError(Exception):
    """The request lacks something or says something the page does not understand."""


async def click(playground: Playground, body: Body) -> Body:
    """A button, menu or picker of a message; `ephemeral` is the ts of an "only visible to you" one."""
    me, channel = _word(body, "me"), _word(body, "channel")
    ephemeral = _ephemeral(playground, me, body["ephemeral"]) if body.get("ephemeral") else None
    return _answer(
        await playground.slack.click(
            me,
            channel,
            _word(body, "ts"),
            _word(body, "action_id"),
            option=_option(body),
            in_ephemeral=ephemeral,
            block_id=_maybe(body, "block_id"),
        )
    )


async def suggest(playground: Playground, body: Body) -> Body:
    """Typing in a menu whose options come from the app: in a message, in Home, else in the modal."""
    me = _word(body, "me")
    found = await playground.slack.look_up(
        me,
        _word(body, "action_id"),
        _maybe(body, "typed") or "",
        message=_seen(playground, me, body) if body.get("ts") else None,
        home=body.get("home") is True,
        block_id=_maybe(body, "block_id"),
    )
    return {**_answer(found.ack), "options": found.options, "option_groups": found.groups}


async def modal_click(playground: Playground, body: Body) -> Body:
    return _answer(
        await playground.slack.click_modal(
            _word(body, "me"),
            _word(body, "action_id"),
            option=_option(body),
            block_id=_maybe(body, "block_id"),
        )
    )


async def modal_submit(playground: Playground, body: Body) -> Body:
    values = body.get("values", {})
    if not isinstance(values, dict):
        raise BadRequestError("`values` is not an object.")
    return _answer(await playground.slack.submit(_word(body, "me"), values))


async def modal_type(playground: Playground, body: Body) -> Body:
    """Store typed text without telling the bot; the page calls `modal/dispatch` after a pause or an Enter."""
    _fill(playground, body)
    return _done()


async def modal_dispatch(playground: Playground, body: Body) -> Body:
    return _answer(
        await playground.slack.dispatch(*_fill(playground, body), block_id=_word(body, "block_id"))
    )


def _fill(playground: Playground, body: Body) -> tuple[str, str]:
    """(who, action_id); an input that was replaced meanwhile under another action_id is not touched."""
    me, action_id = _word(body, "me"), _word(body, "action_id")
    playground.slack.fill(me, action_id, body.get("value"), block_id=_word(body, "block_id"))
    return me, action_id


async def modal_close(playground: Playground, body: Body) -> Body:
    """Closing what is closed already is no mistake: two Escapes may come fast."""
    with suppress(LookupError):
        await playground.slack.close_modal(_word(body, "me"), everything=body.get("everything") is True)
    return _done()


async def home_open(playground: Playground, body: Body) -> Body:
    await playground.slack.open_home(_word(body, "me"))
    return _done()


async def home_click(playground: Playground, body: Body) -> Body:
    return _answer(
        await playground.slack.click_home(
            _word(body, "me"),
            _word(body, "action_id"),
            option=_option(body),
            block_id=_maybe(body, "block_id"),
        )
    )


async def command(playground: Playground, body: Body) -> Body:
    """A slash command, e.g. `/desk search router`: the first word is its name."""
    name, _, text = _word(body, "text").strip().partition(" ")
    return _answer(
        await playground.slack.command(_word(body, "me"), _word(body, "channel"), name, text.strip())
    )


async def react(playground: Playground, body: Body) -> Body:
    """Add a reaction, or take it back with `"on": false`."""
    doing = playground.slack.react if body.get("on", True) else playground.slack.unreact
    await doing(_word(body, "me"), _word(body, "channel"), _word(body, "ts"), _word(body, "name"))
    return _done()


async def write(playground: Playground, body: Body) -> Body:
    await playground.slack.write(
        _word(body, "me"), _word(body, "channel"), _word(body, "text"), thread_ts=_maybe(body, "thread_ts")
    )
    return _done()


async def erase(playground: Playground, body: Body) -> Body:
    """A person deletes a message."""
    await playground.slack.delete_message(_word(body, "me"), _word(body, "channel"), _word(body, "ts"))
    return _done()


async def x_post(playground: Playground, body: Body) -> Body:
    post = playground.x.post(
        _word(body, "handle"),
        _word(body, "text"),
        reply_to=_maybe(body, "reply_to"),
        quote_of=_maybe(body, "quote_of"),
    )
    return {**_done(), "id": post.id}


async def x_delete(playground: Playground, body: Body) -> Body:
    playground.x.delete(_word(body, "id"))
    return _done()


async def skip(playground: Playground, body: Body) -> Body:
    """Move the playground's clock to the next morning."""
    if body.get("to") != "tomorrow-0900":
        raise BadRequestError("The clock can be skipped to `tomorrow-0900` only.")
    playground.clock.skip_to(tomorrow_at_nine(playground.clock.now()))
    playground.changes.announce()
    return _done()


def tomorrow_at_nine(now: datetime) -> datetime:
    """09:00 in the desk's zone on the day after `now`."""
    there = now.astimezone(DESK_ZONE) + timedelta(days=1)
    return there.replace(hour=9, minute=0, second=0, microsecond=0)


async def story(playground: Playground, body: Body) -> Body:
    """Let the story go on, or hold it."""
    if playground.story is None:
        raise BadRequestError("No story is being told.")
    if body.get("running"):
        playground.story.play()
    else:
        playground.story.pause()
    playground.changes.announce()
    return _done()


DOINGS: dict[str, Doing] = {
    "click": click,
    "suggest": suggest,
    "modal/click": modal_click,
    "modal/submit": modal_submit,
    "modal/type": modal_type,
    "modal/dispatch": modal_dispatch,
    "modal/close": modal_close,
    "home/open": home_open,
    "home/click": home_click,
    "command": command,
    "react": react,
    "write": write,
    "erase": erase,
    "x/post": x_post,
    "x/delete": x_delete,
    "skip": skip,
    "story": story,
}


def _seen(playground: Playground, me: str, body: Body) -> Message:
    if body.get("ephemeral"):
        return _ephemeral(playground, me, body["ephemeral"])
    message = playground.slack.message(_word(body, "channel"), _word(body, "ts"))
    if message is None:
        raise LookupError("That message is not there any more.")
    return message


def _ephemeral(playground: Playground, me: str, ts: str) -> Message:
    for message in playground.slack.ephemerals(me):
        if message.ts == ts:
            return message
    raise LookupError("That message is not there any more.")


def _answer(ack: Ack) -> Body:
    return {"ok": ack.ok, "errors": ack.errors, "seconds": round(ack.seconds, 3)}


def _done() -> Body:
    return {"ok": True, "errors": {}}


def _word(body: Body, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadRequestError(f"`{key}` is missing.")
    return value


def _option(body: Body) -> str | list[str] | None:
    """An option's value, or where several may be chosen a list of them."""
    value = body.get("option")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    return _maybe(body, "option")


def _maybe(body: Body, key: str) -> str | None:
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise BadRequestError(f"`{key}` is not a text.")
    return value
