"""Everything the page shows, as one person sees it, ready for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demo.slack import BOT_USER

if TYPE_CHECKING:
    from demo.server import Playground
    from demo.slack import Channel, Message, User, View, Workspace
    from demo.x import Post, Profile

Json = dict[str, Any]

POSTS_SHOWN = 300
ROLES = {"U0ANNA": "agent", "U0MARCO": "agent", "U0KASIA": "billing expert", "U0LAURA": "lead"}


def snapshot(playground: Playground, me: str, depth: int) -> Json:
    """The workspace as `me` (by default the first person) sees it, with the last `depth` messages of each channel.

    Raises LookupError if nobody with that id works here.
    """
    slack = playground.slack
    people = [user for user in slack.users() if not user.is_bot]
    viewer = _viewer(people, me)
    return {
        "now": playground.clock.now().isoformat(),
        "offset": playground.clock.offset,
        "me": viewer.id,
        "bot": BOT_USER,
        "people": [_person(slack, user) for user in people],
        "users": {user.id: _user(user) for user in slack.users()},
        "groups": {group.id: group.handle for group in slack.groups()},
        "channels": [_channel(slack, one, depth) for one in slack.channels() if not one.is_im],
        "dm": _conversation(slack, slack.dm_id(viewer.id), depth),
        "home": _view(slack.home(viewer.id)),
        "modal": _modal(slack, viewer.id),
        "ephemerals": [_message(message, []) for message in slack.ephemerals(viewer.id)],
        "x": _x(playground),
        "story": _story(playground),
    }


def _viewer(people: list[User], me: str) -> User:
    found = {user.id: user for user in people}
    if not people or (me and me not in found):
        raise LookupError("Nobody of that name works here.")
    return found[me] if me else people[0]


def _person(slack: Workspace, user: User) -> Json:
    """One of the faces to look through; `dm_ts` is the newest of their direct messages."""
    messages = slack.dm(user.id)
    return {
        **_user(user),
        "id": user.id,
        "name": user.real_name.split()[0],
        "role": ROLES.get(user.id, "colleague"),
        "dm": slack.dm_id(user.id),
        "dm_ts": messages[-1].ts if messages else None,
    }


def _user(user: User) -> Json:
    return {
        "name": user.name,
        "real_name": user.real_name,
        "tz": user.tz,
        "avatar": user.avatar,
        "bot": user.is_bot,
    }


def _channel(slack: Workspace, channel: Channel, depth: int) -> Json:
    people = [member for member in channel.members if member != BOT_USER]
    return {**_conversation(slack, channel.id, depth), "name": channel.name, "members": len(people)}


def _conversation(slack: Workspace, channel: str, depth: int) -> Json:
    messages = slack.messages(channel)
    return {
        "id": channel,
        "total": len(messages),
        "messages": [_message(root, slack.thread(channel, root.ts)) for root in messages[-depth:]],
    }


def _message(message: Message, replies: list[Message]) -> Json:
    return {
        "channel": message.channel,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "user": message.user,
        "text": message.text,
        "blocks": list(message.blocks),
        "attachments": list(message.attachments),
        "reactions": {name: list(users) for name, users in message.reactions.items()},
        "edited": message.edited,
        "replies": [_message(reply, []) for reply in replies],
    }


def _modal(slack: Workspace, user: str) -> Json | None:
    """The top view, and the number of views in the stack."""
    stack = slack.modals(user)
    return {"view": _view(stack[-1]), "depth": len(stack)} if stack else None


def _view(view: View | None) -> Json | None:
    if view is None:
        return None
    return {
        "id": view.id,
        "hash": view.hash,
        "callback_id": view.callback_id,
        "title": view.title,
        "submit": view.submit,
        "close": view.close,
        "submit_disabled": view.submit_disabled,
        "blocks": list(view.blocks),
        "typed": view.values,
        "choices": _choices(view),
        "errors": dict(view.errors),
    }


def _choices(view: View) -> Json:
    """The options chosen in external selects, by block_id and action_id; the page gets their texts only from here."""
    kinds = ("external_select", "multi_external_select")
    return {
        block_id: {
            action_id: value.get("selected_option") or value.get("selected_options")
            for action_id, value in by_action.items()
            if value["type"] in kinds
        }
        for block_id, by_action in view.state.items()
    }


def _x(playground: Playground) -> Json:
    profiles = {profile.handle: profile for profile in playground.x.profiles()}
    posts = playground.x.posts()[-POSTS_SHOWN:]
    return {
        "accounts": [_profile(one) for one in profiles.values() if one.access_token],
        "customers": [_profile(one) for one in profiles.values() if not one.access_token],
        "posts": [_post(post, profiles[post.author]) for post in posts],
    }


def _profile(profile: Profile) -> Json:
    return {"handle": profile.handle, "name": profile.name, "followers": profile.followers}


def _post(post: Post, author: Profile) -> Json:
    return {
        "id": post.id,
        "author": post.author,
        "name": author.name,
        "avatar": author.avatar,
        "verified": author.verified,
        "brand": author.access_token is not None,
        "by_api": post.source_by_api,
        "text": post.text,
        "lang": post.lang,
        "at": post.at.isoformat(),
        "conversation_id": post.conversation_id,
        "reply_to": post.reply_to,
        "quote_of": post.quote_of,
        "repost_of": post.repost_of,
        "media": list(post.media),
        "edited": len(post.edit_history) > 1,
    }


def _story(playground: Playground) -> Json | None:
    story = playground.story
    return {"running": story.running, "next_in": story.next_in} if story else None
