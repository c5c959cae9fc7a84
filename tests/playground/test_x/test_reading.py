"""What the real client reads from the pretend X."""

from datetime import timedelta

import pytest
import tweepy

LONG = "@acme_help " + "A very long story about a router and its red light. " * 8
ALL_FIELDS = [
    "author_id",
    "created_at",
    "conversation_id",
    "entities",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
]


@pytest.fixture
def read_mentions(desk, x):
    async def read(handle="acme_help", **more):
        return await desk.get_users_mentions(x.profile(handle).id, user_auth=True, **more)

    return read


async def test_an_empty_page_has_no_data_key(read_mentions):
    assert await read_mentions() == {"meta": {"result_count": 0}}


async def test_only_the_default_fields_come_unasked(read_mentions, x):
    post = x.post("giulia_f", "@acme_help hello?")
    page = await read_mentions()
    assert page["data"] == [{"id": post.id, "text": "@acme_help hello?", "edit_history_tweet_ids": [post.id]}]
    assert page["meta"] == {"result_count": 1, "newest_id": post.id, "oldest_id": post.id}


async def test_pages_lead_through_all_mentions_newest_first(read_mentions, x, clock):
    posts = []
    for number in range(12):
        clock.pass_time(seconds=1)
        posts.append(x.post("giulia_f", f"@acme_help {number}").id)
    first = await read_mentions(max_results=5)
    x.post("giulia_f", "@acme_help arrives between two pages")
    second = await read_mentions(max_results=5, pagination_token=first["meta"]["next_token"])
    third = await read_mentions(max_results=5, pagination_token=second["meta"]["next_token"])
    seen = [post["id"] for page in (first, second, third) for post in page["data"]]
    assert seen == posts[::-1]
    assert "next_token" not in third["meta"]


async def test_since_id_and_until_id_are_exclusive(read_mentions, x):
    ids = [x.post("giulia_f", f"@acme_help {number}").id for number in range(4)]
    page = await read_mentions(since_id=ids[0], until_id=ids[3])
    assert [post["id"] for post in page["data"]] == [ids[2], ids[1]]


async def test_start_time_is_inclusive_and_end_time_is_not(read_mentions, x, clock):
    ids = []
    for number in range(3):
        ids.append(x.post("giulia_f", f"@acme_help {number}").id)
        clock.pass_time(minutes=1)
    start = clock.now() - timedelta(minutes=3)
    page = await read_mentions(start_time=start, end_time=start + timedelta(minutes=2))
    assert [post["id"] for post in page["data"]] == [ids[1], ids[0]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_results": 4},
        {"max_results": 101},
        {"since_id": "last"},
        {"pagination_token": "?"},
        {"tweet_fields": ["colour"]},
        {"expansions": ["everything"]},
        {"start_time": "yesterday"},
    ],
)
async def test_a_wrong_parameter_is_a_400_that_names_it(read_mentions, wrong):
    with pytest.raises(tweepy.BadRequest) as refusal:
        await read_mentions(**wrong)
    named = next(iter(refusal.value.api_errors[0]["parameters"]))
    assert named.replace(".", "_") == next(iter(wrong))


async def test_mentions_reach_back_800_posts(read_mentions, x):
    for number in range(805):
        x.post("giulia_f", f"@acme_help {number}")
    count, token = 0, None
    while True:
        page = await read_mentions(max_results=100, pagination_token=token)
        count, token = count + page["meta"]["result_count"], page["meta"].get("next_token")
        if token is None:
            break
    assert count == 800


async def test_a_post_indexed_late_is_listed_late_but_found_by_id(read_mentions, desk, x, clock):
    late = x.post("giulia_f", "@acme_help late", late_by=30)
    prompt = x.post("tomek_wro", "@acme_help prompt")
    assert [post["id"] for post in (await read_mentions())["data"]] == [prompt.id]
    assert (await desk.get_tweet(late.id, user_auth=True))["data"]["id"] == late.id
    clock.pass_time(seconds=31)
    assert [post["id"] for post in (await read_mentions())["data"]] == [prompt.id, late.id]
    assert (await read_mentions(since_id=prompt.id))["meta"]["result_count"] == 0


