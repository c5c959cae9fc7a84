"""How well the guard finds private data: a corpus of customer care, written from a seed, and a table of what was found.

    python -m bench.guard_corpus [--out corpus.jsonl] [--seed 2026] [--unseen] [--missed]

Each line of the corpus: `parts` (a post, or two that a secret is cut over), `kind` (null where there is nothing to
find), `language`, `form` (the disguise) and `expected` (false for forms known to be missed). The sentences were
written before the patterns were tried on them, and then the patterns were mended until they were found: these figures
flatter. `--unseen` takes sentences written after that; docs/guard.md has their first figures, from before anything
was mended for them.
"""

import argparse
import json
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from bench import guard_secrets as secrets
from triage.privacy.guard import Finding, Kind, findings

CORPORA = Path(__file__).parent / "corpora"
LANGUAGES = ("it", "pl", "en")
NUMBERED = (Kind.CARD, Kind.IBAN, Kind.CODICE_FISCALE, Kind.PESEL)
PRIVATE = (*NUMBERED, Kind.EMAIL, Kind.PHONE, Kind.ORDER_NUMBER, Kind.PASSWORD, Kind.ADDRESS)
_AS_SAID = {"as it is": secrets.PLAIN["as it is"]}
_LIGHT = {name: secrets.SIGNS[name] for name in ("full width", "Arabic digits", "keycaps", "zero width")}
FORMS: Mapping[Kind, Mapping[str, secrets.Disguise]] = {
    Kind.CARD: {**secrets.PLAIN, **secrets.SIGNS, **secrets.IN_WORDS},
    Kind.IBAN: {**secrets.PLAIN, **secrets.SIGNS, **secrets.LETTERS},
    Kind.CODICE_FISCALE: {**_AS_SAID, **secrets.SIGNS, **secrets.LETTERS},
    Kind.PESEL: {**secrets.PLAIN, **secrets.SIGNS, **secrets.IN_WORDS},
    Kind.EMAIL: secrets.OF_EMAIL,
    Kind.PHONE: secrets.OF_PHONE,
    Kind.ORDER_NUMBER: {**_AS_SAID, **_LIGHT},
    Kind.PASSWORD: {**_AS_SAID, "full width": _LIGHT["full width"], "zero width": _LIGHT["zero width"]},
    Kind.ADDRESS: {
        **_AS_SAID,
        "full width": _LIGHT["full width"],
        "soft hyphens": secrets.SIGNS["soft hyphens"],
    },
}
TIMES = {Kind.ORDER_NUMBER: 4, Kind.PASSWORD: 6, Kind.ADDRESS: 8}  # how often each form; the others twice
NOTHING_EACH = 170  # posts with nothing to find, a language


@dataclass(frozen=True, slots=True)
class Sentences:
    """By language: around a secret of each kind, and around nothing."""

    around: Mapping[str, Mapping[str, Sequence[str]]]
    nothing: Mapping[str, Sequence[str]]
    hard: Mapping[str, Sequence[tuple[str, str, str]]] = field(default_factory=dict)  # (kind, form, sentence)
    own_contacts: Sequence[str] = ()


def read(name: str) -> Sentences:
    """Read bench/corpora/NAME.toml."""
    return Sentences(**tomllib.loads((CORPORA / f"{name}.toml").read_text(encoding="utf-8")))


SEEN, UNSEEN = read("guard"), read("guard_unseen")


@dataclass(frozen=True, slots=True)
class Example:
    """A text of the corpus and what is in it."""

    parts: list[str]
    kind: Kind | None
    language: str
    form: str
    expected: bool = True


def main() -> None:
    arguments = _arguments()
    corpus = list(written(Random(arguments.seed), UNSEEN if arguments.unseen else SEEN))
    if arguments.out:
        lines = (json.dumps(asdict(one), ensure_ascii=False) for one in corpus)
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    judged = [(one, findings(one.parts, own_contacts=SEEN.own_contacts)) for one in corpus]
    _say("\n\n".join((_recall(judged), _by_form(judged), _alarms(judged))))
    if arguments.missed:
        _say(_missed(judged))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="write the corpus here, one JSON object a line")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--unseen", action="store_true", help="the sentences written later")
    parser.add_argument(
        "--missed", action="store_true", help="list what was missed and what was a false alarm"
    )
    return parser.parse_args()


# --- writing


def written(random: Random, sentences: Sentences = SEEN) -> Iterator[Example]:
    """The corpus: every kind in every form and cut in two, forms that are hard, and posts with nothing in them."""
    for language in LANGUAGES:
        for kind in PRIVATE:
            yield from _disguised(random, kind, language, sentences.around[language][kind])
            yield from _cut(random, kind, language, sentences.around[language][kind])
        for kind, form, sentence in SEEN.hard[language]:
            yield Example([sentence], Kind(kind), language, f"hard: {form}", expected=False)
        for _time in range(NOTHING_EACH):
            yield Example(
                [_filled(random.choice(sentences.nothing[language]), random)], None, language, "nothing"
            )


