"""Ending a case with its reason, and taking it up again."""

import pytest

from demo.slack import Message
from scene import ANNA, LAURA, MARCO, Scene


async def resolve(scene: Scene, card: Message, reason: str, person: str = ANNA) -> Message:
    await scene.opens(person, card, "resolve")
    assert (await scene.slack.submit(person, {"reason": reason})).ok
    return await scene.shows(card, "*Resolved*")


@pytest.mark.parametrize(
    ("reason", "words"),
    [("answered", "answered"), ("fixed", "fixed"), ("no_reply_needed", "no reply needed")],
)
async def test_a_resolved_case_shrinks_to_one_line_with_its_reason(
    scene: Scene, reason: str, words: str
) -> None:
    card = await scene.taken("@acme_help" + " the app crashes all the time" * 9)
    card = await resolve(scene, card, reason)
    assert f"*Resolved*, {words} by <@{ANNA}>" in card.plain
    (line,) = card.blocks
    assert line["type"] == "section"
    assert card.button_ids == ["more"]
    assert card.plain.count("the app crashes") <= 12
    (event,) = await scene.events("resolve")
    assert (event["who"], event["detail"]["outcome"]) == (ANNA, reason)


@pytest.mark.parametrize(
    ("reason", "words"),
    [("spam", "spam"), ("troll", "troll"), ("not_us", "not about us"), ("duplicate", "duplicate")],
)
async def test_a_dismissed_case_shrinks_to_one_line_with_its_reason(
    scene: Scene, reason: str, words: str
) -> None:
    scene.writes("@acme_help win a free phone")
    card = await scene.card("win a free phone")
    assert (await scene.chooses(MARCO, card, "dismiss", {"reason": reason})).ok
    card = await scene.shows(card, f"*Dismissed*, {words} by <@{MARCO}>")
    assert len(card.blocks) == 1


async def test_resolving_proposes_what_is_likely(scene: Scene) -> None:
    card = await scene.taken("@acme_help nice shop")
    assert (await scene.opens(ANNA, card, "resolve")).values["reason"] == "no_reply_needed"
    await scene.slack.close_modal(ANNA)
    assert (await scene.reply(ANNA, card, "Thank you!")).ok
    await scene.shows(card, "see it on X")
    assert (await scene.opens(ANNA, card, "resolve")).values["reason"] == "answered"


async def test_a_reopened_case_belongs_to_whoever_reopened_it(scene: Scene) -> None:
    card = await scene.taken("@acme_help the app crashes")
    await resolve(scene, card, "fixed")
    await scene.click(MARCO, card, "more", "reopen")
    card = await scene.shows(card, f"With <@{MARCO}>")
    assert {"reply", "escalate", "resolve"} <= set(card.button_ids)
    case = await scene.case()
    assert (case["outcome"], case["closed_at"]) == (None, None)


async def test_a_customer_who_writes_to_a_resolved_case_reopens_it_to_its_last_owner(scene: Scene) -> None:
    post = scene.writes("@acme_help the app crashes")
    card = await scene.claim(MARCO, await scene.card("the app crashes"))
    await resolve(scene, card, "fixed", person=MARCO)
    scene.writes("@acme_help it crashes again!", reply_to=post.id)
    card = await scene.shows(card, f"With <@{MARCO}>")
    await scene.told(MARCO, "The case is open again")
    assert "answer due" in card.plain
    assert "it crashes again!" in card.plain
    assert len(scene.cards()) == 1


@pytest.mark.parametrize(
    ("asked", "thanks"),
    [
        ("the app crashes", "thanks!"),
        ("the app crashes", "ok, thank you so much Marco"),
        ("la app non funziona più, cosa devo fare?", "grazie mille 🙏"),
        ("aplikacja nie działa, co mam zrobić?", "dziękuję bardzo"),
        # BUG: thanks are looked for in the case's language only, so these reopen it.
        ("the app crashes", "grazie mille 🙏"),
        ("the app crashes", "dziękuję bardzo"),
    ],
)
async def test_a_bare_thank_you_reopens_nothing(scene: Scene, asked: str, thanks: str) -> None:
    post = scene.writes(f"@acme_help {asked}")
    card = await scene.claim(MARCO, await scene.card(asked))
    await resolve(scene, card, "fixed", person=MARCO)
    scene.writes(f"@acme_help {thanks}", reply_to=post.id)
    await scene.eventually(lambda: scene.slack.thread(card.channel, card.ts), "the thanks in the thread")
    await scene.quiet()
    case = await scene.case()
    assert (case["status"], case["due_at"]) == ("resolved", None)
    assert "*Resolved*" in scene.again(card).plain
    assert scene.slack.dm(MARCO) == []


async def test_what_a_spammer_adds_stays_dismissed(scene: Scene) -> None:
    post = scene.writes("@acme_help win a free phone")
    card = await scene.card("win a free phone")
    assert (await scene.chooses(MARCO, card, "dismiss", {"reason": "spam"})).ok
    await scene.shows(card, "*Dismissed*")
    scene.writes("@acme_help last chance to win!", reply_to=post.id)
    await scene.recorded("wrote_again")
    await scene.quiet()
    assert "*Dismissed*, spam" in scene.again(card).plain
    assert len(scene.cards()) == 1


async def test_who_was_dismissed_as_a_duplicate_is_heard_again(scene: Scene) -> None:
    post = scene.writes("@acme_help the app crashes")
    card = await scene.card("the app crashes")
    assert (await scene.chooses(MARCO, card, "dismiss", {"reason": "duplicate"})).ok
    await scene.shows(card, "*Dismissed*")
    scene.writes("@acme_help and now it eats my data", reply_to=post.id)
    await scene.shows(card, f"With <@{MARCO}>")


async def test_a_colleague_cannot_close_somebody_elses_case_but_a_lead_can(scene: Scene) -> None:
    card = await scene.taken("@acme_help the app crashes")
    await scene.click(MARCO, card, "resolve")
    await scene.told(MARCO, f"<@{ANNA}> has this case")
    assert scene.slack.modal(MARCO) is None
    card = await resolve(scene, card, "fixed", person=LAURA)
    assert (await scene.case())["owner"] == ANNA


async def test_resolving_twice_from_two_screens_keeps_the_first(scene: Scene) -> None:
    card = await scene.taken("@acme_help the app crashes")
    await scene.opens(ANNA, card, "more", "dismiss")
    await resolve(scene, card, "fixed", person=LAURA)
    ack = await scene.slack.submit(ANNA, {"reason": "spam"})
    assert "“resolved” now" in ack.errors["reason"]
    assert (await scene.case())["outcome"] == "fixed"
