"""Posts and people as X's JSON: only the fields asked for, with referenced things in `includes`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from demo.x import problems
from demo.x import text as texts
from demo.x.fields import NEW_NAMES, Shape
from demo.x.values import Answer, Json, Post, Profile
from demo.x.world import World

EDITABLE_FOR = timedelta(hours=1)
EDITS_ALLOWED = 5

_REFERENCES = {"replied_to": "reply_to", "quoted": "quote_of", "retweeted": "repost_of"}


def posts_answer(
    world: World,
    posts: Sequence[Post],
    shape: Shape,
    *,
    meta: Json | None = None,
    errors: Sequence[Json] = (),
) -> Answer:
    """A list of posts. Without any, there is no `data` key at all."""
    referenced, lost = _referenced(world, posts, shape)
    people = _people(world, posts, referenced, shape)
    pictures = _pictures(posts, referenced, shape)
    includes = {
        "users": [user_json(world, person, shape) for person in people],
        "tweets": [post_json(world, post, shape) for post in referenced],
        "media": [_media_json(key, url, shape) for key, url in pictures],
    }
    body = {
        "data": [post_json(world, post, shape) for post in posts],
        "includes": {name: things for name, things in includes.items() if things},
        "errors": [*errors, *lost],
        "meta": meta,
    }
    return Answer(
        _renamed({name: value for name, value in body.items() if value}, shape),
        posts=tuple(post.id for post in posts),
        included_posts=tuple(post.id for post in referenced),
        people=tuple(person.id for person in people),
        media=tuple(key for key, _ in pictures),
    )


def post_json(world: World, post: Post, shape: Shape) -> Json:
    if post.raw is not None:
        return dict(post.raw)
    values = {name: read(world, post) for name, read in _POST.items() if name in shape.post}
    return {name: value for name, value in values.items() if value is not None}


def user_json(world: World, person: Profile, shape: Shape) -> Json:
    values = {name: read(world, person) for name, read in _USER.items() if name in shape.user}
    return {name: value for name, value in values.items() if value is not None}


def iso(moment: datetime) -> str:
    """X's way to write a time: milliseconds and a Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def shown_text(world: World, text: str) -> str:
    return texts.escaped(text) if world.escapes_text else text


# Beside the posts


def _referenced(world: World, posts: Sequence[Post], shape: Shape) -> tuple[list[Post], list[Json]]:
    wanted: list[str] = []
    if "referenced_tweets.id" in shape.expansions or "referenced_tweets.id.author_id" in shape.expansions:
        wanted += [reference["id"] for post in posts for reference in _references(world, post) or ()]
    if "edit_history_tweet_ids" in shape.expansions:
        wanted += [version for post in posts for version in post.edit_history if version != post.id]
    return readable(world, wanted, "referenced_tweets.id")


def readable(
    world: World, ids: Iterable[str], parameter: str, reader: Profile | None = None
) -> tuple[list[Post], list[Json]]:
    """The posts that may be read, and an entry of `errors` for each that may not."""
    found, errors = [], []
    for post_id in dict.fromkeys(ids):
        post = world.get(post_id)
        if post is None or world.is_hidden(post):
            errors.append(problems.not_found("tweet", parameter, post_id))
        elif world.is_protected(post) and (reader is None or reader.handle != post.author):
            errors.append(problems.not_authorized(parameter, post_id))
        else:
            found.append(post)
    return found, errors


def _people(world: World, posts: Sequence[Post], referenced: Sequence[Post], shape: Shape) -> list[Profile]:
    handles: list[str] = []
    if "author_id" in shape.expansions:
        handles += [post.author for post in posts]
    if "referenced_tweets.id.author_id" in shape.expansions:
        handles += [post.author for post in referenced]
    if "in_reply_to_user_id" in shape.expansions:
        handles += [parent.author for post in posts if (parent := _parent(world, post))]
    if "entities.mentions.username" in shape.expansions:
        handles += [handle for post in posts for handle in texts.mentioned_handles(post.text)]
    known = (world.find_profile(handle) for handle in dict.fromkeys(handle.lower() for handle in handles))
    return [person for person in known if person is not None and not person.suspended]


def _pictures(posts: Sequence[Post], referenced: Sequence[Post], shape: Shape) -> list[tuple[str, str]]:
    owners: list[Post] = []
    if "attachments.media_keys" in shape.expansions:
        owners += posts
    if "referenced_tweets.id.attachments.media_keys" in shape.expansions:
        owners += referenced
    return [pair for post in owners for pair in zip(_media_keys(post), post.media, strict=True)]


def _media_json(key: str, url: str, shape: Shape) -> Json:
    whole = {"media_key": key, "type": "photo", "url": url, "width": 1200, "height": 800}
    return {name: value for name, value in whole.items() if name in shape.media}


