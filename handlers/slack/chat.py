"""Chat over Slack's Web API: every failure becomes one of the doors' few kinds."""

import asyncio
from datetime import datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from db.rows import Place
from handlers.ports import Message
from handlers.problems import (
    UNSAID_WAIT,
    AccountProblem,
    DoorProblem,
    NotDone,
    OutcomeUnknown,
    PictureRefused,
    RateLimited,
    Refused,
    Uprooted,
)
from triage.i18n import N_, _

EVENT_TYPE = "mentiondesk_delivery"

_OUR_FAULT = {
    "channel_not_found": N_("Slack does not know the channel, or Mentiondesk is not in it: invite it there."),
    "not_in_channel": N_("Mentiondesk is not in the channel: invite it there."),
    "is_archived": N_("The channel is archived: choose another one in desk.toml."),
    "message_not_found": N_("The message is no longer there."),
    "cant_dm_bot": N_("A bot cannot get direct messages."),
    "user_not_found": N_("Slack does not know this person."),
    "user_disabled": N_("This person's account is switched off."),
    "expired_trigger_id": N_("That took longer than Slack allows. Please press the button again."),
    "msg_blocks_too_long": N_("The message is longer than Slack allows."),
    "msg_too_long": N_("The message is longer than Slack allows."),
    "invalid_blocks": N_("Slack does not accept how the message is built. Please report this as a fault."),
    "restricted_action": N_(
        "A setting of your workspace keeps Mentiondesk from posting there: ask its admins."
    ),
}
_TOKEN_TROUBLE = {
    "invalid_auth",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_authed",
    "missing_scope",
}
THREAD_IS_GONE = {"thread_not_found", "message_not_found"}
_UNSURE = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}


class SlackChat:
    """Posting, redrawing, removing and finding messages. No retry of its own: that is deliver's."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._dms: dict[str, str] = {}

    async def post(self, channel: str, message: Message, *, key: str, thread: str | None = None) -> Place:
        answer = await call(
            self._client.chat_postMessage,
            channel=channel,
            text=message.text,
            blocks=message.blocks,
            thread_ts=thread,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
        )
        place = Place(answer["channel"], answer["ts"])
        if thread and (answer.get("message") or {}).get("thread_ts") != thread:
            raise Uprooted(place)
        return place

    async def update(self, place: Place, message: Message) -> None:
        await call(
            self._client.chat_update,
            channel=place.channel,
            ts=place.ts,
            text=message.text,
            blocks=message.blocks,
        )

    async def remove(self, place: Place) -> None:
        try:
            await call(self._client.chat_delete, channel=place.channel, ts=place.ts)
        except Refused as refusal:
            if refusal.code != "message_not_found":
                raise

    async def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> Place | None:
        """The message that carries `key`, posted since then; searches all pages.

        Raises Uprooted if it was meant for `thread` but is at the channel's root, because the thread was gone.
        """
        if thread is None:
            return await self._find(channel, key, since, None)
        try:
            place = await self._find(channel, key, since, thread)
        except Refused as refusal:
            if refusal.code not in THREAD_IS_GONE:
                raise
            place = None
        if place is None and (at_root := await self._find(channel, key, since, None)):
            raise Uprooted(at_root)
        return place

    async def _find(self, channel: str, key: str, since: datetime, thread: str | None) -> Place | None:
        cursor: str | None = None
        while True:
            answer = await self._page(channel, since, thread, cursor)
            for message in answer["messages"]:
                if message.get("metadata", {}).get("event_payload", {}).get("key") == key:
                    return Place(channel, message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    async def _page(self, channel: str, since: datetime, thread: str | None, cursor: str | None) -> Any:
        asked = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "include_all_metadata": True,
            "limit": 200,
            "cursor": cursor,
        }
        if thread:
            return await call(self._client.conversations_replies, ts=thread, **asked)
        return await call(self._client.conversations_history, **asked)

    async def stands(self, place: Place) -> bool:
        try:
            answer = await call(
                self._client.conversations_replies, channel=place.channel, ts=place.ts, limit=1
            )
        except Refused as refusal:
            if refusal.code in THREAD_IS_GONE:
                return False
            raise
        parent = answer["messages"][0] if answer["messages"] else {}
        return parent.get("ts") == place.ts and parent.get("subtype") != "tombstone"

    async def dm(self, person: str) -> str:
        if person not in self._dms:
            answer = await call(self._client.conversations_open, users=person)
            self._dms[person] = answer["channel"]["id"]
        return self._dms[person]


async def call(method: Any, **arguments: Any) -> Any:
    """Call the Web API; raises a DoorProblem, never slack-sdk's or aiohttp's own errors."""
    try:
        return await method(**arguments)
    except SlackApiError as error:
        raise problem_of(error) from error
    except aiohttp.ClientConnectorError as error:
        raise NotDone(_("Slack can't be reached.")) from error
    except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
        raise OutcomeUnknown(_("Slack did not answer.")) from error
    except SlackClientError as error:
        raise OutcomeUnknown(_("Slack answered something that can't be read.")) from error


def _retry_after(said: str | None) -> float:
    """Slack's seconds to wait; UNSAID_WAIT if it says none that can be read."""
    try:
        return float(said or "")
    except ValueError:
        return UNSAID_WAIT


def problem_of(error: SlackApiError) -> DoorProblem:
    response = error.response
    status = getattr(response, "status_code", 200)
    code = str(response.get("error", "")) if isinstance(getattr(response, "data", None), dict) else ""
    if status == 429 or code == "ratelimited":
        return RateLimited(_retry_after(response.headers.get("Retry-After")))
    if status >= 500 or code in _UNSURE or not code:
        return OutcomeUnknown(_("Slack answered with an error of its own ({status}).").format(status=status))
    if code in _TOKEN_TROUBLE:
        return AccountProblem(
            _("Slack refuses Mentiondesk's token ({code}). Run `mentiondesk check`.").format(code=code)
        )
    details = " ".join(response.get("response_metadata", {}).get("messages", []) or [])
    if "downloading image" in details or "downloading image" in code:
        return PictureRefused(_("Slack can't fetch a picture."), code)
    known = _OUR_FAULT.get(code)
    sentence = (
        _(known) if known else _("Slack refused it ({code}).").format(code=f"{code} {details}".strip()[:300])
    )
    return Refused(sentence, code)
