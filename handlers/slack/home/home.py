"""App Home: a person's own work on top, then unclaimed cases; for leads, the figures of the day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from db.cases import FirstReply, Listed
from db.rows import FollowUp
from handlers.desk import spending
from handlers.desk.reading import home as reading
from handlers.desk.reading import lists
from handlers.ports import Payload
from handlers.slack.chat import call
from handlers.slack.context import Click, Context
from handlers.slack.gestures import Gestures
from handlers.slack.home import hours, refusals, saved_replies
from handlers.slack.views import waiting_times
from handlers.slack.views.blocks import (
    Block,
    actions,
    at,
    button,
    context,
    cut,
    divider,
    excerpt,
    header,
    inline,
    moment,
    section,
)
from handlers.slack.views.lists import draw_line
from triage.budget import RECHECK_SHARE
from triage.cases.case import Outcome
from triage.cases.mention import Author
from triage.i18n import _, ngettext, speak
from triage.rights import Person, Role

PAGE = 10
MOST_TROUBLES = 5
# The page of each list that a person looks at in their Home.
Pages = tuple[int, int, int]
MINE, UNCLAIMED, PROMISED = range(3)
FIRST: Pages = (0, 0, 0)


def register(gestures: Gestures) -> None:
    gestures.event("app_home_opened", on_opened)
    gestures.click("home_page", on_page)
    gestures.click("home_page_next", on_page)
    gestures.from_home = publish_again


async def on_opened(ctx: Context, body: Payload) -> None:
    event = body["event"]
    if event.get("tab", "home") == "home":
        person = await ctx.directory.person(event["user"])
        speak(person.language)
        await publish(ctx, person, FIRST)


async def on_page(ctx: Context, click: Click) -> None:
    await publish(ctx, click.person, click.chosen(_pages))


def _pages(choice: str) -> Pages:
    """`mine-unclaimed-promised`; the first release had two lists."""
    mine, unclaimed, *promised = map(int, choice.split("-"))
    return mine, unclaimed, next(iter(promised), 0)


async def publish_again(ctx: Context, click: Click) -> None:
    """After a gesture in Home: what it shows has changed."""
    if not click.action_id.startswith("home_page"):
        await publish(ctx, click.person, FIRST)


async def publish(ctx: Context, person: Person, pages: Pages) -> None:
    view = {"type": "home", "callback_id": "home", "blocks": await _blocks(ctx, person, pages)}
    await call(ctx.client.views_publish, user_id=person.slack, view=view)


async def _blocks(ctx: Context, person: Person, pages: Pages) -> list[Block]:
    now = ctx.desk.now()
    if person.role is Role.VIEWER:
        name = inline(ctx.desk.policy.desk.name)
        return [section(_("*{name}*: you may look on. Ask a lead to add you to the desk.").format(name=name))]
    return [
        *await _banner(ctx),
        *(await refusals.strip(ctx) if person.role is Role.LEAD else []),
        *await _promised(ctx, person, now, pages),
        *await _list(ctx, person, now, pages, MINE),
        *await _list(ctx, person, now, pages, UNCLAIMED),
        *await saved_replies.strip(ctx, person),
        *await hours.strip(ctx, person),
        *([*await _measure(ctx, now), *await waiting_times.of_week(ctx)] if person.role is Role.LEAD else []),
        divider(),
        context(_("Updated {when}. Open this page again for the latest.").format(when=moment(now, "{time}"))),
    ]


async def _banner(ctx: Context) -> list[Block]:
    """Banners about the troubles of the moment."""
    found = await reading.banner(ctx.desk)
    spent = _("⚠️ *This month's reading budget is used up.* New mentions are not read; replies still go.")
    lasting = [
        _("⚠️ *Not everything works*, since {since}: {cause}").format(
            since=moment(since), cause=inline(cut(cause, 1000))
        )
        for cause, since in found.troubles[:MOST_TROUBLES]
    ]
    return [section(line) for line in [*([spent] if found.over_budget else []), *lasting]]


async def _promised(ctx: Context, person: Person, now: datetime, pages: Pages) -> list[Block]:
    today = _end_of_day(now, person.zone)
    due = await reading.promised(ctx.desk, person.slack, today, size=PAGE, page=pages[PROMISED])
    if not due.follow_ups:
        return []
    title = _("📌 Promised for today ({n})").format(n=due.count)
    lines = [_promise_line(one, due.authors) for one in due.follow_ups]
    return [header(title), *lines, *_pager(due.count, pages, PROMISED)]


def _promise_line(row: FollowUp, authors: Mapping[int, Author]) -> Block:
    author = authors.get(row.case_id)
    who = at(author.handle) if author else _("a customer")
    note = f": {excerpt(row.note, 140)}" if row.note else ""
    return section(
        f"{moment(row.due_at)} · {who}{note}", accessory=button(_("Details"), "details", row.case_id)
    )


def _end_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=local.tzinfo)


async def _list(ctx: Context, person: Person, now: datetime, pages: Pages, which: int) -> list[Block]:
    """Own cases or the unclaimed, a page of them."""
    listed = Listed(owner=person.slack) if which == MINE else Listed(unclaimed=True)
    listing = await lists.open_cases(ctx.desk, listed, size=PAGE, page=pages[which])
    count = listing.count
    title = (_("🙋 Your cases ({n})"), _("🆕 Unclaimed ({n})"))[which].format(n=count)
    nothing = (_("You have no open case."), _("Nothing is unclaimed. Well done."))[which]
    drawn = [draw_line(line, now, claimable=which == UNCLAIMED) for line in listing.lines]
    return [header(title), *(drawn or [context(nothing)]), *_pager(count, pages, which)]


def _pager(count: int, pages: Pages, which: int) -> list[Block]:
    last = lists.last_page(count, PAGE)
    here = min(pages[which], last)
    steps = [(here - 1, _("Previous")), (here + 1, _("Next"))]
    buttons = []
    for page, label in steps:
        if 0 <= page <= last:
            target = [*pages[:which], page, *pages[which + 1 :]]
            # Two buttons of one row need two action ids.
            action_id = "home_page" if page < here else "home_page_next"
            buttons.append(button(label, action_id, f"{'-'.join(map(str, target))}:0"))
    return [actions(*buttons)] if buttons else []


async def _measure(ctx: Context, now: datetime) -> list[Block]:
    """Figures about today's first replies, which count unanswered cases too."""
    zone = ZoneInfo(ctx.desk.policy.desk.timezone)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    replies = await reading.replies_since(ctx.desk, midnight)
    spent = await spending.spent_this_month(ctx.desk)
    cost = _("This month: {usd:.2f} of {budget:.0f} US$ for reading, {replies:.2f} US$ for replies").format(
        usd=spent.reading, budget=ctx.desk.policy.reading_budget_usd, replies=spent.replies
    )
    lines = [
        cost,
        *await _rechecks(ctx, spent),
        *([_wrong_doors(replies.wrong_doors)] if replies.wrong_doors else []),
    ]
    return [header(_("📊 Today")), section(first_reply_in_words(replies.first, now)), *map(context, lines)]


