"""People, groups and channels as the Web API shows them."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError


async def test_a_person_has_a_zone_and_on_request_a_locale(slack, client) -> None:
    user = (await client.users_info(user="U0ANNA"))["user"]
    assert user["tz"] == "Europe/Rome"
    assert user["tz_offset"] in (3600, 7200)
    assert "locale" not in user
    assert (await client.users_info(user="U0ANNA", include_locale=True))["user"]["locale"] == "it-IT"
    assert user["profile"]["real_name"] == "Anna Bianchi"


async def test_guests_strangers_and_leavers_are_marked(slack, client) -> None:
    slack.add_user("U0GUEST", "guest", "Gina Guest", restricted=True)
    slack.add_user("U0OTHER", "other", "Otto Other", team_id="T0PARTNER")
    slack.change_user("U0MARCO", deleted=True)
    people = {user["id"]: user for user in (await client.users_list())["members"]}
    assert people["U0GUEST"]["is_restricted"]
    assert people["U0OTHER"]["team_id"] == "T0PARTNER"
    assert people["U0MARCO"]["deleted"]
    assert people["U0BOT"]["is_bot"]
    with pytest.raises(SlackApiError, match="user_not_found"):
        await client.users_info(user="U0NOBODY")
    with pytest.raises(SlackApiError, match="user_disabled"):
        await client.conversations_open(users="U0MARCO")


async def test_members_come_in_pages(slack, client) -> None:
    slack.add_channel("C0BIG", "big", [f"U{number:05}" for number in range(250)])
    members = []
    async for page in await client.conversations_members(channel="C0BIG", limit=100):
        members += page["members"]
    assert len(members) == 251
    assert len(set(members)) == 251


async def test_groups_and_their_people(slack, client) -> None:
    slack.add_group("S0BILLING", "billing-experts", ["U0ANNA"])
    [group] = (await client.usergroups_list(include_users=True))["usergroups"]
    assert (group["handle"], group["users"]) == ("billing-experts", ["U0ANNA"])
    assert (await client.usergroups_users_list(usergroup="S0BILLING"))["users"] == ["U0ANNA"]
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        await client.usergroups_users_list(usergroup="S0NONE")


async def test_channels_are_listed_and_described(slack, client) -> None:
    slack.add_channel("C0SECRET", "secret", ["U0ANNA"], private=True, with_bot=False)
    listed = (await client.conversations_list(types="public_channel,private_channel"))["channels"]
    assert [channel["name"] for channel in listed] == ["mentions"]
    channel = (await client.conversations_info(channel="C0MENTIONS", include_num_members=True))["channel"]
    assert (channel["is_member"], channel["num_members"], channel["is_ext_shared"]) == (True, 3, False)
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel="C0SECRET")


async def test_everybody_who_watches_hears_of_each_change(slack, client) -> None:
    ticks = []
    slack.listeners.append(lambda: ticks.append(1))
    posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card")
    await slack.react("U0ANNA", "C0MENTIONS", posted["ts"], "eyes")
    await client.auth_test()
    assert len(ticks) == 2


async def test_a_deleted_message_is_gone_at_once(slack, client) -> None:
    message = await slack.write("U0ANNA", "C0MENTIONS", "oops")
    told = slack.delete_message("U0ANNA", "C0MENTIONS", message.ts)
    assert slack.messages("C0MENTIONS") == []
    assert slack.message("C0MENTIONS", message.ts).deleted
    await told


async def test_ts_increase_even_when_the_clock_is_set_back(slack, client) -> None:
    clock = slack.clock
    clock.skip(3600)
    first = (await client.chat_postMessage(channel="C0MENTIONS", text="later"))["ts"]
    clock.skip(-3600)
    second = (await client.chat_postMessage(channel="C0MENTIONS", text="earlier"))["ts"]
    assert second > first
