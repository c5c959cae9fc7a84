"""A fortnight of three desks, without waiting for it: every promise of time is kept."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fortnight.desks import PLACES, SHOP, Place
from fortnight.hands import begin
from fortnight.judge import EXPERTS, HOURS, LATE, ONCE, PROMISES, Judge
from fortnight.play import Fortnight

pytestmark = pytest.mark.long

SEED = 3


async def played(place: Place, customers: int, folder: Path) -> Fortnight:
    play = Fortnight(place, customers, SEED, folder)
    await play.open()
    begin(play)
    await play.run()
    return play


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_every_promise_of_time_is_kept_through_a_fortnight(place: Place, tmp_path: Path) -> None:
    play = await played(place, 12, tmp_path)
    verdict = await Judge(play, play.chat.said).judge()
    await play.desk.database.close()
    assert not verdict.breaches
    assert all(verdict.looked_at[sentence] for sentence in (HOURS, ONCE, LATE, PROMISES, EXPERTS))


async def test_the_judge_hears_what_is_said_at_night_or_twice(tmp_path: Path) -> None:
    play = await played(SHOP, 8, tmp_path)
    late = next(one for one in play.chat.said if one.person and "should have had an answer" in one.text)
    night = replace(late, at=late.at.replace(hour=2) + timedelta(days=1))
    verdict = await Judge(play, [*play.chat.said, night]).judge()
    await play.desk.database.close()
    assert len(verdict.breaches[HOURS]) == 1
    assert len(verdict.breaches[ONCE]) == 1
