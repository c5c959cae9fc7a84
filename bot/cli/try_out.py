"""The try-out: the playground and the real desk in one process; only the addresses and the clock differ from `run`."""

import asyncio
import contextlib
import tempfile
import webbrowser
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from bot.app import Mentiondesk, run_until
from bot.settings import Settings, read_settings
from demo.server import Playground
from demo.story import Story, furnish
from triage.policy import Policy, read


async def try_out(
    port: int,
    *,
    open_browser: bool,
    tell_story: bool,
    announce: Callable[[str], None],
    stopped: Callable[[], asyncio.Event],
) -> None:
    """Run Slack, X, the page and the desk until stopped, then delete the database."""
    with tempfile.TemporaryDirectory(prefix="mentiondesk-") as folder:
        offset_file = Path(folder) / "clock"
        async with Playground(port=port, offset_file=offset_file) as playground:
            furnish(playground)
            story = Story(playground)
            playground.story = story
            desk = Mentiondesk(demo_settings(playground.url, Path(folder)), demo_policy())
            announced = asyncio.create_task(
                _tell(desk, playground, story, announce, open_browser, tell_story)
            )
            try:
                await run_until(desk, stopped())
            finally:
                announced.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await announced


async def _tell(
    desk: Mentiondesk,
    playground: Playground,
    story: Story,
    announce: Callable[[str], None],
    open_browser: bool,
    tell_story: bool,
) -> None:
    await desk.started.wait()
    announce(playground.url)
    if open_browser:
        await asyncio.to_thread(webbrowser.open, playground.url)
    if not tell_story:
        story.pause()
    await story.run()


def demo_settings(url: str, folder: Path, **more: str) -> Settings:
    """The settings of a desk between the pretend Slack and X at `url`."""
    return read_settings(
        {
            "SLACK_BOT_TOKEN": "xoxb-demo-bot",
            "SLACK_APP_TOKEN": "xapp-demo-app",
            "SLACK_API_URL": f"{url}/slack/api/",
            "X_API_KEY": "demo-key",
            "X_API_SECRET": "demo-secret",
            "X_ACME_ACCESS_TOKEN": "demo-acme",
            "X_ACME_ACCESS_SECRET": "demo-acme-secret",
            "X_ACME_HELP_ACCESS_TOKEN": "demo-acme_help",
            "X_ACME_HELP_ACCESS_SECRET": "demo-acme_help-secret",
            "X_API_URL": f"{url}/x",
            "X_POLL_SECONDS": "1",
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/mentiondesk.db",
            "CLOCK_OFFSET_FILE": str(folder / "clock"),
            "PORT": "0",
            **more,
        }
    )


def demo_policy() -> Policy:
    """The pretend Acme's desk.toml."""
    return read(files("demo").joinpath("desk.toml").read_text(encoding="utf-8"))
