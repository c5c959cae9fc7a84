"""The Slack app manifest to paste, and the scopes it asks for."""

SCOPES = {
    "channels:history": "read notes in cards' threads, find a card again after a crash",
    "channels:read": "see who is in the desk's channel",
    "chat:write": "post and redraw cards",
    "commands": "/desk",
    "groups:history": "the same in private channels",
    "groups:read": "the same in private channels",
    "dnd:read": "keep quiet while somebody wants no notifications",
    "im:history": "read answers below a question, find a direct message again after a crash",
    "im:write": "reminders and questions by direct message",
    "reactions:read": "👀 claims, ✅ resolves",
    "usergroups:read": "experts given as a user group",
    "users:read": "names, time zones, guests",
}
EVENTS = [
    "app_home_opened",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "subteam_members_changed",
]


def manifest(url: str | None) -> dict[str, object]:
    """Socket Mode, or HTTP at `url`."""
    address = f"{url.rstrip('/')}/slack/events" if url else None
    to = {"request_url": address} if address else {}
    options = {"message_menu_options_url": address} if address else {}
    command = {
        "command": "/desk",
        "description": "Open cases; who is away, who is on duty",
        "usage_hint": "mine | unclaimed | late | away until Monday | back | duty",
        "should_escape": True,  # a person named in it arrives with their id
    }
    return {
        "display_information": {
            "name": "Mentiondesk",
            "description": "Brand mentions as cards: claim, ask an expert, answer.",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Mentiondesk", "always_online": True},
            "slash_commands": [command | ({"url": address} if address else {})],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": EVENTS, **to},
            "interactivity": {"is_enabled": True, **to, **options},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }
