"""One account's client: calls with a timeout, signed again if redirected, with errors of the doors' own kinds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import tweepy
from oauthlib.oauth1 import Client as OAuthClient
from tweepy.asynchronous import AsyncClient
from yarl import URL

from bot.clock import Now, system_clock
from handlers.ports import Pace
from handlers.problems import (
    LONGEST_POSTING_WAIT,
    LONGEST_WAIT,
    UNSAID_WAIT,
    AccountProblem,
    DoorProblem,
    NotDone,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unreadable,
    bearable,
)
from triage.i18n import N_, _

TIMEOUT = aiohttp.ClientTimeout(total=15)
SENDING = ("create", "delete")
# The limits that an answer's headers may describe: the window's, and those of a day.
LIMITS = ("x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour")

# The limit that the current call counts against.
_asking: ContextVar[str] = ContextVar("asking", default="")


@dataclass(frozen=True, slots=True)
class Keys:
    """OAuth 1.0a: the app's pair and the account's. Never in a repr."""

    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_secret: str = field(repr=False)


class XClient:
    """Calls X as one account."""

    def __init__(self, keys: Keys, base_url: str | None = None, now: Now = system_clock) -> None:
        self._now = now
        self._keys = keys
        self._base = URL(base_url) if base_url else None
        self._paces: dict[str, Pace] = {}
        self._tweepy: Any = None
        self._session: aiohttp.ClientSession | None = None

    def _client(self) -> Any:
        """Build tweepy's client inside the running loop, on our own session: left to itself tweepy leaks sessions."""
        if self._tweepy is None:
            middlewares = (self._redirect, self._watch_pace) if self._base else (self._watch_pace,)
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, middlewares=middlewares)
            self._tweepy = AsyncClient(
                consumer_key=self._keys.api_key,
                consumer_secret=self._keys.api_secret,
                access_token=self._keys.access_token,
                access_token_secret=self._keys.access_secret,
                return_type=dict,
            )
            self._tweepy.session = self._session
        return self._tweepy

    async def _redirect(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Send the request to another X, signed for the URL really called, because tweepy signed for X's own."""
        assert self._base is not None
        url = self._base.with_path(self._base.path.rstrip("/") + request.url.raw_path, encoded=True)
        url = URL(
            f"{url}?{request.url.raw_query_string}" if request.url.raw_query_string else str(url),
            encoded=True,
        )
        keys = self._keys
        signer = OAuthClient(keys.api_key, keys.api_secret, keys.access_token, keys.access_secret)
        _url, headers, _body = signer.sign(str(url), request.method)
        request.url = url
        request.headers["Authorization"] = headers["Authorization"]
        request.headers["Host"] = f"{url.host}:{url.port}" if url.explicit_port else str(url.host)
        return await handler(request)

    async def _watch_pace(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Note the rate limit from the headers, which tweepy hides if the answer is good.

        Tweepy never sees a 429: it fails on a reset that is no number.
        """
        response = await handler(request)
        what = _asking.get()
        self._note_pace(what, response.headers)
        if response.status == 429:
            response.release()
            raise RateLimited(_seconds_until_reset(response.headers, self._now()), _longest_wait(what))
        return response

    async def call(self, what: str, method: str, *args: Any, **arguments: Any) -> dict[str, Any]:
        """Call tweepy's `method`; `what` names the limit that the answer's headers describe. Raises a DoorProblem."""
        sends = what in SENDING
        _asking.set(what)
        try:
            given = {name: value for name, value in arguments.items() if value is not None}
            answer = await _timed(getattr(self._client(), method), *args, user_auth=True, **given)
        except tweepy.errors.HTTPException as error:
            raise _problem_of(error, sends) from error
        except aiohttp.ClientConnectorError as error:
            raise NotDone(_("X can't be reached.")) from error
        except aiohttp.ContentTypeError as error:
            # X's HTML error page: tweepy tries to read it as JSON.
            raise _unsure(
                sends, _("X answered with an error page ({status}).").format(status=error.status)
            ) from error
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise _unsure(sends, _("X did not answer.")) from error
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            # No JSON, or not UTF-8, or a refusal that is no object: tweepy stumbles over each.
            raise unreadable(sends) from error
        if not isinstance(answer, dict):
            raise unreadable(sends)
        return answer

    def _note_pace(self, what: str, headers: Mapping[str, str]) -> None:
        now = self._now()
        remaining = _whole_number(headers, "x-rate-limit-remaining")
        left = _seconds_left(headers, LIMITS[0], now)
        if remaining is None or left is None:
            return
        self._paces[what] = Pace(remaining, now + timedelta(seconds=bearable(left, _longest_wait(what))))

    def pace(self, what: str) -> Pace:
        return self._paces.get(what, Pace())

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            # The connector closes its transports in the next turn of the loop.
            await asyncio.sleep(0)


async def _timed(method: Callable[..., Awaitable[Any]], *args: Any, **arguments: Any) -> Any:
    async with asyncio.timeout(TIMEOUT.total):
        return await method(*args, **arguments)


def _unsure(sends: bool, sentence: str) -> DoorProblem:
    """The problem of a lost answer: a read can simply be repeated, a send cannot."""
    return OutcomeUnknown(sentence) if sends else NotDone(sentence)


def unreadable(sends: bool = False) -> DoorProblem:
    sentence = _("X answered something that can't be read.")
    return OutcomeUnknown(sentence) if sends else Unreadable(sentence)


def _problem_of(error: Any, sends: bool) -> DoorProblem:
    status = error.response.status
    said = "; ".join(str(message) for message in error.api_messages) or str(error.response.reason)
    match status:
        case 401:
            return AccountProblem(_("X refuses this account's keys (401). Run `mentiondesk check`."))
        case 402:
            return AccountProblem(
                _("X says that the app is out of credits (402). Add credits in X's developer console.")
            )
        case 403 if not sends:
            return AccountProblem(_("X forbids reading for this account (403): {said}").format(said=said))
        case _ if status >= 500:
            return _unsure(sends, _("X has trouble of its own ({status}).").format(status=status))
    return Refused(_refusal(said), f"{status}")


def _longest_wait(what: str) -> float:
    return LONGEST_POSTING_WAIT if what in SENDING else LONGEST_WAIT


def _seconds_until_reset(headers: Mapping[str, str], now: datetime) -> float:
    """The seconds until the limit that is used up is reset: the last one, if there are several."""
    used_up = [name for name in LIMITS if _whole_number(headers, f"{name}-remaining") == 0]
    left = [_seconds_left(headers, name, now) for name in used_up or LIMITS[:1]]
    return max((seconds + 1 for seconds in left if seconds is not None), default=UNSAID_WAIT)


def _seconds_left(headers: Mapping[str, str], limit: str, now: datetime) -> int | None:
    """The whole seconds until a limit is reset, by X's own clock; by ours (`now`) only if X tells no time."""
    reset = _whole_number(headers, f"{limit}-reset")
    try:
        said = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, OverflowError):
        said = now
    said = said if said.tzinfo else said.replace(tzinfo=UTC)
    return None if reset is None else reset - int(said.timestamp())


def _whole_number(headers: Mapping[str, str], name: str) -> int | None:
    try:
        return int(headers[name])
    except (KeyError, ValueError):
        return None


# X's own words, and our sentence for the person who pressed Send. From X's problem details, November 2026.
_REFUSALS = {
    "only reply to or quote": N_(
        "X lets us answer this post only by hand: its author did not mention this account. "
        "Use Open in X, then I posted it."
    ),
    "duplicate": N_("X takes the same text only once. Change a few words, then send it again."),
    "deleted or not visible": N_(
        "The customer's post is deleted, or hidden from this account. If it is gone, resolve "
        "the case: nobody waits for an answer."
    ),
    "blocked": N_(
        "The author has blocked this account on X, so nothing from it reaches them. Resolve the case, or "
        "answer from another account by Open in X."
    ),
    "not authorized": N_(
        "X does not let this account answer here: the author is protected or has blocked it. Resolve "
        "the case, or ask them to write to you another way."
    ),
    "suspended": N_(
        "X has suspended this account, so nothing of it goes out. Tell a lead: only X can lift that."
    ),
    "too long": N_("X says that the text is too long. Cut it, then send it again."),
}


def _refusal(said: str) -> str:
    lowered = said.lower()
    known = next((sentence for words, sentence in _REFUSALS.items() if words in lowered), None)
    return _(known) if known else _("X refused it: {said}").format(said=said[:300])
