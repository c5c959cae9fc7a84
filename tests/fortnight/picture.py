"""The fortnight's timeline: who was told what, and when, over their own hours."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import matplotlib as mpl
from fortnight import calendars
from fortnight.judge import Judge

mpl.use("Agg")
from matplotlib import dates, pyplot

# Each kind by colour and by shape: what was told, matplotlib's marker, its colour, its name in the legend.
KINDS: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (("ask", "told_back"), "s", "#7b4ea3", "a question to an expert"),
    (("answered", "answered_for", "answer_waits"), "D", "#0f766e", "an expert's answer"),
    (("follow_up",), "o", "#1d6fb8", "a promise falls due"),
    (("reminded_again",), "^", "#c77700", "reminded again"),
    (("returned", "back_in_channel"), "v", "#a33b20", "back to the channel"),
    (("due_soon", "unclaimed_soon"), "|", "#5b6570", "due soon"),
    (("late_now",), "x", "#c0182f", "late"),
)


def draw(judges: Sequence[Judge], path: Path) -> None:
    """One panel for each desk, one row for each person."""
    figure, panels = pyplot.subplots(len(judges), 1, figsize=(13, 3.4 * len(judges)), layout="constrained")
    for panel, judge in zip(panels, judges, strict=True):
        _panel(panel, judge)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _panel(panel: Any, judge: Judge) -> None:
    place = judge.play.place
    rows = {one.slack: number for number, one in enumerate(reversed(place.people))}
    for one in place.people:
        row = rows[one.slack]
        _bars(panel, row, calendars.own_hours(place.name, one.slack).spans, "#d9ead3", "own hours")
        _bars(panel, row, calendars.away_spans(one), "#f3c6c6", "away")
    told = list(judge.told())
    for notices, marker, colour, name in KINDS:
        some = [one for one in told if one.notice in notices]
        panel.scatter(
            [one.at for one in some],
            [rows[one.person] for one in some],
            marker=marker,
            s=34,
            linewidths=1.1,
            color=colour,
            label=name,
            zorder=3,
        )
    panel.set_yticks(list(rows.values()), [_named(one) for one in reversed(place.people)])
    panel.set_ylim(-0.6, len(rows) - 0.4)
    panel.set_xlim(place.start, place.end)
    panel.set_title(f"{place.name}: {len(judge.rows['cases'])} cases", loc="left", fontsize=11)
    panel.xaxis.set_major_locator(dates.DayLocator(tz=judge.play.place.people[0].zone))
    panel.xaxis.set_major_formatter(dates.DateFormatter("%a %d %b", tz=judge.play.place.people[0].zone))
    panel.tick_params(axis="x", labelsize=8)
    panel.grid(axis="x", color="#e3e3e3", linewidth=0.6)
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)


def _bars(panel: Any, row: int, spans: Sequence[tuple[Any, Any]], colour: str, name: str) -> None:
    """Spans of time behind a person's row; named once in the legend."""
    known = panel.get_legend_handles_labels()[1]
    panel.broken_barh(
        [(dates.date2num(start), (end - start) / timedelta(days=1)) for start, end in spans],
        (row - 0.38, 0.76),
        color=colour,
        label=None if name in known else name,
        zorder=1,
    )


def _named(one: Any) -> str:
    role = "expert" if one.is_expert else ""
    city = one.timezone.split("/")[1].replace("_", " ")
    return f"{one.name}, {role + ', ' if role else ''}{city}"