async def test_a_post_tells_who_when_where_and_whom(read_mentions, x):
    root = x.post("giulia_f", "@acme_help my invoice https://example.com/a?b=1", lang="en")
    x.post("tomek_wro", "@acme_help me too", reply_to=root.id)
    reply, first = (await read_mentions(tweet_fields=ALL_FIELDS))["data"]
    assert first["created_at"] == "2026-11-18T09:30:00.000Z"
    assert first["author_id"] == x.profile("giulia_f").id
    assert first["lang"] == "en"
    assert first["entities"]["urls"][0]["expanded_url"] == "https://example.com/a?b=1"
    mention = {"start": 0, "end": 10, "username": "acme_help", "id": x.profile("acme_help").id}
    assert first["entities"]["mentions"] == [mention]
    assert reply["conversation_id"] == root.id
    assert reply["in_reply_to_user_id"] == x.profile("giulia_f").id
    assert reply["text"] == "@giulia_f @acme_help me too"


async def test_expansions_fill_the_includes(read_mentions, x):
    root = x.post("giulia_f", "is anybody there?")
    x.post("tomek_wro", "@acme_help see above", reply_to=root.id, media=["http://127.0.0.1/router.svg"])
    expansions = [
        "author_id",
        "attachments.media_keys",
        "referenced_tweets.id",
        "referenced_tweets.id.author_id",
    ]
    page = await read_mentions(
        expansions=expansions,
        user_fields=["public_metrics"],
        media_fields=["url"],
        tweet_fields=["author_id"],
    )
    post, includes = page["data"][0], page["includes"]
    assert post["referenced_tweets"] == [{"type": "replied_to", "id": root.id}]
    assert [user["username"] for user in includes["users"]] == ["tomek_wro", "giulia_f"]
    assert includes["users"][0]["public_metrics"]["followers_count"] == 45
    assert includes["tweets"][0]["text"] == "is anybody there?"
    key = post["attachments"]["media_keys"][0]
    assert includes["media"] == [{"media_key": key, "type": "photo", "url": "http://127.0.0.1/router.svg"}]


async def test_a_deleted_referenced_post_leaves_an_error_beside_the_data(read_mentions, x):
    root = x.post("giulia_f", "soon gone")
    x.post("tomek_wro", "@acme_help see above", reply_to=root.id)
    x.delete(root.id)
    page = await read_mentions(expansions=["referenced_tweets.id"])
    assert page["meta"]["result_count"] == 1
    assert page["errors"][0]["resource_id"] == root.id
    assert "includes" not in page


async def test_a_long_post_is_cut_and_its_whole_text_stands_in_the_note(read_mentions, x):
    x.post("giulia_f", LONG)
    post = (await read_mentions(tweet_fields=["note_tweet"]))["data"][0]
    assert post["text"].endswith("…")
    assert len(post["text"]) <= 280
    assert post["note_tweet"]["text"] == LONG
    assert "note_tweet" not in (await read_mentions())["data"][0]


async def test_texts_come_with_html_entities_as_x_sends_them(read_mentions, x):
    x.post("giulia_f", "@acme_help <!channel> R&D")
    assert (await read_mentions())["data"][0]["text"] == "@acme_help &lt;!channel&gt; R&amp;D"
    x.escapes_text = False
    assert (await read_mentions())["data"][0]["text"] == "@acme_help <!channel> R&D"


async def test_post_fields_are_answered_with_the_new_names(server, x, desk):
    post = x.post("giulia_f", LONG)
    answer = await desk.request(
        "GET", f"/2/tweets/{post.id}", params={"post.fields": "note_post"}, user_auth=True
    )
    data = (await answer.json())["data"]
    assert data["note_post"]["text"] == LONG
    assert data["edit_history_post_ids"] == [post.id]


async def test_an_edit_has_a_new_id_and_both_ids_tell_the_history(read_mentions, desk, x, clock):
    old = x.post("giulia_f", "@acme_help no sginal")
    clock.pass_time(seconds=20)
    new = x.edit(old.id, "@acme_help no signal")
    listed = (await read_mentions(since_id=old.id))["data"]
    assert [post["text"] for post in listed] == ["@acme_help no signal"]
    looked_up = (await desk.get_tweet(old.id, tweet_fields=["edit_controls"], user_auth=True))["data"]
    assert looked_up["text"] == "@acme_help no sginal"
    assert looked_up["edit_history_tweet_ids"] == [old.id, new.id]
    assert looked_up["edit_controls"]["edits_remaining"] == 4
    assert looked_up["edit_controls"]["editable_until"] == "2026-11-18T10:30:00.000Z"


async def test_missing_and_protected_posts_come_in_errors(desk, x):
    x.add_profile("shy", "Shy", protected=True)
    gone, hidden, there = (x.post(who, "@acme_help hi") for who in ("giulia_f", "shy", "tomek_wro"))
    x.delete(gone.id)
    answer = await desk.get_tweets([gone.id, hidden.id, there.id, "123"], user_auth=True)
    assert [post["id"] for post in answer["data"]] == [there.id]
    kinds = {error["resource_id"]: error["type"].rpartition("/")[2] for error in answer["errors"]}
    not_there = "resource-not-found"
    assert kinds == {gone.id: not_there, hidden.id: "not-authorized-for-resource", "123": not_there}


