"""/desk away, back and duty: absences, and duty for an area."""

import re
from collections.abc import Sequence
from datetime import datetime

from db.cases import Listed
from handlers.desk.cases import duty as leaving
from handlers.desk.reading import lists
from handlers.slack.context import Click, Context
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import Block, actions, button, context, inline, moment, section
from handlers.slack.views.lists import draw_line
from triage.errors import DeskError
from triage.i18n import _, ngettext
from triage.rights import Person
from triage.time.dates import moment as moment_in

MOST_CASES = 200
SHOWN = 10
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def register(gestures: Gestures) -> None:
    gestures.click("hand_over", on_hand_over)
    gestures.click("hand_over_all", on_hand_over_all)


async def away(ctx: Context, person: Person, text: str) -> list[Block]:
    """`/desk away until Monday [transfer]`."""
    wants_transfer = text.split()[-1:] == ["transfer"]
    until = _moment(ctx, person, text.removesuffix("transfer"))
    await leaving.leave(ctx.desk, person, until)
    line = _("🌴 You are away until {when}. Direct messages wait until then, and no case comes back to you.")
    head = section(line.format(when=moment(until)))
    if wants_transfer:
        handed, kept = await _hand_over_all(ctx, person)
        return [head, context(_handed_in_words(handed, kept))]
    return [head, *await _to_hand_over(ctx, person), context(_("`/desk back` when you are here again."))]


def _moment(ctx: Context, person: Person, text: str) -> datetime:
    return moment_in(text, ctx.desk.now().astimezone(person.zone))


async def _to_hand_over(ctx: Context, person: Person) -> list[Block]:
    """The person's open cases, to hand over one by one or all at once."""
    listing = await lists.open_cases(ctx.desk, Listed(owner=person.slack), size=SHOWN)
    if not listing.lines:
        return [context(_("You have no open case. Enjoy it."))]
    now = ctx.desk.now()
    title = ngettext("You have {n} open case:", "You have {n} open cases:", listing.count)
    title = title.format(n=listing.count)
    return [
        section(title),
        *(
            draw_line(line, now) | {"accessory": button(_("Hand over"), "hand_over", line.case.id)}
            for line in listing.lines
        ),
        actions(button(_("Hand over all"), "hand_over_all", 0, style="primary")),
        context(_("To who is on duty for its area; to the channel when nobody is. Promises go along.")),
    ]


async def on_hand_over(ctx: Context, click: Click) -> None:
    to = await _hand_over(ctx, click.person, click.case_id)
    who = f"<@{to}>" if to else _("the channel")
    await ctx.tell(click, _("🤝 The case is with {who} now.").format(who=who))


async def on_hand_over_all(ctx: Context, click: Click) -> None:
    handed, kept = await _hand_over_all(ctx, click.person)
    await ctx.tell(click, _handed_in_words(handed, kept))


async def _hand_over_all(ctx: Context, person: Person) -> tuple[int, int]:
    """Hand over all the person's open cases; returns the numbers of those handed over and those that could not be."""
    found = await lists.owned_by(ctx.desk, person.slack, MOST_CASES)
    handed = 0
    for case in found:
        try:
            await _hand_over(ctx, person, case.id)
            handed += 1
        except DeskError:
            continue  # the case changed just now, so it keeps its owner
    return handed, len(found) - handed


async def _hand_over(ctx: Context, person: Person, case_id: int) -> str | None:
    others = [who for who in await ctx.duty.on_duty_for(case_id) if who != person.slack]
    to = await ctx.person(others[0]) if others else None
    await leaving.hand_over(ctx.desk, case_id, person, to)
    return to.slack if to else None


def _handed_in_words(handed: int, kept: int) -> str:
    line = ngettext("🤝 {n} case was handed over.", "🤝 {n} cases were handed over.", handed).format(n=handed)
    return line + (" " + _("{n} moved just now and stayed with you.").format(n=kept) if kept else "")


async def back(ctx: Context, person: Person, _text: str) -> list[Block]:
    """`/desk back`."""
    since = await leaving.come_back(ctx.desk, person)
    if since is None:
        return [section(_("You are here: nobody thinks that you are away."))]
    lines = await lists.touched_since(ctx.desk, person.slack, since, SHOWN)
    now = ctx.desk.now()
    head = section(_("👋 Welcome back. You were away since {when}.").format(when=moment(since)))
    if not lines:
        return [head, context(_("Nothing happened on your cases meanwhile."))]
    return [
        head,
        context(_("What moved meanwhile:")),
        *(draw_line(line, now, with_owner=True) for line in lines),
    ]


async def duty(ctx: Context, person: Person, text: str) -> list[Block]:
    """`/desk duty`, and `/desk duty billing @marco until Friday`."""
    named = _PERSON.search(text)
    if named is None:
        return await _who_is_on_duty(ctx)
    area = _area(ctx, text[: named.start()].strip())
    until = _moment(ctx, person, text[named.end() :])
    colleague = await ctx.person(named[1])
    if not await ctx.duty.here([colleague.slack]):
        raise DeskError(_("{name} is away, or does not work on this desk.").format(name=colleague.name))
    await leaving.put_on_duty(ctx.desk, person, area, colleague.slack, until)
    line = _("🛟 <@{who}> is on duty for {area} until {when}.")
    return [section(line.format(who=colleague.slack, area=_in_words(area), when=moment(until)))]


def _area(ctx: Context, name: str) -> str | None:
    if not name:
        return None
    known = {area.name.lower(): area.name for area in ctx.desk.policy.area}
    if name.lower() not in known:
        line = _("“{name}” is no area here. There are: {areas}.")
        raise DeskError(line.format(name=inline(name[:60]), areas=", ".join(known.values()) or "–"))
    return known[name.lower()]


def _in_words(area: str | None) -> str:
    return inline(area) if area else _("the whole desk")


async def _who_is_on_duty(ctx: Context) -> list[Block]:
    areas: Sequence[str | None] = [*(area.name for area in ctx.desk.policy.area), None]
    lines = []
    for area in areas:
        people_there = await ctx.duty.on_duty(area)
        names = ", ".join(f"<@{who}>" for who in people_there[:5]) or _("nobody")
        lines.append(f"*{_in_words(area)}*: {names}")
    return [section(_("🛟 On duty now:")), section("\n".join(lines))]
