"""Parses X's JSON into mentions and authors; what can't be read is skipped by item, and its name returned."""

import html
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.networks.x.traits import NAME
from triage.cases.mention import Author, Mention, Picture

POST_FIELDS = (
    "author_id",
    "conversation_id",
    "created_at",
    "edit_history_tweet_ids",
    "entities",
    "attachments",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
    "referenced_tweets",
)
EXPANSIONS = ("attachments.media_keys", "referenced_tweets.id")
MEDIA_FIELDS = ("media_key", "type", "url", "preview_image_url", "alt_text")
USER_FIELDS = ("id", "name", "username", "profile_image_url", "public_metrics")

# Slack's limit on an image's URL.
LONGEST_ADDRESS = 3000

# The name of something that can't be read is shown to people.
LONGEST_NAME = 40
# What reading an item raises if X wrote it in a way that we do not know.
UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, OverflowError)

_ID = re.compile(r"[0-9]{1,20}")
_HANDLE = re.compile(r"(?<![\w@/.])@([A-Za-z0-9_]{1,15})(?!\w)")

Json = Mapping[str, Any]


def mentions_of(answer: Json, account: str, *, as_mentions: bool = False) -> tuple[list[Mention], list[str]]:
    """The posts of one answer, and the names of the things in it that can't be read.

    X is renaming fields (`note_post`, `referenced_posts`, `includes.posts`), so we read both names.
    With a repost comes the post that it repeats, from the includes. `as_mentions`: X lists them as mentions.
    """
    malformed: list[str] = []
    media = _by_key(_beside(answer, "media"), "media_key", malformed)
    referenced = _by_key(_beside(answer, "tweets", "posts"), "id", malformed)
    found: list[Mention] = []
    for item in items_in(answer):
        try:
            mention = _mention(item, account, media, referenced, as_mentions)
            found.append(mention)
            if mention.reposts and mention.reposts in referenced:
                found.append(_mention(referenced[mention.reposts], account, media, referenced, as_mentions))
        except UNREADABLE:
            malformed.append(name_of(item))
    return found, malformed


def items_in(answer: Json) -> Sequence[Any]:
    """What an answer lists; raises ValueError if it lists nothing that could be gone through."""
    listed = answer.get("data")
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise ValueError(f"no list: {type(listed).__name__}")
    return listed


def name_of(item: Any, kind: str = "") -> str:
    """A name for what can't be read: its id as far as it has one."""
    own = item.get("id") if isinstance(item, Mapping) else None
    return f"{kind} {'?' if own is None else own}".strip()[:LONGEST_NAME]


def read_in(answer: Json) -> tuple[str, ...]:
    """The ids of the posts asked for, the malformed ones too, because X bills them."""
    return tuple(str(item["id"]) for item in _objects(answer.get("data")) if item.get("id"))


def read_beside(answer: Json) -> tuple[str, ...]:
    """The ids of posts referred to and of pictures, which X sends along and bills as well."""
    posts = [str(item["id"]) for item in _objects(_beside(answer, "tweets", "posts")) if item.get("id")]
    media = _objects(_beside(answer, "media"))
    return (*posts, *(str(item["media_key"]) for item in media if item.get("media_key")))


def gone_in(answer: Json) -> set[str]:
    """The ids of the posts that X says are not there."""
    return {
        str(error.get("resource_id") or error.get("value"))
        for error in _objects(answer.get("errors"))
        if str(error.get("type", "")).endswith("resource-not-found")
    }


def next_page(answer: Json) -> str | None:
    token = _object(answer.get("meta")).get("next_token")
    return token if isinstance(token, str) and token else None


def id_in(answer: Json) -> str:
    """The id of the one thing that an answer is about; raises what UNREADABLE names."""
    return _number(answer["data"]["id"])


