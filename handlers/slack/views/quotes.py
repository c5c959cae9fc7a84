"""Quotes of customers: exactly as they wrote, or hidden whole if they show private data."""

from collections.abc import Sequence

from db.mentions import Post
from handlers.slack.views.blocks import SECTION, Block, button, context, excerpt, section, words
from triage.i18n import _

# Never rewritten: a sentence with a hole would be words that they did not say.


def quote(post: Post, most: int = SECTION) -> list[Block]:
    """A post in full; a hidden one behind a button."""
    if not post.hidden:
        return [words(post.text, most)]
    return [
        section(
            _("🔒 *Hidden:* it shows private data, so it is not repeated here."),
            accessory=_show(post.case_id),
        )
    ]


def _show(case_id: int) -> Block:
    return button(
        _("Show"), "show", case_id, spoken=_("Show the hidden post; the history keeps that you looked")
    )


def in_line(post: Post, most: int) -> str:
    """A post within a line of ours."""
    return _("🔒 (hidden: private data)") if post.hidden else excerpt(post.text, most)


def uncovered(posts: Sequence[Post]) -> list[Block]:
    """Hidden posts in full, for the person who asked to see them."""
    said = _("The history keeps that you looked. Never repeat any of this in public.")
    return [context(said), *(words(post.text) for post in posts)]
