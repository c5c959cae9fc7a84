"""X's traits: what X is like for the rest of the desk."""

import re
from datetime import date

from bot.networks.x.length import MEASURE
from triage.traits import Answers, Prices, Summoned, Traits

NAME = "x"

# Pay per use, in US dollars (docs.x.com, "Pricing"). Media are billed like posts.
PRICES = Prices(
    of=date(2026, 11, 1),
    own_mention=0.001,
    post=0.005,
    user=0.010,
    answer=0.010,
    answer_with_link=0.200,
    most_beside=6,  # two posts that it refers to, four pictures
)


def _order(post_id: str) -> tuple[int, str]:
    """X's ids are numbers without leading zeros, and grow with time."""
    return len(post_id), post_id


def _is_summoned(post: Summoned, handle: str, author_id: str) -> bool:
    """X's rule of February 2026: the author must have mentioned the account or quoted one of its posts."""
    return handle in post.tags or bool(author_id and post.quotes_author_id == author_id)


TRAITS = Traits(
    name=NAME,
    title="X",
    measure=MEASURE,
    order=_order,
    answers=Answers.PARTS,
    may_answer=_is_summoned,
    prices=PRICES,
    handle=re.compile(r"[A-Za-z0-9_]{1,15}", re.ASCII),
    mention=re.compile(r"(?<![A-Za-z0-9_@＠])[@＠]([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_@])"),
    profile_url="https://x.com/{handle}".format,
    person_url="https://x.com/i/user/{id}".format,
    answers_url="https://x.com/{handle}/with_replies".format,
    post_link="https://x.com/{handle}/status/123",
    mentions_query="@{handle} -is:retweet".format,
)
