"""Reads the fields and expansions that a request asks for; X sends nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from demo.x.problems import invalid


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


POST_FIELDS = _names(
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at "
    "display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang "
    "media_metadata non_public_metrics note_tweet organic_metrics possibly_sensitive promoted_metrics "
    "public_metrics referenced_tweets reply_settings scopes source suggested_source_links text "
    "withheld"
)
USER_FIELDS = _names(
    "affiliation connection_status created_at description entities id is_identity_verified location "
    "most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected "
    "public_metrics receives_your_dm subscription subscription_type url username verified "
    "verified_followers_count verified_type withheld"
)
MEDIA_FIELDS = _names(
    "alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url "
    "promoted_metrics public_metrics type url variants width"
)
EXPANSIONS = _names(
    "attachments.media_keys attachments.poll_ids author_id edit_history_tweet_ids "
    "entities.mentions.username geo.place_id in_reply_to_user_id referenced_tweets.id "
    "referenced_tweets.id.author_id referenced_tweets.id.attachments.media_keys"
)
PARAMETERS = _names("tweet.fields post.fields user.fields media.fields place.fields poll.fields expansions")

# X's newest names for fields that guides and clients still call by older ones.
NEW_NAMES = {
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "tweets": "posts",
}
_OLD_NAMES = {new: old for old, new in NEW_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of an answer. new_names: the request used names like `post.fields`, and so does the answer."""

    post: frozenset[str] = frozenset()
    user: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset()
    expansions: frozenset[str] = frozenset()
    new_names: bool = False


def shape_of(params: Mapping[str, str]) -> Shape:
    """Raises Problem 400 for a field or an expansion X does not know."""
    expansions = _chosen(params, "expansions", EXPANSIONS)
    asked = _chosen(params, "tweet.fields", POST_FIELDS) | _chosen(params, "post.fields", POST_FIELDS)
    implied = {expansion.partition(".")[0] for expansion in expansions}
    return Shape(
        post=frozenset({"id", "text", "edit_history_tweet_ids"} | asked | implied),
        user=frozenset({"id", "name", "username"} | _chosen(params, "user.fields", USER_FIELDS)),
        media=frozenset({"media_key", "type"} | _chosen(params, "media.fields", MEDIA_FIELDS)),
        expansions=expansions,
        new_names="post.fields" in params,
    )


def check_parameters(params: Mapping[str, str], known: Iterable[str]) -> None:
    """Raises Problem 400 for a query parameter the endpoint does not have."""
    for name in params:
        if name not in known:
            listed = ",".join(sorted(known))
            raise invalid(f"The query parameter [{name}] is not one of [{listed}]", **{name: params[name]})


def _chosen(params: Mapping[str, str], name: str, known: frozenset[str]) -> frozenset[str]:
    wanted = [_old_name(value) for value in params.get(name, "").split(",") if value]
    unknown = [value for value in wanted if value not in known]
    if unknown:
        listed = ",".join(sorted(known))
        message = f"The `{name}` query parameter value [{unknown[0]}] is not one of [{listed}]"
        raise invalid(message, **{name: unknown[0]})
    return frozenset(wanted)


def _old_name(value: str) -> str:
    head, dot, rest = value.partition(".")
    return _OLD_NAMES.get(head, head) + dot + rest
