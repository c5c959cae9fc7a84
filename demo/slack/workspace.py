"""The pretend Slack as tests and the page use it: its setup, its reading, its faults."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from aiohttp import web

from demo.clock import Clock
from demo.slack import payloads
from demo.slack.api import WebApi
from demo.slack.app_settings import AppSettings
from demo.slack.delivery import Delivery
from demo.slack.faults import Fault
from demo.slack.look_ups import LookUps
from demo.slack.rates import Rates
from demo.slack.response_url import ResponseUrls
from demo.slack.socket import Sockets
from demo.slack.state import BOT_USER, State, Team
from demo.slack.values import Call, Channel, Group, Message, Ping, Posted, User, View


class Workspace(LookUps):
    """One workspace with one app installed. The people's doings are inherited.

    post_rate: chat.postMessage per second and channel, with a burst of 3; None: unlimited. `watchers` are
    shown each message as it is posted, edited or deleted: a record of every state there ever was.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        team_id: str = "T0ACME",
        team_name: str = "Acme",
        bot_token: str = "xoxb-demo-bot",
        app_token: str = "xapp-demo-app",
        signing_secret: str = "demo-signing-secret",
        post_rate: float | None = 1.0,
        calls_kept: int = 2000,
    ) -> None:
        self.clock = clock
        self.app = AppSettings(bot_token, app_token, signing_secret)
        self.faults: list[Fault] = []
        self.listeners: list[Callable[[], None]] = []
        self.watchers: list[Callable[[Message], None]] = []
        self.rates = Rates(post_rate)
        self._sockets = Sockets()
        state = State(clock, Team(team_id, team_name), self.app, calls_kept=calls_kept)
        super().__init__(state, Delivery(state, self._sockets))
        state.on_change = self._announce
        state.on_event = self._delivery.event
        state.on_message = self._watch
        state.users[BOT_USER] = User(BOT_USER, "mentiondesk", "Mentiondesk", team_id, tz="UTC", is_bot=True)

    def routes(self) -> list[web.RouteDef]:
        """All below /slack/."""
        api = WebApi(self._state, self.rates, self.faults, self._sockets)
        return [
            web.get("/slack/api/{method}", api.serve),
            web.post("/slack/api/{method}", api.serve),
            web.get("/slack/socket", self._sockets.serve),
            web.post("/slack/response/{secret}", ResponseUrls(self._state, self.faults).serve),
        ]

    async def close(self) -> None:
        """Close the sockets and give up what is on its way; the routes still answer."""
        await self._delivery.stop()
        await self._sockets.cut(abruptly=False)

    # settings

    @property
    def base_url(self) -> str:
        """The address of the routes, without a final slash; the server sets it once it knows its port."""
        return self._state.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._state.base_url = url

    @property
    def api_url(self) -> str:
        """The base_url for slack-sdk's clients."""
        return f"{self.base_url}/slack/api/"

    @property
    def events_url(self) -> str | None:
        """Set: deliver by signed HTTP to that URL instead of Socket Mode."""
        return self.app.events_url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self.app.events_url = url

    @property
    def scopes(self) -> list[str]:
        """The scopes granted to the app; sent as X-OAuth-Scopes."""
        return self.app.scopes

    @scopes.setter
    def scopes(self, scopes: Iterable[str]) -> None:
        self.app.scopes = list(scopes)

    def keep_calls(self, most: int) -> None:
        """Let `calls` hold so many; what was in it is kept as far as it fits."""
        self._state.calls = deque(self._state.calls, maxlen=most)

    # furniture

    def add_user(
        self,
        id: str,
        name: str,
        real_name: str,
        *,
        tz: str = "Europe/Rome",
        locale: str = "en-US",
        restricted: bool = False,
        team_id: str | None = None,
        avatar: str | None = None,
    ) -> User:
        """team_id: of another workspace, for somebody who comes over Slack Connect."""
        home = team_id or self._state.team.id
        user = User(id, name, real_name, home, tz=tz, locale=locale, restricted=restricted, avatar=avatar)
        self._state.users[id] = user
        self._announce()
        return user

    def change_user(self, id: str, **changes: Any) -> User:
        """E.g. deleted=True for a deactivated account, tz or locale. Raises LookupError."""
        self._state.users[id] = replace(self._state.user(id), **changes)
        self._announce()
        return self._state.users[id]

    def add_channel(
        self, id: str, name: str, members: Iterable[str] = (), *, private: bool = False, with_bot: bool = True
    ) -> Channel:
        """The bot is a member unless with_bot is False."""
        inside = dict.fromkeys([*members, *([BOT_USER] if with_bot else [])])
        self._state.put_channel(Channel(id, name, tuple(inside), private=private))
        return self._state.channels[id]

    def archive_channel(self, id: str) -> None:
        self._state.put_channel(replace(self._state.channel(id), archived=True))

    def add_group(self, id: str, handle: str, users: Iterable[str]) -> Group:
        self._state.groups[id] = Group(id, handle, tuple(users))
        return self._state.groups[id]

    def change_group(self, id: str, users: Iterable[str]) -> Group:
        """Other members from now on; the app is told."""
        before = self._state.groups[id]
        self._state.groups[id] = replace(before, users=tuple(users))
        self._state.on_event(payloads.group_members_changed(self._state, self._state.groups[id], before))
        return self._state.groups[id]

    # reading

    def users(self) -> list[User]:
        """Everybody, the bot too."""
        return list(self._state.users.values())

    def channels(self) -> list[Channel]:
        """Direct messages too, once opened."""
        return list(self._state.channels.values())

    def groups(self) -> list[Group]:
        return list(self._state.groups.values())

    @property
    def calls(self) -> deque[Call]:
        """The last calls of the Web API and of response URLs, oldest first."""
        return self._state.calls

    @property
    def posts(self) -> list[Posted]:
        """Every message ever posted, by anybody: an independent record."""
        return self._state.posts

    @property
    def pings(self) -> list[Ping]:
        """Every unescaped mention in a text of the bot."""
        return self._state.pings

    @property
    def connections(self) -> int:
        """Socket Mode connections open now."""
        return len(self._sockets)

    def messages(self, channel: str) -> list[Message]:
        """Live messages at the channel's root, oldest first."""
        return [message for message in self._state.roots(channel) if not message.deleted]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The live replies below a message, without it."""
        return self._state.replies(channel, ts)

    def dm_id(self, user: str) -> str:
        """The id of the bot's direct messages with a person, opened if need be."""
        return self._state.dm(user).id

    def dm(self, user: str) -> list[Message]:
        return self.messages(self.dm_id(user))

    def ephemerals(self, user: str) -> list[Message]:
        """The messages that only this person sees, oldest first."""
        return list(self._state.ephemerals[user])

    def message(self, channel: str, ts: str) -> Message | None:
        """One message, with `deleted` set if it is gone; None if it never was."""
        return self._state.message(channel, ts)

    def modal(self, user: str) -> View | None:
        """The top of the person's stack."""
        stack = self._state.modals.get(user)
        return stack[-1] if stack else None

    def modals(self, user: str) -> list[View]:
        """The whole stack, bottom first."""
        return list(self._state.modals.get(user, []))

    def home(self, user: str) -> View | None:
        return self._state.homes.get(user)

    # faults

    def fail(
        self,
        method: str,
        kind: str,
        *,
        times: int = 1,
        every: float | None = None,
        seconds: float = 0.0,
        retry_after: str | None = None,
        match: Callable[[dict[str, Any]], bool] | None = None,
    ) -> Fault:
        """Plan a mishap (see Fault); it is appended to `faults`, from where it can be removed again."""
        fault = Fault(
            method, kind, times=times, every=every, seconds=seconds, retry_after=retry_after, match=match
        )
        self.faults.append(fault)
        return fault

    async def cut_sockets(self, *, abruptly: bool = False) -> None:
        """Close all Socket Mode connections; abruptly: without a close frame, so clients notice late."""
        await self._sockets.cut(abruptly=abruptly)

    async def refresh_sockets(self) -> None:
        """Ask the bot to reconnect, as Slack does every few hours, then close."""
        await self._sockets.refresh()

    def _watch(self, message: Message) -> None:
        for watcher in self.watchers:
            watcher(message)

    def _announce(self) -> None:
        for listener in self.listeners:
            listener()
