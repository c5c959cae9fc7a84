"""X as a network: fetching posts and authors, publishing answers."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.clock import Now, system_clock
from bot.networks.x import parsing
from bot.networks.x.client import XClient, unreadable
from bot.networks.x.traits import NAME
from handlers.ports import Looked, Met, Pace, Page
from handlers.problems import AccountProblem, DoorProblem, Refused, Unreadable
from triage.cases.mention import Author, Mention
from triage.i18n import _
from triage.policy import Policy

if TYPE_CHECKING:
    from bot.settings import Settings

# X lists this many of the latest mentions of an account; recent search reads farther back.
REACH = 800
PAGE = 100
# X's ids carry their time: milliseconds since this instant, shifted by 22 bits.
EPOCH_MS = 1_288_834_974_657

_POST_LINK = re.compile(
    r"^(?:https?://)?(?:www\.|mobile\.)?(?:x|twitter)\.com/(?P<handle>\w{1,15})/status/(?P<id>\d{1,20})(?:[/?#].*)?$"
)


class X:
    """Every account of the brand on X."""

    name = NAME

    def __init__(self, clients: Mapping[str, XClient], ids: Mapping[str, str]) -> None:
        self._clients = {handle.lower(): client for handle, client in clients.items()}
        self._ids = dict(ids)

    def _client(self, account: str) -> XClient:
        try:
            return self._clients[account.lower()]
        except KeyError:
            raise AccountProblem(_("There are no keys for @{account}.").format(account=account)) from None

    async def account_id(self, account: str) -> str:
        """The author id of one of our accounts; asks X if it is not known yet."""
        handle = account.lower()
        if handle not in self._ids:
            answer = await self._client(account).call("me", "get_me")
            self._ids[handle] = _id_in(answer)
        return self._ids[handle]

    async def handle_of_keys(self, account: str) -> str:
        """The handle that an account's keys really belong to, for `check`."""
        answer = await self._client(account).call("me", "get_me")
        try:
            return str(answer["data"]["username"])
        except parsing.UNREADABLE as error:
            raise unreadable() from error

    async def mentions(
        self, account: str, *, since: str | None, until: str | None = None, start: datetime | None
    ) -> AsyncIterator[Page]:
        number = await self.account_id(account)
        arguments = _window(since, until, start)
        async for page in self._pages(account, "mentions", "get_users_mentions", number, arguments):
            yield page

    async def own_posts(
        self, account: str, *, since: str | None, until: str | None = None, start: datetime | None
    ) -> AsyncIterator[Page]:
        number = await self.account_id(account)
        arguments = _window(since, until, start)
        async for page in self._pages(account, "own", "get_users_tweets", number, arguments):
            yield page

    async def search(
        self, query: str, *, account: str, since: str | None, until: str | None, start: datetime | None
    ) -> AsyncIterator[Page]:
        arguments = _window(since, until, start)
        async for page in self._pages(account, "watch", "search_recent_tweets", query, arguments):
            yield page

    async def _pages(
        self, account: str, what: str, method: str, subject: str, arguments: dict[str, object]
    ) -> AsyncIterator[Page]:
        client, token, count = self._client(account), None, 0
        token_name = "next_token" if what == "watch" else "pagination_token"
        while True:
            answer = await client.call(what, method, subject, **{**arguments, token_name: token})
            found, malformed = await asyncio.to_thread(
                _mentions_of, answer, account, as_mentions=what == "mentions"
            )
            read = parsing.read_in(answer)
            count += len(read)
            token = parsing.next_page(answer)
            out_of_reach = what == "mentions" and count >= REACH
            yield Page(
                tuple(found),
                (),
                tuple(malformed),
                last=not token and not out_of_reach,
                read=read,
                beside=parsing.read_beside(answer),
            )
            if not token or out_of_reach:
                return

    async def look_up(self, account: str, post_ids: Sequence[str]) -> Looked:
        """Look up to 100 posts up again: the newest version of each, and those that are gone."""
        looked = await self._look_up(account, post_ids)
        # X still shows an edited post under its old id, with its old words.
        edited = {post.post_id: post.editions[-1] for post in looked.mentions if post.editions}
        newer = sorted({newest for post_id, newest in edited.items() if newest != post_id})
        again = await self._look_up(account, newer)
        standing = [
            post for post in looked.mentions if edited.get(post.post_id, post.post_id) == post.post_id
        ]
        return Looked((*standing, *again.mentions), looked.gone, (*looked.read, *again.read))

    async def _look_up(self, account: str, post_ids: Sequence[str]) -> Looked:
        if not post_ids:
            return Looked((), ())  # X refuses an empty list
        answer = await self._client(account).call("lookup", "get_tweets", list(post_ids)[:PAGE], **_wanted())
        found, _malformed = await asyncio.to_thread(_mentions_of, answer, account)
        read = parsing.read_in(answer)
        standing = {*read, *(post.post_id for post in found)}
        gone = parsing.gone_in(answer)
        return Looked(
            mentions=tuple(found),
            gone=tuple(post for post in post_ids if post in gone - standing),
            read=(*read, *parsing.read_beside(answer)),
        )

    async def authors(self, account: str, ids: Collection[str]) -> Met:
        wanted = sorted(ids)
        found: list[Author] = []
        malformed: list[str] = []
        for start in range(0, len(wanted), PAGE):
            some = wanted[start : start + PAGE]
            try:
                answer = await self._client(account).call(
                    "users", "get_users", ids=some, user_fields=list(parsing.USER_FIELDS)
                )
                some_found, some_malformed = parsing.authors_of(answer)
            except (Unreadable, ValueError):
                some_found, some_malformed = [], ["authors"]
            found += some_found
            malformed += some_malformed
        return Met(tuple(found), tuple(malformed))

    async def post(self, account: str, text: str, *, answers: str) -> str:
        answer = await self._client(account).call(
            "create", "create_tweet", text=text, in_reply_to_tweet_id=answers
        )
        return _id_in(answer, sends=True)

    async def delete(self, account: str, post_id: str) -> None:
        try:
            await self._client(account).call("delete", "delete_tweet", post_id)
        except Refused as refusal:
            if refusal.code != "404":
                raise

    def pace(self, account: str, what: str) -> Pace:
        return self._client(account).pace(what)

    def cursor_at(self, moment: datetime) -> str:
        return str(max(1, int(moment.timestamp() * 1000) - EPOCH_MS) << 22)

    def time_of(self, cursor: str) -> datetime:
        return datetime.fromtimestamp(((int(cursor) >> 22) + EPOCH_MS) / 1000, UTC)

    def post_url(self, account: str, post_id: str) -> str:
        return f"https://x.com/{account}/status/{post_id}"

    def message_url(self, account: str) -> str:
        number = self._ids.get(account.lower())
        return (
            f"https://x.com/messages/compose?recipient_id={number}" if number else f"https://x.com/{account}"
        )

    def intent_url(self, post_id: str, text: str) -> str:
        return f"https://x.com/intent/post?in_reply_to={post_id}" + (f"&text={quote(text)}" if text else "")

    def post_id_in(self, link: str) -> tuple[str, str] | None:
        found = _POST_LINK.match(link.strip())
        return (found["handle"], found["id"]) if found else None

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()


