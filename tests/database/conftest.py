"""A fresh database for a test: the same suite on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import migrated
import postgres
from db.engine import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/desk.db"
    return postgres.a_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    fresh = Database(database_url)
    await migrated.fill(fresh)
    yield fresh
    await fresh.close()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """For what SQLite alone promises."""
    fresh = Database(await migrated.a_file(tmp_path / "desk.db"))
    yield fresh
    await fresh.close()
