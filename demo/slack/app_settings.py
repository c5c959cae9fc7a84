"""The installed app's settings: its keys, its address, its scopes, and Slack's timeouts for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

SCOPES = (
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "dnd:read",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users.profile:read",
    "users:read",
)


@dataclass(slots=True)
class AppSettings:
    """All of it can be changed while the workspace runs."""

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    events_url: str | None = None  # set: signed HTTP instead of Socket Mode
    options_url: str | None = None  # the address that external selects ask over HTTP; None: events_url
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    subscriptions: Sequence[str] | None = None  # event types the app hears of, e.g. "message"; None: all
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_seconds: float = 1800.0
    retry_delays: Sequence[float] = (0.2, 1.0, 3.0)  # Slack's own: at once, a minute, five minutes
    unfetchable: Callable[[str], bool] = lambda url: "unfetchable" in url
