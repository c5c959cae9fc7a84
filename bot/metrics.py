"""Metrics of the database for Prometheus: counted at each scrape, the same from every replica."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy.ext.asyncio import AsyncConnection

from db import cases, spending
from db.queue import deliveries, timers
from handlers.desk.work import Desk


async def scrape(desk: Desk) -> bytes:
    """All gauges, in Prometheus' text format."""
    registry = CollectorRegistry()
    async with desk.database.survey() as connection:
        await _cases(registry, connection)
        await _deliveries(registry, connection, desk.now())
        await _timers(registry, connection, desk.now())
        await _spending(registry, connection, desk.now())
    return generate_latest(registry)


async def _cases(registry: CollectorRegistry, connection: AsyncConnection) -> None:
    by_status = Gauge("mentiondesk_cases", "Cases by status", ["status"], registry=registry)
    for status, count in (await cases.counts(connection)).items():
        by_status.labels(status).set(count)


async def _deliveries(registry: CollectorRegistry, connection: AsyncConnection, now: datetime) -> None:
    by_state = Gauge("mentiondesk_deliveries", "Deliveries by state", ["state"], registry=registry)
    for state, count in (await deliveries.counts(connection)).items():
        by_state.labels(state).set(count)
    waiting = Gauge(
        "mentiondesk_oldest_delivery_seconds",
        "Age of the oldest delivery that is due and not made, by lane",
        ["lane"],
        registry=registry,
    )
    for lane, made_at in (await deliveries.oldest_due(connection, now)).items():
        waiting.labels(lane).set((now - made_at).total_seconds())


async def _timers(registry: CollectorRegistry, connection: AsyncConnection, now: datetime) -> None:
    late, latest = await timers.late(connection, now)
    Gauge("mentiondesk_timers_late", "Timers due and not fired", registry=registry).set(late)
    Gauge("mentiondesk_timer_lateness_seconds", "How late the latest is", registry=registry).set(latest)


async def _spending(registry: CollectorRegistry, connection: AsyncConnection, now: datetime) -> None:
    usd = Gauge(
        "mentiondesk_x_usd",
        "This month's cost of reading and answering",
        ["what", "account"],
        registry=registry,
    )
    for line, (_count, cost) in (await spending.spent(connection, f"{now:%Y-%m}")).items():
        what, _space, account = line.partition(" @")
        usd.labels(what, account).set(cost)
