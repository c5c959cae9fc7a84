"""Saved replies in the database: taken in twice is as once, changed by one of two, begun with once."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from db.answers import saved_replies as store
from db.engine import Database
from handlers.desk.replies import saved
from handlers.desk.work import Desk
from scene import LAURA, policy_with
from triage.replies.saved import Saved
from triage.rights import Person, Role

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEAD = Person(LAURA, "Laura", "LL", Role.LEAD)
LATE = Saved("Late", "Hi {name}", "en", "billing", "U0ANNA", date(2027, 1, 31))


def desk(database: Database, now: datetime = NOW) -> Desk:
    return Desk(database, policy_with(), lambda: now)


async def kept(database: Database) -> list[Saved]:
    async with database.read() as connection:
        return [replace(one, id=0) for one in await store.all_of_them(connection)]


async def test_taking_in_a_file_again_changes_nothing(database: Database) -> None:
    other = Saved("Late", "Ciao", "it")
    assert await saved.take_in(desk(database), [LATE, other], instead=False) == saved.TakenIn(2, 0, 0)
    assert await saved.take_in(desk(database), [LATE, other], instead=False) == saved.TakenIn(0, 0, 0)
    assert await kept(database) == [LATE, other]


async def test_a_file_changes_those_of_its_titles_and_takes_the_place_of_others_if_told_so(
    database: Database,
) -> None:
    other = Saved("Late", "Ciao", "it")
    await saved.take_in(desk(database), [LATE, other], instead=False)
    newer = replace(LATE, text="Hello {name}", area=None, expires_on=None)
    assert await saved.take_in(desk(database), [newer], instead=False) == saved.TakenIn(0, 1, 0)
    assert await kept(database) == [newer, other]
    assert await saved.take_in(desk(database), [newer], instead=True) == saved.TakenIn(0, 0, 1)
    assert await kept(database) == [newer]


async def test_of_two_who_change_one_at_once_one_is_told(database: Database) -> None:
    await saved.keep(desk(database), LEAD, LATE, None)
    async with database.read() as connection:
        (one,) = await store.all_of_them(connection)
        found = await store.find(connection, one.id)
    assert found is not None
    later = desk(database, NOW + timedelta(minutes=1))
    ended = await asyncio.gather(
        *[saved.keep(later, LEAD, replace(one, text=text), found[1]) for text in ("mine", "theirs")],
        return_exceptions=True,
    )
    assert sorted(type(end) for end in ended if end) == [saved.SavedChanged]
    assert (await kept(database))[0].text in ("mine", "theirs")


async def test_of_two_who_keep_one_title_at_once_one_is_told(database: Database) -> None:
    ended = await asyncio.gather(
        *[saved.keep(desk(database), LEAD, replace(LATE, text=text), None) for text in ("mine", "theirs")],
        return_exceptions=True,
    )
    assert [type(end) for end in ended if end] == [saved.TitleTaken]
    assert len(await kept(database)) == 1


async def test_two_replicas_begin_with_ours_once(database: Database) -> None:
    await asyncio.gather(*[saved.plant(desk(database)) for _ in range(3)])
    assert len(await kept(database)) == 36
    await saved.take_in(desk(database), [], instead=True)
    await saved.plant(desk(database, NOW + timedelta(days=400)))
    assert await kept(database) == []
