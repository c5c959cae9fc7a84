"""Web API: people, their groups, their reactions."""

from __future__ import annotations

import re
from dataclasses import replace

from demo.slack import payloads
from demo.slack.args import Args
from demo.slack.methods_chat import channel_of
from demo.slack.paging import page
from demo.slack.shapes import group_json, profile_json, reactions_json, user_json
from demo.slack.state import BOT_USER, State
from demo.slack.values import Json, Message, SlackError, User

_EMOJI = re.compile(r"[a-z0-9_+'’-]+(?:::skin-tone-[2-6])?")


def info(state: State, args: Args) -> Json:
    return {"user": user_json(state, _user(state, args), with_locale=args.flag("include_locale"))}


def list_users(state: State, args: Args) -> Json:
    found, metadata = page(list(state.users.values()), args)
    with_locale = args.flag("include_locale")
    members = [user_json(state, user, with_locale=with_locale) for user in found]
    return {"members": members, "cache_ts": int(state.clock.now().timestamp()), "response_metadata": metadata}


def get_profile(state: State, args: Args) -> Json:
    return {"profile": profile_json(state, _user(state, args))}


def get_presence(state: State, args: Args) -> Json:
    return {"presence": "away" if _user(state, args).deleted else "active"}


def dnd_info(state: State, args: Args) -> Json:
    until = _user(state, args).snoozes_until
    said: Json = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1, "snooze_enabled": False}
    if until is None or until <= state.clock.now():
        return said
    left = int((until - state.clock.now()).total_seconds())
    return said | {"snooze_enabled": True, "snooze_endtime": int(until.timestamp()), "snooze_remaining": left}


def _user(state: State, args: Args) -> User:
    user = state.users.get(args.maybe("user") or BOT_USER)
    if user is None:
        raise SlackError("user_not_found")
    return user


def list_groups(state: State, args: Args) -> Json:
    with_users = args.flag("include_users")
    return {
        "usergroups": [group_json(state, group, with_users=with_users) for group in state.groups.values()]
    }


def group_users(state: State, args: Args) -> Json:
    group = state.groups.get(args.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def add_reaction(state: State, args: Args) -> Json:
    message, name = _reacted_to(state, args), args.text("name").strip(":")
    if not _EMOJI.fullmatch(name):
        raise SlackError("invalid_name")
    if BOT_USER in message.reactions.get(name, ()):
        raise SlackError("already_reacted")
    state.on_event(put_reaction(state, BOT_USER, message, name))
    return {}


def remove_reaction(state: State, args: Args) -> Json:
    message, name = _reacted_to(state, args), args.text("name").strip(":")
    if BOT_USER not in message.reactions.get(name, ()):
        raise SlackError("no_reaction")
    state.on_event(take_reaction(state, BOT_USER, message, name))
    return {}


def get_reactions(state: State, args: Args) -> Json:
    message = _reacted_to(state, args)
    shape = {"type": "message", "ts": message.ts, "text": message.text, "user": message.user}
    return {
        "type": "message",
        "channel": message.channel,
        "message": {**shape, "reactions": reactions_json(message)},
    }


def _reacted_to(state: State, args: Args) -> Message:
    return state.live(channel_of(state, args.text("channel")).id, args.text("timestamp"))


# also used by people


def put_reaction(state: State, user: str, message: Message, name: str) -> Json:
    """Add it; the event to tell."""
    users = [*message.reactions.get(name, ()), user]
    state.put_message(replace(message, reactions={**message.reactions, name: users}))
    return payloads.reaction(state, "reaction_added", user, message, name)


def take_reaction(state: State, user: str, message: Message, name: str) -> Json:
    """Remove it; the event to tell."""
    left = [other for other in message.reactions[name] if other != user]
    others = {key: users for key, users in message.reactions.items() if key != name}
    state.put_message(replace(message, reactions={**others, name: left} if left else others))
    return payloads.reaction(state, "reaction_removed", user, message, name)


METHODS = {
    "users.info": info,
    "users.list": list_users,
    "users.profile.get": get_profile,
    "users.getPresence": get_presence,
    "dnd.info": dnd_info,
    "usergroups.list": list_groups,
    "usergroups.users.list": group_users,
    "reactions.add": add_reaction,
    "reactions.remove": remove_reaction,
    "reactions.get": get_reactions,
}
