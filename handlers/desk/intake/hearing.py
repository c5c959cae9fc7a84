"""Reads customers' posts before their transaction opens, in a thread, so that nobody's click waits for it."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from triage.cases.mention import Mention
from triage.lexicon.cues import Reading
from triage.policy import Policy
from triage.privacy import guard
from triage.scoring import language, priority, routing
from triage.scoring.routing import Routed

# Characters of posts that are read and written in one go: about a hundred short posts, or a single longest one.
AT_ONCE = 30_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What the rules read in a post, whoever wrote it."""

    language: str
    mood: Reading
    routed: Routed


def slices(posts: Sequence[Mention]) -> Iterator[list[Mention]]:
    """Posts in their order, with at most so many characters at once, but at least one post."""
    some, length = list[Mention](), 0
    for post in posts:
        if some and length + len(post.text) > AT_ONCE:
            yield some
            some, length = [], 0
        some.append(post)
        length += len(post.text)
    if some:
        yield some


async def hear(posts: Sequence[Mention], policy: Policy) -> Mapping[str, Heard]:
    """Read the language, the mood and the area of each post; {post id: what was heard}."""
    return await asyncio.to_thread(lambda: {post.post_id: _heard(post, policy) for post in posts})


def _heard(post: Mention, policy: Policy) -> Heard:
    spoken = language.detect(post.text, policy.desk.languages, post.language_hint)
    mood = priority.mood(post.text, spoken, policy.priority)
    return Heard(spoken, mood, routing.route(post.text, spoken, policy.area))


async def veil(posts: Sequence[Mention], policy: Policy) -> list[Mention]:
    """Mark the customers' posts that show private data, because they are not quoted."""
    return await asyncio.to_thread(lambda: [_veiled(post, policy) for post in posts])


def _veiled(post: Mention, policy: Policy) -> Mention:
    return replace(post, hidden=guard.hides(post.text, own_contacts=policy.desk.own_contacts))
