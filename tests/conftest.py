"""Shared by all tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import logs
from scene import Scene, a_scene

logs.set_up()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A running desk whose replies leave at once."""
    async with a_scene(tmp_path) as running:
        yield running
