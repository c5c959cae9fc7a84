"""Answers of X that nobody can read: what is wrong is skipped by item, named, and told when it lasts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from db.sql import tables
from handlers.workers import unreadable
from scene import ANNA, LAURA, Scene

Change = Callable[[Any], Any]


def source_of(scene: Scene) -> Any:
    """The source of @acme_help's mentions, which from now on the test alone reads."""
    for task in scene.app.runner.tasks:
        if task.get_name().startswith("x:"):
            task.cancel()
    return next(one for one in scene.app.runner.sources if one.name == "x:mentions:acme_help")


async def read(scene: Scene, source: Any) -> list[str]:
    """Read once; returns the names of what could not be read."""
    with capture_logs() as log:
        await scene.app.runner.poller.poll(source)
    return [line["what"] for line in log if line["event"] == "unreadable"]


def each(name: str, change: Callable[[dict[str, Any]], Any], *, of: str = "") -> Change:
    """Change an answer's things: `name` of them, or all; those of one author if `of` is given."""

    def changed(body: Any) -> Any:
        for item in body.get("data", []):
            if not of or of in item.values():
                change(item)
        return body

    return changed


def with_part(name: str, value: Any) -> Change:
    return lambda body: body | {name: value}


def about(scene: Scene, words: str) -> list[Any]:
    return [one for one in scene.slack.dm(LAURA) if words in one.plain]


async def ten_mentions(scene: Scene) -> None:
    for number in range(10):
        scene.writes(f"@acme_help question {number}", handle=f"customer{number}")


def without_a_handle(user: dict[str, Any]) -> None:
    del user["username"]


def with_odd_figures(user: dict[str, Any]) -> None:
    user |= {"public_metrics": ["many"], "profile_image_url": 5, "name": None}


async def test_one_author_without_a_handle_stops_no_mention(scene: Scene) -> None:
    source = source_of(scene)
    await ten_mentions(scene)
    odd = scene.x.profile("customer3")
    scene.x.fail("users", "altered", change=each("username", without_a_handle, of=odd.id))
    assert await read(scene, source) == [f"author {odd.id}"]
    await scene.quiet()
    assert len(await scene.rows(tables.cases)) == 10
    card = await scene.card("question 3")
    assert f"Author {odd.id}" in card.plain
    assert f"https://x.com/i/user/{odd.id}" in str(card.blocks)
    assert "0 followers" not in card.plain
    await scene.claim(ANNA, card)
    assert "@customer4" in (await scene.card("question 4")).plain


async def test_an_author_s_odd_figures_are_left_out(scene: Scene) -> None:
    source = source_of(scene)
    scene.writes("@acme_help who am I?")
    scene.x.fail("users", "altered", change=each("", with_odd_figures))
    assert await read(scene, source) == []
    assert "@anna_test" in (await scene.card("who am I?")).plain


@pytest.mark.parametrize(
    "answer", [None, [], "text", 5, {"data": "text"}, {"data": {"id": "1"}}, b"\xff\xfe{", b""]
)
async def test_a_post_is_shown_even_if_nothing_can_be_read_of_its_author(scene: Scene, answer: Any) -> None:
    source = source_of(scene)
    scene.writes("@acme_help who am I?")
    scene.x.fail("users", "altered", change=lambda _body: answer)
    assert await read(scene, source) == ["authors"]
    card = await scene.card("who am I?")
    assert f"Author {scene.x.profile('anna_test').id}" in card.plain


ODD_PARTS: dict[str, tuple[Change, list[str]]] = {
    "no includes": (with_part("includes", None), []),
    "includes are a list": (with_part("includes", ["x"]), []),
    "no media": (with_part("includes", {"media": None}), []),
    "media without a key": (
        with_part("includes", {"media": [{"url": "x"}, "text"], "tweets": [5]}),
        ["media ?", "post ?"],
    ),
    "errors are text": (with_part("errors", ["some text"]), []),
    "no meta": (with_part("meta", None), []),
    "meta is text": (with_part("meta", "text"), []),
    "no attachments": (each("", lambda post: post.update(attachments=[])), []),
    "attachments are text": (each("", lambda post: post.update(attachments="text")), []),
    "no entities": (each("", lambda post: post.update(entities=None)), []),
    "entities are a list": (each("", lambda post: post.update(entities=[1])), []),
    "references are text": (each("", lambda post: post.update(referenced_tweets=["text"])), []),
    "an odd language": (each("", lambda post: post.update(lang=5)), []),
    "an odd note": (each("", lambda post: post.update(note_tweet=["text"])), []),
}


@pytest.mark.parametrize("part", ODD_PARTS)
async def test_a_part_that_can_t_be_read_is_left_out(scene: Scene, part: str) -> None:
    change, named = ODD_PARTS[part]
    source = source_of(scene)
    scene.writes("@acme_help what about me?", media=["https://example.org/cat.jpg"])
    scene.x.fail("mentions", "altered", change=change)
    assert await read(scene, source) == named
    card = await scene.card("what about me?")
    assert "reply" in (await scene.claim(ANNA, card)).button_ids, "it may be answered from here"


