"""The playground's server: the page, its snapshot and ticks, and what people do on it."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import demo.page
from demo.page.avatars import avatar
from demo.page.changes import Changes
from demo.page.doings import tomorrow_at_nine
from demo.server import Playground
from demo.story import furnish

PAGE = Path(demo.page.__file__).parent


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(port=0, post_rate=None) as running:
        furnish(running)
        yield running


@pytest.fixture
async def browser(playground: Playground) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(playground.url) as session:
        yield session


async def look(browser: aiohttp.ClientSession, me: str = "U0ANNA", **query: str) -> dict[str, Any]:
    async with browser.get("/demo/state", params={"me": me, **query}) as answer:
        assert answer.status == 200
        return await answer.json()


async def do(browser: aiohttp.ClientSession, name: str, /, status: int = 200, **body: Any) -> dict[str, Any]:
    async with browser.post(f"/demo/{name}", json={"me": "U0ANNA", **body}) as answer:
        assert answer.status == status
        return await answer.json()


def channel(state: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in state["channels"] if one["name"] == name)


class TestTheServer:
    async def test_a_free_port_is_taken_and_told_to_slack_and_x(self) -> None:
        async with Playground(port=0) as playground:
            assert not playground.url.endswith(":0")
            assert playground.slack.base_url == playground.x.base_url == playground.url

    async def test_two_playgrounds_stand_side_by_side(self) -> None:
        async with Playground(port=0) as one, Playground(port=0) as other:
            assert one.url != other.url

    async def test_a_port_in_use_is_an_error(self, playground: Playground) -> None:
        taken = int(playground.url.rpartition(":")[2])
        with pytest.raises(OSError):
            await Playground(port=taken).start()

    async def test_stopping_twice_is_harmless(self) -> None:
        playground = Playground(port=0)
        await playground.start()
        await playground.stop()
        await playground.stop()

    async def test_the_clock_writes_its_offset_for_other_processes(self, tmp_path: Path) -> None:
        offset = tmp_path / "offset"
        playground = Playground(port=0, offset_file=offset)
        playground.clock.skip(90)
        assert float(offset.read_text()) == 90


class TestTheFiles:
    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("/", "text/html"),
            ("/page/page.css", "text/css"),
            ("/page/main.js", "text/javascript"),
            ("/page/picture/router.svg", "image/svg+xml"),
            ("/page/avatar/Anna%20Bianchi.svg", "image/svg+xml"),
            ("/favicon.ico", "image/svg+xml"),
        ],
    )
    async def test_the_page_and_its_parts_are_served(
        self, browser: aiohttp.ClientSession, path: str, kind: str
    ) -> None:
        async with browser.get(path) as answer:
            assert (answer.status, answer.content_type) == (200, kind)

    @pytest.mark.parametrize(
        "path", ["/page/feed.py", "/page/..%2Fserver.py", "/page/picture/..%2Findex.html", "/page/nothing.js"]
    )
    async def test_nothing_else_is_served(self, browser: aiohttp.ClientSession, path: str) -> None:
        async with browser.get(path) as answer:
            assert answer.status == 404

    async def test_the_page_may_load_nothing_from_elsewhere(self, browser: aiohttp.ClientSession) -> None:
        async with browser.get("/") as answer:
            policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert not re.search(r"https:|\*(?! |;|$)|unsafe", policy)

    def test_every_module_the_page_imports_is_there(self) -> None:
        for script in PAGE.glob("*.js"):
            for name in re.findall(r'from "\./([\w.]+)"', script.read_text("utf-8")):
                assert (PAGE / name).exists(), f"{script.name} imports {name}"

    def test_no_script_turns_text_into_html(self) -> None:
        for script in PAGE.glob("*.js"):
            assert not re.search(
                r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", script.read_text("utf-8")
            )

    def test_an_avatar_is_always_the_same_and_carries_initials(self) -> None:
        assert avatar("Anna Bianchi") == avatar("Anna Bianchi")
        assert ">AB</text>" in avatar("Anna Bianchi")
        assert ">GV</text>" in avatar("giulia_vento")
        assert ">?</text>" in avatar("…")

    def test_an_avatar_cannot_carry_markup(self) -> None:
        assert "<script" not in avatar("<script>alert(1)</script>")


class TestTheDoor:
    @pytest.mark.parametrize("path", ["/", "/demo/state", "/demo/events", "/page/main.js"])
    async def test_a_name_of_another_site_that_resolves_to_this_machine_is_refused(
        self, browser: aiohttp.ClientSession, path: str
    ) -> None:
        async with browser.get(path, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403

    async def test_a_foreign_host_cannot_do_anything(
        self, browser: aiohttp.ClientSession, playground: Playground
    ) -> None:
        before = playground.clock.offset
        headers = {"Host": "evil.example:8765"}
        async with browser.post("/demo/skip", json={"to": "tomorrow-0900"}, headers=headers) as answer:
            assert answer.status == 403
        assert playground.clock.offset == before

    async def test_localhost_is_a_name_of_this_machine(self, browser: aiohttp.ClientSession) -> None:
        async with browser.get("/", headers={"Host": "localhost:8765"}) as answer:
            assert answer.status == 200

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
    async def test_a_form_of_another_site_can_post_nothing(
        self, browser: aiohttp.ClientSession, playground: Playground, kind: str
    ) -> None:
        body = '{"me": "U0ANNA", "to": "tomorrow-0900"}'
        async with browser.post("/demo/skip", data=body, headers={"Content-Type": kind}) as answer:
            assert answer.status == 415
        assert playground.clock.offset == 0

    @pytest.mark.parametrize("body", ["", "nonsense", "[]"])
    async def test_a_body_that_is_no_json_object_is_refused(
        self, browser: aiohttp.ClientSession, body: str
    ) -> None:
        headers = {"Content-Type": "application/json"}
        async with browser.post("/demo/write", data=body, headers=headers) as answer:
            assert answer.status == 400
            assert (await answer.json())["ok"] is False

    async def test_what_is_missing_is_named(self, browser: aiohttp.ClientSession) -> None:
        assert "`text`" in (await do(browser, "write", status=400, channel="C0MENTIONS"))["error"]


class TestTheSnapshot:
    async def test_it_names_people_places_accounts_and_customers(
        self, browser: aiohttp.ClientSession
    ) -> None:
        state = await look(browser)
        assert [one["name"] for one in state["people"]] == ["Anna", "Marco", "Kasia", "Laura"]
        assert {one["role"] for one in state["people"]} == {"agent", "billing expert", "lead"}
        assert [one["name"] for one in state["channels"]] == [
            "mentions",
            "mentions-billing",
            "mentions-network",
        ]
        assert {one["handle"] for one in state["x"]["accounts"]} == {"acme", "acme_help"}
        assert state["x"]["customers"]
        assert state["groups"] == {"S0BILLING": "billing-experts"}
        assert state["story"] is None

    async def test_no_secret_is_in_it(self, browser: aiohttp.ClientSession) -> None:
        async with browser.get("/demo/state") as answer:
            text = await answer.text()
        assert "secret" not in text
        assert "xoxb" not in text

    async def test_whoever_comes_first_is_looked_through_by_default(
        self, browser: aiohttp.ClientSession
    ) -> None:
        async with browser.get("/demo/state") as answer:
            assert (await answer.json())["me"] == "U0ANNA"

    @pytest.mark.parametrize("query", [{"me": "U0NOBODY"}, {"me": "U0BOT"}, {"depth": "many"}])
    async def test_a_stranger_sees_nothing(
        self, browser: aiohttp.ClientSession, query: dict[str, str]
    ) -> None:
        async with browser.get("/demo/state", params=query) as answer:
            assert answer.status == 404

    async def test_a_message_and_its_thread_are_shown(self, browser: aiohttp.ClientSession) -> None:
        await do(browser, "write", channel="C0MENTIONS", text="Who is on this?")
        root = channel(await look(browser), "mentions")["messages"][0]
        await do(browser, "write", me="U0MARCO", channel="C0MENTIONS", text="I am.", thread_ts=root["ts"])
        shown = channel(await look(browser), "mentions")["messages"]
        assert [one["text"] for one in shown] == ["Who is on this?"]
        assert [(one["user"], one["text"]) for one in shown[0]["replies"]] == [("U0MARCO", "I am.")]

    async def test_a_deleted_message_vanishes(self, browser: aiohttp.ClientSession) -> None:
        await do(browser, "write", channel="C0MENTIONS", text="Oops")
        ts = channel(await look(browser), "mentions")["messages"][0]["ts"]
        await do(browser, "erase", channel="C0MENTIONS", ts=ts)
        assert channel(await look(browser), "mentions")["messages"] == []

    async def test_only_the_last_messages_are_shown_unless_more_are_asked_for(
        self, browser: aiohttp.ClientSession
    ) -> None:
        for number in range(4):
            await do(browser, "write", channel="C0MENTIONS", text=f"{number}")
        short = channel(await look(browser, depth="2"), "mentions")
        assert ([one["text"] for one in short["messages"]], short["total"]) == (["2", "3"], 4)
        assert len(channel(await look(browser), "mentions")["messages"]) == 4

    async def test_a_reaction_is_shown_and_taken_back(self, browser: aiohttp.ClientSession) -> None:
        await do(browser, "write", channel="C0MENTIONS", text="Done!")
        ts = channel(await look(browser), "mentions")["messages"][0]["ts"]
        await do(browser, "react", channel="C0MENTIONS", ts=ts, name="tada")
        assert channel(await look(browser), "mentions")["messages"][0]["reactions"] == {"tada": ["U0ANNA"]}
        await do(browser, "react", channel="C0MENTIONS", ts=ts, name="tada", on=False)
        assert not channel(await look(browser), "mentions")["messages"][0]["reactions"].get("tada")

    async def test_looking_opens_no_direct_messages(
        self, browser: aiohttp.ClientSession, playground: Playground
    ) -> None:
        await look(browser)
        before = playground.changes.count
        await look(browser, me="U0KASIA")
        assert playground.changes.count == before


class TestDoings:
    async def test_a_customer_posts_is_answered_and_deletes(self, browser: aiohttp.ClientSession) -> None:
        before = {post["id"] for post in (await look(browser))["x"]["posts"]}
        asked = await do(browser, "x/post", handle="orla_quill", text="@acme_help hello?")
        await do(browser, "x/post", handle="acme_help", text="Hello!", reply_to=asked["id"])
        news = [post for post in (await look(browser))["x"]["posts"] if post["id"] not in before]
        assert [(post["author"], post["brand"], post["by_api"]) for post in news] == [
            ("orla_quill", False, False),
            ("acme_help", True, False),
        ]
        assert news[1]["conversation_id"] == asked["id"]
        await do(browser, "x/delete", id=asked["id"])
        assert asked["id"] not in {post["id"] for post in (await look(browser))["x"]["posts"]}

    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("click", {"channel": "C0MENTIONS", "ts": "1.000000", "action_id": "claim"}),
            ("click", {"channel": "C0MENTIONS", "ts": "1.0", "action_id": "claim", "ephemeral": "1.0"}),
            ("modal/click", {"action_id": "insert"}),
            ("modal/submit", {"values": {}}),
            ("modal/type", {"block_id": "text", "action_id": "text", "value": "Hi"}),
            ("modal/dispatch", {"block_id": "text", "action_id": "text", "value": "Hi"}),
            ("suggest", {"action_id": "case", "typed": "roam"}),
            ("suggest", {"action_id": "case", "typed": "roam", "home": True}),
            ("suggest", {"action_id": "case", "typed": "roam", "channel": "C0MENTIONS", "ts": "1.000000"}),
            ("home/click", {"action_id": "claim"}),
            ("react", {"channel": "C0MENTIONS", "ts": "1.000000", "name": "eyes"}),
            ("x/delete", {"id": "1"}),
            ("x/post", {"handle": "nobody", "text": "Hi"}),
        ],
    )
    async def test_what_is_not_there_cannot_be_touched(
        self, browser: aiohttp.ClientSession, name: str, body: dict[str, Any]
    ) -> None:
        answer = await do(browser, name, status=409, **body)
        assert answer["ok"] is False
        assert answer["error"]

    async def test_skipping_goes_on_at_nine_in_the_morning(
        self, browser: aiohttp.ClientSession, playground: Playground
    ) -> None:
        morning = tomorrow_at_nine(playground.clock.now())
        await do(browser, "skip", to="tomorrow-0900")
        assert abs((playground.clock.now() - morning).total_seconds()) < 5
        assert datetime.fromisoformat((await look(browser))["now"]) >= morning

    async def test_the_clock_skips_nowhere_else(self, browser: aiohttp.ClientSession) -> None:
        await do(browser, "skip", status=400, to="1970")

    async def test_the_story_is_held_and_goes_on(
        self, browser: aiohttp.ClientSession, playground: Playground
    ) -> None:
        playground.story = Reel()
        await do(browser, "story", running=False)
        assert (await look(browser))["story"] == {"running": False, "next_in": 4.0}
        await do(browser, "story", running=True)
        assert (await look(browser))["story"]["running"] is True

    async def test_without_a_story_there_is_nothing_to_hold(self, browser: aiohttp.ClientSession) -> None:
        await do(browser, "story", status=400, running=False)


class Reel:
    """A story that only remembers whether it runs."""

    running = True
    next_in = 4.0

    def play(self) -> None:
        self.running = True

    def pause(self) -> None:
        self.running = False


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (datetime(2026, 11, 22, 21, 0, tzinfo=UTC), datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        # In Rome it is past midnight already.
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
        # The night in which summer time begins, and the one in which it ends.
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
    ],
)
def test_tomorrow_at_nine_is_nine_in_rome(now: datetime, morning: datetime) -> None:
    assert tomorrow_at_nine(now) == morning


class TestTicks:
    async def test_a_burst_of_changes_is_one_tick(self) -> None:
        changes = Changes()
        ticks = changes.ticks()
        assert await anext(ticks) == 0
        for _ in range(50):
            changes.announce()
        assert await anext(ticks) == 50
        changes.close()
        assert [count async for count in ticks] == []

    async def test_ticks_keep_their_distance(self) -> None:
        changes = Changes()
        loop = asyncio.get_running_loop()
        ticks = changes.ticks()
        await anext(ticks)
        times = []
        for _ in range(3):
            changes.announce()
            await anext(ticks)
            times.append(loop.time())
        assert all(later - earlier >= 0.095 for earlier, later in pairwise(times))
        await ticks.aclose()

    async def test_the_browser_hears_of_a_change(
        self, browser: aiohttp.ClientSession, playground: Playground
    ) -> None:
        async with browser.get("/demo/events") as stream:
            assert stream.content_type == "text/event-stream"
            assert await stream.content.readuntil(b"\n\n")
            playground.x.post("orla_quill", "@acme_help hello?")
            async with asyncio.timeout(2):
                assert (await stream.content.readuntil(b"\n\n")).startswith(b"event: changed\n")

    async def test_stopping_ends_the_streams_at_once(self) -> None:
        playground = Playground(port=0)
        await playground.start()
        async with (
            aiohttp.ClientSession(playground.url) as browser,
            browser.get("/demo/events") as stream,
        ):
            await stream.content.readuntil(b"\n\n")
            async with asyncio.timeout(0.8):
                await playground.stop()
                await stream.content.read()

    async def test_a_stopped_playground_starts_again(self) -> None:
        playground = Playground(port=0)
        await playground.start()
        await playground.stop()
        async with (
            playground,
            aiohttp.ClientSession(playground.url) as browser,
            browser.get("/demo/events") as stream,
        ):
            assert await stream.content.readuntil(b"\n\n")
