"""Every text that the desk says to staff, gathered from the source; `make translations` writes the catalogues anew."""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from triage.words import LANGUAGES, LOCALES

ROOT = Path(__file__).parent.parent
FLOORS = ("triage", "db", "handlers", "bot")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
# The docstrings of these and what derives from them are said to people.
ERRORS = {"DeskError"}


def template() -> Catalog:
    """All messages, with the file each stands in."""
    catalog = Catalog(project="Mentiondesk", fuzzy=False)
    for floor in FLOORS:
        found = extract_from_dir(ROOT / floor, [("**.py", "python")], keywords=KEYWORDS)
        for name, _line, message, _comments, _context in found:
            catalog.add(message, locations=[(f"{floor}/{name}", 0)])
    for name, sentence in error_sentences():
        catalog.add(sentence, locations=[(name, 0)])
    catalog.delete("")
    return catalog


def error_sentences() -> Iterator[tuple[str, str]]:
    """(file, docstring) of every error whose docstring is its sentence."""
    derived = set(ERRORS)
    for _ in range(3):  # an error derives from one that derives from one
        for _path, kind in _classes():
            if derived & {base.id for base in kind.bases if isinstance(base, ast.Name)}:
                derived.add(kind.name)
    for path, kind in _classes():
        sentence = ast.get_docstring(kind)
        if kind.name in derived - ERRORS and sentence:
            yield str(path.relative_to(ROOT)), sentence


def _classes() -> Iterator[tuple[Path, ast.ClassDef]]:
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    yield path, node


def catalog_of(language: str) -> Catalog:
    with (LOCALES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(catalog: Catalog) -> dict[object, Message]:
    return {message.id: message for message in catalog if message.id}


def main() -> None:
    """Add new messages to each catalogue, and drop those that nobody says any more."""
    for language in LANGUAGES[1:]:
        path = LOCALES / f"{language}.po"
        kept = messages(catalog_of(language)) if path.exists() else {}
        fresh = Catalog(locale=language, project="Mentiondesk", fuzzy=False)
        for message in sorted(messages(template()).values(), key=lambda one: (one.locations[0], str(one.id))):
            known = kept.get(message.id)
            fresh.add(message.id, known.string if known else None, locations=message.locations)
        with path.open("wb") as file:
            write_po(file, fresh, omit_header=True, include_lineno=False, width=118)


if __name__ == "__main__":
    main()
