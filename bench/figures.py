"""Figures: what was measured, against what, and whether the aim was met; as JSON and as a Markdown table."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Sample:
    """One side's figure. `low` and `high` are the lowest and the highest round's: the spread."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Aim:
    """`ours` divided by `against`, or `ours` itself when that is empty, shall be at most `limit`."""

    against: str
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """An aim, and what became of it; the spread is that of the rounds."""

    against: str
    value: float
    low: float
    high: float
    limit: float | None

    @property
    def met(self) -> bool | None:
        return None if self.limit is None else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: a sample for each side, and a verdict for each aim."""

    part: str
    what: str
    where: str
    unit: str
    sides: dict[str, Sample]
    verdicts: list[Verdict] = field(default_factory=list)
    note: str = ""


def p50(values: Sequence[float]) -> float:
    return median(values)


def p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98] if len(values) > 1 else values[0]


def figure(
    part: str,
    what: str,
    where: str,
    unit: str,
    rounds: dict[str, list[float]],
    *,
    aims: Iterable[Aim] = (),
    whole: dict[str, float] | None = None,
    note: str = "",
) -> Figure:
    """A figure of several rounds, interleaved: one number a round and side.

    `whole`: the side's figure over all rounds, such as a percentile; otherwise the median of the rounds.
    """
    value = {side: (whole or {}).get(side, median(each)) for side, each in rounds.items()}
    sides = {side: Sample(value[side], min(each), max(each), len(each)) for side, each in rounds.items()}
    verdicts = [_verdict(aim, rounds, value) for aim in aims if not aim.against or aim.against in rounds]
    return Figure(part, what, where, unit, sides, verdicts, note)


def _verdict(aim: Aim, rounds: dict[str, list[float]], value: dict[str, float]) -> Verdict:
    ours = rounds["ours"]
    if not aim.against:
        return Verdict("", value["ours"], min(ours), max(ours), aim.limit)
    pairs = zip(ours, rounds[aim.against], strict=True)
    ratios = [mine / theirs for mine, theirs in pairs if theirs]
    whole = value["ours"] / value[aim.against] if value[aim.against] else float("inf")
    return Verdict(aim.against, whole, min(ratios, default=whole), max(ratios, default=whole), aim.limit)


def write_json(path: Path, machine: dict[str, str], figures: Sequence[Figure]) -> None:
    shown = [{**asdict(one), "met": [verdict.met for verdict in one.verdicts]} for one in figures]
    content = {"machine": machine, "figures": shown}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def markdown(machine: dict[str, str], figures: Sequence[Figure]) -> str:
    """The machine, then one table: a line a figure."""
    facts = " · ".join(f"{name} {value}" for name, value in machine.items())
    head = "| figure | where | each side (lowest–highest round) | against, aim | met |\n|---|---|---|---|---|"
    return "\n".join([f"*{facts}*", "", head, *map(_row, figures), ""])


def _row(one: Figure) -> str:
    sides = "<br>".join(
        f"{side} **{_sample(sample, one.unit)}**{_spread(sample)}" for side, sample in one.sides.items()
    )
    aims = "<br>".join(in_words(verdict, one.unit) for verdict in one.verdicts)
    met = "<br>".join(met_in_words(verdict) for verdict in one.verdicts)
    what = f"{one.what} ({one.note})" if one.note else one.what
    return f"| {what} | {one.where} | {sides} | {aims} | {met} |"


def _sample(sample: Sample, unit: str) -> str:
    return f"{number(sample.value)} {unit}".strip()


def _spread(sample: Sample) -> str:
    return f" ({number(sample.low)}–{number(sample.high)})" if sample.count > 1 else ""


def in_words(verdict: Verdict, unit: str) -> str:
    value = number(verdict.value)
    measured = f"{value} × {verdict.against}" if verdict.against else f"{value} {unit}"
    spread = f" ({number(verdict.low)}–{number(verdict.high)})" if verdict.low != verdict.high else ""
    return measured + spread + (f", aim ≤ {number(verdict.limit)}" if verdict.limit is not None else "")


def met_in_words(verdict: Verdict) -> str:
    return {True: "yes", False: "**no**", None: ""}[verdict.met]


def number(value: float) -> str:
    """Three figures are all that a run can stand for."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
