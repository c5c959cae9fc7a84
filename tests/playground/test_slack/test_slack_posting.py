"""The Web API for messages, called by the real slack-sdk: posting, changing, finding again."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, FormData
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from demo.slack import BOT_USER

MARK = {"event_type": "card", "event_payload": {"delivery": "7"}}


async def test_metadata_is_found_again_in_the_history(client) -> None:
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", metadata=MARK)
    await client.chat_postMessage(channel="C0MENTIONS", text="in the thread", thread_ts=posted["ts"])
    plain = await client.conversations_history(channel="C0MENTIONS")
    assert "metadata" not in plain["messages"][0]
    full = await client.conversations_history(channel="C0MENTIONS", include_all_metadata=True)
    [found] = full["messages"]
    assert (found["ts"], found["metadata"], found["reply_count"]) == (posted["ts"], MARK, 1)


async def test_replies_hold_the_parent_first_and_its_thread(client) -> None:
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    for text in ("one", "two"):
        await client.chat_postMessage(channel="C0MENTIONS", text=text, thread_ts=posted["ts"], metadata=MARK)
    answer = await client.conversations_replies(
        channel="C0MENTIONS", ts=posted["ts"], include_all_metadata=True
    )
    assert [message["text"] for message in answer["messages"]] == ["a card", "one", "two"]
    assert answer["messages"][1]["metadata"] == MARK
    assert answer["messages"][1]["thread_ts"] == posted["ts"]
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await client.conversations_replies(channel="C0MENTIONS", ts="1.000000")


async def test_history_pages_back_and_a_deletion_in_between_hides_nothing(client) -> None:
    stamps = [
        (await client.chat_postMessage(channel="C0MENTIONS", text=str(number)))["ts"] for number in range(5)
    ]
    first = await client.conversations_history(channel="C0MENTIONS", limit=2)
    assert [message["text"] for message in first["messages"]] == ["4", "3"]
    await client.chat_delete(channel="C0MENTIONS", ts=stamps[4])
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel="C0MENTIONS", limit=2, cursor=cursor)
    assert [message["text"] for message in second["messages"]] == ["2", "1"]


async def test_the_bounds_of_history_are_exclusive_unless_asked_otherwise(client) -> None:
    stamps = [
        (await client.chat_postMessage(channel="C0MENTIONS", text=str(number)))["ts"] for number in range(3)
    ]
    bounds = {"channel": "C0MENTIONS", "oldest": stamps[0], "latest": stamps[2]}
    between = await client.conversations_history(**bounds)
    assert [message["text"] for message in between["messages"]] == ["1"]
    inside = await client.conversations_history(**bounds, inclusive=True)
    assert [message["text"] for message in inside["messages"]] == ["2", "1", "0"]


async def test_an_update_with_a_text_alone_removes_the_blocks_and_keeps_the_metadata(
    slack, client, card
) -> None:
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card, metadata=MARK)
    await client.chat_update(channel="C0MENTIONS", ts=posted["ts"], text="again", blocks=card)
    assert not slack.message("C0MENTIONS", posted["ts"]).edited
    await client.chat_update(channel="C0MENTIONS", ts=posted["ts"], text="bare")
    message = slack.message("C0MENTIONS", posted["ts"])
    assert (message.text, message.blocks, message.edited, message.metadata) == ("bare", [], True, MARK)


async def test_only_ones_own_messages_can_be_changed_or_deleted(slack, client) -> None:
    message = await slack.write("U0ANNA", "C0MENTIONS", "a note")
    with pytest.raises(SlackApiError, match="cant_update_message"):
        await client.chat_update(channel="C0MENTIONS", ts=message.ts, text="mine")
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        await client.chat_delete(channel="C0MENTIONS", ts=message.ts)
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel="C0MENTIONS", ts="1.000000", text="nothing")


async def test_a_reply_below_a_deleted_parent_lands_at_the_root_without_an_error(slack, client) -> None:
    parent = await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    await client.chat_delete(channel="C0MENTIONS", ts=parent["ts"])
    reply = await client.chat_postMessage(channel="C0MENTIONS", text="a reply", thread_ts=parent["ts"])
    assert "thread_ts" not in reply["message"]
    assert [message.text for message in slack.messages("C0MENTIONS")] == ["a reply"]


async def test_a_tombstone_without_text_stands_where_a_thread_lost_its_parent(client) -> None:
    parent = await client.chat_postMessage(channel="C0MENTIONS", text="to be forgotten")
    await client.chat_postMessage(channel="C0MENTIONS", text="a reply", thread_ts=parent["ts"])
    await client.chat_delete(channel="C0MENTIONS", ts=parent["ts"])
    [tombstone] = (await client.conversations_history(channel="C0MENTIONS"))["messages"]
    assert tombstone["subtype"] == "tombstone"
    assert "forgotten" not in str(tombstone)


async def test_a_direct_message_goes_by_the_persons_id_but_is_changed_by_the_channels(slack, client) -> None:
    opened = await client.conversations_open(users="U0ANNA")
    posted = await client.chat_postMessage(channel="U0ANNA", text="a question")
    assert posted["channel"] == opened["channel"]["id"] == slack.dm_id("U0ANNA")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.chat_update(channel="U0ANNA", ts=posted["ts"], text="changed")
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="changed")
    assert [message.text for message in slack.dm("U0ANNA")] == ["changed"]


async def test_a_channel_without_the_bot_is_closed_to_it(slack, client) -> None:
    slack.add_channel("C0OTHER", "other", ["U0ANNA"], with_bot=False)
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.chat_postMessage(channel="C0OTHER", text="hello")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.conversations_history(channel="C0OTHER")
    await client.conversations_join(channel="C0OTHER")
    assert (await client.chat_postMessage(channel="#other", text="hello"))["channel"] == "C0OTHER"
    slack.archive_channel("C0OTHER")
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_postMessage(channel="C0OTHER", text="hello")


async def test_ephemeral_messages_reach_members_only(slack, client) -> None:
    slack.add_user("U0GUEST", "guest", "Gina Guest", team_id="T0PARTNER")
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await client.chat_postEphemeral(channel="C0MENTIONS", user="U0GUEST", text="psst")
    sent = await client.chat_postEphemeral(channel="C0MENTIONS", user="U0ANNA", text="psst")
    assert [message.text for message in slack.ephemerals("U0ANNA")] == ["psst"]
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel="C0MENTIONS", ts=sent["message_ts"], text="changed")


async def test_unescaped_mentions_are_on_record_as_pings(slack, client, card) -> None:
    await client.chat_postMessage(channel="C0MENTIONS", text="&lt;!channel&gt; is only quoted", blocks=card)
    assert slack.pings == []
    await client.chat_postMessage(channel="C0MENTIONS", text="<!channel> and <@U0ANNA>")
    assert [ping.target for ping in slack.pings] == ["!channel", "U0ANNA"]


async def test_a_channel_that_admits_one_post_a_second_answers_429(slack, client) -> None:
    slack.rates.post_rate = 1.0
    for _ in range(3):
        await client.chat_postMessage(channel="C0MENTIONS", text="quick")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0MENTIONS", text="too quick")
    response = caught.value.response
    assert response.status_code == 429
    assert response["error"] == "ratelimited"
    assert response.headers["Retry-After"] == "1"
    assert len(slack.posts) == 3
    await client.chat_postMessage(channel="U0ANNA", text="another channel has its own measure")


async def test_other_methods_can_be_given_a_rate_too(slack, client) -> None:
    slack.rates.tiers = {"users.list": 2}
    await client.users_list()
    await client.users_list()
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.users_list()


async def test_arguments_may_come_as_form_as_multipart_or_in_the_query(slack, client, card) -> None:
    """slack-sdk itself sends JSON for messages and query strings for reading."""
    url, token = f"{slack.api_url}chat.postMessage", slack.app.bot_token
    multipart = FormData({"channel": "C0MENTIONS", "text": "two", "token": token}, default_to_multipart=True)
    async with ClientSession() as session:
        for sent in (
            {"data": {"channel": "C0MENTIONS", "text": "one", "token": token}},
            {"data": multipart},
            {"params": {"channel": "C0MENTIONS", "text": "three", "token": token}},
        ):
            async with session.post(url, **sent) as response:
                assert (await response.json())["ok"]
        async with session.get(f"{slack.api_url}auth.test", params={"token": token}) as response:
            assert (await response.json())["user_id"] == BOT_USER
    assert [message.text for message in slack.messages("C0MENTIONS")] == ["one", "two", "three"]


async def test_wrong_tokens_missing_scopes_and_unknown_methods_are_named(slack, client) -> None:
    stranger = AsyncWebClient("xoxb-wrong", base_url=slack.api_url)
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await stranger.auth_test()
    with pytest.raises(SlackApiError, match="unknown_method"):
        await client.api_call("chat.scheduleMessage")
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.api_call("apps.connections.open")
    slack.scopes = ["users:read"]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0MENTIONS", text="hello")
    assert caught.value.response["needed"] == "chat:write"
    assert (await client.auth_test()).headers["x-oauth-scopes"] == "users:read"


async def test_reactions_are_added_listed_and_taken_back(slack, client) -> None:
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    where = {"channel": "C0MENTIONS", "timestamp": posted["ts"]}
    await client.reactions_add(**where, name="eyes")
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(**where, name="eyes")
    await slack.react("U0ANNA", "C0MENTIONS", posted["ts"], "eyes")
    [seen] = (await client.reactions_get(**where))["message"]["reactions"]
    assert seen == {"name": "eyes", "users": [BOT_USER, "U0ANNA"], "count": 2}
    await client.reactions_remove(**where, name="eyes")
    assert slack.message("C0MENTIONS", posted["ts"]).reactions == {"eyes": ["U0ANNA"]}


async def test_a_permalink_leads_to_a_message_that_stands(slack, client) -> None:
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    link = (await client.chat_getPermalink(channel="C0MENTIONS", message_ts=posted["ts"]))["permalink"]
    assert link == f"{slack.base_url}/archives/C0MENTIONS/p{posted['ts'].replace('.', '')}"


async def test_pictures_come_back_with_what_slack_learnt_and_are_refused_as_they_are(client) -> None:
    picture = {"type": "image", "image_url": "http://127.0.0.1/cat.png", "alt_text": "a cat"}
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=[picture])
    fetched = (await client.conversations_history(channel="C0MENTIONS"))["messages"][0]["blocks"]
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await client.chat_update(channel="C0MENTIONS", ts=posted["ts"], text="again", blocks=fetched)
