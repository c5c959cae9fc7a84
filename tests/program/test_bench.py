"""The benchmarks run: figures come out, each against its floor. How large they are is no test's business."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import lanes
from bench.worktime import worktime

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]


async def measured(folder: Path, *parts: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bench", *parts, "--quick", "--database", "sqlite", "--out", str(folder)]
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    said, _nothing = await process.communicate()
    assert process.returncode == 0, said.decode()
    figures: list[dict[str, Any]] = json.loads((folder / "bench.json").read_text(encoding="utf-8"))["figures"]
    return figures


async def test_clicks_and_ingest_are_measured_against_their_floors(tmp_path: Path) -> None:
    figures = await measured(tmp_path, "socket", "ingest")
    sides = {figure["what"]: set(figure["sides"]) for figure in figures}
    assert sides["click → ack, p50"] == {"ours", "floor", "Bolt as documented"}
    assert sides["CPU a mention taken in"] >= {"ours", "tweepy", "raw inserts"}
    assert all(sample["value"] > 0 for figure in figures for sample in figure["sides"].values())
    assert "| click → ack, p50 | SQLite" in (tmp_path / "bench.md").read_text(encoding="utf-8")


async def test_due_times_are_measured_against_two_who_give_the_same_answers() -> None:
    advanced: list[None] = []
    (figure,) = await worktime(100, rounds=2, advance=lambda: advanced.append(None))
    assert set(figure.sides) == {"ours", "minute by minute", "businesstimedelta"}
    assert all(sample.value > 0 and sample.count == 2 for sample in figure.sides.values())
    assert len(advanced) == 3


def test_a_simulated_lane_posts_the_most_pressing_first() -> None:
    load = lanes.Load(mentions=3_000, storm=2_000)
    day = lanes.a_day(load)
    alone = lanes.simulate(day, lanes.Rules(1))
    grouped = lanes.simulate(day, lanes.Rules(1, copies=0.8))
    slowest = [lanes.quantile(waits, 0.9) for waits in alone.card]
    assert slowest == sorted(slowest)
    assert sum(map(len, alone.card)) == 3_000
    assert sum(map(len, grouped.card)) + grouped.grouped == 3_000
    assert max(grouped.backlog[0]) < max(alone.backlog[0]) / 2


def test_simulated_moves_of_one_case_that_wait_are_one_call() -> None:
    waits, calls = lanes.click_waits(lanes.Clicks(agents=20, updates=1))
    assert calls < len(waits)
    assert lanes.click_waits(lanes.Clicks(agents=20, updates=1)) == (waits, calls)
