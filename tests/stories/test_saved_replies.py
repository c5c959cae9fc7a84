"""Saved replies: found by typing, put into the answer without losing a word, kept by those who may."""

from pathlib import Path
from typing import Any

from db.sql import tables
from scene import ANNA, LAURA, MARCO, Scene, a_scene, policy_with

LATE = "@acme_help my parcel is late again, where is it?"
WORDS = "sorry that your parcel has kept you waiting"


async def answering(scene: Scene, text: str = LATE, **post: Any) -> Any:
    """Anna has a case and its reply modal open; returns the card."""
    card = await scene.taken(text, **post)
    await scene.opens(ANNA, card, "reply")
    return card


async def titles(scene: Scene, typed: str = "", person: str = ANNA) -> list[str]:
    return [one["text"]["text"] for one in await scene.slack.suggestions(person, "saved", typed)]


async def picks(scene: Scene, typed: str, then: str) -> str:
    """Find a saved reply by typing and choose the first; returns the text that stands there then."""
    (first, *_more) = await scene.slack.suggestions(ANNA, "saved", typed)
    await scene.slack.click_modal(ANNA, "saved", option=first["value"])
    view = await shown(scene, ANNA, lambda view: then in str(view.values.get("text")))
    return str(view.values["text"])


async def shown(scene: Scene, person: str, holds: Any) -> Any:
    return await scene.eventually(
        lambda: (view := scene.slack.modal(person)) and holds(view) and view,
        "the modal",
        lambda: (view := scene.slack.modal(person)) and (view.plain, view.values),
    )


async def presses(scene: Scene, person: str, action: str, then: str, **more: Any) -> Any:
    await scene.slack.click_modal(person, action, **more)
    return await shown(scene, person, lambda view: then in view.plain)


async def from_home(scene: Scene, person: str, action: str) -> Any:
    await scene.slack.open_home(person)
    await scene.eventually(
        lambda: (home := scene.slack.home(person)) and "Saved replies" in home.plain, "Home"
    )
    await scene.slack.click_home(person, action)
    return await scene.modal(person)


async def adds(scene: Scene, **values: Any) -> Any:
    """Laura, a lead, keeps a new one."""
    await from_home(scene, LAURA, "saved_new")
    return await scene.slack.submit(
        LAURA, {"title": "Ours", "text": "Good morning", "language": "en", **values}
    )


async def kept(scene: Scene, title: str) -> dict[str, Any]:
    return next(row for row in await scene.rows(tables.saved_replies) if row["title"] == title)


# While answering


async def test_the_case_s_language_comes_first_and_typing_finds_by_title_text_area_and_language(
    scene: Scene,
) -> None:
    assert (await adds(scene, title="Ours", text="Good morning, {name}", area="delivery")).ok
    await answering(scene)
    offered = await titles(scene)
    assert offered[0] == "Ours"
    assert len(offered) == 37
    assert (await titles(scene, "parcel"))[0] == "Delivery is late"
    assert await titles(scene, "GOOD morn") == ["Ours"]
    assert (await titles(scene, "delivery"))[0] == "Ours"
    assert (await titles(scene, "kurier")) == ["Opóźniona dostawa"]
    assert await titles(scene, "no such words") == []


async def test_a_chosen_one_is_filled_in_below_what_was_typed_which_stays(scene: Scene) -> None:
    await answering(scene)
    await scene.slack.type(ANNA, "text", "Good evening!")
    text = await picks(scene, "late", WORDS)
    assert text.startswith("Good evening!\n\nHi Anna Test, sorry that your parcel")
    both = await picks(scene, "solved", "see how it went")
    assert both.startswith(text)
    await scene.drafted(both)


async def test_one_that_would_make_the_answer_too_long_is_not_put_in_and_that_is_said(scene: Scene) -> None:
    await answering(scene)
    long = "x" * 2950
    await scene.slack.type(ANNA, "text", long)
    (first, *_more) = await scene.slack.suggestions(ANNA, "saved", "late")
    await scene.slack.click_modal(ANNA, "saved", option=first["value"])
    await scene.told(ANNA, "longer than 3000 characters")
    assert scene.slack.modal(ANNA).values["text"] == long


async def test_its_link_leads_to_the_account_s_messages(scene: Scene) -> None:
    await answering(scene)
    assert "https://x.com/messages/compose?recipient_id=" in await picks(
        scene, "with a link", "write to us here"
    )