def _mention(item: Json, account: str, media: Json, referenced: Json, as_mention: bool) -> Mention:
    post_id = _number(item["id"])
    references = {
        str(one.get("type")): str(one.get("id"))
        for one in _objects(_either(item, "referenced_tweets", "referenced_posts"))
    }
    quotes = references.get("quoted")
    note = _object(item.get("note_tweet") or item.get("note_post"))
    text = clean(_text(note.get("text") or item["text"]))
    language = item.get("lang")
    return Mention(
        network=NAME,
        post_id=post_id,
        author_id=_number(item["author_id"]),
        account=account,
        text=text,
        posted_at=moment(_text(item["created_at"])),
        conversation_id=str(item.get("conversation_id") or post_id),
        url=f"https://x.com/i/status/{post_id}",
        answers=references.get("replied_to"),
        quotes=quotes,
        quotes_author_id=str(_object(referenced.get(quotes or "")).get("author_id") or "") or None,
        reposts=references.get("retweeted"),
        tags=_tags(item, note) or (_handles_in(text) if as_mention else ()),
        pictures=_pictures(item, media),
        language_hint=language if isinstance(language, str) else None,
        editions=_ids(_either(item, "edit_history_tweet_ids", "edit_history_post_ids")),
    )


def _tags(item: Json, note: Json) -> tuple[str, ...]:
    entities = {**_object(item.get("entities")), **_object(note.get("entities"))}
    return tuple(
        str(one["username"]).lower() for one in _objects(entities.get("mentions")) if one.get("username")
    )


def _handles_in(text: str) -> tuple[str, ...]:
    """The handles in a text: X lists the post as a mention, but says not of whom."""
    return tuple(dict.fromkeys(handle.lower() for handle in _HANDLE.findall(text)))


def _pictures(item: Json, media: Json) -> tuple[Picture, ...]:
    keys = _object(item.get("attachments")).get("media_keys")
    shown = [media[key] for key in _list(keys) if isinstance(key, str) and key in media]
    pictures = [
        (_address(one.get("url") or one.get("preview_image_url")), one.get("alt_text")) for one in shown
    ]
    return tuple(Picture(url, clean(str(alt or ""))) for url, alt in pictures if url)


def authors_of(answer: Json) -> tuple[list[Author], list[str]]:
    """The authors of one answer, and the names of those that can't be read."""
    found: list[Author] = []
    malformed: list[str] = []
    for item in items_in(answer):
        try:
            found.append(_author(item))
        except UNREADABLE:
            malformed.append(name_of(item, "author"))
    return found, malformed


def _author(item: Json) -> Author:
    handle = clean(_text(item["username"]))
    return Author(
        network=NAME,
        id=_number(item["id"]),
        handle=handle,
        name=clean(str(item.get("name") or handle)),
        followers=_count(_object(item.get("public_metrics")).get("followers_count")),
        avatar=_address(item.get("profile_image_url")),
    )


def _by_key(items: Any, key: str, malformed: list[str]) -> dict[str, Json]:
    """Things that X sends along by their key; what has none is named as malformed."""
    found: dict[str, Json] = {}
    for item in _list(items):
        own = item.get(key) if isinstance(item, Mapping) else None
        if isinstance(own, str) and own:
            found[own] = item
        else:
            malformed.append(name_of(item, "media" if key == "media_key" else "post"))
    return found


def _beside(answer: Json, name: str, new_name: str = "") -> Any:
    return _either(_object(answer.get("includes")), name, new_name)


def _object(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _objects(value: Any) -> list[Json]:
    return [item for item in _list(value) if isinstance(item, Mapping)]


def _ids(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in _list(value) if _ID.fullmatch(str(one)))


def _number(value: Any) -> str:
    """An id as X writes it; raises ValueError for anything else."""
    if isinstance(value, bool) or not _ID.fullmatch(str(value)):
        raise ValueError("no id")
    return str(int(value))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("no text")
    return value


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0


def _address(url: Any) -> str | None:
    """A picture's address if Slack accepts it, else None: for a bad one Slack would refuse the whole card."""
    ok = isinstance(url, str) and url.startswith(("https://", "http://")) and len(url) <= LONGEST_ADDRESS
    return url if ok else None


def moment(text: str) -> datetime:
    """The aware datetime of an ISO time, with or without milliseconds; raises ValueError without a zone."""
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {text}")
    return at


def clean(text: str) -> str:
    """The text as its author wrote it, entities undone; without NUL and half surrogates, which databases refuse."""
    whole = html.unescape(text).replace("\x00", "")
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _either(item: Json, name: str, new_name: str) -> Any:
    return item.get(name) or item.get(new_name) or ()
