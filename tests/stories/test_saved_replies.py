"""Ready answers: found by typing, filled in, counted, kept alive by those who use them."""

from pathlib import Path
from typing import Any

import pytest

import scene as stage
from db import tables
from demo.slack import Message
from handlers.desk import saving
from processes import command, environment
from scene import ANNA, LAURA, MARCO, Scene
from triage import compose, privacy, saved

QUESTION = "@acme_help where is my parcel? It was due on Monday"


async def shows(scene: Scene, person: str, words: str) -> Any:
    return await scene.eventually(
        lambda: (view := scene.slack.modal(person)) and words in view.plain and view,
        f"“{words}” in a modal",
        lambda: (view := scene.slack.modal(person)) and view.plain,
    )


async def offered(scene: Scene, typed: str) -> list[str]:
    found = await scene.slack.look_up(ANNA, "saved", typed)
    return [one["text"]["text"] for one in found.options]


async def chooses(scene: Scene, typed: str, then: str) -> Any:
    """Type some words into the field, choose the first found, and wait for its text."""
    found = await scene.slack.look_up(ANNA, "saved", typed)
    await scene.slack.click_modal(ANNA, "saved", option=found.options[0]["value"])
    return await shows(scene, ANNA, then)


async def rows(scene: Scene) -> dict[str, dict[str, Any]]:
    return {row["title"]: row for row in await scene.rows(tables.saved_replies)}


async def opened(scene: Scene) -> Message:
    card = await scene.taken(QUESTION)
    await scene.opens(ANNA, card, "reply")
    return card


async def test_a_saved_reply_is_found_by_words_of_its_title_text_or_language(scene: Scene) -> None:
    await opened(scene)
    everything = await offered(scene, "")
    assert everything[0].endswith("· en"), "the case's language first"
    assert await offered(scene, "known fau") == ["A known fault · en"]
    assert await offered(scene, "ENGINEERS mended") == ["A known fault · en"]
    assert all(one.endswith("· pl") for one in await offered(scene, "pl prosimy"))
    assert await offered(scene, "nothing like this") == []


async def test_chosen_it_stands_filled_in_below_what_was_typed_and_is_kept(scene: Scene) -> None:
    await opened(scene)
    await scene.slack.type(ANNA, "text", "One moment.")
    modal = await chooses(scene, "known fault", "we know about this fault")
    assert modal.values["text"].startswith("One moment.\n\nHi Anna Test, we know about this fault")
    await scene.drafted(modal.values["text"])


async def test_an_answer_that_began_with_it_counts_as_a_use_and_a_return_as_a_reopen(scene: Scene) -> None:
    card = await opened(scene)
    text = (await chooses(scene, "known fault", "we know about this fault")).values["text"]
    assert (await rows(scene))["A known fault"]["uses"] == 0
    assert (await scene.sends(ANNA, text)).ok
    said = await scene.said("we know about this fault")
    await scene.shows(card, "see it on X")
    await scene.quiet()
    await scene.slack.react(ANNA, card.channel, card.ts, "white_check_mark")
    await scene.shows(card, "Resolved")
    scene.writes("@acme_help it is still broken!", reply_to=said.id)
    await scene.shows(card, "still broken")
    counted = (await rows(scene))["A known fault"]
    assert (counted["uses"], counted["reopens"]) == (1, 1)


async def test_an_expired_one_is_not_offered_and_home_says_so(scene: Scene) -> None:
    await scene.slack.open_home(LAURA)
    await scene.eventually(lambda: scene.slack.home(LAURA), "Home")
    await scene.slack.click_home(LAURA, "saved_replies")
    await shows(scene, LAURA, "Write a new one")
    await scene.slack.click_modal(LAURA, "edit_saved", block_id=block_of(scene, "A known fault"))
    await shows(scene, LAURA, "Not offered any more after")
    assert (await scene.slack.submit(LAURA, {"date": "2026-01-31"})).ok
    await opened(scene)
    assert await offered(scene, "known fault") == []
    await scene.slack.click_home(LAURA, "saved_replies")
    await shows(scene, LAURA, "expired")


def block_of(scene: Scene, words: str) -> str:
    return next(
        block["block_id"] for block in scene.slack.modal(LAURA).blocks if words in str(block.get("text", ""))
    )


async def test_a_lead_writes_a_new_one_and_faults_stand_beside_their_field(scene: Scene) -> None:
    await scene.slack.open_home(LAURA)
    await scene.eventually(lambda: scene.slack.home(LAURA), "Home")
    await scene.slack.click_home(LAURA, "saved_replies")
    await shows(scene, LAURA, "Write a new one")
    await scene.slack.click_modal(
        LAURA, "edit_saved", block_id=scene.slack.modal(LAURA).blocks[0]["block_id"]
    )
    await shows(scene, LAURA, "Not offered any more after")
    values = {"title": "Strike", "text": "Hi {nom}", "language": "en", "area": "everywhere"}
    ack = await scene.slack.submit(LAURA, values)
    assert "{nom} is no variable" in ack.errors["text"]
    ack = await scene.slack.submit(LAURA, {**values, "text": "50 % off } today"})
    assert "a brace that belongs to no variable" in ack.errors["text"]
    ack = await scene.slack.submit(LAURA, {**values, "title": "A known fault", "text": "Hi {name}"})
    assert "title in this language already" in ack.errors["title"]
    assert (await scene.slack.submit(LAURA, {**values, "text": "Hi {name}, trains are on strike."})).ok
    assert (await rows(scene))["Strike"]["owner"] == LAURA


