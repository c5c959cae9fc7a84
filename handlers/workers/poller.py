"""Reads the networks: with overlap and dedupe, the watermark last, within pace and budget."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from db import cursors, mentions
from handlers import metrics
from handlers.desk import alerts, spending
from handlers.desk.intake import changed_posts, introduce, receive, waves
from handlers.desk.intake.receive import Voice
from handlers.desk.spending import Priced
from handlers.desk.work import Desk
from handlers.ports import Network, Page
from handlers.problems import LONGEST_WAIT, AccountProblem, DoorProblem, RateLimited, Refused
from handlers.workers.health import Health
from handlers.workers.unreadable import Unreadable
from triage import traits
from triage.cases.mention import Author, Mention
from triage.i18n import _
from triage.policy import first_to_answer
from triage.traits import Order, Traits

log = structlog.get_logger()

# Some networks index mentions late: each reading begins this much before the last one.
OVERLAP = timedelta(minutes=5)
# The mentions endpoint reaches back 800 posts; recent search, 7 days.
SEARCH_REACH = timedelta(days=7) - timedelta(minutes=5)
# Pauses, as multiples of the shortest.
QUIETEST = 4
TROUBLED = 20
AUTHOR_FRESH = timedelta(days=30)
RECHECK_EVERY = timedelta(hours=23)
RECHECK_PAGE = 100


@dataclass(slots=True)
class Span:
    """The progress of a reading: its start, its newest and oldest post, and `gap` if posts are beyond the reach.

    A reading that was cut short continues below its oldest post; otherwise a long one would never end on a bad day.
    """

    begun_at: datetime | None = None
    newest: str | None = None
    oldest: str | None = None
    gap: bool = False

    def widen(self, page: Page, order: Order) -> None:
        places = [post.place for post in page.mentions]
        self.newest = max(filter(None, (self.newest, *places)), key=order, default=None)
        self.oldest = min(filter(None, (self.oldest, *places)), key=order, default=None)

    def is_above(self, mark: str | None, order: Order) -> bool:
        """True if unread posts newer than the watermark may be left; otherwise only the overlap was cut short."""
        return bool(mark and self.oldest and order(self.oldest) > order(mark))

    def newer_than(self, mark: str | None, order: Order) -> str | None:
        """The new watermark, if it moves."""
        return self.newest if self.newest and (mark is None or order(self.newest) > order(mark)) else None


@dataclass(slots=True)
class Source:
    """Something that is read again and again: an account's mentions, a watch, or our own posts."""

    kind: str  # mentions, watch, own
    network: Network
    account: str
    query: str = ""
    pause: float = 0.0
    read_at: datetime | None = None
    taken: int = 0  # posts that were new in the reading under way, or the last one
    span: Span = field(default_factory=Span)
    mark: str | None = None  # the watermark that the reading under way began with
    kept_up_at: datetime | None = None  # read to its end then, or rightly not read

    @property
    def name(self) -> str:
        return f"{self.network.name}:{self.kind}:{self.query or self.account.lower()}"

    @property
    def traits(self) -> Traits:
        return traits.of(self.network.name)

    @property
    def is_behind(self) -> bool:
        """True while posts are known to be unread: a reading is under way, or was cut short."""
        return self.span.oldest is not None and (
            self.mark is None or self.span.is_above(self.mark, self.traits.order)
        )

    @property
    def reached(self) -> datetime | None:
        """How far back the reading under way has come."""
        return self.network.time_of(self.span.oldest) if self.span.oldest else None


