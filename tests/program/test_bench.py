"""The benchmarks run: figures come out, each against its floor. How large they are is no test's business."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

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