async def test_what_was_sent_can_be_saved_with_its_variables_by_an_agent_who_then_owns_it(
    scene: Scene,
) -> None:
    card = await scene.taken(QUESTION)
    assert (await scene.reply(ANNA, card, "Hi Anna Test, your parcel comes tomorrow.")).ok
    await scene.shows(card, "see it on X")
    await scene.quiet()
    await scene.opens(ANNA, card, "details")
    await scene.slack.click_modal(ANNA, "save_reply")
    modal = await shows(scene, ANNA, "Not offered any more after")
    assert modal.values["text"] == "Hi {name}, your parcel comes tomorrow."
    assert (await scene.slack.submit(ANNA, {"title": "Comes tomorrow"})).ok
    assert (await rows(scene))["Comes tomorrow"]["owner"] == ANNA


async def test_an_agent_changes_only_their_own(scene: Scene) -> None:
    assert scene.app is not None
    one = saved.SavedReply(title="Mine", text="Hi {name}", language="en")
    anna, marco = [await scene.app.gestures.room.directory.person(who) for who in (ANNA, MARCO)]
    await saving.write(scene.app.desk, anna, None, one)
    number = (await rows(scene))["Mine"]["id"]
    with pytest.raises(saving.NotAllowed):
        await saving.write(scene.app.desk, marco, number, one)
    await saving.write(scene.app.desk, anna, number, one.model_copy(update={"text": "Hello {name}"}))
    assert (await rows(scene))["Mine"]["text"] == "Hello {name}"


async def test_what_a_lead_deletes_stays_away_also_after_a_restart(scene: Scene) -> None:
    await scene.slack.open_home(LAURA)
    await scene.eventually(lambda: scene.slack.home(LAURA), "Home")
    await scene.slack.click_home(LAURA, "saved_replies")
    await shows(scene, LAURA, "Write a new one")
    await scene.slack.click_modal(LAURA, "edit_saved", block_id=block_of(scene, "A known fault"))
    await shows(scene, LAURA, "Not offered any more after")
    await scene.slack.click_modal(LAURA, "delete_saved")
    await scene.told(LAURA, "is deleted")
    await scene.stop()
    await scene.start()
    assert "A known fault" not in await rows(scene)


async def test_saved_replies_go_out_and_come_in_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(stage.DESK_TOML)
    env = environment("http://127.0.0.1:9", tmp_path)
    bad = tmp_path / "bad.toml"
    bad.write_text(
        '[[reply]]\ntitle = "A"\ntext = "Hi {you}"\nlanguage = "en"\n[[reply]]\ntext = "x"\nlanguage = "EN"\n'
    )
    refused = await command(tmp_path, env, "saved-replies", "import", str(bad))
    assert refused.code != 0
    for fault in ("[[reply]] 1, text", "{you} is no variable", "[[reply]] 2, title", "[[reply]] 2, language"):
        assert fault in refused.said, refused.said
    good = tmp_path / "good.toml"
    good.write_text('[[reply]]\ntitle = "A"\ntext = """Hi {name},\n\\"you\\" 🦊"""\nlanguage = "en"\n')
    for _ in range(2):
        assert (await command(tmp_path, env, "saved-replies", "import", str(good))).code == 0
    written = await command(tmp_path, env, "saved-replies", "export")
    assert saved.read(written.out) == saved.read(good.read_text())


@pytest.mark.parametrize(
    "reply", saved.read(saving.SEED.read_text(encoding="utf-8")), ids=lambda one: one.title
)
def test_what_a_new_desk_begins_with_fits_one_post_and_passes_the_guard(reply: saved.SavedReply) -> None:
    link = "https://x.com/messages/compose?recipient_id=1400000000000000001"
    text = saved.fill(
        reply.text, {"name": "Alessandra Montefiori", "handle": "ale", "initials": "AB", "link": link}
    )
    parts = compose.compose(text, "^AB")
    assert len(parts) == 1
    assert privacy.findings(parts) == []


def test_a_customers_name_pings_nobody_and_breaks_nothing() -> None:
    hostile = "@acme\n{link} \u202eevil https://bad.example " + "x" * 500
    filled = saved.fill("Hi {name}!", {"name": hostile})
    assert "@" not in filled
    assert "\n" not in filled
    assert "://" not in filled
    assert len(filled) < 70
