"""App Home and /desk: one's own work, what is promised, what nobody has, how the day goes."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select

from db.sql import tables
from handlers.desk.follow_ups import remind
from scene import ANNA, LAURA, MARCO, MENTIONS, ROME, Scene


def tomorrow(scene: Scene, hour: int, days: int = 1) -> datetime:
    day = (scene.now().astimezone(ROME) + timedelta(days=days)).date()
    return datetime.combine(day, time(hour), ROME)


async def home(scene: Scene, person: str, words: str = "Updated") -> Any:
    """Open Home and wait until it shows these words."""
    await scene.slack.open_home(person)

    def shown() -> Any:
        view = scene.slack.home(person)
        return view if view is not None and words in view.plain else None

    return await scene.eventually(shown, f"“{words}” in {person}'s Home", lambda: scene.slack.home(person))


async def presses_in_home(scene: Scene, person: str, action: str, near: str) -> None:
    """Press the button of the line that holds these words."""
    view = scene.slack.home(person)
    block = next(one for one in view.blocks if near in str(one) and action in str(one))
    await scene.slack.click_home(person, action, block_id=block["block_id"])


async def many(scene: Scene, count: int) -> None:
    """So many customers write; their cases are known, though Slack takes but one card a second."""
    for number in range(count):
        scene.writes(f"@acme_help question number {number:02d}.", handle=f"customer_{number}")
    await scene.recorded("opened", count)


async def desk(scene: Scene, person: str, text: str = "") -> str:
    """What /desk answers."""
    before = len(scene.slack.ephemerals(person))
    await scene.slack.command(person, MENTIONS, "/desk", text)
    answers = await scene.eventually(lambda: scene.slack.ephemerals(person)[before:], "an answer to /desk")
    return str(answers[0].plain)


async def test_home_shows_ones_own_cases_above_the_unclaimed(scene: Scene) -> None:
    await scene.taken("@acme_help my very own case", handle="own")
    await scene.taken("@acme_help somebody else's case", by=MARCO, handle="other")
    scene.writes("@acme_help nobody's case yet", handle="free")
    card = await scene.card("nobody's case yet")
    view = await home(scene, ANNA, "Your cases (1)")
    assert "Unclaimed (1)" in view.plain
    assert view.plain.index("my very own case") < view.plain.index("nobody's case yet")
    assert "somebody else's case" not in view.plain
    assert "Median" not in view.plain
    await presses_in_home(scene, ANNA, "claim", "nobody's case yet")
    await scene.shows(card, f"With <@{ANNA}>")
    await scene.eventually(lambda: "Your cases (2)" in scene.slack.home(ANNA).plain, "the new case in Home")
    assert "Nothing is unclaimed" in scene.slack.home(ANNA).plain


async def test_a_claim_in_home_that_was_too_slow_is_told_by_direct_message(scene: Scene) -> None:
    scene.writes("@acme_help nobody's case yet")
    card = await scene.card("nobody's case yet")
    await home(scene, ANNA, "nobody's case yet")
    await scene.claim(MARCO, card)
    await presses_in_home(scene, ANNA, "claim", "nobody's case yet")
    assert f"<@{MARCO}> was faster" in (await scene.told(ANNA, "was faster")).plain


async def test_home_shows_what_is_promised_for_today(scene: Scene) -> None:
    card = await scene.taken("@acme_help call me back please")
    date = tomorrow(scene, 9).date().isoformat()
    values: dict[str, object] = {"date": date, "time": "17:00", "note": "Call her"}
    assert (await scene.chooses(ANNA, card, "follow_up", values)).ok
    await scene.shows(card, "follows up")
    assert "Promised for today" not in (await home(scene, ANNA)).plain
    scene.playground.clock.skip_to(tomorrow(scene, 8))
    view = await home(scene, ANNA, "Promised for today")
    assert "Call her" in view.plain
    assert view.plain.index("Call her") < view.plain.index("Your cases (1)")
    assert "Call her" not in (await home(scene, MARCO)).plain


async def test_sixty_unclaimed_cases_are_paged_under_slacks_cap(scene: Scene) -> None:
    await many(scene, 60)
    view = await home(scene, ANNA, "Unclaimed (60)")
    seen: set[str] = set()
    for page in range(6):
        lines = {line for line in view.plain.split("\n") if "question number" in line}
        assert len(lines) == 10
        assert len(view.blocks) <= 100
        seen |= lines
        if page < 5:
            await scene.slack.click_home(ANNA, "home_page_next")
            await scene.eventually(
                lambda lines=lines: not lines & set(scene.slack.home(ANNA).plain.split("\n")), "the next page"
            )
            view = scene.slack.home(ANNA)
    assert len(seen) == 60
    assert "home_page_next" not in view.button_ids
    await scene.slack.click_home(ANNA, "home_page")
    await scene.eventually(lambda: "home_page_next" in scene.slack.home(ANNA).button_ids, "the page before")


async def test_a_lead_sees_the_days_median_with_the_unanswered_counted(scene: Scene) -> None:
    scene.playground.clock.skip_to(tomorrow(scene, 10))
    answered = await scene.taken("@acme_help first question of the day", handle="one")
    await scene.taken("@acme_help second question of the day", handle="two")
    spam = await scene.taken("@acme_help win a free phone", handle="three")
    assert (await scene.chooses(ANNA, spam, "dismiss", {"reason": "spam"})).ok
    scene.skip(minutes=10)
    assert (await scene.reply(ANNA, answered, "Here is the answer.")).ok
    await scene.shows(answered, "see it on X")
    scene.skip(minutes=20)
    view = await home(scene, LAURA, "Median first reply")
    assert "Median first reply: 20 min* over 2 cases · 1 unanswered" in view.plain
    assert "This month" in view.plain
    assert "Median" not in (await home(scene, ANNA)).plain


async def test_a_guest_sees_no_cases_in_home(scene: Scene) -> None:
    scene.slack.add_user("U0GUEST", "gino", "Gino Ospite", restricted=True)
    scene.writes("@acme_help nobody's case yet")
    await scene.card("nobody's case yet")
    view = await home(scene, "U0GUEST", "you may look on")
    assert "nobody's case" not in view.plain


async def test_the_command_lists_mine_unclaimed_and_late(scene: Scene) -> None:
    await scene.taken("@acme_help my very own case", handle="own")
    await scene.taken("@acme_help somebody else's case", by=MARCO, handle="other")
    scene.writes("@acme_help nobody's case yet", handle="free")
    card = await scene.card("nobody's case yet")
    await scene.quiet()
    everything = await desk(scene, ANNA)
    for words in ("Yours (1)", "my very own case", "Unclaimed (1)", "nobody's case yet", "Late (0)"):
        assert words in everything
    assert f"/archives/{card.channel}/p{card.ts.replace('.', '')}" in everything
    assert "nobody's" not in await desk(scene, ANNA, "mine")
    assert "my very own" not in await desk(scene, ANNA, " Unclaimed ")
    assert "Late (0)" in await desk(scene, ANNA, "late")
    scene.skip(days=4)
    late = await desk(scene, ANNA, "late")
    assert "Late (3)" in late
    assert f"<@{MARCO}>" in late
    assert scene.slack.ephemerals(MARCO) == []


async def test_a_case_can_be_claimed_in_the_commands_list(scene: Scene) -> None:
    scene.writes("@acme_help nobody's case yet")
    card = await scene.card("nobody's case yet")
    await desk(scene, ANNA, "unclaimed")
    (listed,) = scene.slack.ephemerals(ANNA)
    await scene.slack.click(ANNA, listed.channel, listed.ts, "claim", in_ephemeral=listed)
    await scene.shows(card, f"With <@{ANNA}>")
    await scene.told(ANNA, "The case is yours.")


async def test_the_command_says_what_it_knows_when_asked_something_else(scene: Scene) -> None:
    for text in ("help", "what?", "<!channel>"):
        answer = await desk(scene, ANNA, text)
        assert all(word in answer for word in ("/desk mine", "/desk unclaimed", "/desk late"))


async def test_a_long_list_says_how_many_more_there_are(scene: Scene) -> None:
    await many(scene, 13)
    answer = await desk(scene, ANNA, "unclaimed")
    assert "Unclaimed (13)" in answer
    assert answer.count("question number") == 10
    assert "3 more" in answer


async def test_a_guest_is_told_that_the_desk_is_not_theirs(scene: Scene) -> None:
    scene.slack.add_user("U0GUEST", "gino", "Gino Ospite", restricted=True)
    scene.writes("@acme_help nobody's case yet")
    await scene.card("nobody's case yet")
    answer = await desk(scene, "U0GUEST")
    assert "you are not on this desk" in answer
    assert "nobody's case" not in answer


async def test_more_promises_than_a_page_holds_are_paged_and_counted(scene: Scene) -> None:
    await many(scene, 12)
    anna = await scene.app.gestures.ctx.person(ANNA)
    for number in range(1, 13):
        await remind.follow_up(
            scene.app.desk, number, anna, scene.now() + timedelta(seconds=number), f"promise {number:02d}"
        )
    view = await home(scene, ANNA, "Promised for today (12)")
    assert "promise 10" in view.plain
    assert "promise 11" not in view.plain
    await presses_in_home(scene, ANNA, "home_page_next", "0-0-1:0")
    await scene.eventually(lambda: "promise 12" in scene.slack.home(ANNA).plain, "the second page")


async def test_counts_are_true_beyond_any_page(scene: Scene) -> None:
    await many(scene, 1)
    async with scene.app.desk.database.write() as connection:
        one = dict((await connection.execute(select(tables.cases))).one()._mapping)
        del one["id"]
        await connection.execute(insert(tables.cases), [one] * 300)
    await home(scene, ANNA, "Unclaimed (301)")
    assert "Unclaimed (301)" in await desk(scene, ANNA, "unclaimed")
