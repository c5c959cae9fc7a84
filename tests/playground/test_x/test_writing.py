"""Posting through the API, and what X refuses."""

import pytest
import tweepy

from demo.x.writing import BLOCKED, DUPLICATE, NOT_VISIBLE, REPLY_RULE, SUSPENDED, TOO_LONG


async def test_a_reply_stands_in_the_conversation_with_the_handle_before_it(desk, x):
    root = x.post("giulia_f", "@acme_help hi")
    answer = await desk.create_tweet(text="We are on it.", in_reply_to_tweet_id=root.id)
    assert answer["data"]["text"] == "@giulia_f We are on it."
    post = x.created[0]
    assert (post.id, post.reply_to, post.source_by_api) == (answer["data"]["id"], root.id, True)
    assert [each.id for each in x.conversation(root.id)] == [root.id, post.id]


async def test_a_reply_addresses_the_others_too_unless_they_are_excluded(desk, x):
    root = x.post("giulia_f", "@acme_help @big_voice look")
    first = await desk.create_tweet(text="Hello both", in_reply_to_tweet_id=root.id)
    assert first["data"]["text"] == "@giulia_f @big_voice Hello both"
    excluded = [x.profile("big_voice").id]
    second = await desk.create_tweet(
        text="Hello Giulia", in_reply_to_tweet_id=root.id, exclude_reply_user_ids=excluded
    )
    assert second["data"]["text"] == "@giulia_f Hello Giulia"


async def test_a_second_part_may_answer_the_first(desk, x):
    root = x.post("giulia_f", "@acme_help hi")
    first = await desk.create_tweet(text="1/2", in_reply_to_tweet_id=root.id)
    second = await desk.create_tweet(text="2/2", in_reply_to_tweet_id=first["data"]["id"])
    assert second["data"]["text"] == "@giulia_f 2/2"


async def test_a_post_that_does_not_tag_the_account_cannot_be_answered(desk, x):
    root = x.post("giulia_f", "acme mobile is slow, and so is @acme")
    with pytest.raises(tweepy.Forbidden) as refusal:
        await desk.create_tweet(text="Sorry!", in_reply_to_tweet_id=root.id)
    body = await refusal.value.response.json()
    assert body == {"title": "Forbidden", "detail": REPLY_RULE, "type": "about:blank", "status": 403}
    assert x.created == []
    x.reply_rule = False
    await desk.create_tweet(text="Sorry!", in_reply_to_tweet_id=root.id)


async def test_whoever_quotes_the_account_can_be_answered(desk, x):
    said = x.post("acme_help", "All is well")
    quote = x.post("giulia_f", "It is not!", quote_of=said.id)
    await desk.create_tweet(text="Tell us more", in_reply_to_tweet_id=quote.id)
    assert x.spent.summoned_replies_created == 1


async def test_an_edit_that_removes_the_tag_closes_the_door(desk, x):
    root = x.post("giulia_f", "@acme_help hi")
    x.edit(root.id, "hi")
    assert await _refusal(desk.create_tweet(text="Hi!", in_reply_to_tweet_id=root.id)) == REPLY_RULE


async def test_deleted_and_protected_posts_cannot_be_answered(desk, x):
    x.add_profile("shy", "Shy", protected=True)
    gone, hidden = x.post("giulia_f", "@acme_help hi"), x.post("shy", "@acme_help hi")
    x.delete(gone.id)
    for target in (gone.id, hidden.id, "123"):
        assert await _refusal(desk.create_tweet(text="Hi!", in_reply_to_tweet_id=target)) == NOT_VISIBLE


async def test_a_customer_who_blocked_the_account_cannot_be_answered(desk, client_as, x):
    root = x.post("giulia_f", "@acme_help @acme hi")
    x.block("giulia_f", "acme_help")
    assert await _refusal(desk.create_tweet(text="Hi!", in_reply_to_tweet_id=root.id)) == BLOCKED
    await client_as("acme").create_tweet(text="Hi!", in_reply_to_tweet_id=root.id)


