"""What the desk knows of each language: one file of words each, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
LANGUAGES = tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language, by what they tell. See en.toml for what each group is."""

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
        """Whether it can tell a complaint, and not only the language."""
        return bool(self.groups)


@cache
def lexicon(language: str) -> Lexicon | None:
    """The words of `language`, or None where nobody has written any."""
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
    """Phrases are separated by commas; the lines are only for the eye."""
    return tuple(filter(None, (" ".join(phrase.split()) for phrase in listed.split(","))))