@pytest.mark.parametrize("own", ["soon", "-4", 1.5, True, None, ["1"], "9" * 60])
async def test_a_post_whose_id_is_no_number_is_named_and_skipped(scene: Scene, own: Any) -> None:
    source = source_of(scene)
    scene.writes("@acme_help a sound one", handle="sound")
    odd = scene.writes("@acme_help an odd one", handle="odd")
    scene.x.fail("mentions", "altered", change=each("id", lambda post: post.update(id=own), of=odd.id))
    assert await read(scene, source) == [("?" if own is None else str(own))[:40]]
    await scene.card("a sound one")
    await scene.quiet()
    assert len(await scene.rows(tables.mentions)) == 1


@pytest.mark.parametrize(
    "answer",
    [None, [], "text", 5, {"data": "text"}, {"data": {"id": "1"}}, b"\xff\xfe{}", b"{", b"[" * 100_000],
    ids=["null", "list", "text", "number", "data-text", "data-object", "no-utf-8", "cut", "deep"],
)
async def test_an_answer_that_can_t_be_read_is_told_when_it_lasts_and_read_again(
    scene: Scene, answer: Any
) -> None:
    source, poller = source_of(scene), scene.app.runner.poller
    scene.x.fail("mentions", "altered", times=2, change=lambda _body: answer)
    scene.writes("@acme_help are you there?")
    for _ in range(2):
        with pytest.raises(Exception, match="can't be read"):
            await poller.poll(source)
    scene.skip(seconds=70)
    await scene.told(LAURA, "can't be read")
    await poller.poll(source)
    await scene.card("are you there?")
    await scene.told(LAURA, "It works again")


@pytest.mark.parametrize("answer", [None, [], {"data": None}, {"data": {"id": "soon"}}])
async def test_a_reply_whose_answer_can_t_be_read_is_looked_for(scene: Scene, answer: Any) -> None:
    card = await scene.taken("@acme_help please answer me")
    scene.x.fail("create", "altered", change=lambda _body: answer)
    await scene.reply(ANNA, card, "Here is your answer.")

    def shown() -> bool:
        scene.skip(seconds=5)
        return "see it on X" in scene.again(card).plain

    await scene.eventually(shown, "the reply on the card")
    assert len(scene.x.created) == 1


async def test_a_refusal_in_a_shape_that_nobody_knows_is_a_failed_call(scene: Scene) -> None:
    source, poller = source_of(scene), scene.app.runner.poller
    scene.x.fail("mentions", "403:no", change=lambda _body: {"errors": [5, None]})
    with pytest.raises(Exception, match="can't be read"):
        await poller.poll(source)


async def test_odd_errors_of_a_look_up_hide_no_deletion(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me")
    post = scene.x.posts("anna_test")[0]
    scene.x.delete(post.id)
    scene.x.fail("lookup", "altered", change=lambda body: body | {"errors": ["text", 5, *body["errors"]]})
    await scene.click(ANNA, card, "reply")
    await scene.eventually(lambda: "deleted this post" in scene.again(card).plain, "the deletion on the card")


# Lasting


async def test_one_odd_post_now_and_then_is_told_to_nobody(scene: Scene) -> None:
    source = source_of(scene)
    scene.x.fail("mentions", "altered", change=lambda body: {"data": [{"id": "5"}], "meta": {}})
    assert await read(scene, source) == ["5"]
    scene.skip(minutes=11)
    for _ in range(3):
        assert await read(scene, source) == []
    await scene.quiet()
    assert not about(scene, "can't be read")


async def test_what_can_t_be_read_for_minutes_is_told_named_and_its_end_told(scene: Scene) -> None:
    source = source_of(scene)
    scene.x.fail("mentions", "altered", times=4, change=lambda body: {"data": [{"id": "77"}], "meta": {}})
    for _ in range(3):
        await read(scene, source)
        scene.skip(minutes=3)
    assert not about(scene, "can't be read")
    scene.skip(minutes=3)
    await read(scene, source)
    told = await scene.told(LAURA, "can't be read")
    assert "77" in told.plain
    await read(scene, source)
    await scene.told(LAURA, "It works again")
    assert len(about(scene, "can't be read")) == 2


async def test_many_odd_things_in_a_day_are_told_however_far_apart(scene: Scene) -> None:
    source = source_of(scene)
    for number in range(unreadable.MOST_A_DAY + 1):
        assert not about(scene, "can't be read")
        odd = {"data": [{"id": f"{number}0"}], "meta": {}}
        scene.x.fail("mentions", "altered", change=lambda _body, odd=odd: odd)
        await read(scene, source)
        await read(scene, source)
        scene.skip(minutes=30)
    await scene.told(LAURA, f"{unreadable.MOST_A_DAY + 1} within a day")
    scene.skip(hours=25)
    await read(scene, source)
    await scene.told(LAURA, "It works again")


async def test_a_post_without_entities_that_names_us_may_be_answered_from_here(scene: Scene) -> None:
    source = source_of(scene)
    scene.writes("Hey @Acme_Help, write to me@acme_help.example")
    scene.x.fail("mentions", "altered", change=each("", lambda post: post.pop("entities")))
    await read(scene, source)
    card = await scene.card("Hey")
    (post,) = await scene.rows(tables.mentions)
    assert post["answerable_by"] == ["acme_help"]
    await scene.claim(ANNA, card)
    await scene.reply(ANNA, card, "Here is your answer.")
    await scene.said("Here is your answer.")


def test_the_limits_are_minutes_and_not_a_moment() -> None:
    assert timedelta(minutes=10) <= unreadable.LASTS
    assert unreadable.READINGS > 1
