"""The payloads that Slack sends to the bot: events, clicks, submissions, commands."""

from __future__ import annotations

from secrets import token_hex

from demo.slack.passes import Gesture, Source
from demo.slack.shapes import message_json, view_json
from demo.slack.state import APP_ID, BOT_USER, State
from demo.slack.values import Channel, Group, Json, Message, View

TOKEN = "demo-verification-token"


def event_callback(state: State, event: Json) -> Json:
    """The wrapper around a Slack event; the bot tells repeats by event_id."""
    return {
        "token": TOKEN,
        "team_id": state.team.id,
        "context_team_id": state.team.id,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{token_hex(5).upper()}",
        "event_time": int(state.clock.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": state.team.id,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{token_hex(12)}",
    }


# Slack events


def message_event(state: State, message: Message) -> Json:
    shape = message_json(state, message, with_metadata=True)
    return {**shape, **_where(state, message), "event_ts": message.ts}


def app_mention(state: State, message: Message) -> Json:
    return {**message_event(state, message), "type": "app_mention"}


def message_changed(state: State, message: Message, before: Message) -> Json:
    changed = message_json(state, message, with_metadata=True)
    told = {"message": changed, "previous_message": message_json(state, before)}
    return {**_hidden(state, message, "message_changed"), **told}


def message_deleted(state: State, before: Message) -> Json:
    told = {"deleted_ts": before.ts, "previous_message": message_json(state, before)}
    return {**_hidden(state, before, "message_deleted"), **told}


def _hidden(state: State, message: Message, subtype: str) -> Json:
    ts = state.new_ts()
    shape = {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts}
    return {**shape, **_where(state, message)}


def _where(state: State, message: Message) -> Json:
    return {"channel": message.channel, "channel_type": state.channel(message.channel).kind}


def reaction(state: State, kind: str, user: str, message: Message, name: str) -> Json:
    """kind: reaction_added or reaction_removed."""
    return {
        "type": kind,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "event_ts": state.new_ts(),
    }


def app_home_opened(state: State, user: str) -> Json:
    home = state.homes.get(user)
    shape = {"type": "app_home_opened", "user": user, "channel": state.dm(user).id, "tab": "home"}
    seen = {"view": view_json(state, home)} if home else {}
    return {**shape, **seen, "event_ts": state.new_ts()}


def membership(state: State, kind: str, user: str, channel: Channel) -> Json:
    """kind: member_joined_channel or member_left_channel."""
    letter = "G" if channel.private else "C"
    shape = {"type": kind, "user": user, "channel": channel.id, "channel_type": letter}
    return {**shape, "team": state.team.id, "event_ts": state.new_ts()}


def group_members_changed(state: State, group: Group, before: Group) -> Json:
    """Nothing but who came and who went."""
    added = [user for user in group.users if user not in before.users]
    removed = [user for user in before.users if user not in group.users]
    return {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": state.team.id,
        "added_users": added,
        "added_users_count": str(len(added)),
        "removed_users": removed,
        "removed_users_count": str(len(removed)),
        "event_ts": state.new_ts(),
    }


# clicks, submissions, commands


def click_in_message(state: State, user: str, message: Message, action: Json, stateful: Json) -> Json:
    return {
        **_interaction(state, "block_actions", user),
        **in_message(state, message),
        "trigger_id": state.new_trigger(Gesture(user)),
        "state": {"values": stateful},
        "response_url": state.new_response_url(Source(user, message.channel, message)),
        "actions": [action],
    }


def click_in_view(state: State, user: str, view: View, action: Json) -> Json:
    return {
        **_interaction(state, "block_actions", user),
        **in_view(state, view),
        "trigger_id": state.new_trigger(Gesture(user, view.id if view.type == "modal" else None)),
        "actions": [action],
    }


def block_suggestion(state: State, user: str, where: Json, block: Json, element: Json, typed: str) -> Json:
    """A question for options; it carries no trigger_id. where: in_message or in_view."""
    asked = {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
    return {**_interaction(state, "block_suggestion", user), **where, **asked}


def in_message(state: State, message: Message) -> Json:
    """The place of an act in a message; an ephemeral message is not sent along."""
    channel = state.channel(message.channel)
    ephemeral = message.ephemeral_for is not None
    return {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        },
        "channel": {"id": channel.id, "name": channel.name},
        **({} if ephemeral else {"message": message_json(state, message, with_metadata=True)}),
    }


def in_view(state: State, view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view_json(state, view)}


def view_submission(state: State, user: str, view: View) -> Json:
    return {
        **_interaction(state, "view_submission", user),
        "trigger_id": state.new_trigger(Gesture(user, view.id)),
        "view": view_json(state, view),
        "response_urls": [],
    }


def view_closed(state: State, user: str, view: View, *, is_cleared: bool) -> Json:
    shape = _interaction(state, "view_closed", user)
    return {**shape, "view": view_json(state, view), "is_cleared": is_cleared}


def slash_command(state: State, user: str, channel: Channel, command: str, text: str) -> Json:
    """All strings: over HTTP this is a form."""
    return {
        "token": TOKEN,
        "team_id": state.team.id,
        "team_domain": state.team.domain,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user,
        "user_name": state.user(user).name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": state.new_response_url(Source(user, channel.id)),
        "trigger_id": state.new_trigger(Gesture(user)),
    }


def _interaction(state: State, kind: str, user: str) -> Json:
    person = state.user(user)
    return {
        "type": kind,
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": APP_ID,
        "token": TOKEN,
        "team": {"id": state.team.id, "domain": state.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }
