"""A case's history in Details: every line in the reader's language, also what this version can't read."""

import asyncio
from pathlib import Path

from sqlalchemy import insert

from db.sql import tables
from demo.slack import Message
from handlers.desk.intake import forget
from scene import ANNA, LAURA, MARCO, MENTIONS, PATIENCE, Scene, a_scene, policy_with


async def history(scene: Scene, card: Message, person: str = ANNA) -> str:
    modal = await scene.opens(person, card, "details")
    await scene.slack.close_modal(person)
    return str(modal.plain)


async def written(scene: Scene, what: str, detail: dict[str, object], who: str | None = None) -> None:
    """A line of the one case's history, as another version wrote it."""
    case = await scene.case()
    row = {"case_id": case["id"], "at": scene.now(), "who": who, "what": what, "detail": detail}
    async with scene.app.desk.database.write() as connection:
        await connection.execute(insert(tables.events).values(row))


async def test_an_event_of_the_future_is_kept_shown_and_told_to_the_lead_once(scene: Scene) -> None:
    scene.slack.change_user(ANNA, locale="it-IT")
    scene.slack.change_user(MARCO, locale="pl-PL")
    card = await scene.taken("@acme_help my order is late")
    await written(scene, "teleported", {"to": ["Mars"]}, who=MARCO)
    assert f"<@{MARCO}>: qualcosa che questa versione non conosce" in await history(scene, card)
    assert "coś, czego ta wersja nie zna" in await history(scene, card, MARCO)
    await scene.told(LAURA, "does not know (teleported)")
    await written(scene, "teleported", {"to": ["Venus"]})
    await history(scene, card)
    await scene.quiet()
    assert len([one for one in scene.heard(LAURA) if "teleported" in one.text]) == 1
    kept = await scene.events("teleported")
    assert [event["detail"] for event in kept] == [{"to": ["Mars"]}, {"to": ["Venus"]}]


async def test_a_line_that_cannot_be_read_leaves_the_others_and_the_clocks_alone(scene: Scene) -> None:
    card = await scene.taken("@acme_help my order is late")
    await written(scene, "transfer", {"to": {"no": "person"}})
    shown = await history(scene, card)
    assert "something this version does not know" in shown
    assert f"<@{ANNA}> took the case" in shown
    assert "first reply" in shown


async def test_an_italian_reads_of_a_near_copy_and_of_a_card_asked_for_in_italian(scene: Scene) -> None:
    scene.slack.change_user(ANNA, locale="it-IT")
    card = await scene.taken("@acme_help my order is late")
    await written(scene, "alike", {"head": 12})
    await written(scene, "asked_for_card", {}, who=MARCO)
    shown = await history(scene, card)
    assert "Quasi uguale al caso #12: sta sotto la sua scheda" in shown
    assert f"<@{MARCO}> ha chiesto la sua scheda" in shown


async def test_each_line_keeps_the_case_as_it_was(scene: Scene) -> None:
    card = await scene.taken("@acme_help my invoice is wrong")
    await scene.click(ANNA, card, "priority", "urgent")
    await scene.recorded("priority")
    (opened,) = await scene.events("opened")
    (changed,) = await scene.events("priority")
    case = await scene.case()
    assert opened["account"] == changed["account"] == "acme_help"
    assert opened["area"] == case["area"]
    assert opened["language"] == "en"
    assert changed["detail"] == {"before": changed["priority"], "after": "urgent"}
    assert changed["due_at"] == opened["due_at"] != case["due_at"]


async def test_what_happens_on_the_desk_leaves_a_line_too(scene: Scene) -> None:
    for words, what in (("away until tomorrow", "away"), ("back", "back")):
        await scene.slack.command(ANNA, MENTIONS, "/desk", words)
        await noted_on_desk(scene, what)
    lines = await scene.rows(tables.desk_events)
    assert [(line["what"], line["who"]) for line in lines] == [
        ("settings", None),
        ("away", ANNA),
        ("back", ANNA),
    ]


async def noted_on_desk(scene: Scene, what: str) -> None:
    """Wait until the desk's own history has such a line."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while what not in [line["what"] for line in await scene.rows(tables.desk_events)]:
        assert asyncio.get_running_loop().time() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.02)


async def test_other_settings_at_a_start_are_noted_by_their_sections(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        await scene.stop()
        await scene.start()
        assert [line["what"] for line in await scene.rows(tables.desk_events)] == ["settings"]
        await scene.stop()
        scene.policy = policy_with(reopen_days=3)
        await scene.start()
        _first, changed = await scene.rows(tables.desk_events)
        assert changed["detail"]["sections"] == ["desk"]


async def test_what_happened_on_the_desk_is_kept_as_long_as_cases_are(scene: Scene) -> None:
    await scene.slack.command(ANNA, MENTIONS, "/desk", "away until tomorrow")
    await noted_on_desk(scene, "away")
    scene.skip(days=scene.policy.desk.keep_days + 1)
    await forget.expire(scene.app.desk)
    left = [line["what"] for line in await scene.rows(tables.desk_events)]
    assert "away" not in left
    assert "settings" in left, "the next start compares with them"
