"""Answers of the bot to a click through its response_url: at most five, within half an hour."""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import replace

from aiohttp import web

from demo.slack import payloads
from demo.slack.api import cut, out_of_order
from demo.slack.args import Args, for_the_record
from demo.slack.faults import Fault, striking
from demo.slack.methods_chat import content_of, erase, replaced, rewrite
from demo.slack.passes import Source
from demo.slack.state import BOT_USER, State
from demo.slack.values import Call, Message, SlackError

MOST_USES = 5
NAME = "response_url"  # in the call log and for faults


class ResponseUrls:
    """Answers /slack/response/{secret}."""

    def __init__(self, state: State, faults: list[Fault]) -> None:
        self._state = state
        self._faults = faults

    async def serve(self, request: web.Request) -> web.Response:
        try:
            args = await _read(request)
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        secret = request.match_info["secret"]
        fault = striking(self._faults, NAME, for_the_record(args))
        if fault is None:
            return self._answer(secret, args)
        return await self._suffer(fault, request, secret, args)

    async def _suffer(self, fault: Fault, request: web.Request, secret: str, args: Args) -> web.Response:
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return self._answer(secret, args)
        if fault.kind == "lost":
            self._answer(secret, args, lost=True)
            return cut(request)
        self._log(args, fault.kind)
        if fault.kind == "cut":
            return cut(request)
        if fault.kind == "5xx":
            return out_of_order()
        if fault.kind == "ratelimited":
            wait = str(max(1, math.ceil(fault.seconds)))
            return web.Response(status=429, text="ratelimited", headers={"Retry-After": wait})
        return web.Response(status=404, text=fault.kind.removeprefix("refuse:"))

    def _answer(self, secret: str, args: Args, *, lost: bool = False) -> web.Response:
        try:
            say(self._state, self._use(secret), args)
        except SlackError as error:
            self._log(args, error.error)
            status = 404 if error.error in ("used_url", "expired_url") else 400
            return web.Response(status=status, text=error.error)
        self._log(args, "lost" if lost else "ok")
        return web.Response(text="ok")

    def _use(self, secret: str) -> Source:
        urls = self._state.response_urls
        issued = urls.find(secret)
        if issued is None or urls.is_over(issued):
            raise SlackError("expired_url")
        if issued.uses >= MOST_USES:
            raise SlackError("used_url")
        issued.uses += 1
        return issued.stub

    def _log(self, args: Args, outcome: str) -> None:
        self._state.calls.append(Call(NAME, for_the_record(args), self._state.clock.now(), outcome))


async def _read(request: web.Request) -> Args:
    text = await request.text()
    if request.content_type == "application/x-www-form-urlencoded":
        text = str((await request.post()).get("payload", ""))
    body = json.loads(text)
    if not isinstance(body, dict):
        raise ValueError("not an object")
    return Args(body)


def say(state: State, source: Source, args: Args) -> None:
    """Replace or delete what was clicked, or say something new; only the clicker sees it unless in_channel.

    A slash command's answer in its ack is said the same way.
    """
    if args.flag("delete_original"):
        _delete(state, _original(state, source))
    elif args.flag("replace_original"):
        _replace(state, _original(state, source), args)
    else:
        _add(state, source, args)


def _original(state: State, source: Source) -> Message:
    clicked = source.message
    if clicked is None:
        raise SlackError("no_original_message")
    if clicked.ephemeral_for is None:
        return state.live(clicked.channel, clicked.ts)
    shown = state.ephemerals[clicked.ephemeral_for]
    found = next((message for message in shown if message.ts == clicked.ts), None)
    if found is None:
        raise SlackError("message_not_found")
    return found


def _delete(state: State, message: Message) -> None:
    if message.ephemeral_for is not None:
        state.drop_ephemeral(message)
    else:
        state.on_event(erase(state, message))


def _replace(state: State, before: Message, args: Args) -> None:
    content = content_of(state, args)
    after = replaced(before, content, keeps_metadata="metadata" not in args)
    if before.ephemeral_for is not None:
        state.put_message(replace(after, edited=False))
    else:
        rewrite(state, before, after)


def _add(state: State, source: Source, args: Args) -> None:
    message = Message(
        source.channel, state.new_ts(), BOT_USER, thread_ts=args.maybe("thread_ts"), **content_of(state, args)
    )
    if args.get("response_type") == "in_channel":
        state.on_event(payloads.message_event(state, state.add_message(message)))
    else:
        state.add_ephemeral(replace(message, ephemeral_for=source.user))
