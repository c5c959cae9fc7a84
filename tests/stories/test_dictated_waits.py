"""Waits that X and Slack dictate: they are kept, and none is longer than it can be meant."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.networks.x.client import Keys, XClient
from db.sql import tables
from demo.x.timeline import http_date
from handlers.problems import (
    LONGEST_POSTING_WAIT,
    LONGEST_WAIT,
    UNSAID_WAIT,
    RateLimited,
    bearable,
)
from handlers.slack.chat import call
from scene import ANNA, LAURA, Scene, a_scene

TEN_DAYS = 864_000.0
ODD_RESETS = ["soon", "-5", "", "1.5", "nan", "9" * 30, "9" * 5000]


@pytest.fixture
async def at_rest(tmp_path: Path) -> AsyncIterator[Scene]:
    """The pretend Slack and X, without a desk."""
    async with a_scene(tmp_path, started=False) as scene:
        yield scene


async def asked_to_wait(scene: Scene, what: str, headers: dict[str, str | None], off: timedelta) -> float:
    """The wait after a 429 with these headers, on a machine whose clock is off by so much."""
    keys = Keys("demo-key", "demo-secret", "demo-acme_help", "demo-acme_help-secret")
    client = XClient(keys, f"{scene.playground.url}/x", lambda: scene.now() + off)
    scene.x.fail("*", "429", headers=headers)
    method, arguments = ("create_tweet", {"text": "hello"}) if what == "create" else ("get_me", {})
    try:
        with pytest.raises(RateLimited) as limited:
            await client.call(what, method, **arguments)
    finally:
        await client.close()
    return limited.value.seconds


def said(scene: Scene, seconds: float, *, ahead: float = 0.0, limit: str = "x-rate-limit") -> dict[str, Any]:
    """The headers of an X whose clock is ahead of the playground's."""
    now = scene.now() + timedelta(seconds=ahead)
    return {"date": http_date(now), f"{limit}-reset": str(int(now.timestamp() + seconds))}


@pytest.mark.parametrize("hours", [-2, 0, 2])
async def test_a_wait_is_reckoned_by_x_s_own_clock(at_rest: Scene, hours: float) -> None:
    waits = await asked_to_wait(at_rest, "me", said(at_rest, 60), timedelta(hours=hours))
    assert 60 <= waits <= 62


@pytest.mark.parametrize(
    ("what", "seconds", "waits"),
    [
        ("me", TEN_DAYS, LONGEST_WAIT),
        ("me", -TEN_DAYS, 1.0),
        ("create", 3600.0, 3601.0),
        ("create", TEN_DAYS, LONGEST_POSTING_WAIT),
    ],
)
async def test_no_wait_is_longer_than_x_can_mean(
    at_rest: Scene, what: str, seconds: float, waits: float
) -> None:
    assert abs(await asked_to_wait(at_rest, what, said(at_rest, seconds), timedelta()) - waits) <= 1


@pytest.mark.parametrize("reset", [*ODD_RESETS, None])
async def test_a_reset_that_can_t_be_read_is_a_short_wait(at_rest: Scene, reset: str | None) -> None:
    waits = await asked_to_wait(at_rest, "me", {"x-rate-limit-reset": reset}, timedelta())
    assert waits == {"-5": 1.0, "9" * 30: LONGEST_WAIT}.get(str(reset), UNSAID_WAIT)


@pytest.mark.parametrize("date", ["yesterday", "Mon, 99 Foo 2026 10:00:00 GMT", ""])
async def test_without_x_s_time_ours_counts(at_rest: Scene, date: str) -> None:
    waits = await asked_to_wait(at_rest, "me", {**said(at_rest, 60), "date": date}, timedelta())
    assert waits == pytest.approx(61, abs=2)


