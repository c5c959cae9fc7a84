"""The arguments of a Web API call, in any encoding, with typed access to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from demo.slack.values import Json, SlackError

_STRUCTURED = {"blocks", "attachments", "metadata", "view"}  # sent as JSON text in forms


class Args(dict[str, Any]):
    """Arguments by name. The getters raise SlackError as Slack would answer."""

    def text(self, name: str) -> str:
        """An argument that must be there."""
        value = self.get(name)
        if value in (None, ""):
            message = f"[ERROR] missing required field: {name}"
            raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
        return str(value)

    def maybe(self, name: str) -> str | None:
        value = self.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str) -> bool:
        return str(self.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.get(name) or default)
        except ValueError as error:
            raise SlackError("invalid_arguments") from error

    def words(self, name: str) -> list[str]:
        """A list, or a text with commas."""
        value = self.get(name) or []
        items = value.split(",") if isinstance(value, str) else value
        return [str(item).strip() for item in items if str(item).strip()]

    def structure(self, name: str, wrong: str) -> Any:
        """A JSON structure, itself or as text; None if absent. `wrong`: the error for broken JSON."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise SlackError(wrong) from error


async def read_args(request: web.Request) -> tuple[Args, str | None]:
    """(arguments, token). The token may be in the header or among the arguments."""
    args = Args(request.query)
    if request.method == "POST":
        args.update(await _body(request))
    sent = args.pop("token", None)
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return args, bearer.strip() if scheme.lower() == "bearer" else sent


async def _body(request: web.Request) -> Mapping[str, Any]:
    if request.content_type != "application/json":
        return dict(await request.post())
    try:
        body = await request.json()
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


def for_the_record(args: Args) -> Json:
    """The arguments for the call log and for fault matchers, with JSON structures decoded where possible."""
    return {name: _decoded(value) if name in _STRUCTURED else value for name, value in args.items()}


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