def opened(settings: "Settings", policy: Policy, ids: Mapping[str, str], now: Now) -> X:
    """X, with a client for each account that has keys; `ids` are the accounts' known author ids."""
    keyed = {handle: settings.keys_of(handle) for handle in policy.handles_on(NAME)}
    clients = {handle: XClient(keys, settings.x_api_url, now) for handle, keys in keyed.items() if keys}
    return X(clients, ids)


async def faults(settings: "Settings", policy: Policy) -> list[str]:
    """What is wrong with the keys of each account; each a sentence with what to do."""
    network = opened(settings, policy, {}, system_clock)
    found = []
    for account in policy.accounts_on(NAME):
        try:
            real = await network.handle_of_keys(account.handle)
        except DoorProblem as problem:
            found.append(f"X account @{account.handle}: {problem}")
            continue
        if real.lower() != account.handle.lower():
            found.append(
                f"X account @{account.handle}: its keys belong to @{real}. Generate the pair signed in as @{account.handle}."
            )
    await network.close()
    return found


def _mentions_of(
    answer: parsing.Json, account: str, *, as_mentions: bool = False
) -> tuple[list[Mention], list[str]]:
    try:
        return parsing.mentions_of(answer, account, as_mentions=as_mentions)
    except ValueError as error:
        raise unreadable() from error


def _id_in(answer: parsing.Json, *, sends: bool = False) -> str:
    try:
        return parsing.id_in(answer)
    except parsing.UNREADABLE as error:
        raise unreadable(sends) from error


def _window(since: str | None, until: str | None, start: datetime | None) -> dict[str, object]:
    """The arguments of a listing: the range of posts, both ids exclusive, and the fields of each."""
    return {
        "since_id": since,
        "until_id": until,
        "start_time": _iso(start),
        "max_results": PAGE,
        **_wanted(),
    }


def _wanted() -> dict[str, object]:
    """The fields to ask for. Not the author: X bills every user read, and we keep authors ourselves."""
    return {
        "tweet_fields": list(parsing.POST_FIELDS),
        "expansions": list(parsing.EXPANSIONS),
        "media_fields": list(parsing.MEDIA_FIELDS),
    }


def _iso(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
