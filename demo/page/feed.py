"""The page's door: files, the snapshot, the stream of ticks and what people do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from demo.page.avatars import avatar
from demo.page.doings import DOINGS, BadRequestError
from demo.page.snapshot import snapshot

if TYPE_CHECKING:
    from demo.server import Playground

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

FOLDER = Path(__file__).parent
# Named here, because a system's own table may give .js a type that a browser refuses to run.
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {path.name for path in FOLDER.iterdir() if path.suffix in {".css", ".js"}}
PICTURES = {path.name for path in (FOLDER / "pictures").iterdir() if path.suffix == ".svg"}
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "::1"}
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def routes(playground: Playground) -> list[web.RouteDef]:
    """The page's routes, each behind the check that the caller is on this machine."""
    page = Feed(playground)
    looks: dict[str, Handler] = {
        "/": page.index,
        "/favicon.ico": page.favicon,
        "/page/avatar/{name}.svg": page.avatar,
        "/page/picture/{name}": page.picture,
        "/page/{file}": page.file,
        "/demo/state": page.state,
        "/demo/events": page.events,
    }
    return [
        *(web.get(path, _from_here(handler)) for path, handler in looks.items()),
        *(web.post(f"/demo/{name}", _from_here(page.doing(name))) for name in DOINGS),
    ]


def _from_here(handler: Handler) -> Handler:
    """Refuse a foreign Host: a name of another site that resolves to loopback (DNS rebinding)."""

    async def checked(request: web.Request) -> web.StreamResponse:
        if request.url.host not in LOOPBACK_NAMES:
            raise web.HTTPForbidden(text="The playground answers to 127.0.0.1 and localhost only.")
        return await handler(request)

    return checked


class Feed:
    """Request handlers around one playground."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground

    async def index(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(FOLDER / "index.html", headers=PAGE_HEADERS)

    async def favicon(self, request: web.Request) -> web.StreamResponse:
        return _drawing(avatar("Mentiondesk"))

    async def avatar(self, request: web.Request) -> web.StreamResponse:
        return _drawing(avatar(request.match_info["name"]))

    async def picture(self, request: web.Request) -> web.StreamResponse:
        return _file(FOLDER / "pictures", request.match_info["name"], PICTURES)

    async def file(self, request: web.Request) -> web.StreamResponse:
        return _file(FOLDER, request.match_info["file"], FILES)

    async def state(self, request: web.Request) -> web.StreamResponse:
        try:
            depth = int(request.query.get("depth", "60"))
            return web.json_response(
                snapshot(self._playground, request.query.get("me", ""), depth),
                headers={"Cache-Control": "no-store"},
            )
        except (LookupError, ValueError) as error:
            return _refusal(404, str(error))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events until the browser goes or the playground stops."""
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await stream.prepare(request)
        with suppress(ConnectionError):
            async with aclosing(self._playground.changes.ticks()) as ticks:
                async for count in ticks:
                    await stream.write(f"event: changed\ndata: {count}\n\n".encode())
        return stream

    def doing(self, name: str) -> Handler:
        """The handler that lets a person do `name`. JSON only, so that no other site's form can send it."""

        async def handler(request: web.Request) -> web.StreamResponse:
            if request.content_type != "application/json":
                return _refusal(415, "Send JSON.")
            try:
                answer = await DOINGS[name](self._playground, await _body(request))
            except BadRequestError as error:
                return _refusal(400, str(error))
            except LookupError as error:
                return _refusal(409, str(error.args[0]) if error.args else "That is not there any more.")
            return web.json_response(answer)

        return handler


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as error:
        raise BadRequestError("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise BadRequestError("The body is not a JSON object.")
    return body


def _refusal(status: int, sentence: str) -> web.Response:
    return web.json_response({"ok": False, "errors": {}, "error": sentence}, status=status)


def _file(folder: Path, name: str, known: set[str]) -> web.FileResponse:
    if name not in known:
        raise web.HTTPNotFound(text="There is no such file.")
    headers = {
        "Content-Type": f"{TYPES[Path(name).suffix]}; charset=utf-8",
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(folder / name, headers=headers)


def _drawing(svg: str) -> web.Response:
    return web.Response(
        text=svg, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"}
    )
