"""A strip of App Home for leads: what Slack refuses to show."""

from db.queue.subjects import AskOf, CardOf, Removal
from db.rows import Delivery
from handlers.desk import outbox
from handlers.desk.reading import home as reading
from handlers.slack.context import Click, Context
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import Block, actions, at, button, context, header, inline, moment, section
from triage.cases.mention import Author
from triage.i18n import _


def register(gestures: Gestures) -> None:
    gestures.click("show_again", on_show_again)


async def on_show_again(ctx: Context, _click: Click) -> None:
    await outbox.show_again(ctx.desk)


async def strip(ctx: Context) -> list[Block]:
    """Nothing while Slack takes everything."""
    refused = await reading.not_shown(ctx.desk)
    if not refused.count:
        return []
    lines = [_line(one, refused.authors.get(one.case_id or 0)) for one in refused.oldest]
    left = refused.count - len(lines)
    more = [context(_("… and {n} more").format(n=left))] if left else []
    title = header(_("🚧 Could not be shown ({n})").format(n=refused.count))
    return [title, *lines, *more, actions(button(_("Show again"), "show_again", "0:0"))]


def _line(delivery: Delivery, author: Author | None) -> Block:
    who = at(author.handle) if author else _("the desk")
    match delivery.subject:
        case CardOf():
            what = _("the card of {who}").format(who=who)
        case AskOf():
            what = _("a question about {who}").format(who=who)
        case Removal():
            what = _("a message that has to go")
        case _other:
            what = _("a message about {who}").format(who=who)
    why = delivery.problem or _("it is there in words alone, without its buttons")
    return section(f"{moment(delivery.made_at)} · {what}: {inline(why)}")
