"""The OAuth scope that each method needs."""

from __future__ import annotations

from collections.abc import Sequence

_READ = "channels:read groups:read im:read mpim:read"
_HISTORY = "channels:history groups:history im:history mpim:history"
_ANY_OF = {
    "bots.info": "users:read",
    "team.info": "team:read",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.open": "im:write mpim:write channels:manage groups:write",
    "conversations.info": _READ,
    "conversations.list": _READ,
    "conversations.members": _READ,
    "users.conversations": _READ,
    "conversations.join": "channels:join",
    "conversations.history": _HISTORY,
    "conversations.replies": _HISTORY,
    "users.info": "users:read",
    "users.list": "users:read",
    "users.getPresence": "users:read",
    "users.profile.get": "users.profile:read",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "reactions.get": "reactions:read",
    "dnd.info": "dnd:read",
}


def missing_scope(method: str, scopes: Sequence[str]) -> str | None:
    """The scope to ask for if none of those that would do is there."""
    enough = _ANY_OF.get(method, "").split()
    return enough[0] if enough and not set(enough) & set(scopes) else None
