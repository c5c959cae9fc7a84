"""The playground's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from demo.clock import Clock


def test_a_skip_moves_the_clock_and_tells_other_processes(tmp_path) -> None:
    file = tmp_path / "offset"
    clock = Clock(file)
    clock.skip(3600)
    assert float(file.read_text()) == 3600
    assert timedelta(minutes=59) < clock.now() - datetime.now(UTC) <= timedelta(minutes=60)


def test_a_skip_to_a_moment_arrives_there(tmp_path) -> None:
    clock = Clock(tmp_path / "offset")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    clock.skip_to(tomorrow)
    assert abs(clock.now() - tomorrow) < timedelta(seconds=1)


def test_a_restarted_playground_goes_on_where_it_was(tmp_path) -> None:
    Clock(tmp_path / "offset").skip(60)
    assert Clock(tmp_path / "offset").offset == 60


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Clock().skip_to(datetime(2026, 1, 1))  # noqa: DTZ001
