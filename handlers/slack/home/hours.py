"""Strips of App Home: the desk's hours, and the lists at the start and the end of a person's day."""

from handlers.desk.cases import digests
from handlers.slack.context import Click, Context
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import (
    Block,
    actions,
    button,
    context,
    divider,
    header,
    inline,
    moment,
    words,
)
from triage import traits
from triage.i18n import _
from triage.policy import Purpose
from triage.rights import Person, Role

LISTS = {"want_morning": digests.MORNING, "want_evening": digests.EVENING, "want_week": digests.WEEK}


def register(gestures: Gestures) -> None:
    for action in LISTS:
        gestures.click(action, on_want)


async def on_want(ctx: Context, click: Click) -> None:
    await digests.want(ctx.desk, click.person, LISTS[click.action_id], wanted=click.choice == "on")


async def strip(ctx: Context, person: Person) -> list[Block]:
    """The desk's hours; for leads also as text for the profile; for who has hours, their lists."""
    now = ctx.desk.now()
    policy = ctx.desk.policy
    hours = [_("🕘 Open: {hours}").format(hours=inline(policy.working_time.in_words(now)))]
    for area in policy.area:
        own = policy.working_time_of(area.name)
        if own != policy.working_time:
            hours.append(f"{inline(area.name)}: {inline(own.in_words(now))}")
    until = await ctx.duty.away_until(person.slack)
    away = (
        [context(_("🌴 You are away until {when}. `/desk back` ends it.").format(when=moment(until)))]
        if until
        else []
    )
    blocks = [divider(), context(*hours), *away, *await _lists(ctx, person)]
    return [*blocks, *(_profile(ctx) if person.role is Role.LEAD else [])]


async def _lists(ctx: Context, person: Person) -> list[Block]:
    offered = digests.kinds_for(person)
    if not offered:
        return []
    unwanted = await digests.unwanted(ctx.desk, person)
    labels = {
        "want_morning": (_("☀️ Morning list: on"), _("☀️ Morning list: off")),
        "want_evening": (_("🌙 List at the end of the day: on"), _("🌙 List at the end of the day: off")),
        "want_week": (
            _("🔇 What was dismissed for good, weekly: on"),
            _("🔇 What was dismissed for good, weekly: off"),
        ),
    }
    buttons = []
    for action, (is_on, is_off) in labels.items():
        if LISTS[action] not in offered:
            continue
        on = LISTS[action] not in unwanted
        turned = _("Switches it off") if on else _("Switches it on")
        buttons.append(button(is_on if on else is_off, action, f"{'off' if on else 'on'}:0", spoken=turned))
    return [actions(*buttons)]


def _profile(ctx: Context) -> list[Block]:
    """Texts for our profiles: each account's purpose, its hours, and the other account to turn to."""
    policy = ctx.desk.policy
    blocks = [header(_("🪪 For your public profiles"))]
    for account in policy.account:
        sister = policy.sister_of(account.network, account.handle)
        purpose = {
            Purpose.SUPPORT: _("Customer service of {desk}."),
            Purpose.MARKETING: _("News of {desk}."),
            Purpose.BOTH: _("News and customer service of {desk}."),
        }[account.purpose].format(desk=policy.desk.name)
        hours = (
            ""
            if account.purpose is Purpose.MARKETING
            else _("We answer: {hours}.").format(hours=policy.working_time.in_words())
        )
        other = ""
        if sister and account.purpose is Purpose.MARKETING:
            other = _("Need help? @{handle}").format(handle=sister)
        name = _("@{handle} on {network}").format(
            handle=account.handle, network=traits.title(account.network)
        )
        blocks += [context(name), words(" ".join(filter(None, (purpose, hours, other))))]
    return blocks