async def test_a_hostile_name_addresses_nobody_and_leads_nowhere(scene: Scene) -> None:
    scene.customer("mallory", "@rival {link}\u202e\nevil.com")
    await answering(scene, handle="mallory")
    assert "Hi mallory, sorry" in await picks(scene, "late", WORDS)


async def test_what_was_sent_with_it_counts_once_and_so_does_the_case_that_comes_back(scene: Scene) -> None:
    card = await answering(scene)
    text = await picks(scene, "late", WORDS)
    await scene.drafted(text)
    assert (await scene.sends(ANNA, text)).ok
    post = await scene.said(WORDS)
    await scene.recorded("sent")
    await scene.quiet()
    await scene.opens(ANNA, card, "resolve")
    assert (await scene.slack.submit(ANNA)).ok
    await scene.recorded("resolve")
    scene.writes("@acme_help it is still not here!", reply_to=post.id)
    await scene.recorded("customer_wrote")
    await scene.quiet()
    await scene.opens(ANNA, card, "resolve")
    assert (await scene.slack.submit(ANNA)).ok
    await scene.recorded("resolve", 2)
    await scene.quiet()
    await scene.click(ANNA, card, "more", "reopen")
    await scene.recorded("reopen")
    view = await from_home(scene, LAURA, "saved_replies")
    assert view.plain.count("used once · 1 case came back") == 1


async def test_taken_back_it_counts_only_when_it_is_sent_after_all(tmp_path: Path) -> None:
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=60)) as scene:
        card = await answering(scene)
        text = await picks(scene, "late", WORDS)
        await scene.drafted(text)
        assert (await scene.sends(ANNA, text)).ok
        await scene.shows(card, "answers at")
        await scene.click(ANNA, card, "undo")
        await scene.recorded("undo")
        (draft,) = await scene.rows(tables.drafts)
        assert draft["saved"] == (await kept(scene, "Delivery is late"))["id"]
        assert "used once" not in (await from_home(scene, LAURA, "saved_replies")).plain


async def test_an_expired_one_is_not_offered_and_home_says_so(scene: Scene) -> None:
    assert (await adds(scene, date="2020-02-02")).ok
    await answering(scene)
    assert "Ours" not in await titles(scene)
    await scene.slack.open_home(LAURA)
    home = await scene.eventually(
        lambda: (view := scene.slack.home(LAURA)) and "1 has expired" in view.plain and view, "Home"
    )
    assert "Saved replies (37)" in home.plain


async def test_one_removed_meanwhile_changes_nothing_and_says_so(scene: Scene) -> None:
    await answering(scene)
    (first, *_more) = await scene.slack.suggestions(ANNA, "saved", "late")
    async with scene.app.desk.database.write() as connection:  # type: ignore[union-attr]
        await connection.execute(tables.saved_replies.delete())
    await scene.slack.click_modal(ANNA, "saved", option=first["value"])
    await scene.told(ANNA, "was removed meanwhile")


# Keeping them


async def test_an_unknown_variable_a_stray_bracket_and_private_data_are_refused_beside_the_text(
    scene: Scene,
) -> None:
    ack = await adds(scene, text="Hi {nmae}")
    assert ack.errors["text"] == (
        "There is no variable {nmae}. These are known: {name}, {handle}, {initials}, {link}."
    )
    assert "stands alone" in (await scene.slack.submit(LAURA, {"text": "Hi {name"})).errors["text"]
    ack = await scene.slack.submit(LAURA, {"text": "Write to jane@example.org"})
    assert "for everybody: take it out" in ack.errors["text"]
    assert "title" in (await scene.slack.submit(LAURA, {"title": " ", "text": "Hi"})).errors
    assert "title" in (await scene.slack.submit(LAURA, {"title": "\u200b"})).errors
    ack = await scene.slack.submit(LAURA, {"title": "Delivery is late", "text": "Hi"})
    assert "this title in this language already" in ack.errors["title"]


async def test_a_lead_edits_and_deletes(scene: Scene) -> None:
    assert (await adds(scene)).ok
    await from_home(scene, LAURA, "saved_replies")
    (found,) = await scene.slack.suggestions(LAURA, "saved_one", "good morning")
    await presses(scene, LAURA, "saved_one", "Last day it is offered", option=found["value"])
    assert (await scene.slack.submit(LAURA, {"text": "Good evening", "area": "billing"})).ok
    row = await kept(scene, "Ours")
    assert (row["text"], row["area"]) == ("Good evening", "billing")
    await from_home(scene, LAURA, "saved_replies")
    await scene.slack.suggestions(LAURA, "saved_one", "good evening")
    await presses(scene, LAURA, "saved_one", "Last day it is offered", option=found["value"])
    await presses(scene, LAURA, "saved_delete", "Find by typing")
    assert len(await scene.rows(tables.saved_replies)) == 36


