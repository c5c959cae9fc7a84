"""Slack's JSON of a person, a channel, a message and a view."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from demo.slack.state import APP_ID, BOT_ID, BOT_USER, State
from demo.slack.values import Channel, Group, Json, Message, User, View


def user_json(state: State, user: User, *, with_locale: bool = False) -> Json:
    zone = state.clock.now().astimezone(ZoneInfo(user.tz))
    offset = zone.utcoffset()
    return {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": zone.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile_json(state, user),
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.restricted,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_stranger": user.team_id != state.team.id,
        "updated": 1_700_000_000,
        "is_email_confirmed": True,
        **({"locale": user.locale} if with_locale else {}),
    }


def profile_json(state: State, user: User) -> Json:
    first, _, last = user.real_name.partition(" ")
    avatar = user.avatar or f"{state.base_url}/page/avatar/{user.name}.svg"
    names = {"real_name": user.real_name, "display_name": user.name, "first_name": first, "last_name": last}
    normal = {f"{key}_normalized": names[key] for key in ("real_name", "display_name")}
    images = {f"image_{size}": avatar for size in (24, 32, 48, 72, 192, 512)}
    more = {"title": "", "phone": "", "status_text": "", "status_emoji": "", "team": user.team_id}
    return {**names, **normal, **images, **more}


def channel_json(state: State, channel: Channel, *, with_count: bool = False) -> Json:
    shared = any(
        state.users[user].team_id != state.team.id for user in channel.members if user in state.users
    )
    common = {
        "id": channel.id,
        "created": 1_700_000_000,
        "is_archived": channel.archived,
        "is_im": channel.is_im,
        "is_mpim": False,
        "is_private": channel.private or channel.is_im,
        "is_org_shared": False,
        "is_ext_shared": shared,
        "context_team_id": state.team.id,
        **({"num_members": len(channel.members)} if with_count else {}),
    }
    if channel.is_im:
        return {**common, "user": channel.partner, "is_user_deleted": False, "is_open": True}
    return {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_general": False,
        "is_shared": shared,
        "is_member": BOT_USER in channel.members,
        "creator": BOT_USER,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def group_json(state: State, group: Group, *, with_users: bool) -> Json:
    return {
        "id": group.id,
        "team_id": state.team.id,
        "is_usergroup": True,
        "name": group.handle,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_delete": 0,
        "user_count": len(group.users),
        **({"users": list(group.users)} if with_users else {}),
    }


def message_json(state: State, message: Message, *, with_metadata: bool = False) -> Json:
    if message.deleted:
        return _tombstone(state, message)
    shape: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": state.team.id,
        **(_bot_marks(state) if message.user == BOT_USER else {}),
        **({"blocks": [_as_fetched(block) for block in message.blocks]} if message.blocks else {}),
        **({"attachments": list(message.attachments)} if message.attachments else {}),
        **({"edited": {"user": message.user, "ts": message.ts}} if message.edited else {}),
        **_thread_marks(state, message),
    }
    if message.reactions:
        shape["reactions"] = reactions_json(message)
    if with_metadata and message.metadata is not None:
        shape["metadata"] = message.metadata
    return shape


def _tombstone(state: State, message: Message) -> Json:
    """The JSON in place of a deleted message that still has a thread."""
    return {
        "type": "message",
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
        "ts": message.ts,
        **_thread_marks(state, message),
    }


def _bot_marks(state: State) -> Json:
    return {
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "bot_profile": {
            "id": BOT_ID,
            "app_id": APP_ID,
            "name": state.users[BOT_USER].real_name,
            "deleted": False,
            "updated": 1_700_000_000,
            "team_id": state.team.id,
        },
    }


def _as_fetched(block: Json) -> Json:
    """Slack adds to a picture what it learnt when it fetched it; sent back as they are, these are refused."""
    if block["type"] != "image" or "image_url" not in block:
        return block
    learnt = {"fallback": f"640x360px image: {block['alt_text']}", "image_width": 640, "image_height": 360}
    return {**block, **learnt, "image_bytes": 20_480}


def _thread_marks(state: State, message: Message) -> Json:
    if message.thread_ts is not None:
        parent = state.message(message.channel, message.thread_ts)
        return {"thread_ts": message.thread_ts, "parent_user_id": parent.user if parent else BOT_USER}
    replies = state.replies(message.channel, message.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def reactions_json(message: Message) -> list[Json]:
    return [
        {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
    ]


def view_json(state: State, view: View) -> Json:
    return {
        "id": view.id,
        "team_id": state.team.id,
        "type": view.type,
        "blocks": list(view.blocks),
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "external_id": view.external_id,
        "state": {"values": {block: dict(by_action) for block, by_action in view.state.items()}},
        "hash": view.hash,
        "title": _plain(view.title) if view.type == "modal" else None,
        "submit": _plain(view.submit),
        "close": _plain(view.close),
        "clear_on_close": view.clear_on_close,
        "notify_on_close": view.notify_on_close,
        "submit_disabled": view.submit_disabled,
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id or view.id,
        "app_id": APP_ID,
        "app_installed_team_id": state.team.id,
        "bot_id": BOT_ID,
    }


def _plain(label: str | None) -> dict[str, Any] | None:
    return {"type": "plain_text", "text": label, "emoji": True} if label is not None else None
