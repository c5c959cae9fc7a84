"""The pretend X at its door: signatures, rate limits, faults, bills, and the record of calls."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from demo.x import problems, reading, writing
from demo.x import text as texts
from demo.x.costs import Spent
from demo.x.faults import Fault, Faults
from demo.x.limits import WINDOW, RateLimits, limit_headers
from demo.x.oauth import SignatureCheck, SignatureError
from demo.x.problems import ProblemError
from demo.x.values import Answer, Asked, Call, Clock, Profile
from demo.x.world import World

Act = Callable[[World, Asked], Answer]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_ENDPOINTS: tuple[tuple[str, str, str, Act], ...] = (
    ("GET", "/2/users/me", "me", reading.me),
    ("GET", "/2/users/by", "user_by_name", reading.users_by_name),
    ("GET", "/2/users/by/username/{username}", "user_by_name", reading.user_by_name),
    ("GET", "/2/users", "users", reading.users),
    ("GET", "/2/users/{id}", "users", reading.user),
    ("GET", "/2/users/{id}/mentions", "mentions", reading.mentions),
    ("GET", "/2/users/{id}/tweets", "own_posts", reading.own_posts),
    ("GET", "/2/tweets/search/recent", "search", reading.search),
    ("GET", "/2/tweets", "lookup", reading.lookup),
    ("GET", "/2/tweets/{id}", "lookup", reading.lookup_one),
    ("POST", "/2/tweets", "create", writing.create),
    ("DELETE", "/2/tweets/{id}", "delete", writing.delete),
)
_UNAVAILABLE = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"


class Timeline(World):
    """An X in memory. Mount `routes()`, add people, let them post, and point a client at /x.

    The app belongs to the first profile with an access token, unless `app_owner` names another handle:
    only the owner's own mentions are read at the cheap price.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        api_key: str = "demo-key",
        api_secret: str = "demo-secret",
        reply_rule: bool = True,
        refuse_duplicates: bool = True,
        calls_kept: int = 2000,
    ) -> None:
        super().__init__(clock, reply_rule=reply_rule, refuse_duplicates=refuse_duplicates)
        self.base_url = ""
        self.out_of_credits = False
        self.app_owner: str | None = None
        self.calls: deque[Call] = deque(maxlen=calls_kept)
        self.spent = Spent()
        self._rates = RateLimits(clock)
        self._faults = Faults()
        self._signatures = SignatureCheck(api_key, api_secret)

    @property
    def limits(self) -> dict[str, int]:
        """Requests per 15 minutes by endpoint; change it as needed."""
        return self._rates.limits

    def fail(
        self,
        endpoint: str,
        kind: str,
        *,
        times: int = 1,
        seconds: float = 0,
        headers: Mapping[str, str | None] | None = None,
        change: Callable[[Any], Any] | None = None,
    ) -> Fault:
        """The next `times` requests to an endpoint ("*": to any) go wrong.

        kind: 429 · 402 · 401 · 403:<title> · html503 · reset (cut before anything is done) · lost (done, then
        cut) · delay (by `seconds`) · altered (answered with what `change` makes of the body; bytes go out as they are).
        With 429, `seconds` is how far off the reset is (0: a whole window). `headers` replace those of the answer;
        None leaves one out.
        Returns the fault: its `times` are those still to come.
        """
        fault = Fault(endpoint, kind, times, seconds, headers or {}, change)
        self._faults.add(fault)
        return fault

    def heal(self) -> None:
        """Takes back every fault that is still to come."""
        self._faults.clear()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route(method, f"/x{path}", self._handler(endpoint, act), allow_head=False)
            if method == "GET"
            else web.route(method, f"/x{path}", self._handler(endpoint, act))
            for method, path, endpoint, act in _ENDPOINTS
        ]

    def _handler(self, endpoint: str, act: Act) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(endpoint, act, request)

        return handle

    async def _serve(self, endpoint: str, act: Act, request: web.Request) -> web.StreamResponse:
        fault = self._faults.take(endpoint)
        kind = fault.kind if fault else ""
        body = await request.text()
        if fault and kind == "delay":
            # A request that has arrived is carried out, even if the client has gone away meanwhile.
            await asyncio.sleep(fault.seconds)
        if kind == "reset":
            self._note(endpoint, request, None, Answer({}, status=0))
            return _cut(request)
        response = self._respond(endpoint, act, request, body, fault)
        return _cut(request) if kind == "lost" else response

    def _respond(
        self, endpoint: str, act: Act, request: web.Request, body: str, fault: Fault | None
    ) -> web.Response:
        me: Profile | None = None
        headers: dict[str, str] = {}
        try:
            me = self._signer(request)
            self._refuse_on_order(endpoint, fault)
            headers = self._rates.count(endpoint, me.id)
            asked = Asked(me, dict(request.query), dict(request.match_info), _parsed(body))
            answer = act(self, asked)
            self._bill(endpoint, asked, answer)
        except ProblemError as problem:
            answer = Answer(problem.body, status=problem.status)
            headers |= problem.headers
        self._note(endpoint, request, me, answer)
        if fault and fault.kind == "html503":
            return web.Response(status=503, text=_UNAVAILABLE, content_type="text/html")
        return _sent(answer, {"date": http_date(self.clock.now()), **headers}, fault)

    def _signer(self, request: web.Request) -> Profile:
        authorization = request.headers.get("Authorization", "")
        try:
            token = self._signatures.signer(request.method, request.url, authorization, self._secret_of)
        except SignatureError as bad:
            raise problems.unauthorized() from bad
        holder = self.find_profile_by_token(token)
        if holder is None:
            raise problems.unauthorized()
        return holder

    def _secret_of(self, token: str) -> str | None:
        holder = self.find_profile_by_token(token)
        return holder.access_secret if holder else None

    def _refuse_on_order(self, endpoint: str, fault: Fault | None) -> None:
        kind = fault.kind if fault else ""
        if kind == "html503":
            raise ProblemError(503, {})
        if kind == "401":
            raise problems.unauthorized()
        if kind.startswith("403:"):
            title = kind.removeprefix("403:")
            raise problems.forbidden(title, title)
        if kind == "402" or self.out_of_credits:
            raise problems.credits_depleted()
        if fault and kind == "429":
            ends_at = self.clock.now() + (timedelta(seconds=fault.seconds) or WINDOW)
            raise problems.too_many_requests(limit_headers(self.limits.get(endpoint, 0), 0, ends_at))

    def _bill(self, endpoint: str, asked: Asked, answer: Answer) -> None:
        if endpoint == "create":
            self._bill_created(asked.me, answer.posts[0])
            return
        today = self.clock.now().date()
        is_own = endpoint == "mentions" and asked.path["id"] == asked.me.id and self._owns_app(asked.me)
        self.spent.read("own_mentions_read" if is_own else "posts_read", answer.posts, today)
        self.spent.read("posts_read", answer.included_posts, today)
        self.spent.read("users_read", answer.people, today)
        self.spent.read("media_read", answer.media, today)

    def _bill_created(self, speaker: Profile, post_id: str) -> None:
        post = self.get(post_id)
        target = self.get(post.reply_to) if post and post.reply_to else None
        self.spent.wrote(
            is_summoned_reply=target is not None and writing.is_summoned(self, speaker, target),
            has_link=post is not None and texts.has_link(post.text),
        )

    def _owns_app(self, account: Profile) -> bool:
        brands = (profile.handle for profile in self.profiles() if profile.is_brand)
        return account.handle == (self.app_owner or next(brands, None))

    def _note(self, endpoint: str, request: web.Request, me: Profile | None, answer: Answer) -> None:
        call = Call(
            endpoint=endpoint,
            params={**request.query, **request.match_info},
            at=self.clock.now(),
            handle=me.handle if me else None,
            posts=answer.posts,
            status=answer.status,
        )
        self.calls.append(call)


def _parsed(body: str) -> Any:
    try:
        return json.loads(body) if body else None
    except json.JSONDecodeError as broken:
        raise problems.invalid("The request body is not valid JSON") from broken


def _sent(answer: Answer, headers: Mapping[str, str | None], fault: Fault | None) -> web.Response:
    """The answer as it goes out, or as a fault has it."""
    if fault:
        headers = {**headers, **fault.headers}
    body: Any = fault.change(answer.body) if fault and fault.change else answer.body
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    kept = {name: value for name, value in headers.items() if value is not None}
    return web.Response(body=raw, status=answer.status, headers=kept, content_type="application/json")


def http_date(moment: datetime) -> str:
    """A time as HTTP writes it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _cut(request: web.Request) -> web.Response:
    """Close the connection before the answer; the response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
