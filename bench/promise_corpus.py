"""How well a promise is found: recall, false alarms and dates over the replies in tests/rules/promises.toml.

Whoever wrote the replies wrote the words that find them. Every second reply was kept aside while those were mended,
and `--later` and `--unseen` read others, written afterwards; docs/promises.md has their first figures.
"""

import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

from triage.promise.promise import Promise, promise_in
from triage.time.hours import Hours
from triage.time.working_time import WorkingTime

FOLDER = Path(__file__).parent.parent / "tests/rules"
LANGUAGES = ("en", "it", "pl")
OFFICE = ["09:00-18:00"]
SETS = {"later": "promises_later.toml", "unseen": "promises_unseen.toml"}
LENGTH, TIMES = 280, 200


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody wrote, and what should be found: "no", "?", a day, or a day and a time."""

    language: str
    text: str
    expected: str
    kept_aside: bool


@dataclass(frozen=True, slots=True)
class Corpus:
    now: datetime
    working: WorkingTime
    replies: tuple[Reply, ...]

    def found(self, reply: Reply) -> Promise | None:
        return promise_in(reply.text, self.now, self.working)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over some replies; `right` and `wrong` are dates, `blank` is a sure date that was left out."""

    promises: int
    found: int
    others: int
    alarms: int
    right: int
    blank: int
    wrong: int

    @property
    def recall(self) -> float:
        return self.found / self.promises


def main(arguments: Sequence[str]) -> None:
    chosen = next((name for name in SETS if f"--{name}" in arguments), "")
    corpus = read(SETS.get(chosen, "promises.toml"))
    for name, replies in [(chosen, corpus.replies)] if chosen else _halves(corpus):
        for language in LANGUAGES:
            _tell(name, language, measured(corpus, [one for one in replies if one.language == language]))
        _tell(name, "all", measured(corpus, replies))
    if "--misses" in arguments:
        # The half kept aside stays unread until the end.
        for line in misses(corpus, aside="--all" in arguments):
            print(line)
    print(f"{_microseconds(corpus):.0f} µs for {LENGTH} characters")


def read(name: str = "promises.toml") -> Corpus:
    content = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    hours = Hours.model_validate(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE))
    working = WorkingTime.of(hours, content["timezone"], content["holidays"])
    now = content["now"].replace(tzinfo=ZoneInfo(content["timezone"]))
    return Corpus(now, working, tuple(_replies(content)))


def _replies(content: dict[str, Any]) -> Iterator[Reply]:
    for language in LANGUAGES:
        for at, (expected, text) in enumerate(content[language]):
            yield Reply(language, text, expected, kept_aside=at % 2 == 1)


def said(promise: Promise | None) -> str:
    """As the corpus writes it."""
    if promise is None:
        return "no"
    if promise.when is None:
        return "?"
    return f"{promise.when}" + (f" {promise.at:%H:%M}" if promise.at else "")


def measured(corpus: Corpus, replies: Iterable[Reply]) -> Figures:
    pairs = [(one.expected, said(corpus.found(one))) for one in replies]
    promised = [pair for pair in pairs if pair[0] != "no"]
    found = [pair for pair in promised if pair[1] != "no"]
    dated = [pair for pair in found if pair != ("?", "?")]
    return Figures(
        promises=len(promised),
        found=len(found),
        others=len(pairs) - len(promised),
        alarms=sum(expected == "no" != got for expected, got in pairs),
        right=sum(expected == got for expected, got in dated),
        blank=sum(got == "?" for _expected, got in dated),
        wrong=sum(expected != got != "?" for expected, got in dated),
    )


def misses(corpus: Corpus, *, aside: bool) -> Iterator[str]:
    for reply in corpus.replies:
        if (aside or not reply.kept_aside) and (got := said(corpus.found(reply))) != reply.expected:
            yield f"{reply.language}  {reply.expected:>16}  {got:>16}  {reply.text}"


def _halves(corpus: Corpus) -> Iterator[tuple[str, Sequence[Reply]]]:
    yield "mended on", [one for one in corpus.replies if not one.kept_aside]
    yield "kept aside", [one for one in corpus.replies if one.kept_aside]


def _tell(half: str, language: str, one: Figures) -> None:
    print(
        f"{half:10} {language:4} recall {one.recall:.3f} of {one.promises:3}   false {one.alarms} of {one.others:3}   "
        f"dates: {one.right} right, {one.blank} left blank, {one.wrong} wrong"
    )


def _microseconds(corpus: Corpus) -> float:
    """For ordinary text: replies of the corpus joined and cut."""
    texts = [
        " ".join(one.text for one in corpus.replies[at : at + 12])[:LENGTH]
        for at in range(0, len(corpus.replies) - 11, 11)
    ]
    for text in texts:
        promise_in(text, corpus.now, corpus.working)
    start = process_time()
    for _again in range(TIMES):
        for text in texts:
            promise_in(text, corpus.now, corpus.working)
    return (process_time() - start) / TIMES / len(texts) * 1e6


if __name__ == "__main__":
    main(sys.argv[1:])
