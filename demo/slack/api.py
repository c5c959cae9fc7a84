"""The entrance to the Web API: checks token, scope and rate, plays planned faults, logs the call, runs the method."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from aiohttp import web

from demo.slack import methods_app, methods_chat, methods_conversations, methods_people, methods_views
from demo.slack.args import Args, for_the_record, read_args
from demo.slack.faults import Fault, striking
from demo.slack.rates import Rates
from demo.slack.scopes import missing_scope
from demo.slack.socket import Sockets
from demo.slack.state import State
from demo.slack.values import Call, Json, SlackError

Method = Callable[[State, Args], Json]
OPEN_CONNECTION = "apps.connections.open"


class WebApi:
    """Answers /slack/api/{method}."""

    def __init__(self, state: State, rates: Rates, faults: list[Fault], sockets: Sockets) -> None:
        self._state = state
        self._rates = rates
        self._faults = faults
        self._methods: dict[str, Method] = {
            **methods_app.METHODS,
            **methods_chat.METHODS,
            **methods_conversations.METHODS,
            **methods_people.METHODS,
            **methods_views.METHODS,
            OPEN_CONNECTION: methods_app.open_connection(sockets.ticket),
        }

    async def serve(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        try:
            args, token = await read_args(request)
        except SlackError as error:
            return self._said(error.body)
        fault = striking(self._faults, name, for_the_record(args))
        if fault is None:
            return self._answer(name, args, token)
        return await self._suffer(fault, request, name, args, token)

    async def _suffer(
        self, fault: Fault, request: web.Request, name: str, args: Args, token: str | None
    ) -> web.Response:
        """The call, hit by a fault."""
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return self._answer(name, args, token)
        if fault.kind == "lost":
            self._answer(name, args, token, lost=True)
            return cut(request)
        self._log(name, args, fault.kind)
        if fault.kind == "cut":
            return cut(request)
        return self._said_by(fault)

    def _said_by(self, fault: Fault) -> web.Response:
        if fault.kind == "ratelimited":
            usual = str(max(1, math.ceil(fault.seconds)))
            return self._too_fast(usual if fault.retry_after is None else fault.retry_after)
        if fault.kind == "5xx":
            return out_of_order()
        return self._said(SlackError(fault.kind.removeprefix("refuse:")).body)

    def _answer(self, name: str, args: Args, token: str | None, *, lost: bool = False) -> web.Response:
        seconds = self._rates.wait(name, str(args.get("channel", "")))
        if seconds:
            self._log(name, args, "ratelimited")
            return self._too_fast(str(seconds))
        try:
            body = {"ok": True, **self._run(name, args, token)}
        except SlackError as error:
            body = error.body
        self._log(name, args, "lost" if lost else body.get("error", "ok"))
        return self._said(body)

    def _run(self, name: str, args: Args, token: str | None) -> Json:
        if name not in self._methods:
            raise SlackError("unknown_method", req_method=name)
        if name != "api.test":
            self._check_token(name, token)
        return self._methods[name](self._state, args)

    def _check_token(self, name: str, token: str | None) -> None:
        app = self._state.app
        if not token:
            raise SlackError("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise SlackError("invalid_auth")
        if (token == app.app_token) != (name == OPEN_CONNECTION):
            raise SlackError("not_allowed_token_type")
        if token == app.bot_token:
            self._check_scope(name)

    def _check_scope(self, name: str) -> None:
        scopes = self._state.app.scopes
        needed = missing_scope(name, scopes)
        if needed is not None:
            raise SlackError("missing_scope", needed=needed, provided=",".join(scopes))

    def _log(self, name: str, args: Args, outcome: str) -> None:
        self._state.calls.append(Call(name, for_the_record(args), self._state.clock.now(), outcome))

    def _too_fast(self, retry_after: str) -> web.Response:
        body = {"ok": False, "error": "ratelimited"}
        return web.json_response(
            body, status=429, headers={"Retry-After": retry_after} if retry_after else {}
        )

    def _said(self, body: Json) -> web.Response:
        return web.json_response(body, headers={"X-OAuth-Scopes": ",".join(self._state.app.scopes)})


def out_of_order() -> web.Response:
    text = "<html><body><h1>503 Service Unavailable</h1></body></html>"
    return web.Response(status=503, text=text, content_type="text/html")


def cut(request: web.Request) -> web.Response:
    """Cut the connection; the response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
