"""Word lists: one file for each language, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
LANGUAGES = tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language, by meaning. en.toml explains each group."""

    language: str
    common: tuple[str, ...]
    endings: tuple[str, ...]
    letters: str
    numbers: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]  # "complaint.angry", "urgent.money" … to their phrases
    thanks: tuple[str, ...]
    courtesy: tuple[str, ...]

    @property
    def judges(self) -> bool:
        """True if the list can recognise complaints, and not only the language."""
        return bool(self.groups)


@cache
def lexicon(language: str) -> Lexicon | None:
    """The words of `language`, or None if it has no list."""
    if language not in LANGUAGES:
        return None
    content = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Lexicon(
        language=language,
        common=tuple(content["language"]["common"].split()),
        endings=tuple(content["language"]["endings"].split()),
        letters=content["language"]["letters"],
        numbers=tuple(content["language"]["numbers"].split()),
        groups={
            f"{chapter}.{group}": _phrases(phrases)
            for chapter in ("complaint", "praise", "urgent", "talk")
            for group, phrases in content.get(chapter, {}).items()
        },
        thanks=_phrases(content["thanks"]["thanks"]),
        courtesy=_phrases(content["thanks"]["courtesy"]),
    )


def _phrases(listed: str) -> tuple[str, ...]:
    """Split phrases at commas; line breaks in the file are only for the reader."""
    return tuple(filter(None, (" ".join(phrase.split()) for phrase in listed.split(","))))
