"""Backup, restore and the move to PostgreSQL, by the real program: nothing is lost, nothing is sent twice."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import postgres
from processes import begin, command, environment, kept, running
from scene import ANNA, MARCO, MENTIONS, Scene, a_scene


def env_of(scene: Scene, database: str = "desk.db", **more: str) -> dict[str, str]:
    address = f"sqlite+aiosqlite:///{scene.folder}/{database}"
    return environment(scene.playground.url, scene.folder, **{"DATABASE_URL": address, **more})


def cards_of(scene: Scene, saying: str) -> int:
    """How many cards with these words stand in Slack."""
    return len([card for card in scene.cards(MENTIONS) if saying in card.plain])


async def test_a_backup_made_while_the_desk_runs_is_restored_and_goes_on(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        async with running(tmp_path, env_of(scene)) as desk:
            before = await scene.taken("@acme_help written before")
            ended = await command(tmp_path, env_of(scene), "backup", "monday.backup")
            assert (ended.code, "and verified" in ended.said) == (0, True), ended.said
            scene.writes("@acme_help written after", handle="somebody_else")
            orphan = await scene.card("written after")
            assert await desk.ends(signal.SIGTERM) == 0
        restored = await command(tmp_path, env_of(scene, "new.db"), "restore", "monday.backup")
        assert (restored.code, "Next: `mentiondesk run`" in restored.said) == (0, True), restored.said
        async with running(tmp_path, env_of(scene, "new.db")) as desk:
            await scene.eventually(lambda: cards_of(scene, "written after") == 2, "its new card")
            await scene.click(MARCO, orphan, "claim")
            await scene.told(MARCO, "no longer")
            await scene.click(ANNA, before, "more", "release")
            await scene.lacks(before, f"With <@{ANNA}>")
            assert cards_of(scene, "written before") == 1
            assert await desk.ends(signal.SIGTERM) == 0
        ids = sqlite3.connect(tmp_path / "new.db")
        assert [number for (number,) in ids.execute("SELECT id FROM cases ORDER BY id")] == [1, 10002]
        ids.close()


async def test_a_reply_that_went_out_after_the_backup_is_not_sent_again(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        async with running(tmp_path, env_of(scene)) as desk:
            card = await scene.taken("@acme_help please answer me")
            scene.x.fail("create", "429", seconds=60)
            await scene.reply(ANNA, card, "Here is your answer.")
            await scene.eventually(lambda: not scene.x._faults._waiting, "X to be asked")
            assert await desk.ends(signal.SIGTERM) == 0
        assert (await command(tmp_path, env_of(scene), "backup", "monday.backup")).code == 0
        assert kept(tmp_path, "SELECT state FROM deliveries WHERE kind = 'reply'") == [("pending",)]
        scene.skip(seconds=70)
        async with running(tmp_path, env_of(scene)) as desk:
            await scene.said("Here is your answer.")
            await scene.shows(card, "see it on X")
            assert await desk.ends(signal.SIGTERM) == 0
        restored = await command(tmp_path, env_of(scene, "new.db"), "restore", "monday.backup")
        assert restored.code == 0, restored.said
        scene.skip(seconds=70)
        async with running(tmp_path, env_of(scene, "new.db")) as desk:
            await scene.eventually(lambda: state_of_reply(tmp_path / "new.db") == "sent", "the answer found")
            assert await desk.ends(signal.SIGTERM) == 0
        assert len(scene.x.created) == 1


def state_of_reply(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT state FROM replies").fetchone()[0])


async def test_a_running_desk_is_not_moved(tmp_path: Path) -> None:
    async with a_scene(tmp_path, started=False) as scene, running(tmp_path, env_of(scene)):
        to = f"sqlite+aiosqlite:///{tmp_path}/new.db"
        ended = await command(tmp_path, env_of(scene), "move-database", "--to", to)
        assert ended.code == 2
        assert "Another Mentiondesk is running on this database; stop it first" in ended.said


async def test_a_desk_moves_to_postgresql_and_goes_on(tmp_path: Path) -> None:
    with postgres.a_server() as server:
        address = postgres.a_database(server)
        async with a_scene(tmp_path, started=False) as scene:
            async with running(tmp_path, env_of(scene)) as desk:
                card = await scene.taken("@acme_help still on SQLite")
                assert await desk.ends(signal.SIGTERM) == 0
            moved = await command(tmp_path, env_of(scene), "move-database", "--to", address)
            assert (moved.code, "set DATABASE_URL" in moved.said) == (0, True), moved.said
            async with running(tmp_path, env_of(scene, DATABASE_URL=address)) as desk:
                await scene.click(ANNA, card, "more", "release")
                await scene.lacks(card, f"With <@{ANNA}>")
                scene.writes("@acme_help now on PostgreSQL", handle="somebody_else")
                await scene.card("now on PostgreSQL")
                copied = await command(
                    tmp_path, env_of(scene, DATABASE_URL=address), "backup", "tuesday.backup"
                )
                assert copied.code == 0, copied.said
                assert await desk.ends(signal.SIGTERM) == 0
            assert cards_of(scene, "still on SQLite") == 1
        backup = sqlite3.connect(tmp_path / "tuesday.backup")
        assert backup.execute("SELECT id, status FROM cases ORDER BY id").fetchall() == [
            (1, "new"),
            (2, "new"),
        ]
        backup.close()
        assert kept(tmp_path, "SELECT status FROM cases") == [("claimed",)], "the old one stays as it was"


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("mysql://desk:hunter2@localhost/desk", "--to names mysql"),
        ("postgresql+psycopg://desk:hunter2@127.0.0.1:1/desk", "nothing was kept"),
        ("postgresql+psycopg://127.0.0.1:1/desk?user=desk&password=hunter2", "nothing was kept"),
    ],
)
async def test_a_database_that_cannot_be_reached_is_said_without_its_password(
    tmp_path: Path, to: str, words: str
) -> None:
    env = environment("http://127.0.0.1:1", tmp_path)
    assert (await command(tmp_path, env, "migrate")).code == 0
    ended = await command(tmp_path, env, "move-database", "--to", to)
    assert (ended.code, words in ended.said) == (2, True), ended.said
    assert "hunter2" not in ended.said
    assert "Traceback" not in ended.said


async def test_a_backup_is_refused_with_a_sentence(tmp_path: Path) -> None:
    env = environment("http://127.0.0.1:1", tmp_path)
    nothing = await command(tmp_path, env, "backup", "monday.backup")
    assert (nothing.code, "no Mentiondesk database here" in nothing.said) == (2, True), nothing.said
    assert not (tmp_path / "desk.db").exists()
    await command(tmp_path, env, "migrate")
    assert (await command(tmp_path, env, "backup", "monday.backup")).code == 0
    again = await command(tmp_path, env, "backup", "monday.backup")
    assert (again.code, "name another file" in again.said) == (2, True), again.said


# So many that even a fast machine is still copying when the signal arrives.
ROWS_FOR_MANY_SECONDS = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 400000)
    INSERT INTO said_once (key, at) SELECT n, '2026-11-20 12:00:00.000000' FROM numbers
"""


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
async def test_a_backup_cut_off_leaves_no_file_of_that_name(tmp_path: Path, by: signal.Signals) -> None:
    env = environment("http://127.0.0.1:1", tmp_path)
    await command(tmp_path, env, "migrate")
    with closing(sqlite3.connect(tmp_path / "desk.db")) as connection:
        connection.execute(ROWS_FOR_MANY_SECONDS)
        connection.commit()
    process = await begin(tmp_path, env, "backup", "monday.backup")
    while not (tmp_path / "monday.backup.part-wal").exists():
        await asyncio.sleep(0.01)
    process.send_signal(by)
    _out, err = await process.communicate()
    assert process.returncode != 0
    assert "Traceback" not in err.decode()
    assert not (tmp_path / "monday.backup").exists()
    assert (tmp_path / "monday.backup.part").exists() == (by is signal.SIGKILL)
