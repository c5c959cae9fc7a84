"""Reading the networks: overlap and dedupe, watermark after the commit, pace and budget."""

import calendar
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from db import mentions, reading
from handlers.desk import receiving
from handlers.desk.receiving import Voice
from handlers.desk.work import Desk, Work, use_case
from handlers.ports import AccountProblem, Network, Page, RateLimited, Refused
from triage.mention import Author, Mention

log = structlog.get_logger()

# X indexes some mentions late: each reading begins this much before the last one. Read twice in a UTC
# day, a post is billed once.
OVERLAP = timedelta(minutes=5)
# The mentions endpoint reaches back 800 posts; recent search, 7 days.
REACH = 800
SEARCH_REACH = timedelta(days=7) - timedelta(minutes=5)
QUIETEST = 4  # times the shortest pause
AUTHOR_FRESH = timedelta(days=30)
RECHECK_EVERY = timedelta(hours=23)
RECHECK_PAGE = 100
POST_READ_USD = 0.005


@dataclass(slots=True)
class Source:
    """Something that is read again and again: an account's mentions, a watch, or our own posts."""

    kind: str  # mentions, watch, own
    network: Network
    account: str
    query: str = ""
    pause: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.network.name}:{self.kind}:{self.query or self.account.lower()}"


@dataclass(slots=True)
class Poller:
    """Reads one source at a time and says when to come back."""

    desk: Desk
    voice: Voice
    shortest: float
    own_pause: float = 300.0
    started_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.started_at = self.desk.now()

    async def poll(self, source: Source) -> float:
        """Read what is new; returns the seconds until the next reading: soon when busy, later when quiet."""
        if await self._over_budget():
            return 60.0
        try:
            new = await self._read(source)
        except RateLimited as limit:
            return max(limit.seconds, self.shortest)
        except AccountProblem as problem:
            await _tell_account_problem(self.desk, source.account, str(problem))
            return 300.0
        await _forget_account_problem(self.desk, source.account)
        return self._pause(source, new)

    def _pause(self, source: Source, new: int) -> float:
        shortest = max(self.shortest, self.own_pause) if source.kind == "own" else self.shortest
        grown = min(source.pause * 2 or shortest, shortest * QUIETEST)
        source.pause = shortest if new else max(shortest, grown)
        return max(source.pause, self._spread(source))

    def _spread(self, source: Source) -> float:
        """Never past the headers: what is left of calls, spread over what is left of the window."""
        pace = source.network.pace(source.account, source.kind)
        if pace.remaining is None or pace.reset is None:
            return 0.0
        left = (pace.reset - self.desk.now()).total_seconds()
        return max(0.0, left / pace.remaining) if pace.remaining > 0 else max(0.0, left)

    async def _read(self, source: Source) -> int:
        async with self.desk.database.read() as connection:
            mark = await reading.watermark(connection, source.name)
        new, newest, pages, reached = 0, None, [], True
        async for page in self._pages(source, mark):
            await self._account_for(source, page)
            pages.append(page)
            reached = page.last
        if mark and not reached:
            await self._refill(source, mark, pages)
        # Oldest page first: a crash in between leaves the watermark below what was not taken in.
        for page in reversed(pages):
            newest = max([newest or "0", *(post.post_id for post in page.mentions)], key=int)
            new += await self._receive(source, page, newest)
        return new

    def _pages(self, source: Source, mark: str | None) -> AsyncIterator[Page]:
        """From a little before the watermark; the very first time only what is younger than the cut-off."""
        network = source.network
        since = _overlapping(network, mark, self.desk.now()) if mark else None
        start = None if mark else self.started_at - timedelta(hours=self.desk.policy.desk.start_from_hours)
        match source.kind:
            case "mentions":
                return network.mentions(source.account, since=since, start=start)
            case "own":
                return network.own_posts(source.account, since=since, start=start)
        oldest = network.id_at(self.desk.now() - SEARCH_REACH)
        if since and int(since) < int(oldest):
            since = oldest  # search refuses ids older than a week
        return network.search(source.query, account=source.account, since=since, until=None, start=start)

    async def _refill(self, source: Source, mark: str, pages: list[Page]) -> None:
        """More came than the mentions endpoint reaches back: recent search fills the gap, or the leads are told."""
        oldest = min((post.post_id for page in pages for post in page.mentions), key=int, default=None)
        if oldest is None or source.kind != "mentions":
            return
        floor = source.network.id_at(self.desk.now() - SEARCH_REACH)
        since = max(mark, floor, key=int)
        complete = since == mark
        query = f"@{source.account} -is:retweet"
        try:
            async for page in source.network.search(
                query, account=source.account, since=since, until=oldest, start=None
            ):
                await self._account_for(source, page)
                pages.append(page)
                if await self._over_budget():
                    complete = False
                    break
        except (Refused, RateLimited) as problem:
            log.warning("gap_not_refilled", source=source.name, problem=str(problem))
            complete = False
        if not complete:
            await _tell_gap(self.desk, source.account)

    async def _receive(self, source: Source, page: Page, newest: str) -> int:
        for post_id in page.malformed:
            log.warning("malformed_post", network=source.network.name, post=post_id)
        posts = [self._addressed(source, post) for post in page.mentions]
        strangers = await self._strangers(source, posts, page)
        authors = {author.id: author for author in [*page.authors, *strangers]}
        marks = {source.name: newest} if int(newest) else {}
        return await receiving.receive(self.desk, posts, list(authors.values()), self.voice, watermarks=marks)

    def _addressed(self, source: Source, post: Mention) -> Mention:
        """A post that tags several of our accounts belongs to the one that gives support."""
        tagged = [account for account in self.desk.policy.account if account.handle.lower() in post.tags]
        if source.kind == "own" or not tagged:
            return post
        order = ["support", "both", "marketing"]
        best = min(tagged, key=lambda account: order.index(account.purpose.value))
        if source.kind == "watch" or best.handle.lower() != post.account.lower():
            return replace(post, account=best.handle)
        return post

    async def _strangers(self, source: Source, posts: Sequence[Mention], page: Page) -> list[Author]:
        """Authors that are not cached: X bills every user read."""
        given = {author.id for author in page.authors}
        wanted = {
            post.author_id
            for post in posts
            if post.author_id not in given and not self.voice.is_ours(post.author_id)
        }
        if not wanted:
            return []
        async with self.desk.database.read() as connection:
            cached = await mentions.cached_authors(
                connection, source.network.name, wanted, self.desk.now() - AUTHOR_FRESH
            )
        missing = sorted(wanted - set(cached))
        if not missing:
            return []
        found = await source.network.authors(source.account, missing)
        await _spend(self.desk, "authors", [author.id for author in found], 0.010)
        return found

    async def _account_for(self, source: Source, page: Page) -> None:
        """Count what was read, at X's price: the app owner's own mentions are cheaper, the first account is it."""
        owner = self.desk.policy.account[0].handle.lower() == source.account.lower()
        price = 0.001 if source.kind == "mentions" and owner else POST_READ_USD
        await _spend(self.desk, source.kind, [post.post_id for post in page.mentions], price)

    async def _over_budget(self) -> bool:
        now = self.desk.now()
        budget = self.desk.policy.x.monthly_budget_usd
        async with self.desk.database.read() as connection:
            spent = await reading.spent(connection, f"{now:%Y-%m}")
        if sum(usd for _count, usd in spent.values()) < budget:
            return False
        await _tell_budget(self.desk)
        return True

    async def recheck(self, network: Network) -> int:
        """Look up stored posts anew, the longest unchecked first, as far as this month's budget allows."""
        now = self.desk.now()
        async with self.desk.database.read() as connection:
            ids = await mentions.to_check(connection, network.name, now - RECHECK_EVERY, RECHECK_PAGE)
            spent = await reading.spent(connection, f"{now:%Y-%m}")
        allowed = self.desk.policy.x.monthly_budget_usd * month_passed(now)
        if not ids or sum(usd for _count, usd in spent.values()) + len(ids) * POST_READ_USD > allowed:
            return 0
        account = self.desk.policy.account[0].handle
        looked = await network.look_up(account, ids)
        await _spend(self.desk, "recheck", [post.post_id for post in looked.mentions], POST_READ_USD)
        await receiving.honour_lookup(self.desk, network.name, looked.mentions, looked.gone)
        return len(ids)


