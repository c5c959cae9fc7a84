"""Recent search: its little language and its seven days."""

from datetime import timedelta

import pytest
import tweepy


@pytest.fixture
def texts_found(desk):
    async def find(query, **more):
        page = await desk.search_recent_tweets(query, user_auth=True, **more)
        return [post["text"] for post in page.get("data", [])]

    return find


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"acme mobile"', ["Acme Mobile, is it any good?"]),
        ("acme mobile", ["mobile phones by acme", "Acme Mobile, is it any good?"]),
        ("acme -good", ["mobile phones by acme"]),
        ("phones OR good", ["mobile phones by acme", "Acme Mobile, is it any good?"]),
        ("(phones OR good) -mobile", []),
        ("@acme_help", ["@giulia_f @acme_help same", "@acme_help help"]),
        ("@acme", []),
        ("from:tomek_wro", ["@giulia_f @acme_help same"]),
        ("to:giulia_f", ["@giulia_f @acme_help same"]),
        ("@acme_help is:reply", ["@giulia_f @acme_help same"]),
        ("@acme_help -is:reply", ["@acme_help help"]),
        ("phones has:media", []),
    ],
)
async def test_a_query_finds_what_it_says(texts_found, x, query, found):
    x.post("big_voice", "Acme Mobile, is it any good?")
    x.post("big_voice", "mobile phones by acme")
    root = x.post("giulia_f", "@acme_help help")
    x.post("tomek_wro", "@acme_help same", reply_to=root.id)
    assert await texts_found(query) == found


async def test_reposts_can_be_left_out(texts_found, x):
    original = x.post("giulia_f", "acme mobile rocks")
    x.post("big_voice", "", repost_of=original.id)
    assert len(await texts_found("acme")) == 2
    assert await texts_found("acme -is:retweet") == ["acme mobile rocks"]


@pytest.mark.parametrize(
    "query", ["", "-acme", "is:retweet", "(acme", "acme)", "colour:red", '"acme', "acme OR", "a" * 513]
)
async def test_a_query_x_would_not_understand_is_refused(texts_found, query):
    with pytest.raises(tweepy.BadRequest):
        await texts_found(query)


async def test_search_looks_back_seven_days(texts_found, x, clock):
    now = clock.now()
    x.post("giulia_f", "acme long ago", at=now - timedelta(days=8))
    x.post("giulia_f", "acme lately", at=now - timedelta(days=6))
    assert await texts_found("acme") == ["acme lately"]


async def test_an_id_older_than_seven_days_is_refused(texts_found, x, clock):
    old = x.post("giulia_f", "acme")
    clock.pass_time(days=7, seconds=1)
    with pytest.raises(tweepy.BadRequest, match="since_id"):
        await texts_found("acme", since_id=old.id)


async def test_start_and_end_keep_within_what_search_knows(texts_found, clock):
    with pytest.raises(tweepy.BadRequest, match="start_time"):
        await texts_found("acme", start_time=clock.now() - timedelta(days=8))
    with pytest.raises(tweepy.BadRequest, match="end_time"):
        await texts_found("acme", end_time=clock.now())


async def test_a_page_of_search_has_at_least_ten_places(texts_found, desk, x):
    for number in range(15):
        x.post("giulia_f", f"acme {number}")
    with pytest.raises(tweepy.BadRequest):
        await texts_found("acme", max_results=5)
    first = await desk.search_recent_tweets("acme", max_results=10, user_auth=True)
    rest = await texts_found("acme", next_token=first["meta"]["next_token"])
    assert len(rest) == 5
