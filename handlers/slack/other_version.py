"""Buttons that another version of Mentiondesk has drawn: what they are on is drawn again, and the presser told."""

from handlers.desk.cases import redraw
from handlers.slack.context import Click, Context, OtherVersion
from triage.i18n import _


async def draw_again(ctx: Context, click: Click) -> str:
    """Ask for what was pressed to be drawn again; returns what to say about it. Home is published after each press."""
    container = click.body.get("container") or {}
    if click.in_home:
        return _(
            "This button was from another version of Mentiondesk. Home is fresh now: please press again."
        )
    if container.get("type") == "view":
        return str(OtherVersion())
    if await redraw.redraw(ctx.desk, container.get("channel_id", ""), container.get("message_ts", "")):
        return _(
            "This button is from another version of Mentiondesk. It is drawn again now: please press again."
        )
    return _("This button is from another version of Mentiondesk. Write `/desk` for a fresh list.")
