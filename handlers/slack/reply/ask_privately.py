"""Requests to the customer in a public answer: to write privately, or to the right account."""

from handlers.desk.replies.prepare import Composing
from handlers.slack.context import Context
from handlers.slack.views.blocks import Block
from handlers.slack.views.date_field import date_field
from triage.i18n import _
from triage.replies import private_messages
from triage.rights import Person


def spoken() -> str:
    return _("Put words into your answer that ask the customer to write privately")


def suggested(ctx: Context, at_hand: Composing) -> str:
    """An answer to begin with, where the case says which: data to delete, or another account to go to."""
    if at_hand.require_target().account != at_hand.case.account:
        return private_messages.over_there(at_hand.case.language, at_hand.case.account)
    return words_for(ctx, at_hand) if _shows_too_much(at_hand) else ""


def words_for(ctx: Context, at_hand: Composing) -> str:
    """Asks them, in their language, to write privately to the account that speaks."""
    link = None
    if ctx.desk.policy.desk.message_link:
        link = ctx.networks[at_hand.case.network].message_url(at_hand.require_target().account)
    return private_messages.in_private(at_hand.case.language, link, delete_first=_shows_too_much(at_hand))


def _shows_too_much(at_hand: Composing) -> bool:
    return any(post.hidden and post.deleted_at is None for post in at_hand.posts)


def date_of_look(ctx: Context, person: Person, area: str | None) -> Block:
    """The time to look if they wrote."""
    return date_field(ctx, person, area, _("Remind me to look whether they wrote"), optional=True)