def _disguised(random: Random, kind: Kind, language: str, around: Sequence[str]) -> Iterator[Example]:
    for form, disguise in FORMS[kind].items():
        for _time in range(TIMES.get(kind, 2)):
            secret = disguise(_secret(random, kind, language), random, language)
            yield Example([random.choice(around).replace("{}", secret)], kind, language, form)


def _cut(random: Random, kind: Kind, language: str, around: Sequence[str]) -> Iterator[Example]:
    for form, cut in secrets.CUTS.items():
        for _time in range(2):
            secret = _secret(random, kind, language)
            if kind in NUMBERED:
                secret = secrets.PLAIN["in fours"](secret, random, language)
            one, other = secrets.halves(secret, random)
            before, _mark, after = random.choice(around).partition("{}")
            yield Example(cut(before, one, other, after), kind, language, form)


def _secret(random: Random, kind: Kind, language: str) -> str:
    simple: dict[Kind, Callable[[Random], str]] = {
        Kind.CARD: secrets.card,
        Kind.IBAN: secrets.account,
        Kind.CODICE_FISCALE: secrets.codice_fiscale,
        Kind.PESEL: secrets.pesel_number,
        Kind.EMAIL: secrets.email,
        Kind.ORDER_NUMBER: secrets.order,
        Kind.PASSWORD: secrets.password,
    }
    if kind in simple:
        return simple[kind](random)
    return secrets.phone(random, language) if kind is Kind.PHONE else secrets.street(random, language)


def _filled(sentence: str, random: Random) -> str:
    """`sentence` with other figures of the same shape: § a digit but 0, # a digit."""
    return "".join(
        str(random.randrange(sign == "§", 10)) if sign in "§#" else sign for sign in sentence
    ).replace("♯", "#")


# --- telling

Judged = Sequence[tuple[Example, list[Finding]]]


def _found(example: Example, found: list[Finding]) -> bool:
    return any(one.kind is example.kind for one in found)


def _recall(judged: Judged) -> str:
    hits, all_ = Counter[tuple[Kind | None, str]](), Counter[tuple[Kind | None, str]]()
    for example, found in judged:
        for language in (example.language, "all") if example.expected else ():
            all_[example.kind, language] += 1
            hits[example.kind, language] += _found(example, found)
    head = f"| kind | {' | '.join(LANGUAGES)} | all |\n|---|{'---|' * 4}"
    rows = (
        f"| {kind} | "
        + " | ".join(_share(hits[kind, one], all_[kind, one]) for one in (*LANGUAGES, "all"))
        + " |"
        for kind in PRIVATE
    )
    return "\n".join(
        (f"Found, of {sum(1 for one, _f in judged if one.kind and one.expected)} texts", "", head, *rows)
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} of {whole}" if whole else "–"


def _by_form(judged: Judged) -> str:
    """The forms that are not always found, and the hard ones."""
    counts = defaultdict[str, list[bool]](list)
    for example, found in judged:
        if example.kind:
            counts[f"{example.kind}, {example.form}"].append(_found(example, found))
    rows = [f"| {form} | {sum(found)} of {len(found)} |" for form, found in counts.items() if not all(found)]
    hard = [all_ for form, all_ in counts.items() if "hard: " in form]
    total = f"{sum(map(sum, hard))} of {sum(map(len, hard))} texts in forms known to be hard were found."
    return "\n".join((total, "", "| not always found | |", "|---|---|", *rows))


def _alarms(judged: Judged) -> str:
    nothing = [(example, found) for example, found in judged if example.kind is None]
    alarms = Counter(
        (one.kind, example.language) for example, found in nothing for one in found if one.kind in PRIVATE
    )
    texts = sum(any(one.kind in PRIVATE for one in found) for _example, found in nothing)
    rows = (
        f"| {kind} | {' | '.join(str(alarms[kind, language]) for language in LANGUAGES)} |"
        for kind in PRIVATE
        if any(alarms[kind, language] for language in LANGUAGES)
    )
    head = f"| false alarms | {' | '.join(LANGUAGES)} |\n|---|{'---|' * 3}"
    return "\n".join(
        (f"{texts} of {len(nothing)} texts with nothing in them raised an alarm.", "", head, *rows)
    )


def _missed(judged: Judged) -> str:
    lines = []
    for example, found in judged:
        said = [f"{one.kind} {one.masked}" for one in found if one.kind in PRIVATE]
        if example.kind and not _found(example, found):
            lines.append(
                f"missed {example.kind} ({example.form}, {example.language}): {example.parts} {said}"
            )
        if not example.kind and said:
            lines.append(f"false alarm ({example.language}): {example.parts} {said}")
    return "\n".join(lines)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
