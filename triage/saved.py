"""Ready answers: their variables, checked when they are saved; their place in a search; and as a TOML file."""

import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, field_validator

from triage.case import DeskError
from triage.words import _

VARIABLES = ("name", "handle", "initials", "link")
LONGEST_TITLE, LONGEST = 75, 2000
# Of a customer's own name as much as a name needs.
LONGEST_VALUE = 60


class UnknownVariable(DeskError):
    """A saved reply may hold {name}, {handle}, {initials} and {link}, and no other braces."""


class SavedReply(BaseModel):
    """One ready answer, as people write it down."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TITLE)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    area: str | None = None
    owner: str | None = None
    expires_on: date | None = None

    @field_validator("text")
    @classmethod
    def _known_variables(cls, text: str) -> str:
        try:
            require_known(text)
        except UnknownVariable as fault:
            raise ValueError(str(fault)) from fault
        return text


def require_known(text: str) -> None:
    """Raise UnknownVariable, naming it, unless every brace of a text belongs to a variable."""
    allowed = ", ".join(f"{{{name}}}" for name in VARIABLES)
    try:
        found = [
            (name, spec, how) for _text, name, spec, how in string.Formatter().parse(text) if name is not None
        ]
    except ValueError as fault:
        line = _("There is a brace that belongs to no variable. Variables are {allowed}.")
        raise UnknownVariable(line.format(allowed=allowed)) from fault
    for name, spec, how in found:
        if name not in VARIABLES or spec or how:
            line = _("{{{name}}} is no variable. Variables are {allowed}.")
            raise UnknownVariable(line.format(name=name, allowed=allowed))


def fill(text: str, values: Mapping[str, str]) -> str:
    """A saved text with what its variables stand for; a customer's name pings nobody and stays short."""
    return text.format_map({name: _tame(values.get(name, "")) for name in VARIABLES})


def _tame(value: str) -> str:
    if value.startswith("https://"):
        return value
    plain = (
        "".join(char if char.isprintable() else " " for char in value).replace("@", "").replace("://", " ")
    )
    return " ".join(plain.split())[:LONGEST_VALUE]


def generalised(text: str, values: Mapping[str, str]) -> str:
    """A text that was sent, as one to keep: what it says of this customer becomes variables again."""
    for name in ("link", "handle", "name"):
        value = values.get(name, "")
        if len(value) > 2:
            text = text.replace(value, f"{{{name}}}")
    return text


def ranked(found: Iterable[Any], typed: str, language: str, area: str | None) -> list[Any]:
    """Those that hold every word typed; the case's language first, then its area, then the most used."""
    wanted = typed.casefold().split()

    def hit(one: Any) -> bool:
        told = f"{one.title} {one.text} {one.area or ''} {one.language}".casefold()
        return all(word in told for word in wanted)

    def place(one: Any) -> tuple[bool, bool, bool, int, str]:
        elsewhere = one.area is not None and one.area != area
        return (one.language != language, elsewhere, one.area != area, -one.uses, one.title)

    return sorted(filter(hit, found), key=place)


class BadFile(Exception):
    """A file of saved replies has faults; each is a sentence that says where."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read(text: str) -> list[SavedReply]:
    """`[[reply]]` tables; raises BadFile with every fault at once."""
    try:
        entries = tomllib.loads(text).get("reply", [])
    except tomllib.TOMLDecodeError as error:
        raise BadFile([f"It is not TOML: {error}."]) from error
    replies, faults = [], []
    for number, entry in enumerate(entries, start=1):
        try:
            replies.append(SavedReply.model_validate(entry))
        except ValidationError as error:
            faults += [f"[[reply]] {number}, {_where(one['loc'])}: {one['msg']}." for one in error.errors()]
    if faults or not replies:
        raise BadFile(faults or ["There is no [[reply]] in it."])
    return replies


def _where(location: Sequence[int | str]) -> str:
    return ".".join(map(str, location)) or "whole"


def written(replies: Iterable[SavedReply]) -> str:
    """The same as a TOML file."""
    return "\n".join(f"[[reply]]\n{_lines(one)}" for one in replies)


def _lines(reply: SavedReply) -> str:
    told = reply.model_dump(exclude_none=True)
    return "".join(
        f"{key} = {value.isoformat() if isinstance(value, date) else _quoted(value)}\n"
        for key, value in told.items()
    )


def _quoted(value: str) -> str:
    signs = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    escaped = "".join(
        signs.get(char, char if char.isprintable() else f"\\u{ord(char):04x}") for char in value
    )
    return f'"{escaped}"'
