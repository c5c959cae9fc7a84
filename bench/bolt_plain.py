"""Bolt as its documentation shows it: `await ack()` first, everything else at its default, the same SQL."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench import plain
from bench.card import blocks_of, text_of


def engine_of(given: plain.Surroundings) -> AsyncEngine:
    """Default settings, but for the durability that both sides share."""
    engine = create_async_engine(given.database_url)
    if given.is_sqlite:

        @event.listens_for(engine.sync_engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 30000"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

    return engine


def bolt_of(given: plain.Surroundings, engine: AsyncEngine) -> AsyncApp:
    client = AsyncWebClient(token=given.bot_token, base_url=given.api_url)
    app = AsyncApp(client=client, signing_secret=given.signing_secret)

    @app.action("claim")
    async def claim(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        clicked = plain.claimed_case(body)
        assert clicked is not None
        case, who = clicked
        now = {"at": datetime.now(UTC).isoformat()}
        facts = {"case": case, "who": who, "key": uuid4().hex, **now}
        async with engine.begin() as connection:
            place = (await connection.execute(text(plain.CLAIM), facts)).one_or_none()
            if place is None:
                return
            await connection.execute(text(plain.EVENT), facts)
            delivery = (await connection.execute(text(plain.DELIVERY), facts)).scalar_one()
        await client.chat_update(
            channel=place.channel, ts=place.ts, text=text_of(case, who), blocks=blocks_of(case, who)
        )
        async with engine.begin() as connection:
            await connection.execute(text(plain.DONE), {"id": delivery, **now})

    @app.event("message")
    async def heard() -> None:
        """What the card's redrawing brings along."""

    return app


async def main() -> None:
    given = plain.surroundings()
    app = bolt_of(given, engine_of(given))
    if given.over_http:
        server = app.server(port=given.port, path="/slack/events", host="127.0.0.1")
        await _serve(server.web_app, given.port)
    else:
        client = AsyncWebClient(token=given.app_token, base_url=given.api_url)
        await AsyncSocketModeHandler(app, given.app_token, web_client=client).start_async()  # type: ignore[no-untyped-call]


async def _serve(application: Any, port: int) -> None:
    from aiohttp import web

    site = web.AppRunner(application)
    await site.setup()
    await web.TCPSite(site, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
