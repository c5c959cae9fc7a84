"""A fresh database for a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from db.schema import migrate


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    fresh = Database(f"sqlite+aiosqlite:///{tmp_path}/desk.db")
    await migrate(fresh)
    yield fresh
    await fresh.close()
