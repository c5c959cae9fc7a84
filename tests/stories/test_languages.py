"""The desk speaks to each person in the language of their Slack, and shows its cards in its own."""

from pathlib import Path

import pytest

from scene import ANNA, LAURA, MARCO, Scene, a_scene, policy_with


async def test_each_modal_dm_and_refusal_is_in_the_persons_own_language(scene: Scene) -> None:
    scene.slack.change_user(ANNA, locale="it-IT")
    scene.slack.change_user(MARCO, locale="pl-PL")
    scene.writes("@acme_help where is my parcel? It was due on Monday")
    card = await scene.card("where is my parcel?")
    assert "Unclaimed" in card.plain
    modal = await scene.opens(MARCO, card, "reply")
    assert "Odpowiedz publicznie" in modal.plain
    await scene.slack.close_modal(MARCO)
    await scene.claim(ANNA, card)
    await scene.click(MARCO, card, "resolve")
    await scene.told(MARCO, "Tę sprawę ma")
    modal = await scene.opens(ANNA, card, "reply")
    assert "Rispondi in pubblico" in modal.plain
    ack = await scene.slack.submit(ANNA, {"text": "  "})
    assert ack.errors["text"] == "La risposta è vuota. Scrivi che cosa deve leggere il cliente."
    preview = await scene.previews(ANNA, "Arriva domani.")
    assert "in risposta a @anna_test, per tutti. Un post." in preview.plain
    await scene.slack.close_modal(ANNA, everything=True)
    (post,) = scene.x.posts("anna_test")
    scene.writes("@acme_help hello?", reply_to=post.id)
    await scene.told(ANNA, "ha scritto di nuovo nel tuo caso")
    await scene.slack.open_home(ANNA)
    await scene.eventually(
        lambda: scene.slack.home(ANNA) and "I tuoi casi" in scene.slack.home(ANNA).plain, "Home"
    )


@pytest.mark.parametrize(("language", "unclaimed"), [("it", "Libero"), ("pl", "Wolna")])
async def test_cards_speak_the_desks_own_language(tmp_path: Path, language: str, unclaimed: str) -> None:
    async with a_scene(tmp_path, policy=policy_with(staff_language=language)) as scene:
        scene.writes("@acme_help where is my parcel? It was due on Monday")
        card = await scene.card("where is my parcel?")
        assert unclaimed in card.plain
        modal = await scene.opens(LAURA, card, "reply")
        assert "Reply in public" in modal.plain, "Laura's Slack speaks English"
