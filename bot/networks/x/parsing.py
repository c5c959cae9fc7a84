"""Parses X's JSON into mentions and authors; a malformed post is skipped, and its id returned."""

import html
from collections.abc import Mapping
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

Json = Mapping[str, Any]


def mentions_of(answer: Json, account: str) -> tuple[list[Mention], list[str]]:
    """The posts of one answer, and the ids of those that can't be read.

    X is renaming fields (`note_post`, `referenced_posts`, `includes.posts`), so we read both names.
    With a repost comes the post that it repeats, from the includes.
    """
    includes = answer.get("includes") or {}
    media = {item["media_key"]: item for item in includes.get("media", ()) if item.get("media_key")}
    referenced = {item["id"]: item for item in _either(includes, "tweets", "posts") if item.get("id")}
    found: list[Mention] = []
    malformed: list[str] = []
    for item in answer.get("data") or ():
        try:
            mention = _mention(item, account, media, referenced)
            found.append(mention)
            if mention.reposts and mention.reposts in referenced:
                found.append(_mention(referenced[mention.reposts], account, media, referenced))
        except (KeyError, ValueError, TypeError, AttributeError):
            malformed.append(str(item.get("id", "?")) if isinstance(item, Mapping) else "?")
    return found, malformed


def read_in(answer: Json) -> tuple[str, ...]:
    """The ids of the posts asked for, the malformed ones too, because X bills them."""
    items = answer.get("data") or ()
    return tuple(str(item["id"]) for item in items if isinstance(item, Mapping) and item.get("id"))


def read_beside(answer: Json) -> tuple[str, ...]:
    """The ids of posts referred to and of pictures, which X sends along and bills as well."""
    includes = answer.get("includes") or {}
    posts = [str(item["id"]) for item in _either(includes, "tweets", "posts") if item.get("id")]
    return (*posts, *(item["media_key"] for item in includes.get("media", ()) if item.get("media_key")))


def _mention(item: Json, account: str, media: Json, referenced: Json) -> Mention:
    post_id = str(int(item["id"]))
    references = {
        one["type"]: str(one["id"]) for one in _either(item, "referenced_tweets", "referenced_posts")
    }
    quotes = references.get("quoted")
    note = item.get("note_tweet") or item.get("note_post") or {}
    entities = {**(item.get("entities") or {}), **(note.get("entities") or {})}
    return Mention(
        network=NAME,
        post_id=post_id,
        author_id=str(item["author_id"]),
        account=account,
        text=clean(str(note.get("text") or item["text"])),
        posted_at=moment(item["created_at"]),
        conversation_id=str(item.get("conversation_id") or post_id),
        url=f"https://x.com/i/status/{post_id}",
        answers=references.get("replied_to"),
        quotes=quotes,
        quotes_author_id=str(referenced.get(quotes or "", {}).get("author_id", "")) or None,
        reposts=references.get("retweeted"),
        tags=tuple(
            str(one["username"]).lower() for one in entities.get("mentions") or () if one.get("username")
        ),
        pictures=_pictures(item, media),
        language_hint=item.get("lang"),
        editions=tuple(str(one) for one in _either(item, "edit_history_tweet_ids", "edit_history_post_ids")),
    )


def _pictures(item: Json, media: Json) -> tuple[Picture, ...]:
    keys = (item.get("attachments") or {}).get("media_keys") or ()
    shown = [media[key] for key in keys if key in media]
    pictures = [
        (_address(one.get("url") or one.get("preview_image_url")), one.get("alt_text")) for one in shown
    ]
    return tuple(Picture(url, clean(str(alt or ""))) for url, alt in pictures if url)


def author_of(item: Json) -> Author:
    metrics = item.get("public_metrics") or {}
    return Author(
        network=NAME,
        id=str(item["id"]),
        handle=clean(str(item["username"])),
        name=clean(str(item.get("name") or item["username"])),
        followers=int(metrics.get("followers_count") or 0),
        avatar=_address(item.get("profile_image_url")),
    )


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