@dataclass(slots=True)
class Poller:
    """Reads one source at a time and says when to come back."""

    desk: Desk
    health: Health
    shortest: float
    own_pause: float = 300.0
    over_budget: bool | None = None
    recent: waves.Recent = field(default_factory=waves.Recent)
    started_at: datetime = field(init=False)
    _voices: dict[str, Voice] = field(default_factory=dict)
    _introducing: asyncio.Lock = field(default_factory=asyncio.Lock)
    unreadable: Unreadable = field(init=False)

    def __post_init__(self) -> None:
        self.started_at = self.desk.now()
        self.unreadable = Unreadable(self.health)

    async def poll(self, source: Source) -> float:
        """Read what is new; returns the seconds until the next reading: soon when busy, later when quiet."""
        if source.traits.prices and await self._over_budget():
            source.kept_up_at = self.desk.now()
            return self.shortest * QUIETEST
        try:
            new = await self._read(source)
        except RateLimited as limit:
            return max(limit.seconds, self.shortest)
        except (AccountProblem, Refused) as problem:
            self.health.fails(source.name, _mended_by_a_person(source, problem), at_once=True)
            return self.shortest * TROUBLED
        except DoorProblem as problem:
            waits = _("{problem} New mentions wait on {network} and are read as soon as it answers.")
            self.health.fails(source.name, waits.format(problem=problem, network=source.traits.title))
            if not source.taken:
                raise
            log.warning("reading_cut_short", source=source.name, taken=source.taken, problem=str(problem))
            return self.shortest  # it brought something: no reason to wait longer each time
        self.health.works(source.name)
        self.unreadable.reading_ended(source.name)
        source.kept_up_at = self.desk.now()
        metrics.last_good_poll.labels(source.name).set(self.desk.now().timestamp())
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
        # Our clock may have been set back since.
        left = min(LONGEST_WAIT, (pace.reset - self.desk.now()).total_seconds())
        return max(0.0, left / pace.remaining) if pace.remaining > 0 else max(0.0, left)

    async def _voice(self, network: Network) -> Voice:
        """Our own accounts there; we read nothing before we know them, or our own posts would pass for customers'."""
        async with self._introducing:
            if network.name not in self._voices:
                self._voices[network.name] = await introduce.introduce(self.desk, network)
        return self._voices[network.name]

    async def _read(self, source: Source) -> int:
        """Take in each page as it comes, the newest first, and move the watermark after the last."""
        voice = await self._voice(source.network)
        async with self.desk.database.read() as connection:
            mark = await cursors.watermark(connection, source.name)
        source.taken, source.mark = 0, mark
        async for page in self._unread(source, mark):
            await self._account_for(source, page)
            source.taken += await self._receive(source, page, voice)
            source.span.widen(page, source.traits.order)
        if newest := source.span.newer_than(mark, source.traits.order):
            await receive.all_taken_in(self.desk, source.network.name, source.name, newest)
        source.read_at = source.span.begun_at
        source.span = Span()
        return source.taken

    async def _unread(self, source: Source, mark: str | None) -> AsyncIterator[Page]:
        """All pages down to the watermark; a reading that was cut short, or a gap being refilled, is gone on with.

        Unless another replica, which had the source meanwhile, has got further.
        """
        order = source.traits.order
        if not source.span.is_above(mark, order):
            source.span = Span(begun_at=self.desk.now())
        if not source.span.gap:
            async for page in self._pages(source, mark):
                yield page
            # Reading begins before the mark: a list that ends above it was cut off by the endpoint's reach, also
            # one that is shorter than that, for what comes while it is read counts too. No network says so.
            source.span.gap = source.kind == "mentions" and source.span.is_above(mark, order)
        if source.span.gap and mark:
            async for page in self._refill(source, mark):
                yield page

    def _pages(self, source: Source, mark: str | None) -> AsyncIterator[Page]:
        """Pages from a little before the watermark; at the very first read only posts younger than the cut-off."""
        network, until = source.network, source.span.oldest
        since = _overlapping(source, mark) if mark else None
        start = None if mark else self.started_at - timedelta(hours=self.desk.policy.desk.start_from_hours)
        match source.kind:
            case "mentions":
                return network.mentions(source.account, since=since, until=until, start=start)
            case "own":
                return network.own_posts(source.account, since=since, until=until, start=start)
        reach = self.desk.now() - SEARCH_REACH
        oldest, order = network.cursor_at(reach), source.traits.order
        if since and order(since) < order(oldest):
            since = oldest  # search refuses ids and times older than a week
        start = max(start, reach) if start else None
        return network.search(source.query, account=source.account, since=since, until=until, start=start)

    async def _refill(self, source: Source, mark: str) -> AsyncIterator[Page]:
        """More came than the mentions endpoint reaches back: recent search fills the gap, or the leads are told."""
        floor, order = source.network.cursor_at(self.desk.now() - SEARCH_REACH), source.traits.order
        # Also here a little before the mark: what is indexed late lies below it.
        since = max(_overlapping(source, mark), floor, key=order)
        query = source.traits.mentions_query and source.traits.mentions_query(handle=source.account)
        if query is None:
            await alerts.gap(self.desk, source.network.name, source.account)
            return
        complete = order(floor) <= order(mark)
        try:
            async for page in source.network.search(
                query, account=source.account, since=since, until=source.span.oldest, start=None
            ):
                yield page
                if not page.last and await self._over_budget():
                    complete = False
                    break
        except (Refused, AccountProblem) as problem:
            log.warning("gap_not_refilled", source=source.name, problem=str(problem))
            complete = False
        if not complete:
            await alerts.gap(self.desk, source.network.name, source.account)

    async def _receive(self, source: Source, page: Page, voice: Voice) -> int:
        """Take in what is not known yet; a page that brings nothing new writes nothing."""
        self.unreadable.note(source.name, page.malformed)
        posts = [self._addressed(source, post) for post in await self._unknown(source, page)]
        if not posts:
            return 0
        authors = [*page.authors, *await self._strangers(source, posts, page, voice)]
        new = await receive.receive(self.desk, posts, authors, voice)
        await waves.group(self.desk, self.recent, source.network.name, [post.post_id for post in posts])
        return new

    async def _unknown(self, source: Source, page: Page) -> list[Mention]:
        if not page.mentions:
            return []
        async with self.desk.database.read() as connection:
            ids = [post.post_id for post in page.mentions]
            known = await mentions.known(connection, source.network.name, ids)
        return [post for post in page.mentions if post.post_id not in known]

    def _addressed(self, source: Source, post: Mention) -> Mention:
        """A post that tags several of our accounts belongs to the one that gives support."""
        accounts = self.desk.policy.accounts_on(source.network.name)
        tagged = [account for account in accounts if account.handle.lower() in post.tags]
        if source.kind == "own" or not tagged:
            return post
        best = first_to_answer(tagged)
        if source.kind == "watch" or best.handle.lower() != post.account.lower():
            return replace(post, account=best.handle)
        return post

    async def _strangers(
        self, source: Source, posts: Sequence[Mention], page: Page, voice: Voice
    ) -> list[Author]:
        """Authors that are not cached: a network may bill every user read."""
        given = {author.id for author in page.authors}
        wanted = {
            post.author_id
            for post in posts
            if post.author_id not in given and not voice.is_ours(post.author_id) and not post.reposts
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
        met = await source.network.authors(source.account, missing)
        self.unreadable.note(source.name, met.malformed)
        await spending.count(
            self.desk,
            source.network.name,
            spending.by(source.account, "authors"),
            [author.id for author in met.authors],
            Priced.USER,
        )
        return list(met.authors)

    async def _account_for(self, source: Source, page: Page) -> None:
        """Count what was read: the mentions of the account that owns the app, the first one, may be cheaper."""
        network = source.network.name
        owner = self.desk.policy.handles_on(network)[0].lower() == source.account.lower()
        priced = Priced.OWN_MENTION if source.kind == "mentions" and owner else Priced.POST
        read, beside = spending.by(source.account, source.kind), spending.by(source.account, "beside")
        await spending.count(self.desk, network, read, page.read, priced)
        await spending.count(self.desk, network, beside, page.beside, Priced.POST)

    async def _over_budget(self) -> bool:
        over = (await spending.spent_this_month(self.desk)).reading >= self.desk.policy.reading_budget_usd
        if over is not self.over_budget:
            await (alerts.budget_reached if over else alerts.budget_left)(self.desk)
            self.over_budget = over
        return over

    async def recheck(self, network: Network) -> int:
        """Look stored posts up again, as many as their share of the budget allows; returns how many."""
        affordable = await spending.affordable_rechecks(self.desk, network.name)
        most = RECHECK_PAGE if affordable is None else min(RECHECK_PAGE, affordable)
        ids = await self._to_recheck(network, most)
        if not ids:
            return 0
        looked = await network.look_up(self.desk.policy.handles_on(network.name)[0], ids)
        await changed_posts.honour_lookup(
            self.desk,
            network.name,
            looked.mentions,
            looked.gone,
            read=looked.read,
            asked=ids,
            counted_as=spending.RECHECKS,
        )
        return len(ids)

    async def _to_recheck(self, network: Network, count: int) -> list[str]:
        if not count:
            return []
        async with self.desk.database.survey() as connection:
            return await mentions.to_check(connection, network.name, self.desk.now() - RECHECK_EVERY, count)


def _mended_by_a_person(source: Source, problem: DoorProblem) -> str:
    if isinstance(problem, AccountProblem):
        return _(
            "{network} refuses @{account}: {problem} Reading and answering for it wait until that is fixed."
        ).format(network=source.traits.title, account=source.account, problem=problem)
    return _(
        "{network} refuses to look for {asked}: {problem} Fix it in desk.toml; until then nothing of it is read."
    ).format(network=source.traits.title, asked=source.query or f"@{source.account}", problem=problem)


def _overlapping(source: Source, mark: str) -> str:
    """A little before the last reading; after a start, before the newest post that was taken in."""
    network = source.network
    seen_until = source.read_at or network.time_of(mark)
    return min(mark, network.cursor_at(seen_until - OVERLAP), key=source.traits.order)