async def test_the_limit_that_is_used_up_counts(at_rest: Scene) -> None:
    """X's limit of a day's posts is reset later than that of its window."""
    day = said(at_rest, 7200, limit="x-app-limit-24hour") | {"x-app-limit-24hour-remaining": "0"}
    window = said(at_rest, 60) | {"x-rate-limit-remaining": "17"}
    assert await asked_to_wait(at_rest, "create", day | window, timedelta()) == pytest.approx(7201, abs=2)


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("100000", LONGEST_WAIT),
        ("soon", UNSAID_WAIT),
        ("", UNSAID_WAIT),
        ("-3", 1.0),
        ("inf", LONGEST_WAIT),
        ("nan", 1.0),
        ("30", 30.0),
    ],
)
async def test_slack_s_wait_has_a_ceiling_too(at_rest: Scene, said: str, waits: float) -> None:
    client = AsyncWebClient(
        token="xoxb-demo", base_url=f"{at_rest.playground.url}/slack/api/", retry_handlers=[]
    )
    at_rest.slack.fail("auth.test", "ratelimited", retry_after=said)
    with pytest.raises(RateLimited) as limited:
        await call(client.auth_test)
    assert limited.value.seconds == waits


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), 10**400, -(10**400), -1.0, 0.0, 1e308])
def test_whatever_is_said_the_wait_can_be_waited(seconds: float) -> None:
    assert 1.0 <= bearable(seconds) <= LONGEST_WAIT


# Stories


async def waiting(scene: Scene) -> list[dict[str, Any]]:
    return [row for row in await scene.rows(tables.deliveries) if row["state"] == "pending"]


def mentions_source(scene: Scene) -> Any:
    """The source of @acme_help's mentions, which from now on the test alone reads."""
    for task in scene.app.runner.tasks:
        if task.get_name().startswith("x:"):
            task.cancel()
    return next(one for one in scene.app.runner.sources if one.name == "x:mentions:acme_help")


async def test_an_account_is_read_again_within_a_quarter_of_an_hour_whatever_x_says(scene: Scene) -> None:
    source, poller = mentions_source(scene), scene.app.runner.poller
    await poller.poll(source)
    scene.x.fail("mentions", "429", headers=said(scene, TEN_DAYS))
    assert await poller.poll(source) == LONGEST_WAIT
    scene.writes("@acme_help are you there?")
    await poller.poll(source)
    await scene.card("are you there?")


@pytest.mark.parametrize("reset", [*ODD_RESETS, str(10**12)])
async def test_odd_headers_of_a_good_answer_hold_nothing_up(scene: Scene, reset: str) -> None:
    source, poller = mentions_source(scene), scene.app.runner.poller
    odd = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    scene.x.fail("mentions", "altered", headers=odd)
    scene.writes("@acme_help is it good?")
    assert await poller.poll(source) <= LONGEST_WAIT
    await scene.card("is it good?")


async def test_a_clock_set_back_makes_no_wait_longer(scene: Scene) -> None:
    source, poller = mentions_source(scene), scene.app.runner.poller
    scene.x.fail("mentions", "altered", headers=said(scene, 60) | {"x-rate-limit-remaining": "0"})
    await poller.poll(source)
    scene.skip(hours=-2)
    assert poller._spread(source) <= LONGEST_WAIT


async def test_cards_come_whatever_slack_asks_us_to_wait(scene: Scene) -> None:
    scene.slack.fail("chat.postMessage", "ratelimited", retry_after="soon")
    scene.writes("@acme_help a question")
    await scene.put_off(f"asked to wait {UNSAID_WAIT:.0f} s")
    (row,) = await waiting(scene)
    assert row["not_before"] - scene.now() <= timedelta(seconds=UNSAID_WAIT)


async def test_leads_hear_of_an_account_that_may_not_post_for_hours(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me")
    scene.x.fail("create", "429", headers=said(scene, TEN_DAYS))
    await scene.reply(ANNA, card, "Here is your answer.")
    await scene.told(LAURA, "a limit of the day is used up")
    (row,) = [row for row in await waiting(scene) if row["kind"] == "reply"]
    assert timedelta(hours=23) < row["not_before"] - scene.now() <= timedelta(hours=24)
