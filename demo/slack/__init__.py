"""A pretend Slack; the real slack-bolt and slack-sdk run against it with only a different base URL."""

from demo.slack.faults import Fault
from demo.slack.offers import Suggestions
from demo.slack.state import APP_ID, BOT_ID, BOT_USER
from demo.slack.values import Ack, Call, Channel, Group, Message, Ping, Posted, User, View
from demo.slack.workspace import Workspace

__all__ = [
    "APP_ID",
    "BOT_ID",
    "BOT_USER",
    "Ack",
    "Call",
    "Channel",
    "Fault",
    "Group",
    "Message",
    "Ping",
    "Posted",
    "Suggestions",
    "User",
    "View",
    "Workspace",
]