async def test_one_that_was_deleted_is_gone_from_the_list_below_too(scene: Scene) -> None:
    view = await from_home(scene, LAURA, "saved_replies")
    line = next(block for block in view.blocks if "accessory" in block)
    title = line["text"]["text"].split("*")[1]
    await scene.slack.click_modal(LAURA, "saved_open", block_id=line["block_id"])
    await shown(scene, LAURA, lambda seen: seen.id != view.id)
    await presses(scene, LAURA, "saved_delete", "Find by typing")
    await scene.slack.close_modal(LAURA)
    await shown(scene, LAURA, lambda seen: seen.id == view.id and title not in seen.plain)


async def test_who_edits_at_the_same_time_as_another_loses_nothing(scene: Scene) -> None:
    assert (await adds(scene)).ok
    await from_home(scene, LAURA, "saved_replies")
    (found,) = await scene.slack.suggestions(LAURA, "saved_one", "good morning")
    await presses(scene, LAURA, "saved_one", "Last day it is offered", option=found["value"])
    async with scene.app.desk.database.write() as connection:  # type: ignore[union-attr]
        changed = tables.saved_replies.update().where(tables.saved_replies.c.title == "Ours")
        await connection.execute(changed.values(text="Theirs", changed_at=scene.now()))
    ack = await scene.slack.submit(LAURA, {"text": "Mine"})
    assert "A colleague changed" in ack.errors["text"]
    assert (await kept(scene, "Ours"))["text"] == "Theirs"


async def test_an_agent_looks_at_a_lead_s_and_cannot_change_it(scene: Scene) -> None:
    assert (await adds(scene)).ok
    await from_home(scene, ANNA, "saved_replies")
    (found,) = await scene.slack.suggestions(ANNA, "saved_one", "good morning")
    view = await presses(scene, ANNA, "saved_one", "Good morning", option=found["value"])
    assert "Delete" not in view.plain
    await scene.slack.open_home(ANNA)
    buttons = [one for block in scene.slack.home(ANNA).blocks for one in block.get("elements", ())]
    assert "saved_new" not in [one.get("action_id") for one in buttons]


async def test_a_sent_reply_is_saved_by_its_agent_with_variables_for_what_was_the_customer_s(
    scene: Scene,
) -> None:
    card = await scene.taken(LATE)
    assert (await scene.reply(ANNA, card, "Hi Anna, the courier comes at noon. Yours, Acme")).ok
    await scene.recorded("sent")
    await scene.opens(ANNA, card, "details")
    view = await presses(scene, ANNA, "save_reply", "Last day it is offered")
    assert view.values["text"] == "Hi {name}, the courier comes at noon. Yours, Acme"
    assert (await scene.slack.submit(ANNA, {"title": "At noon"})).ok
    row = await kept(scene, "At noon")
    assert (row["owner"], row["area"], row["language"]) == (ANNA, "delivery", "en")
    await from_home(scene, MARCO, "saved_replies")
    (found,) = await scene.slack.suggestions(MARCO, "saved_one", "at noon")
    view = await presses(scene, MARCO, "saved_one", "the courier comes", option=found["value"])
    assert "Last day" not in view.plain


async def test_a_trainee_cannot_save_a_reply(scene: Scene) -> None:
    card = await scene.taken(LATE)
    await scene.opens(ANNA, card, "details")
    assert "Save this reply" not in scene.slack.modal(ANNA).plain


# What a desk begins with


async def test_a_new_desk_begins_with_ours_in_its_languages_and_what_it_deleted_stays_away(
    tmp_path: Path,
) -> None:
    async with a_scene(tmp_path, policy=policy_with(languages=["pl"])) as scene:
        assert {row["language"] for row in await scene.rows(tables.saved_replies)} == {"pl"}
        async with scene.app.desk.database.write() as connection:  # type: ignore[union-attr]
            await connection.execute(tables.saved_replies.delete())
        scene.skip(days=100)
        await scene.stop()
        await scene.start()
        assert await scene.rows(tables.saved_replies) == []
