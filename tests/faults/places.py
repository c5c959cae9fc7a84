"""Where a trial keeps its things: a SQLite file, or a database of its own on a real PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.plan import Plan

import postgres


@contextmanager
def a_database(plan: Plan, folder: Path) -> Iterator[tuple[str, Callable[[], None] | None]]:
    """The DATABASE_URL of a new database, and what restarts it."""
    if plan.database == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/desk.db", None
        return
    with postgres.a_server() as server:
        yield on_server(server)


def on_server(server: str) -> tuple[str, Callable[[], None]]:
    """A new database on a running server; restarting it ends all its connections."""
    url = postgres.a_database(server)
    return url, _ending_connections(server, url)


def _ending_connections(server: str, url: str) -> Callable[[], None]:
    import psycopg

    name = url.split("/desk_")[1].split("?")[0]

    def restart() -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (f"desk_{name}",)
            )

    return restart