async def test_a_single_missing_post_is_a_200_without_data(desk):
    answer = await desk.get_tweet("123", user_auth=True)
    assert "data" not in answer
    assert answer["errors"][0]["title"] == "Not Found Error"


async def test_a_suspended_author_vanishes(read_mentions, desk, x):
    post = x.post("giulia_f", "@acme_help hi")
    x.suspend("giulia_f")
    assert (await read_mentions())["meta"]["result_count"] == 0
    assert "data" not in await desk.get_tweet(post.id, user_auth=True)
    assert "suspended" in (await desk.get_user(username="giulia_f", user_auth=True))["errors"][0]["detail"]


async def test_a_repost_is_a_mention_that_names_the_original(read_mentions, x):
    original = x.post("giulia_f", "@acme_help " + "no signal in the whole town, " * 6)
    x.post("big_voice", "", repost_of=original.id)
    repost, _ = (await read_mentions(tweet_fields=["referenced_tweets"]))["data"]
    assert repost["text"].startswith("RT @giulia_f: @acme_help no signal")
    assert len(repost["text"]) == 140
    assert repost["referenced_tweets"] == [{"type": "retweeted", "id": original.id}]


async def test_a_broken_post_is_sent_as_it_is(read_mentions, x):
    x.add_malformed("acme_help", {"id": "2000000000000000000", "text": "no author"})
    x.add_malformed("acme_help", {"author_id": "1"})
    raw = (await read_mentions(tweet_fields=ALL_FIELDS, expansions=["author_id"]))["data"]
    assert {"author_id": "1"} in raw
    assert {"id": "2000000000000000000", "text": "no author"} in raw
    assert x.posts() == []


async def test_own_posts_show_what_the_account_said(desk, x):
    root = x.post("giulia_f", "@acme_help hi")
    await desk.create_tweet(text="Hello!")
    await desk.create_tweet(text="How can we help?", in_reply_to_tweet_id=root.id)
    me = x.profile("acme_help").id
    every = await desk.get_users_tweets(me, tweet_fields=["referenced_tweets"], user_auth=True)
    assert [post["text"] for post in every["data"]] == ["@giulia_f How can we help?", "Hello!"]
    assert every["data"][0]["referenced_tweets"] == [{"type": "replied_to", "id": root.id}]
    roots = await desk.get_users_tweets(me, exclude=["replies"], user_auth=True)
    assert [post["text"] for post in roots["data"]] == ["Hello!"]


async def test_people_are_found_by_id_and_by_name(desk, x):
    giulia = x.profile("giulia_f")
    by_name = await desk.get_user(username="Giulia_F", user_fields=["public_metrics"], user_auth=True)
    assert by_name["data"]["id"] == giulia.id
    assert by_name["data"]["public_metrics"]["followers_count"] == 120
    assert (await desk.get_user(id=giulia.id, user_auth=True))["data"]["username"] == "giulia_f"
    several = await desk.get_users(usernames=["giulia_f", "nobody_here"], user_auth=True)
    assert [person["username"] for person in several["data"]] == ["giulia_f"]
    assert several["errors"][0]["value"] == "nobody_here"
    assert len((await desk.get_users(ids=[giulia.id, x.profile("acme").id], user_auth=True))["data"]) == 2


async def test_mentions_of_an_unknown_person_are_an_error_without_data(desk):
    answer = await desk.get_users_mentions("42", user_auth=True)
    assert answer["errors"][0]["resource_type"] == "user"


async def test_reading_the_same_post_twice_in_a_day_is_billed_once(read_mentions, desk, x, clock):
    post = x.post("giulia_f", "@acme_help hi")
    for _ in range(2):
        await read_mentions(expansions=["author_id"])
    await desk.get_tweets([post.id], user_auth=True)
    assert (x.spent.own_mentions_read, x.spent.posts_read, x.spent.users_read) == (1, 0, 1)
    clock.pass_time(days=1)
    await desk.get_tweets([post.id], user_auth=True)
    assert x.spent.posts_read == 1
    assert str(x.spent.usd) == "0.016"


async def test_only_the_owner_of_the_app_reads_mentions_cheaply(client_as, x):
    x.post("giulia_f", "@acme hi")
    await client_as("acme").get_users_mentions(x.profile("acme").id, user_auth=True)
    assert (x.spent.own_mentions_read, x.spent.posts_read) == (0, 1)
