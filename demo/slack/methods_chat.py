"""Web API: chat.*"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from demo.slack import payloads
from demo.slack.args import Args
from demo.slack.blockkit import MESSAGE_TEXT, check_blocks, check_metadata
from demo.slack.shapes import message_json
from demo.slack.state import BOT_USER, State, with_ids
from demo.slack.texts import unstorable
from demo.slack.values import Channel, Json, Message, SlackError


def post_message(state: State, args: Args) -> Json:
    channel = _to_write_in(state, args.text("channel"))
    content = content_of(state, args)
    ts = state.new_ts()
    message = state.add_message(
        Message(channel.id, ts, BOT_USER, thread_ts=args.maybe("thread_ts"), **content)
    )
    state.on_event(payloads.message_event(state, message))
    return {"channel": channel.id, "ts": ts, "message": message_json(state, message, with_metadata=True)}


def update(state: State, args: Args) -> Json:
    """A text without blocks removes the blocks; metadata stays unless sent."""
    channel = channel_of(state, args.text("channel"))
    before = state.live(channel.id, args.text("ts"))
    if before.user != BOT_USER:
        raise SlackError("cant_update_message")
    after = replaced(before, content_of(state, args), keeps_metadata="metadata" not in args)
    rewrite(state, before, after)
    shown = message_json(state, after, with_metadata=True)
    return {"channel": channel.id, "ts": after.ts, "text": after.text, "message": shown}


def delete(state: State, args: Args) -> Json:
    channel = channel_of(state, args.text("channel"))
    message = state.live(channel.id, args.text("ts"))
    if message.user != BOT_USER:
        raise SlackError("cant_delete_message")
    state.on_event(erase(state, message))
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(state: State, args: Args) -> Json:
    channel, user = _to_write_in(state, args.text("channel")), args.text("user")
    if user not in state.users:
        raise SlackError("user_not_found")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content, thread_ts = content_of(state, args), args.maybe("thread_ts")
    ts = state.new_ts()
    state.add_ephemeral(Message(channel.id, ts, BOT_USER, thread_ts=thread_ts, ephemeral_for=user, **content))
    return {"message_ts": ts}


def get_permalink(state: State, args: Args) -> Json:
    channel = channel_of(state, args.text("channel"))
    message = state.live(channel.id, args.text("message_ts"))
    link = f"{state.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    in_thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    return {"channel": channel.id, "permalink": link + in_thread}


# also used by response URLs and by people


def content_of(state: State, args: Args) -> dict[str, Any]:
    """The checked text, blocks, attachments and metadata of a message to come."""
    blocks = args.structure("blocks", "invalid_blocks_format") or []
    attachments = args.structure("attachments", "invalid_attachments") or []
    text, metadata = str(args.get("text") or ""), args.structure("metadata", "invalid_metadata_format")
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    _check_text(text, has_more=bool(blocks or attachments))
    check_blocks(blocks, state.app.unfetchable)
    if metadata:
        check_metadata(metadata)
    if unstorable(metadata):
        raise SlackError("invalid_metadata_format")
    return {
        "text": text,
        "blocks": with_ids(blocks),
        "attachments": _checked_attachments(state, attachments),
        "metadata": metadata or None,
    }


def _check_text(text: str, *, has_more: bool) -> None:
    if not text.strip() and not has_more:
        raise SlackError("no_text")
    if len(text) > MESSAGE_TEXT:
        raise SlackError("msg_too_long")
    if unstorable(text):
        raise SlackError(
            "invalid_arguments", response_metadata={"messages": ["[ERROR] text must be valid text"]}
        )


def _checked_attachments(state: State, attachments: Any) -> list[Json]:
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise SlackError("invalid_attachments")
    for attachment in attachments:
        check_blocks(attachment.get("blocks", []), state.app.unfetchable)
    return [{**one, "blocks": with_ids(one["blocks"])} if "blocks" in one else one for one in attachments]


def replaced(before: Message, content: dict[str, Any], *, keeps_metadata: bool) -> Message:
    if keeps_metadata:
        content = {**content, "metadata": before.metadata}
    return replace(before, **content, edited=before.edited or not content["blocks"])


def rewrite(state: State, before: Message, after: Message) -> None:
    state.put_message(after)
    state.note_pings(after)
    state.on_event(payloads.message_changed(state, after, before))


def erase(state: State, message: Message) -> Json:
    """Delete it; the event to tell: if a thread hangs on it, a tombstone stays in its place."""
    gone = replace(message, deleted=True, text="", blocks=(), attachments=(), metadata=None)
    state.put_message(gone)
    if message.thread_ts is None and state.replies(message.channel, message.ts):
        return payloads.message_changed(state, gone, message)
    return payloads.message_deleted(state, message)


def channel_of(state: State, channel: str) -> Channel:
    if channel not in state.channels:
        raise SlackError("channel_not_found")
    return state.channels[channel]


def _to_write_in(state: State, name: str) -> Channel:
    """The channel of an id or a #name, or the direct messages with the person of an id."""
    if name in state.users:
        if name == BOT_USER:
            raise SlackError("cannot_dm_bot")
        channel = state.dm(name)
    else:
        bare = name.removeprefix("#")
        by_name = (
            channel.id for channel in state.channels.values() if not channel.is_im and channel.name == bare
        )
        channel = channel_of(state, next(by_name, name))
    if channel.archived:
        raise SlackError("is_archived")
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    return channel


METHODS = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": get_permalink,
}
