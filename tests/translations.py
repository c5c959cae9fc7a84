"""Every text that the desk says to staff, gathered from the source; `make translations` writes the catalogues anew."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from triage.i18n import LANGUAGES, LOCALES

ROOT = Path(__file__).parent.parent
FLOORS = ("triage", "db", "handlers", "bot")
KEYWORDS = {"_": 1, "N_": 1, "ngettext": 2}
# The docstrings of these and what derives from them are said to people.
ERRORS = {"DeskError"}


def template() -> Catalog:
    """All messages, with the file each stands in."""
    catalog = Catalog(project="Mentiondesk", fuzzy=False)
    for path, node in _nodes(ast.Call):
        said = _said(node)
        if said:
            catalog.add(said, locations=[(str(path.relative_to(ROOT)), 0)])
    for name, sentence in error_sentences():
        catalog.add(sentence, locations=[(name, 0)])
    return catalog


def _said(call: ast.Call) -> str | tuple[str, str] | None:
    """The text of a call of gettext's, also within an f-string, which Babel's own reader passes over."""
    name = getattr(call.func, "id", "")
    texts = [one.value for one in call.args[: KEYWORDS.get(name, 0)] if isinstance(one, ast.Constant)]
    if not texts or len(texts) != KEYWORDS[name] or not all(texts):
        return None
    return str(texts[0]) if len(texts) == 1 else (str(texts[0]), str(texts[1]))


def error_sentences() -> Iterator[tuple[str, str]]:
    """(file, docstring) of every error whose docstring is its sentence."""
    derived = set(ERRORS)
    for _ in range(3):  # an error derives from one that derives from one
        for _path, kind in _nodes(ast.ClassDef):
            if derived & {base.id for base in kind.bases if isinstance(base, ast.Name)}:
                derived.add(kind.name)
    for path, kind in _nodes(ast.ClassDef):
        sentence = ast.get_docstring(kind)
        if kind.name in derived - ERRORS and sentence:
            yield str(path.relative_to(ROOT)), sentence


Node = TypeVar("Node", bound=ast.AST)


def _nodes(kind: type[Node]) -> Iterator[tuple[Path, Node]]:
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, kind):
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