def month_passed(now: datetime) -> float:
    """Which share of its month has passed, the day under way included: what may be spent by now."""
    return now.day / calendar.monthrange(now.year, now.month)[1]


def _overlapping(network: Network, mark: str, now: datetime) -> str:
    return min(mark, network.id_at(now - OVERLAP), key=int)


@use_case
async def _spend(work: Work, what: str, ids: Sequence[str], price: float) -> None:
    day, month = f"{work.now:%Y-%m-%d}", f"{work.now:%Y-%m}"
    count = await reading.bill_once(work.connection, day, ids)
    if count:
        await reading.spend(work.connection, month, what, count, count * price)


@use_case
async def _tell_budget(work: Work) -> None:
    if await reading.first_time(work.connection, f"budget:{work.now:%Y-%m}", work.now):
        await work.tell_leads("budget", None, usd=f"{work.policy.x.monthly_budget_usd:.0f}")


@use_case
async def _tell_gap(work: Work, account: str) -> None:
    when = f"{work.now:%Y-%m-%d %H:%M} UTC"
    if await reading.first_time(work.connection, f"gap:{account}:{work.now:%Y-%m-%dT%H}", work.now):
        await work.tell_leads("gap", None, account=account, when=when)


@use_case
async def _tell_account_problem(work: Work, account: str, problem: str) -> None:
    if await reading.first_time(work.connection, f"account:{account.lower()}", work.now):
        await work.tell_leads("account_problem", None, account=account, problem=problem)


async def _forget_account_problem(desk: Desk, account: str) -> None:
    key = f"account:{account.lower()}"
    async with desk.database.read() as connection:
        told = await reading.said(connection, key)
    if told:
        await _unsay(desk, key)


@use_case
async def _unsay(work: Work, key: str) -> None:
    await reading.unsay(work.connection, key)
