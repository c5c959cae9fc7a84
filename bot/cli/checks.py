"""`mentiondesk check`: tokens, scopes, channels, accounts, database and desk.toml, every fault at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.manifest import SCOPES
from bot.networks import ROOMS
from bot.settings import Settings
from db.engine import Database, DatabaseProblem
from db.schema import revision
from handlers.problems import DoorProblem
from handlers.slack.chat import call
from triage.policy import Policy


async def check(settings: Settings, policy: Policy) -> list[str]:
    """The faults, each with its remedy; empty if there are none."""
    return [
        *await _database_faults(settings),
        *await _slack_faults(settings, policy),
        *[fault for room in ROOMS.values() for fault in await room.faults(settings, policy)],
    ]


async def _database_faults(settings: Settings) -> list[str]:
    try:
        database = Database(settings.database_url)
    except DatabaseProblem as problem:
        return [str(problem)]
    try:
        await revision(database)
    except DatabaseProblem as problem:
        return [f"DATABASE_URL: {problem}"]
    except (SQLAlchemyError, OSError) as error:
        return [f"DATABASE_URL: can't be opened: {error}. Check the path and its rights."]
    finally:
        await database.close()
    return []


async def _slack_faults(settings: Settings, policy: Policy) -> list[str]:
    async with _slack(settings) as client:
        try:
            answer = await call(client.auth_test)
        except DoorProblem as problem:
            return [f"SLACK_BOT_TOKEN: {problem} Install the app anew and copy its bot token."]
        faults = _missing_scopes(answer.headers.get("x-oauth-scopes", ""))
        faults += await _app_token_faults(settings)
        for channel in policy.channels:
            faults += await _channel_faults(client, channel)
        return faults


def _missing_scopes(granted: str) -> list[str]:
    have = {scope.strip() for scope in granted.split(",")}
    missing = sorted(set(SCOPES) - have)
    return [
        f"Slack scope {scope}: missing ({SCOPES[scope]}). Paste the output of `mentiondesk manifest` into the app's "
        "manifest and install it anew."
        for scope in missing
        if granted
    ]


async def _app_token_faults(settings: Settings) -> list[str]:
    if settings.slack_app_token is None:
        return []
    async with _slack(settings) as client:
        try:
            await call(client.apps_connections_open, app_token=settings.slack_app_token.get_secret_value())
        except DoorProblem as problem:
            return [f"SLACK_APP_TOKEN: {problem} Generate one with the scope connections:write."]
    return []


async def _channel_faults(client: AsyncWebClient, channel: str) -> list[str]:
    try:
        found = (await call(client.conversations_info, channel=channel))["channel"]
    except DoorProblem as problem:
        return [f"Slack channel {channel}: {problem} Copy the id from the channel's details in Slack."]
    if found.get("is_archived"):
        return [f"Slack channel {channel}: it is archived. Choose another one in desk.toml."]
    if not found.get("is_member"):
        return [
            f"Slack channel #{found.get('name', channel)}: Mentiondesk is not in it. Type /invite @Mentiondesk there."
        ]
    return []


@asynccontextmanager
async def _slack(settings: Settings) -> AsyncIterator[AsyncWebClient]:
    token = settings.slack_bot_token
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield AsyncWebClient(
            token=token.get_secret_value() if token else None,
            base_url=settings.slack_api_url,
            session=session,
            retry_handlers=[],
        )
