"""The pretend X as its people know it: profiles, and the posts that they write, edit and delete."""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from demo.x import text as texts
from demo.x.snowflake import snowflake
from demo.x.values import Clock, Post, Profile

_FIRST_PERSON = 1_400_000_000_000_000_000


class World:
    """Profiles and posts in memory. Every visible change calls the listeners.

    reply_rule: replies by API only to those who tagged or quoted the account. escapes_text: readers get
    `&amp;`, `&lt;` and `&gt;` in texts, as X sends them.
    """

    def __init__(self, clock: Clock, *, reply_rule: bool = True, refuse_duplicates: bool = True) -> None:
        self.clock = clock
        self.reply_rule = reply_rule
        self.refuse_duplicates = refuse_duplicates
        self.escapes_text = True
        self.listeners: list[Callable[[], None]] = []
        self.created: list[Post] = []
        self._profiles: dict[str, Profile] = {}
        self._handles: dict[str, str] = {}
        self._wordings: dict[tuple[str, str], str] = {}
        self._posts: dict[str, Post] = {}
        self._by_author: defaultdict[str, list[int]] = defaultdict(list)
        self._by_tag: defaultdict[str, list[int]] = defaultdict(list)
        self._referring: defaultdict[str, set[int]] = defaultdict(set)
        self._in_order: list[int] = []
        self._blocks: set[tuple[str, str]] = set()
        self._sequence = count()

    # People

    def add_profile(
        self,
        handle: str,
        name: str,
        *,
        followers: int = 0,
        avatar: str | None = None,
        access_token: str | None = None,
        access_secret: str | None = None,
        protected: bool = False,
        verified: bool = False,
    ) -> Profile:
        """A new person. Handles are 1–15 letters, digits or underscores, and unique in any case."""
        self._check_handle(handle)
        profile = Profile(
            id=str(_FIRST_PERSON + len(self._profiles) + 1),
            handle=handle,
            name=name,
            created_at=self.clock.now() - timedelta(days=1000),
            followers=followers,
            avatar=avatar,
            access_token=access_token,
            access_secret=access_secret,
            protected=protected,
            verified=verified,
        )
        self._profiles[handle.lower()] = profile
        self._handles |= {f"id {profile.id}": handle, f"token {access_token}": handle}
        self._changed()
        return profile

    def profiles(self) -> list[Profile]:
        return list(self._profiles.values())

    def profile(self, handle: str) -> Profile:
        """The profile with this handle; raises LookupError if there is none."""
        found = self.find_profile(handle)
        if found is None:
            raise LookupError(f"nobody on the pretend X is called @{handle}")
        return found

    def find_profile(self, handle: str) -> Profile | None:
        return self._profiles.get(handle.lower().removeprefix("@"))

    def find_profile_by_id(self, profile_id: str) -> Profile | None:
        return self.find_profile(self._handles.get(f"id {profile_id}", ""))

    def find_profile_by_token(self, token: str) -> Profile | None:
        holder = self.find_profile(self._handles.get(f"token {token}", ""))
        return holder if holder and holder.is_brand else None

    def block(self, customer_handle: str, brand_handle: str) -> None:
        """The customer blocks the brand, which can no longer reply to them."""
        self._blocks.add((self.profile(customer_handle).id, self.profile(brand_handle).id))

    def has_blocked(self, customer: Profile, brand: Profile) -> bool:
        return (customer.id, brand.id) in self._blocks

    def suspend(self, handle: str) -> None:
        """X suspends an account: its posts vanish, and it may not post."""
        self._profiles[handle.lower()] = replace(self.profile(handle), suspended=True)
        self._changed()

    # Posts

    def post(
        self,
        handle: str,
        text: str,
        *,
        reply_to: str | None = None,
        quote_of: str | None = None,
        repost_of: str | None = None,
        media: Sequence[str] = (),
        lang: str | None = None,
        at: datetime | None = None,
        late_by: float = 0,
    ) -> Post:
        """Somebody posts. A reply that does not tag the person answered gets the @handle before it, as on X.

        at: when it was written (now); late_by: how many seconds after that X lists it among mentions and
        in search. A repost needs no text of its own. Raises LookupError for an unknown author or post.
        """
        author = self.profile(handle)
        draft = self._draft(author, self._wording(author, text, reply_to, repost_of), at, reply_to)
        post = replace(
            draft,
            indexed_at=draft.at + timedelta(seconds=late_by),
            quote_of=quote_of,
            repost_of=repost_of,
            media=tuple(media),
            lang=lang or draft.lang,
        )
        return self._keep(post)

    def speak(self, author: Profile, text: str, *, reply_to: str | None) -> Post:
        """A brand account posts through the API. The text is complete: no @handle is added."""
        post = replace(self._draft(author, text, None, reply_to), source_by_api=True)
        self.created.append(post)
        return self._keep(post)

    def edit(self, post_id: str, text: str) -> Post:
        """The author changes the text: a new version with a new id; the old one names it in its history."""
        old = self._existing(post_id)
        now = self.clock.now()
        new_id = self._new_id(now)
        history = (*old.edit_history, new_id)
        for version in old.edit_history:
            self._posts[version] = replace(self._posts[version], edit_history=history)
        return self._keep(replace(old, id=new_id, text=text, at=now, indexed_at=now, edit_history=history))

    def delete(self, post_id: str) -> None:
        """The author deletes the post; all its versions and reposts go with it."""
        doomed = self._existing(post_id)
        reposts = {other.id for other in self.referring_to(doomed) if other.repost_of in doomed.edit_history}
        for each in {*doomed.edit_history, *reposts}:
            self._posts[each] = replace(self._posts[each], deleted=True)
        self._changed()

    def add_malformed(self, handle_mentioned: str, raw: Mapping[str, Any]) -> str:
        """A post that tags somebody and is sent to readers exactly as `raw`. Returns the id it is kept by."""
        now = self.clock.now()
        post_id = str(raw.get("id") or self._new_id(now))
        post = Post(
            id=post_id,
            author="",
            text=f"@{self.profile(handle_mentioned).handle}",
            at=now,
            conversation_id=post_id,
            indexed_at=now,
            edit_history=(post_id,),
            raw=dict(raw),
        )
        return self._keep(post).id

    # Reading

    def get(self, post_id: str) -> Post | None:
        """Any version of any post there ever was, deleted ones too (see `deleted`)."""
        return self._posts.get(post_id)

    def latest(self, post: Post) -> Post:
        """The newest version of a post."""
        return self._posts[post.edit_history[-1]]

    def posts(self, handle: str | None = None) -> list[Post]:
        """Live posts in their newest version, oldest first; of one person, or of everybody."""
        ids = self._in_order if handle is None else self._by_author[self.profile(handle).handle]
        return [post for post in self._of(ids) if self._is_live(post) and post.raw is None]

    def conversation(self, post_id: str) -> list[Post]:
        """The live posts of the conversation a post belongs to, oldest first."""
        conversation_id = self._existing(post_id).conversation_id
        return [post for post in self.posts() if post.conversation_id == conversation_id]

    def tagging(self, profile: Profile) -> Iterator[Post]:
        """The posts that X lists as mentions of a person, newest first."""
        return self._listed(self._by_tag[profile.handle.lower()])

    def written_by(self, profile: Profile) -> Iterator[Post]:
        """The posts that X lists on a person's own page, newest first."""
        return self._listed(self._by_author[profile.handle])

    def everything(self) -> Iterator[Post]:
        """The posts that X lists in search, newest first."""
        return self._listed(self._in_order)

    def referring_to(self, post: Post) -> Iterator[Post]:
        """Live replies to, quotes and reposts of any version of a post."""
        ids = {referring for version in post.edit_history for referring in self._referring[version]}
        return (each for each in self._of(sorted(ids)) if self._is_live(each))

    def last_said(self, author: Profile, text: str) -> Post | None:
        """The author's last live post in exactly these words."""
        post = self._posts.get(self._wordings.get((author.handle, text), ""))
        return post if post and self._is_live(post) else None

    def author_of(self, post: Post) -> Profile | None:
        return self.find_profile(post.author)

    def is_hidden(self, post: Post) -> bool:
        """Gone for everybody: deleted, or its author is suspended."""
        author = self.author_of(post)
        return post.deleted or (author is not None and author.suspended)

    def is_protected(self, post: Post) -> bool:
        author = self.author_of(post)
        return author is not None and author.protected

    def _listed(self, ids: Sequence[int]) -> Iterator[Post]:
        now = self.clock.now()
        for post in self._of(reversed(ids)):
            if self._is_live(post) and not self.is_protected(post) and post.indexed_at <= now:
                yield post

    def _is_live(self, post: Post) -> bool:
        return post.is_latest_version and not self.is_hidden(post)

    def _of(self, ids: Iterable[int]) -> Iterator[Post]:
        return (self._posts[str(each)] for each in ids)

    def _existing(self, post_id: str) -> Post:
        found = self._known(post_id)
        if found.deleted:
            raise LookupError(f"post {post_id} was deleted")
        return self.latest(found)

    def _known(self, post_id: str) -> Post:
        found = self._posts.get(post_id)
        if found is None:
            raise LookupError(f"there never was a post {post_id} on the pretend X")
        return found

    def _wording(self, author: Profile, text: str, reply_to: str | None, repost_of: str | None) -> str:
        if repost_of is not None:
            original = self._existing(repost_of)
            return texts.reposted(original.author, original.text)
        if reply_to is None:
            return text
        answered = self._known(reply_to).author
        return text if answered in ("", author.handle) else texts.addressed(text, [answered])

    def _draft(self, author: Profile, text: str, at: datetime | None, reply_to: str | None) -> Post:
        written = at or self.clock.now()
        post_id = self._new_id(written)
        return Post(
            id=post_id,
            author=author.handle,
            text=text,
            at=written,
            conversation_id=self._known(reply_to).conversation_id if reply_to else post_id,
            indexed_at=written,
            reply_to=reply_to,
            lang=texts.guessed_language(text),
            edit_history=(post_id,),
        )

    def _new_id(self, at: datetime) -> str:
        return str(snowflake(at, next(self._sequence)))

    def _keep(self, post: Post) -> Post:
        self._posts[post.id] = post
        self._wordings[post.author, post.text] = post.id
        insort(self._in_order, int(post.id))
        insort(self._by_author[post.author], int(post.id))
        for handle in self._tagged_in(post):
            insort(self._by_tag[handle], int(post.id))
        for referred in filter(None, (post.reply_to, post.quote_of, post.repost_of)):
            self._referring[referred].add(int(post.id))
        self._changed()
        return post

    def _tagged_in(self, post: Post) -> set[str]:
        original = self._posts.get(post.repost_of) if post.repost_of else None
        repeated = texts.mentioned_handles(original.text) if original else ()
        return {*texts.mentioned_handles(post.text), *repeated}

    def _check_handle(self, handle: str) -> None:
        if not texts.HANDLE.fullmatch(handle):
            raise ValueError(f"@{handle} is no handle: 1–15 letters, digits or underscores")
        if handle.lower() in self._profiles:
            raise ValueError(f"@{handle} is taken")

    def _changed(self) -> None:
        for listener in self.listeners:
            listener()
