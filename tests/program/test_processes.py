"""The real program in a process of its own: killed, stopped, started twice."""

import signal
from pathlib import Path

import pytest

from processes import Running, apart, command, environment, kept, running
from scene import ANNA, DESK_TOML, MARCO, MENTIONS, Scene, a_scene

pytestmark = pytest.mark.long


def env_of(scene: Scene, **more: str) -> dict[str, str]:
    return environment(scene.playground.url, scene.folder, **more)


def cards_ever_posted(scene: Scene) -> int:
    return len([post for post in scene.slack.posts if post.channel == MENTIONS and not post.thread_ts])


async def test_killed_while_a_card_is_being_posted_it_posts_no_second_one(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        slow = scene.slack.fail("chat.postMessage", "delay", seconds=0.8)
        async with running(tmp_path, env_of(scene)) as desk:
            scene.writes("@acme_help am I lost?", handle="customer1")
            await scene.eventually(lambda: slow.struck, "Slack to be asked")
            scene.writes("@acme_help and me?", handle="customer2")
            await desk.ends(signal.SIGKILL)
        await scene.card("am I lost?")
        async with running(tmp_path, env_of(scene)) as desk:
            await scene.card("and me?")
            card = await scene.claim(ANNA, await scene.card("am I lost?"))
            assert cards_ever_posted(scene) == 2
            assert f"With <@{ANNA}>" in card.plain
            assert await desk.ends(signal.SIGTERM) == 0


async def test_killed_while_an_announcement_is_on_its_way_to_a_card_that_goes_it_stands_once(
    tmp_path: Path,
) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        async with running(tmp_path, env_of(scene)) as desk:
            scene.writes("@acme_help a question")
            card = await scene.card("a question")
            slow = scene.slack.fail(
                "chat.postMessage", "delay", seconds=0.8, match=lambda args: "thread_ts" in args
            )
            scene.writes("@acme_help and another one")
            await scene.eventually(lambda: slow.struck, "Slack to be asked")
            await desk.ends(signal.SIGKILL)
            await scene.slack.delete_message(MARCO, card.channel, card.ts)
        stray = await scene.eventually(
            lambda: scene.slack.messages(MENTIONS), "it falls to the channel's root"
        )
        assert "another one" in stray[0].plain
        async with running(tmp_path, env_of(scene)):
            again = await scene.card("a question")
            await scene.eventually(lambda: scene.slack.thread(again.channel, again.ts), "the announcement")
            await scene.eventually(lambda: len(scene.slack.messages(MENTIONS)) == 1, "one card and no more")
        assert kept(tmp_path, "SELECT count(*) FROM deliveries WHERE state = 'failed'") == [(0,)]


async def test_killed_while_a_reply_is_being_sent_it_sends_no_second_one(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        async with running(tmp_path, env_of(scene)) as desk:
            card = await scene.taken("@acme_help please answer me")
            scene.x.fail("create", "delay", seconds=1.5)
            await scene.reply(ANNA, card, "Here is your answer.")
            await scene.eventually(lambda: not scene.x._faults._waiting, "X to be asked")
            await desk.ends(signal.SIGKILL)
        async with running(tmp_path, env_of(scene)):
            await scene.said("Here is your answer.")
            scene.skip(seconds=15)
            await scene.shows(card, "see it on X")
            scene.skip(minutes=5)
            scene.writes("@acme_help one more thing", handle="somebody_else")
            await scene.card("one more thing")
        assert len(scene.x.created) == 1


async def test_sigterm_during_a_slow_delivery_finishes_it_and_exits_with_0(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        slow = scene.slack.fail("chat.postMessage", "delay", seconds=0.8)
        async with running(tmp_path, env_of(scene)) as desk:
            scene.writes("@acme_help before you go")
            await scene.eventually(lambda: slow.struck, "Slack to be asked")
            assert await desk.ends(signal.SIGTERM) == 0
        assert [card.plain.count("before you go") > 0 for card in scene.slack.messages(MENTIONS)] == [True]
        assert kept(tmp_path, "SELECT state FROM deliveries WHERE subject = 'card:1'") == [("done",)]
        assert "Traceback" not in "".join(desk.log)
        assert "Unclosed" not in "".join(desk.log)


async def test_a_second_process_on_the_same_file_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene, running(tmp_path, env_of(scene)) as first:
        second = await apart(tmp_path, env_of(scene), "run")
        assert second.code == 2
        assert "Another Mentiondesk is running on this database" in second.said
        assert scene.slack.connections == 1
        await answers(first, scene)


async def answers(_desk: Running, scene: Scene) -> None:
    scene.writes("@acme_help are you there?")
    await scene.card("are you there?")


async def test_a_start_that_slack_refuses_ends_with_one_sentence(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        (tmp_path / "desk.toml").write_text(DESK_TOML)
        ended = await apart(tmp_path, env_of(scene, SLACK_BOT_TOKEN="xoxb-of-another-app"), "run")
        assert ended.code == 2
        assert "invalid_auth" in ended.said
        assert "mentiondesk check" in ended.said
        assert "Traceback" not in ended.said
        assert "Unclosed" not in ended.said
        assert "xoxb-of-another-app" not in ended.said


async def test_check_is_content_with_a_desk_that_can_run(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        own = 'timezone = "Europe/Warsaw"\n[area.hours]\nmon = ["09:00-17:00"]\n[area.keywords]'
        (tmp_path / "desk.toml").write_text(DESK_TOML.replace("[area.keywords]", own, 1))
        ended = await command(tmp_path, env_of(scene), "check")
        assert (ended.code, "Everything is in order" in ended.said) == (0, True), ended.said
        assert "Open: around the clock (Europe/Rome)" in ended.said
        assert "Open for billing: Mon 09:00–17:00 (Europe/Warsaw)" in ended.said
