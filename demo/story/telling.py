"""Plays the script as time passes, and lets customers answer the brand's replies."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count, cycle
from typing import TYPE_CHECKING

from demo.story.cast import BRANDS, CUSTOMERS, language_of
from demo.story.script import SCRIPT, Beat
from demo.x import Post
from demo.x.text import mentioned_handles

if TYPE_CHECKING:
    from demo.server import Playground

TICK_SECONDS = 0.25
LINGER_SECONDS = 30 * 60
REACTION_DELAYS = (6.0, 9.0, 7.0, 11.0)


@dataclass(frozen=True, slots=True)
class Reaction:
    """A customer's answer to one reply of the brand."""

    who: str
    text: str
    reply: Post


class Story:
    """Tells the script while it runs; customers answer the brand's replies. It ends by itself.

    speed: story seconds per real second.
    """

    def __init__(self, playground: Playground, *, speed: float = 1.0) -> None:
        self._playground = playground
        self._speed = speed
        self._running = True
        self._told = 0.0
        self._order = count()
        self._agenda: list[tuple[float, int, Beat | Reaction]] = []
        self._first_posts: dict[str, str] = {}
        self._replies_seen = len(playground.x.created)
        self._reactions = {person.handle: iter(person.reactions) for person in CUSTOMERS}
        self._about_to_react: set[str] = set()
        self._delays = cycle(REACTION_DELAYS)
        for beat in SCRIPT:
            self._plan(beat.second, beat)

    @property
    def running(self) -> bool:
        return self._running and not self.is_over

    @property
    def next_in(self) -> float | None:
        """Real seconds until the next post; None when nothing is planned."""
        return max(self._agenda[0][0] - self._told, 0.0) / self._speed if self._agenda else None

    @property
    def is_over(self) -> bool:
        return not self._agenda and self._told > SCRIPT[-1].second + LINGER_SECONDS

    def play(self) -> None:
        self._running = True

    def pause(self) -> None:
        self._running = False

    async def run(self) -> None:
        """Tells the story to its end. Pauses cost no story time."""
        loop = asyncio.get_running_loop()
        last = loop.time()
        while not self.is_over:
            await asyncio.sleep(TICK_SECONDS / max(self._speed, 1.0))
            now = loop.time()
            if self._running:
                self.advance((now - last) * self._speed)
            last = now

    def advance(self, seconds: float) -> None:
        """Moves the story on by some of its own seconds, and tells what falls due."""
        self._listen_for_replies()
        self._told += seconds
        while self._agenda and self._agenda[0][0] <= self._told:
            _, _, event = heappop(self._agenda)
            self._tell(event)

    def write_as(self, handle: str, text: str, account: str | None = None) -> Post:
        """Posts as a customer; tags the brand's account, if one is given and the text does not yet."""
        missing = account is not None and account.lower() not in mentioned_handles(text)
        return self._playground.x.post(handle, f"@{account} {text}" if missing else text)

    def _plan(self, due: float, event: Beat | Reaction) -> None:
        heappush(self._agenda, (due, next(self._order), event))

    def _tell(self, event: Beat | Reaction) -> None:
        """A visitor may have deleted what the event is about: then it does not happen."""
        try:
            if isinstance(event, Reaction):
                self._react(event)
            else:
                self._perform(event)
        except LookupError:
            return

    def _perform(self, beat: Beat) -> None:
        x = self._playground.x
        if beat.does == "delete":
            x.delete(self._first_posts[beat.who])
        elif beat.does == "edit":
            x.edit(self._first_posts[beat.who], beat.text)
        elif beat.does == "repost":
            x.post(beat.who, "", repost_of=self._first_posts[beat.reposts or ""])
        else:
            self._post(beat)

    def _post(self, beat: Beat) -> None:
        pictures = [f"{self._playground.url}/page/picture/{beat.picture}"] if beat.picture else []
        post = self._playground.x.post(
            beat.who, beat.text, reply_to=self._answered(beat), media=pictures, lang=language_of(beat.who)
        )
        self._first_posts.setdefault(beat.who, post.id)

    def _answered(self, beat: Beat) -> str | None:
        if beat.answers == "self":
            return self._first_posts[beat.who]
        if beat.answers == "brand":
            return self._last_word_to(beat.who).id
        return None

    def _last_word_to(self, customer: str) -> Post:
        x = self._playground.x
        said = [post for post in x.conversation(x.posts(customer)[0].id) if post.author in BRANDS]
        return said[-1]

    def _listen_for_replies(self) -> None:
        created = self._playground.x.created
        for reply in created[self._replies_seen :]:
            self._expect_reaction(reply)
        self._replies_seen = len(created)

    def _expect_reaction(self, reply: Post) -> None:
        answered = self._playground.x.get(reply.reply_to) if reply.reply_to else None
        if answered is None or answered.author in self._about_to_react:
            return
        text = next(self._reactions.get(answered.author, iter(())), None)
        if text is not None:
            self._about_to_react.add(answered.author)
            self._plan(self._told + next(self._delays), Reaction(answered.author, text, reply))

    def _react(self, reaction: Reaction) -> None:
        self._about_to_react.discard(reaction.who)
        reply = self._playground.x.get(reaction.reply.id)
        if reply is not None and not reply.deleted:
            self._playground.x.post(
                reaction.who, reaction.text, reply_to=reply.id, lang=language_of(reaction.who)
            )
