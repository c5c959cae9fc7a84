"""X's writing endpoints: post, reply and delete, with the refusals that matter."""

from collections.abc import Sequence
from datetime import timedelta

from demo.x import problems
from demo.x import text as texts
from demo.x.rendering import shown_text
from demo.x.values import Answer, Asked, Json, Post, Profile
from demo.x.window import check_id
from demo.x.world import World

DUPLICATE_WITHIN = timedelta(hours=24)

REPLY_RULE = "You can only reply to or quote posts where you are mentioned or are the author."
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
NOT_VISIBLE = "You attempted to reply to a Tweet that is deleted or not visible to you."
BLOCKED = "You have been blocked from replying to the author of this post."
TOO_LONG = "Your Tweet text is too long."
SUSPENDED = "Your account is suspended and is not permitted to access this feature."
NO_QUOTES = "Quote posts are not available at this access level."

_BODY_FIELDS = frozenset(
    {
        *("text", "reply", "media", "poll", "quote_tweet_id", "reply_settings", "geo", "card_uri"),
        *("made_with_ai", "paid_partnership", "nullcast", "community_id", "edit_options"),
        *("direct_message_deep_link", "for_super_followers_only", "share_with_followers"),
    }
)
_REPLY_FIELDS = frozenset({"in_reply_to_tweet_id", "exclude_reply_user_ids", "auto_populate_reply_metadata"})


def create(world: World, asked: Asked) -> Answer:
    """Post, or reply, in the name of the account that signed."""
    body = _checked_body(asked.body)
    _refuse_speaker(asked.me, body)
    reply = body.get("reply", {})
    target = _target(world, asked.me, reply.get("in_reply_to_tweet_id"))
    if texts.weighted_length(body["text"]) > texts.SHORT_POST:
        raise problems.forbidden(TOO_LONG)
    text = _addressed_text(world, asked.me, body["text"], target, reply.get("exclude_reply_user_ids", ()))
    _refuse_duplicate(world, asked.me, text)
    post = world.speak(asked.me, text, reply_to=target.id if target else None)
    data = {"id": post.id, "text": shown_text(world, post.text), "edit_history_tweet_ids": [post.id]}
    return Answer({"data": data}, status=201, posts=(post.id,))


def delete(world: World, asked: Asked) -> Answer:
    """Delete a post of the account that signed. Deleting it again is no error."""
    post_id = asked.path["id"]
    check_id("id", post_id)
    post = world.get(post_id)
    if post is None:
        raise problems.plain(404, "Not Found Error", f"Could not find tweet with id: [{post_id}].")
    if post.author != asked.me.handle:
        raise problems.forbidden("You are not authorized to delete this Tweet.")
    if not post.deleted:
        world.delete(post_id)
    return Answer({"data": {"deleted": True}})


def is_summoned(world: World, speaker: Profile, target: Post) -> bool:
    """May the API reply? Only where the target's author tagged the account or quoted one of its posts."""
    quoted = world.get(target.quote_of) if target.quote_of else None
    tagged = speaker.handle.lower() in texts.mentioned_handles(target.text)
    return tagged or (quoted is not None and quoted.author == speaker.handle)


def _checked_body(body: object) -> Json:
    if not isinstance(body, dict):
        raise problems.invalid("The request body is not a valid JSON object")
    for name in body.keys() - _BODY_FIELDS:
        raise problems.invalid(f"The field [{name}] is not one of [{','.join(sorted(_BODY_FIELDS))}]")
    if not isinstance(body.get("text"), str) or not body["text"].strip():
        raise problems.invalid("The field `text` is missing or empty")
    _check_reply(body.get("reply", {}))
    return body


def _check_reply(reply: object) -> None:
    if not isinstance(reply, dict) or reply.keys() - _REPLY_FIELDS:
        raise problems.invalid("The field `reply` has an unknown key")
    if reply and not str(reply.get("in_reply_to_tweet_id", "")).isdecimal():
        raise problems.invalid("The field `reply.in_reply_to_tweet_id` is missing or no id")


def _refuse_speaker(speaker: Profile, body: Json) -> None:
    if speaker.suspended:
        raise problems.forbidden(SUSPENDED)
    if "quote_tweet_id" in body:
        raise problems.forbidden(NO_QUOTES)


def _target(world: World, speaker: Profile, post_id: str | None) -> Post | None:
    """The newest version of the post replied to, if the account may reply to it."""
    if post_id is None:
        return None
    known = world.get(post_id)
    if known is None or world.is_hidden(known) or world.is_protected(known):
        raise problems.forbidden(NOT_VISIBLE)
    target = world.latest(known)
    author = world.author_of(target)
    if author is not None and world.has_blocked(author, speaker):
        raise problems.forbidden(BLOCKED)
    if world.reply_rule and target.author != speaker.handle and not is_summoned(world, speaker, target):
        raise problems.forbidden(REPLY_RULE)
    return target


def _addressed_text(
    world: World, speaker: Profile, text: str, target: Post | None, excluded_ids: Sequence[str]
) -> str:
    """The text of a reply as X posts it: after the handles of the author and of the people tagged in the answered post."""
    if target is None:
        return text
    handles = dict.fromkeys([target.author.lower(), *texts.mentioned_handles(target.text)])
    people = (world.find_profile(handle) for handle in handles if handle != speaker.handle.lower())
    return texts.addressed(text, [each.handle for each in people if each and each.id not in excluded_ids])


def _refuse_duplicate(world: World, speaker: Profile, text: str) -> None:
    earlier = world.last_said(speaker, text) if world.refuse_duplicates else None
    if earlier is not None and earlier.at > world.clock.now() - DUPLICATE_WITHIN:
        raise problems.forbidden(DUPLICATE)
