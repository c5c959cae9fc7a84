"""The demo's furniture and its story, told without waiting."""

import asyncio
from dataclasses import dataclass, field

import pytest

from demo.clock import Clock
from demo.story import Story, furnish
from demo.story.cast import CUSTOMERS
from demo.story.script import SCRIPT
from demo.x import Timeline

LAST_BEAT = SCRIPT[-1].second


@dataclass
class Register:
    """A Slack that only writes down who and what it is furnished with."""

    users: dict = field(default_factory=dict)
    channels: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)

    def add_user(self, id, name, real_name, *, avatar=None):
        self.users[id] = (name, real_name, avatar)

    def add_channel(self, id, name, members=()):
        self.channels[id] = (name, set(members))

    def add_group(self, id, handle, users):
        self.groups[id] = (handle, list(users))


@dataclass
class Stage:
    """A playground without sockets."""

    clock: Clock
    x: Timeline
    slack: Register = field(default_factory=Register)
    url: str = "http://127.0.0.1:8765"


@pytest.fixture
def playground():
    clock = Clock()
    stage = Stage(clock, Timeline(clock))
    furnish(stage)
    return stage


@pytest.fixture
def story(playground):
    return Story(playground)


def reply(playground, target, text="We are looking into it. ^AB"):
    """@acme_help answers through the API."""
    x = playground.x
    return x.speak(x.profile("acme_help"), f"@{target.author} {text}", reply_to=target.id)


def said(playground, handle):
    return [post.text for post in playground.x.posts(handle)]


async def test_the_furniture_is_what_the_demo_promises(playground):
    brands = {profile.handle for profile in playground.x.profiles() if profile.is_brand}
    customers = [profile for profile in playground.x.profiles() if not profile.is_brand]
    assert brands == {"acme", "acme_help"}
    assert len(customers) == len(CUSTOMERS) == 15
    assert min(each.followers for each in customers) == 12
    assert max(each.followers for each in customers) == 480_000
    assert all(each.avatar.startswith(playground.url) for each in customers)


async def test_slack_has_its_people_and_places(playground):
    slack = playground.slack
    assert slack.users["U0KASIA"] == (
        "kasia",
        "Kasia Nowak",
        f"{playground.url}/page/avatar/Kasia%20Nowak.svg",
    )
    everybody = {"U0ANNA", "U0MARCO", "U0KASIA", "U0LAURA", "U0BOT"}
    assert slack.channels["C0BILLING"] == ("mentions-billing", everybody)
    assert slack.groups == {"S0BILLING": ("billing-experts", ["U0KASIA"])}


async def test_nothing_recent_stands_there_before_the_story(playground, story):
    assert [post.author for post in playground.x.posts()] == ["elena_ritorna", "acme_help"]
    assert all((playground.clock.now() - post.at).days >= 2 for post in playground.x.posts())


async def test_the_first_posts_come_within_seconds(playground, story):
    story.advance(6)
    assert {"giulia_vento", "nonno_beppe", "orla_quill"} <= {post.author for post in playground.x.posts()}


async def test_every_beat_of_the_script_is_told_in_order(playground, story):
    before = len(playground.x.posts())
    story.advance(LAST_BEAT)
    assert story.next_in is None
    told = playground.x.posts()[before:]
    beats = [beat for beat in SCRIPT if beat.does in ("post", "repost")]
    assert len(told) == len(beats) - 1  # the troll deletes
    assert [beat.second for beat in SCRIPT] == sorted(beat.second for beat in SCRIPT)
    assert 20 <= len(beats) <= 26
    assert 180 <= LAST_BEAT <= 300


async def test_the_story_shows_what_a_desk_must_master(playground, story):
    story.advance(LAST_BEAT)
    posts = playground.x.posts()
    assert any(post.repost_of for post in posts)
    assert any(len(post.text) > 280 for post in posts)
    assert any(len(post.edit_history) == 2 for post in posts)
    assert {post.lang for post in posts} == {"it", "pl", "en"}
    assert sum(bool(post.media) for post in posts) == 3
    assert said(playground, "xx_rageclick") == []
    late = next(post for post in posts if post.author == "elena_ritorna" and post.reply_to)
    assert playground.x.get(late.reply_to).author == "acme_help"


async def test_a_customer_answers_the_brands_reply_after_some_seconds(playground, story):
    story.advance(2)
    outage = playground.x.posts("giulia_vento")[0]
    answer = reply(playground, outage)
    story.advance(1)
    assert len(said(playground, "giulia_vento")) == 1
    story.advance(11)
    thanks = playground.x.posts("giulia_vento")[-1]
    assert thanks.text == "@acme_help Grazie, adesso funziona! 🙏"
    assert (thanks.reply_to, thanks.conversation_id) == (answer.id, outage.id)


async def test_a_reply_in_two_parts_gets_one_answer(playground, story):
    story.advance(LAST_BEAT)
    first = reply(playground, playground.x.posts("tomek_zarzecze")[0], "1/2")
    reply(playground, first, "2/2")
    story.advance(60)
    assert len(said(playground, "tomek_zarzecze")) == 2


async def test_a_customer_answers_as_often_as_they_have_something_to_say(playground, story):
    story.advance(LAST_BEAT)
    question = playground.x.posts("techtina")[0]
    for number in range(4):
        reply(playground, question, f"Answer {number}")
        story.advance(20)
    assert len(said(playground, "techtina")) == 2 + 2


async def test_a_reply_taken_back_gets_no_answer(playground, story):
    story.advance(LAST_BEAT)
    answer = reply(playground, playground.x.posts("bea_on_trams")[0])
    story.advance(1)
    playground.x.delete(answer.id)
    story.advance(60)
    assert len(said(playground, "bea_on_trams")) == 2


async def test_a_post_that_a_visitor_deleted_does_not_stop_the_story(playground, story):
    story.advance(60)
    for post in playground.x.posts():
        playground.x.delete(post.id)
    story.advance(LAST_BEAT)
    assert said(playground, "techtina")


async def test_the_story_ends(playground):
    story = Story(playground, speed=1_000_000)
    await story.run()
    assert story.is_over
    assert len(said(playground, "techtina")) == 2


async def test_a_held_story_stands_still(playground):
    story = Story(playground, speed=1000)
    story.pause()
    assert not story.running
    due = story.next_in
    telling = asyncio.create_task(story.run())
    await asyncio.sleep(0.02)
    assert story.next_in == due
    told = asyncio.Event()
    playground.x.listeners.append(lambda: told.set())
    story.play()
    await told.wait()
    telling.cancel()
    assert story.next_in != due


async def test_a_visitor_posts_as_a_customer_and_tags_the_account_once(playground, story):
    assert story.write_as("hal_northway", "hello?", "acme_help").text == "@acme_help hello?"
    assert story.write_as("hal_northway", "hello, @ACME_help", "acme_help").text == "hello, @ACME_help"
    assert story.write_as("hal_northway", "acme mobile, hm").text == "acme mobile, hm"
    with pytest.raises(LookupError):
        story.write_as("nobody", "hello?", "acme_help")
