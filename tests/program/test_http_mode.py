"""Slack over signed HTTP in place of Socket Mode, and the program's own small web."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from demo.slack.delivery import signature
from scene import ANNA, LAURA, Scene, a_scene

SECRET = "demo-signing-secret"


@pytest.fixture
async def over_http(tmp_path: Path) -> AsyncIterator[Scene]:
    settings = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": SECRET}
    async with a_scene(tmp_path, **settings) as scene:
        scene.slack.events_url = f"{address(scene)}/slack/events"
        yield scene


def address(scene: Scene) -> str:
    assert scene.app is not None
    return f"http://127.0.0.1:{scene.app.port}"


async def posted(scene: Scene, body: str, headers: dict[str, str]) -> tuple[int, str]:
    headers = {"Content-Type": "application/json", **headers}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{address(scene)}/slack/events", data=body, headers=headers) as response,
    ):
        return response.status, await response.text()


async def got(scene: Scene, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{address(scene)}{path}") as response:
        return response.status, await response.text()


async def test_a_click_a_modal_an_event_and_a_command_work_over_http(over_http: Scene) -> None:
    scene = over_http
    assert scene.slack.connections == 0
    scene.writes("@acme_help over the wire")
    card = await scene.claim(ANNA, await scene.card("over the wire"))
    assert (await scene.reply(ANNA, card, "Loud and clear.")).ok
    await scene.said("Loud and clear.")
    await scene.slack.open_home(LAURA)
    await scene.eventually(lambda: scene.slack.home(LAURA), "Home")
    assert (await scene.slack.command(ANNA, "C0MENTIONS", "/desk")).ok
    await scene.told(ANNA, "over the wire")


async def test_an_error_beside_a_field_comes_back_over_http(over_http: Scene) -> None:
    card = await over_http.taken("@acme_help over the wire")
    ack = await over_http.reply(ANNA, card, "\u200b")
    assert "text" in ack.errors


@pytest.mark.parametrize("case", ["wrong secret", "old", "none", "changed"])
async def test_a_request_that_slack_did_not_sign_is_refused(over_http: Scene, case: str) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "let me in", "token": "t"})
    headers = {
        "wrong secret": signature("another-secret", body),
        "old": {**signature(SECRET, body), "X-Slack-Request-Timestamp": str(int(time.time()) - 3600)},
        "none": {},
        "changed": signature(SECRET, body + " "),
    }[case]
    status, said = await posted(over_http, body, headers)
    assert status == 401
    assert "let me in" not in said


async def test_slacks_question_whether_the_address_is_ours_is_answered(over_http: Scene) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "is it you?", "token": "t"})
    status, said = await posted(over_http, body, signature(SECRET, body))
    assert (status, "is it you?" in said) == (200, True)


async def test_in_socket_mode_there_is_no_door_for_slack(scene: Scene) -> None:
    status, _said = await posted(scene, "{}", {})
    assert status == 404


async def test_health_readiness_and_metrics_tell_how_it_stands(scene: Scene) -> None:
    scene.writes("@acme_help count me")
    await scene.card("count me")
    await scene.quiet()
    assert await got(scene, "/healthz") == (200, '{"status": "ok"}')
    status, said = await got(scene, "/readyz")
    assert (status, json.loads(said)["status"]) == (200, "ok"), said
    _status, metrics = await got(scene, "/metrics")
    assert 'mentiondesk_cases{status="new"} 1.0' in metrics
    assert 'mentiondesk_deliveries{state="done"} 1.0' in metrics
    assert 'mentiondesk_last_good_poll_timestamp_seconds{source="x:mentions:acme_help"}' in metrics
    assert 'mentiondesk_x_usd{account="acme_help",what="mentions"}' in metrics
    assert "mentiondesk_timers_late 0.0" in metrics


async def test_metrics_count_clicks_and_how_long_they_took(scene: Scene) -> None:
    card = await scene.taken("@acme_help count my click")
    assert card is not None
    _status, metrics = await got(scene, "/metrics")
    lines = [line.rsplit(" ", 1) for line in metrics.splitlines() if not line.startswith("#")]
    counted = {name: float(value) for name, value in lines}
    assert counted['mentiondesk_clicks_total{gesture="claim"}'] >= 1
    assert counted['mentiondesk_ack_seconds_count{kind="click"}'] >= 1
    assert counted["mentiondesk_gesture_seconds_count"] >= 1


async def test_trouble_with_x_is_degraded_and_still_ready(scene: Scene) -> None:
    assert scene.app is not None
    loop = next(one for one in scene.app.runner.loops if one.name == "x:mentions:acme_help")
    scene.x.fail("mentions", "html503", times=100)
    await scene.eventually(lambda: loop.failures, "a failure")
    status, said = await got(scene, "/readyz")
    told = json.loads(said)
    assert (status, told["status"]) == (200, "degraded")
    assert "New mentions wait on X" in told["parts"]["x:mentions:acme_help"]


async def test_a_dead_loop_is_unhealthy_and_a_broken_database_is_not_ready(scene: Scene) -> None:
    assert scene.app is not None
    scene.app.runner.tasks[0].cancel()
    await scene.eventually(lambda: scene.app and scene.app.runner.tasks[0].done(), "the loop's end")
    assert (await got(scene, "/healthz"))[0] == 503


async def test_a_loop_that_hangs_is_unhealthy(scene: Scene) -> None:
    assert scene.app is not None
    loop = next(one for one in scene.app.runner.loops if one.name == "timers")
    loop.patience = -10.0
    status, said = await got(scene, "/healthz")
    assert (status, json.loads(said)["loops"]) == (503, ["timers"])


async def test_while_it_stops_nothing_more_is_taken_from_slack(over_http: Scene) -> None:
    assert over_http.app is not None
    over_http.app.web.stopping = True
    body = json.dumps({"type": "url_verification", "challenge": "let me in", "token": "t"})
    assert (await posted(over_http, body, signature(SECRET, body)))[0] == 503