async def _rechecks(ctx: Context, spent: spending.Spent) -> list[str]:
    """Say how far looking stored posts up again has come and what it has cost; nothing while no post is stored."""
    posts = await reading.unchecked_posts(ctx.desk)
    if posts.oldest is None:
        return []
    share = ctx.desk.policy.reading_budget_usd * RECHECK_SHARE
    return [
        _(
            "🔎 Stored posts not looked up for a day: {n} of {all}; the oldest look was {when}. Looking them up "
            "again cost {usd:.2f} of {share:.2f} US$ this month, a tenth of the budget."
        ).format(
            n=posts.overdue, all=posts.stored, when=moment(posts.oldest), usd=spent.rechecks, share=share
        )
    ]


def _wrong_doors(doors: Sequence[tuple[str, str, int]]) -> str:
    ways = ", ".join(f"{at(came_to)} → {at(account)}: {count}" for came_to, account, count in doors)
    return _("🚪 Came to the wrong account in the last seven days: {ways}").format(ways=ways)


def first_reply_in_words(rows: Sequence[FirstReply], now: datetime) -> str:
    """The median first reply; who still waits counts with the wait so far, who needed none does not count."""
    needless = {
        Outcome.NO_REPLY_NEEDED,
        Outcome.SPAM,
        Outcome.TROLL,
        Outcome.NOT_US,
        Outcome.DUPLICATE,
        Outcome.DELETED,
    }
    counted = [row for row in rows if row.first_reply_at or row.outcome not in needless]
    if not counted:
        return _("No mention that needs an answer yet today.")
    minutes = [((row.first_reply_at or now) - row.opened_at).total_seconds() / 60 for row in counted]
    unanswered = sum(row.first_reply_at is None for row in counted)
    late = sum(row.late_at is not None for row in counted)
    line = ngettext(
        "*Median first reply: {median:.0f} min* over {n} case",
        "*Median first reply: {median:.0f} min* over {n} cases",
        len(counted),
    ).format(median=median(minutes), n=len(counted))
    waiting = _("{n} unanswered, counted with their wait so far").format(n=unanswered)
    return f"{line} · {waiting} · " + _("{n} answered late or late now").format(n=late)
