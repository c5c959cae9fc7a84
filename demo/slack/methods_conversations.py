"""Web API: conversations.*"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from demo.slack import payloads
from demo.slack.args import Args
from demo.slack.methods_chat import channel_of
from demo.slack.paging import page, page_back
from demo.slack.shapes import channel_json, message_json
from demo.slack.state import BOT_USER, State
from demo.slack.values import Channel, Json, Message, SlackError


def open_dm(state: State, args: Args) -> Json:
    """With one person only; the playground knows no group messages."""
    users = args.words("users")
    if not users and args.maybe("channel"):
        channel = channel_of(state, args.text("channel"))
    elif len(users) == 1:
        channel = _dm_with(state, users[0])
    else:
        raise SlackError("too_many_users" if users else "users_list_not_supplied")
    shape = channel_json(state, channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": shape}


def _dm_with(state: State, user: str) -> Channel:
    if user not in state.users:
        raise SlackError("user_not_found")
    if user == BOT_USER:
        raise SlackError("cannot_dm_bot")
    if state.users[user].deleted:
        raise SlackError("user_disabled")
    return state.dm(user)


def info(state: State, args: Args) -> Json:
    channel = channel_of(state, args.text("channel"))
    if channel.private and BOT_USER not in channel.members:
        raise SlackError("channel_not_found")
    return {"channel": channel_json(state, channel, with_count=args.flag("include_num_members"))}


def list_channels(state: State, args: Args) -> Json:
    return _listed(state, args, list(state.channels.values()))


def of_user(state: State, args: Args) -> Json:
    """users.conversations: the bot's own, unless a user is named."""
    user = args.maybe("user") or BOT_USER
    return _listed(state, args, [channel for channel in state.channels.values() if user in channel.members])


def _listed(state: State, args: Args, channels: Sequence[Channel]) -> Json:
    kinds = {"public_channel": "channel", "private_channel": "group", "im": "im"}
    wanted = {kinds.get(word) for word in args.words("types") or ["public_channel"]}
    shown = [
        channel
        for channel in channels
        if channel.kind in wanted
        and not (channel.archived and args.flag("exclude_archived"))
        and not (channel.private and BOT_USER not in channel.members)
    ]
    found, metadata = page(shown, args)
    shapes = [channel_json(state, channel, with_count=True) for channel in found]
    return {"channels": shapes, "response_metadata": metadata}


def members(state: State, args: Args) -> Json:
    found, metadata = page(channel_of(state, args.text("channel")).members, args)
    return {"members": found, "response_metadata": metadata}


def join(state: State, args: Args) -> Json:
    channel = channel_of(state, args.text("channel"))
    if channel.is_im or channel.private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if BOT_USER in channel.members:
        metadata = {"warnings": ["already_in_channel"]}
        shape = channel_json(state, channel)
        return {"channel": shape, "warning": "already_in_channel", "response_metadata": metadata}
    return {"channel": channel_json(state, add_member(state, channel, BOT_USER))}


def add_member(state: State, channel: Channel, user: str) -> Channel:
    """Also used by people."""
    channel = replace(channel, members=(*channel.members, user))
    state.put_channel(channel)
    state.on_event(payloads.membership(state, "member_joined_channel", user, channel))
    return channel


def history(state: State, args: Args) -> Json:
    """Newest first, thread messages left out, a tombstone where a deleted message still has a thread."""
    channel = _to_read(state, args)
    seen = [
        message
        for message in state.roots(channel.id)
        if not message.deleted or state.replies(channel.id, message.ts)
    ]
    found, metadata = page_back(_between(seen, args)[::-1], args)
    return {**_shapes(state, args, found, metadata), "pin_count": 0}


def replies(state: State, args: Args) -> Json:
    """The parent, then its replies, oldest first."""
    channel = _to_read(state, args)
    parent = state.message(channel.id, args.text("ts"))
    below = state.replies(channel.id, parent.ts) if parent else []
    if parent is None or (parent.deleted and not below):
        raise SlackError("thread_not_found")
    found, metadata = page([parent, *_between(below, args)], args, default=1000)
    return _shapes(state, args, found, metadata)


def _to_read(state: State, args: Args) -> Channel:
    channel = channel_of(state, args.text("channel"))
    if BOT_USER not in channel.members:
        raise SlackError("channel_not_found" if channel.private else "not_in_channel")
    needed = {"im": "im:history", "group": "groups:history"}.get(channel.kind, "channels:history")
    if needed not in state.app.scopes:
        raise SlackError("missing_scope", needed=needed, provided=",".join(state.app.scopes))
    return channel


def _shapes(state: State, args: Args, found: Sequence[Message], metadata: Json) -> Json:
    with_metadata = args.flag("include_all_metadata")
    shapes = [message_json(state, message, with_metadata=with_metadata) for message in found]
    more = bool(metadata["next_cursor"])
    return {"messages": shapes, "has_more": more, **({"response_metadata": metadata} if more else {})}


def _between(messages: Sequence[Message], args: Args) -> list[Message]:
    """Both ends exclusive unless `inclusive`."""
    oldest, latest = (
        _moment(args, "oldest", "invalid_ts_oldest"),
        _moment(args, "latest", "invalid_ts_latest"),
    )
    inclusive = args.flag("inclusive")

    def fits(ts: str) -> bool:
        if inclusive and ts in (oldest, latest):
            return True
        return (oldest is None or ts > oldest) and (latest is None or ts < latest)

    return [message for message in messages if fits(message.ts)]


def _moment(args: Args, name: str, wrong: str) -> str | None:
    """Written like a ts, so that the two compare as texts."""
    value = args.maybe(name)
    try:
        return f"{Decimal(value):017.6f}" if value is not None else None
    except InvalidOperation as error:
        raise SlackError(wrong) from error


METHODS = {
    "conversations.open": open_dm,
    "conversations.info": info,
    "conversations.list": list_channels,
    "conversations.members": members,
    "conversations.join": join,
    "conversations.history": history,
    "conversations.replies": replies,
    "users.conversations": of_user,
}
