"""Procrastinate's side of the database: jobs are queued by name here, and run by the engine."""

from functools import cache

from procrastinate import App, PsycopgConnector


@cache
def queue() -> App:
    """For queueing on a connection of ours; never opened."""
    return App(connector=PsycopgConnector())
