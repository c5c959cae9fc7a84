"""Who may come in, how often, and what happens on X's bad days."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
import tweepy
from oauthlib.oauth1 import Client as Signer
from yarl import URL

from demo.x import Timeline
from demo.x.oauth import SignatureCheck, SignatureError


async def test_the_account_that_signed_is_recognised(desk):
    me = await desk.get_me()
    assert me["data"] == {"id": me["data"]["id"], "name": "Acme_Help", "username": "acme_help"}


async def test_an_unsigned_request_is_refused(server, x):
    async with aiohttp.ClientSession() as session, session.get(server.make_url("/x/2/users/me")) as answer:
        assert answer.status == 401
        assert (await answer.json())["title"] == "Unauthorized"
    assert x.calls[-1].handle is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"consumer_key": "other"},
        {"consumer_secret": "other"},
        {"access_token": "other"},
        {"access_token_secret": "other"},
    ],
)
async def test_a_wrong_key_token_or_secret_is_refused(client_as, wrong):
    with pytest.raises(tweepy.Unauthorized):
        await client_as(**wrong).get_me()


async def test_a_bearer_token_is_no_signature(server):
    url, headers = server.make_url("/x/2/users/me"), {"Authorization": "Bearer demo-acme_help"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.status == 401


async def test_a_signature_made_for_another_url_is_refused(server):
    url = str(server.make_url("/x/2/users/me"))
    _, headers, _ = _signer().sign("https://api.twitter.com/2/users/me")
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.status == 401


async def test_a_signature_is_good_for_one_request_only(server):
    url = str(server.make_url("/x/2/users/me"))
    _, headers, _ = _signer().sign(url)
    async with aiohttp.ClientSession() as session:
        statuses = [(await session.get(url, headers=headers)).status for _ in range(2)]
    assert statuses == [200, 401]


async def test_a_signature_older_than_five_minutes_is_refused():
    url = "http://127.0.0.1:8765/x/2/users/me"
    signer = _signer(timestamp="1000")
    _, headers, _ = signer.sign(url)
    for now, is_good in ((1299, True), (1301, False), (699, False)):
        check = SignatureCheck("demo-key", "demo-secret", real_time=lambda now=now: now)
        assert _accepts(check, url, headers["Authorization"]) is is_good


async def test_special_characters_in_a_query_do_not_spoil_the_signature(desk, x):
    x.post("giulia_f", "perché «acme mobile» 100% & più non va?")
    found = await desk.search_recent_tweets('"acme mobile" lang:it', user_auth=True)
    assert found["meta"]["result_count"] == 1


async def test_every_answer_tells_what_is_left_of_the_limit(desk):
    desk.return_type = aiohttp.ClientResponse
    answer = await desk.get_me()
    assert answer.headers["x-rate-limit-limit"] == "75"
    assert answer.headers["x-rate-limit-remaining"] == "74"


async def test_beyond_the_limit_comes_a_429_that_says_when_to_return(desk, client_as, x, clock):
    x.limits["me"] = 2
    for _ in range(2):
        await desk.get_me()
    with pytest.raises(tweepy.TooManyRequests) as refusal:
        await desk.get_me()
    assert refusal.value.reset_time == pytest.approx(clock.now().timestamp() + 15 * 60, abs=1)
    assert (await client_as("acme").get_me())["data"]["username"] == "acme"
    clock.pass_time(minutes=15)
    assert (await desk.get_me())["data"]["username"] == "acme_help"


async def test_without_credits_every_request_is_a_402(desk, x):
    x.out_of_credits = True
    with pytest.raises(tweepy.HTTPException) as refusal:
        await desk.get_me()
    assert type(refusal.value) is tweepy.HTTPException
    assert refusal.value.response.status == 402
    x.out_of_credits = False
    await desk.get_me()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", tweepy.TooManyRequests),
        ("402", tweepy.HTTPException),
        ("401", tweepy.Unauthorized),
        ("403:Locked", tweepy.Forbidden),
        ("html503", aiohttp.ContentTypeError),
    ],
)
async def test_a_fault_on_order_happens_as_often_as_ordered(desk, x, kind, error):
    x.fail("me", kind, times=2)
    for _ in range(2):
        with pytest.raises(error):
            await desk.get_me()
    assert (await desk.get_me())["data"]["username"] == "acme_help"


async def test_a_429_on_order_names_its_reset(desk, x, clock):
    x.fail("*", "429", seconds=30)
    with pytest.raises(tweepy.TooManyRequests) as refusal:
        await desk.get_me()
    assert refusal.value.reset_time == pytest.approx(clock.now().timestamp() + 30, abs=1)


async def test_a_fault_waits_for_its_own_endpoint(desk, x):
    x.fail("search", "html503")
    await desk.get_me()
    x.heal()
    assert "meta" in await desk.search_recent_tweets("acme", user_auth=True)


async def test_a_reset_leaves_nothing_done(desk, x):
    x.fail("create", "reset")
    await _cut_off(lambda: desk.create_tweet(text="Good morning"))
    assert x.posts("acme_help") == []
    assert x.created == []


async def test_a_lost_answer_leaves_the_post_standing(desk, x):
    x.fail("create", "lost")
    await _cut_off(lambda: desk.create_tweet(text="Good morning"))
    assert [post.text for post in x.posts("acme_help")] == ["Good morning"]
    assert x.calls[-1].status == 201


async def test_a_delayed_answer_comes_after_all(desk, x):
    x.fail("me", "delay", seconds=0.05)
    started = asyncio.get_running_loop().time()
    await desk.get_me()
    assert asyncio.get_running_loop().time() - started >= 0.05


async def test_an_unknown_kind_of_fault_is_a_mistake_of_the_test(x):
    with pytest.raises(ValueError):
        x.fail("me", "418")


async def test_calls_are_recorded_with_who_asked_for_what(desk, x):
    post = x.post("giulia_f", "@acme_help hello?")
    me = (await desk.get_me())["data"]["id"]
    await desk.get_users_mentions(me, max_results=5, user_auth=True)
    call = x.calls[-1]
    assert (call.endpoint, call.handle, call.posts, call.status) == ("mentions", "acme_help", (post.id,), 200)
    assert call.params["max_results"] == "5"


async def test_the_record_of_calls_is_bounded(clock):
    assert Timeline(clock, calls_kept=3).calls.maxlen == 3


async def test_secrets_do_not_show_in_a_profile(x):
    assert "demo-acme" not in repr(x.profile("acme"))


def _signer(**more: str) -> Signer:
    return Signer("demo-key", "demo-secret", "demo-acme_help", "demo-acme_help-secret", **more)


def _accepts(check: SignatureCheck, url: str, authorization: str) -> bool:
    try:
        check.signer("GET", URL(url), authorization, lambda token: f"{token}-secret")
    except SignatureError:
        return False
    return True


async def _cut_off(call: Callable[[], Awaitable[object]]) -> None:
    with pytest.raises(aiohttp.ClientConnectionError):
        await call()