async def test_the_same_words_twice_are_refused_for_a_day(desk, x, clock):
    root = x.post("giulia_f", "@acme_help hi")
    other = x.post("tomek_wro", "@acme_help hi")
    await desk.create_tweet(text="Send us a DM", in_reply_to_tweet_id=root.id)
    await desk.create_tweet(text="Send us a DM", in_reply_to_tweet_id=other.id)
    assert await _refusal(desk.create_tweet(text="Send us a DM", in_reply_to_tweet_id=root.id)) == DUPLICATE
    clock.pass_time(hours=25)
    await desk.create_tweet(text="Send us a DM", in_reply_to_tweet_id=root.id)


async def test_duplicates_can_be_allowed(desk, x):
    x.refuse_duplicates = False
    for _ in range(2):
        await desk.create_tweet(text="Good morning")
    assert len(x.created) == 2


async def test_a_text_of_281_is_too_long_and_the_handle_before_it_does_not_count(desk, x):
    root = x.post("giulia_f", "@acme_help hi")
    assert await _refusal(desk.create_tweet(text="x" * 281, in_reply_to_tweet_id=root.id)) == TOO_LONG
    await desk.create_tweet(text="x" * 280, in_reply_to_tweet_id=root.id)


async def test_a_suspended_account_cannot_speak(desk, x):
    x.suspend("acme_help")
    assert await _refusal(desk.create_tweet(text="Hi!")) == SUSPENDED


async def test_quotes_are_not_for_this_access_level(desk, x):
    root = x.post("giulia_f", "@acme_help hi")
    with pytest.raises(tweepy.Forbidden):
        await desk.create_tweet(text="Look", quote_tweet_id=root.id)


@pytest.mark.parametrize(
    "body", [None, [], {}, {"text": " "}, {"text": "a", "colour": 1}, {"text": "a", "reply": {"to": "1"}}]
)
async def test_a_body_x_cannot_read_is_a_400(desk, body):
    with pytest.raises(tweepy.BadRequest):
        await desk.request("POST", "/2/tweets", params={}, json=body, user_auth=True)


async def test_an_account_deletes_its_own_posts_only(desk, client_as, x):
    mine = (await desk.create_tweet(text="Good morning"))["data"]["id"]
    with pytest.raises(tweepy.Forbidden):
        await client_as("acme").delete_tweet(mine)
    for _ in range(2):
        assert (await desk.delete_tweet(mine))["data"] == {"deleted": True}
    assert x.posts("acme_help") == []
    assert [post.id for post in x.created] == [mine]
    with pytest.raises(tweepy.NotFound):
        await desk.delete_tweet("123")


async def test_the_day_of_the_whole_app_has_a_limit_too(desk, client_as, x):
    x.limits["create_per_day"] = 1
    await desk.create_tweet(text="Good morning")
    with pytest.raises(tweepy.TooManyRequests) as refusal:
        await client_as("acme").create_tweet(text="Good morning")
    assert refusal.value.response.headers["x-app-limit-24hour-remaining"] == "0"


async def test_a_post_is_billed_by_what_it_is(desk, x):
    root = x.post("giulia_f", "@acme_help hi")
    await desk.create_tweet(text="Good morning")
    await desk.create_tweet(text="Hello", in_reply_to_tweet_id=root.id)
    await desk.create_tweet(text="See https://example.com/help", in_reply_to_tweet_id=root.id)
    with pytest.raises(tweepy.Forbidden):
        await desk.create_tweet(text="Good morning")
    spent = x.spent
    assert (spent.posts_created, spent.summoned_replies_created, spent.posts_with_link_created) == (1, 1, 1)
    assert str(spent.usd) == "0.225"


async def _refusal(call) -> str:
    with pytest.raises(tweepy.Forbidden) as refusal:
        await call
    return refusal.value.api_messages[0]
