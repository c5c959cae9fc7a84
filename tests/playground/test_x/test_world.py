"""The pretend X as its people see it."""

from datetime import UTC, datetime, timedelta

import pytest

from demo.x.snowflake import moment_of, snowflake
from demo.x.text import guessed_language, mentioned_handles


def test_an_id_tells_its_moment():
    moment = datetime(2026, 11, 18, 9, 30, 0, 123_000, tzinfo=UTC)
    assert moment_of(snowflake(moment, 7)) == moment
    assert snowflake(datetime(2010, 11, 4, 1, 42, 54, 658_000, tzinfo=UTC)) == 1 << 22


def test_ids_grow_with_time_and_within_a_moment(x, clock):
    first, second = x.post("giulia_f", "a"), x.post("giulia_f", "b")
    clock.pass_time(seconds=1)
    third = x.post("giulia_f", "c")
    earlier = x.post("giulia_f", "z", at=clock.now() - timedelta(hours=1))
    assert int(earlier.id) < int(first.id) < int(second.id) < int(third.id)
    assert [post.text for post in x.posts("giulia_f")] == ["z", "a", "b", "c"]


def test_every_visible_change_is_announced(x):
    seen = []
    x.listeners.append(lambda: seen.append(len(x.posts())))
    post = x.post("giulia_f", "a")
    x.delete(x.edit(post.id, "b").id)
    assert seen == [1, 1, 0]


def test_a_deleted_post_takes_its_versions_and_reposts_along(x):
    post = x.post("giulia_f", "a")
    repost = x.post("big_voice", "", repost_of=post.id)
    x.edit(post.id, "b")
    x.delete(post.id)
    assert x.posts() == []
    assert x.get(post.id).deleted
    assert x.get(repost.id).deleted


def test_what_never_was_cannot_be_touched(x):
    for touch in (
        lambda: x.delete("1"),
        lambda: x.edit("1", "a"),
        lambda: x.post("nobody", "a"),
        lambda: x.post("giulia_f", "a", reply_to="1"),
        lambda: x.profile("nobody"),
        lambda: x.conversation("1"),
    ):
        with pytest.raises(LookupError):
            touch()
    assert x.get("1") is None


@pytest.mark.parametrize("handle", ["giulia_f", "GIULIA_F", "a handle", "sixteen_letters_", ""])
def test_a_handle_is_short_and_nobody_elses(x, handle):
    with pytest.raises(ValueError):
        x.add_profile(handle, "Somebody")


@pytest.mark.parametrize(
    ("text", "tagged"),
    [
        ("@acme_help, hi @Acme!", ("acme_help", "acme")),
        ("mail me@acme.example", ()),
        ("@acme_help_and_much_more", ()),
        ("(@acme) @acme", ("acme",)),
        (".@acme_help look at this", ("acme_help",)),
        ("https://x.example/@acme", ()),
    ],
)
def test_a_tag_is_a_whole_handle(text, tagged):
    assert mentioned_handles(text) == tagged


def test_a_language_is_guessed_by_its_commonest_words():
    assert guessed_language("Non mi funziona la rete da ieri") == "it"
    assert guessed_language("Od wczoraj nie mam zasięgu") == "pl"
    assert guessed_language("Is there an outage? My phone has no signal") == "en"
    assert guessed_language("👍") == "und"