def _renamed(body: Json, shape: Shape) -> Json:
    return _with_new_names(body) if shape.new_names else body


def _with_new_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {NEW_NAMES.get(name, name): _with_new_names(each) for name, each in value.items()}
    return [_with_new_names(each) for each in value] if isinstance(value, list) else value


# The fields of a post


def _short_text(post: Post) -> str:
    return texts.shortened(post.text) if texts.is_long(post.text) else post.text


def _note(world: World, post: Post) -> Json | None:
    if not texts.is_long(post.text):
        return None
    return {"text": shown_text(world, post.text), **_with_entities(_entities_of(world, post.text))}


def _with_entities(entities: Json | None) -> Json:
    return {"entities": entities} if entities else {}


def _entities(world: World, post: Post) -> Json | None:
    return _entities_of(world, _short_text(post))


def _entities_of(world: World, text: str) -> Json | None:
    found = {
        "mentions": [_with_id(world, each) for each in texts.mention_entities(text)],
        "urls": texts.link_entities(text),
    }
    return {name: each for name, each in found.items() if each} or None


def _with_id(world: World, mention: Json) -> Json:
    person = world.find_profile(mention["username"])
    return {**mention, "id": person.id} if person else mention


def _author_id(world: World, post: Post) -> str | None:
    author = world.author_of(post)
    return author.id if author else None


def _parent(world: World, post: Post) -> Post | None:
    return world.get(post.reply_to) if post.reply_to else None


def _in_reply_to_user_id(world: World, post: Post) -> str | None:
    parent = _parent(world, post)
    return _author_id(world, parent) if parent else None


def _references(world: World, post: Post) -> list[Json] | None:
    ids = {kind: getattr(post, attribute) for kind, attribute in _REFERENCES.items()}
    return [{"type": kind, "id": each} for kind, each in ids.items() if each] or None


def _attachments(world: World, post: Post) -> Json | None:
    return {"media_keys": _media_keys(post)} if post.media else None


def _media_keys(post: Post) -> list[str]:
    return [f"3_{int(post.id) + number}" for number in range(len(post.media))]


def _edit_controls(world: World, post: Post) -> Json:
    first = world.get(post.edit_history[0]) or post
    return {
        "edits_remaining": EDITS_ALLOWED - (len(post.edit_history) - 1),
        "is_edit_eligible": post.reply_to is None and post.repost_of is None,
        "editable_until": iso(first.at + EDITABLE_FOR),
    }


def _post_metrics(world: World, post: Post) -> Json:
    counted = dict.fromkeys(_REFERENCES, 0)
    for other in world.referring_to(post):
        for reference in _references(world, other) or ():
            counted[reference["type"]] += reference["id"] in post.edit_history
    return {
        "retweet_count": counted["retweeted"],
        "reply_count": counted["replied_to"],
        "like_count": 0,
        "quote_count": counted["quoted"],
        "bookmark_count": 0,
        "impression_count": 0,
    }


_POST: dict[str, Callable[[World, Post], Any]] = {
    "id": lambda world, post: post.id,
    "text": lambda world, post: shown_text(world, _short_text(post)),
    "edit_history_tweet_ids": lambda world, post: list(post.edit_history),
    "author_id": _author_id,
    "created_at": lambda world, post: iso(post.at),
    "conversation_id": lambda world, post: post.conversation_id,
    "in_reply_to_user_id": _in_reply_to_user_id,
    "referenced_tweets": _references,
    "attachments": _attachments,
    "entities": _entities,
    "note_tweet": _note,
    "lang": lambda world, post: post.lang,
    "display_text_range": lambda world, post: texts.display_range(
        _short_text(post), is_reply=post.reply_to is not None
    ),
    "edit_controls": _edit_controls,
    "public_metrics": _post_metrics,
    "possibly_sensitive": lambda world, post: False,
    "reply_settings": lambda world, post: "everyone",
}

# The fields of a person


def _user_metrics(world: World, person: Profile) -> Json:
    return {
        "followers_count": person.followers,
        "following_count": 0,
        "tweet_count": len(world.posts(person.handle)),
        "listed_count": 0,
        "like_count": 0,
        "media_count": 0,
    }


_USER: dict[str, Callable[[World, Profile], Any]] = {
    "id": lambda world, person: person.id,
    "name": lambda world, person: person.name,
    "username": lambda world, person: person.handle,
    "created_at": lambda world, person: iso(person.created_at),
    "description": lambda world, person: "",
    "profile_image_url": lambda world, person: person.avatar,
    "protected": lambda world, person: person.protected,
    "public_metrics": _user_metrics,
    "verified": lambda world, person: person.verified,
    "verified_type": lambda world, person: "blue" if person.verified else "none",
}
