"""Shared by all tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import postgres
import scene as scene_module
import shared_statements
from bot import logs
from scene import Scene, a_scene

logs.set_up()
shared_statements.share()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--on",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="which database the stories run on",
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.a_server() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def chosen_database(request: pytest.FixtureRequest) -> None:
    """With `--on postgresql` each scene has a fresh database on a real server."""
    if request.config.getoption("--on") == "postgresql":
        server = request.getfixturevalue("postgres_server")
        scene_module.another_database = lambda: postgres.a_database(server)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A running desk whose replies leave at once."""
    async with a_scene(tmp_path) as running:
        yield running
