"""`check` finds every fault at once; the manifest asks for what the program uses, and for no more."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.checks import check
from bot.cli.main import app
from bot.cli.try_out import demo_settings
from bot.manifest import EVENTS, SCOPES, manifest
from scene import ANNA, BILLING, KASIA, LAURA, MENTIONS, Scene, a_scene, policy_with


@pytest.fixture
async def unstarted(tmp_path: Path) -> AsyncIterator[Scene]:
    async with a_scene(tmp_path, started=False) as scene:
        yield scene


async def faults(scene: Scene, **settings: str) -> list[str]:
    return await check(demo_settings(scene.playground.url, scene.folder, **settings), scene.policy)


async def test_a_desk_that_can_run_has_no_faults(unstarted: Scene) -> None:
    assert await faults(unstarted) == []


async def test_every_fault_is_found_at_once_with_what_to_do(unstarted: Scene) -> None:
    scene = unstarted
    scene.slack.scopes = [scope for scope in SCOPES if scope not in ("im:write", "reactions:read")]
    await scene.slack.leave("U0BOT", MENTIONS)
    scene.slack.archive_channel(BILLING)
    told = await faults(
        scene,
        SLACK_APP_TOKEN="xapp-of-another-app",
        X_ACME_ACCESS_TOKEN="demo-acme_help",
        X_ACME_ACCESS_SECRET="demo-acme_help-secret",
        X_ACME_HELP_ACCESS_SECRET="wrong",
    )
    wanted = {
        "im:write": "manifest",
        "reactions:read": "manifest",
        "#mentions": "/invite",
        BILLING: "archived",
        "SLACK_APP_TOKEN": "connections:write",
        "@acme:": "belong to @acme_help",
        "@acme_help": "401",
    }
    for what, cure in wanted.items():
        assert any(what in fault and cure in fault for fault in told), (what, told)
    assert len(told) == len(wanted)


async def test_a_channel_that_slack_does_not_know_is_named(unstarted: Scene) -> None:
    unstarted.policy = policy_with(channel="C0NOWHERE")
    (fault,) = await faults(unstarted)
    assert "C0NOWHERE" in fault


async def test_a_wrong_bot_token_hides_no_fault_of_x(unstarted: Scene) -> None:
    told = await faults(unstarted, SLACK_BOT_TOKEN="xoxb-wrong", X_API_SECRET="wrong")
    assert [fault.split(":")[0] for fault in told] == [
        "SLACK_BOT_TOKEN",
        "X account @acme_help",
        "X account @acme",
    ]


async def test_slack_and_x_out_of_reach_are_two_findings_and_no_crash(unstarted: Scene) -> None:
    nowhere = "http://127.0.0.1:9"
    told = await faults(unstarted, SLACK_API_URL=f"{nowhere}/slack/api/", X_API_URL=f"{nowhere}/x")
    assert "can't be reached" in told[0]
    assert "can't be reached" in told[-1]


async def test_with_the_manifests_scopes_and_events_everything_works(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        scene.slack.scopes = list(SCOPES)
        scene.slack.app.subscriptions = [event.split(".")[0] for event in EVENTS]
        await scene.start()
        scene.writes("@acme_help my invoice is wrong")
        card = await scene.card("my invoice is wrong", channel=BILLING)
        await scene.slack.react(ANNA, card.channel, card.ts, "eyes")
        await scene.shows(card, f"With <@{ANNA}>")
        await scene.slack.write(ANNA, card.channel, "a note to ourselves", thread_ts=card.ts)
        await scene.recorded("note")
        await scene.opens(ANNA, card, "escalate")
        await scene.slack.submit(ANNA, {"expert": KASIA, "question": "Is it?"})
        await scene.told(KASIA, "Is it?")
        scene.slack.fail("chat.postMessage", "lost")
        scene.writes("@acme_help are you there?")
        await scene.told(ANNA, "wrote again")
        await scene.slack.open_home(LAURA)
        await scene.eventually(lambda: scene.slack.home(LAURA), "Home")
        await scene.slack.command(ANNA, MENTIONS, "/desk")
        await scene.told(ANNA, "my invoice is wrong")
        await scene.quiet()
        assert [call for call in scene.slack.calls if call.outcome == "missing_scope"] == []


def typed(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["manifest", *arguments])
    return result.exit_code, result.output


def test_the_manifest_is_json_for_socket_mode() -> None:
    code, printed = typed()
    assert code == 0
    told: dict[str, Any] = json.loads(printed)
    assert told == manifest(None)
    assert told["settings"]["socket_mode_enabled"]
    assert told["settings"]["interactivity"]["is_enabled"]
    assert set(told["oauth_config"]["scopes"]["bot"]) == set(SCOPES)
    assert told["settings"]["event_subscriptions"]["bot_events"] == EVENTS
    assert "request_url" not in printed


def test_the_manifest_for_http_names_the_address_everywhere() -> None:
    code, printed = typed("--url", "https://desk.example.com/")
    told = json.loads(printed)
    address = "https://desk.example.com/slack/events"
    assert code == 0
    assert not told["settings"]["socket_mode_enabled"]
    assert told["settings"]["event_subscriptions"]["request_url"] == address
    assert told["settings"]["interactivity"]["request_url"] == address
    assert told["settings"]["interactivity"]["message_menu_options_url"] == address
    assert told["features"]["slash_commands"][0]["url"] == address


def test_slack_calls_only_https() -> None:
    code, printed = typed("--url", "http://desk.example.com")
    assert code == 2
    assert "https" in printed


def test_slacks_limits_on_a_manifest_hold() -> None:
    told = manifest(None)
    assert len(told["display_information"]["name"]) <= 35
    assert len(told["display_information"]["description"]) <= 140
    assert len(told["features"]["slash_commands"][0]["description"]) <= 2000
