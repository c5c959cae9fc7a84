"""Saved replies as TOML: read with every fault at once, written, and those that a new desk begins with."""

import json
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from triage.i18n import _
from triage.replies.saved import LONGEST_TITLE, Saved, Unsaveable, checked
from triage.rights import SlackId

SEEDED = ("en", "it", "pl")


class BadSavedReplies(Exception):
    """A file of saved replies has faults; each is a sentence that says where and what to do."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class _Entry(BaseModel):
    """`[[saved_reply]]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TITLE, strip_whitespace=True)]
    text: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    area: str | None = None
    owner: SlackId | None = None
    expires_on: date | None = None


def read(text: str, areas: Collection[str], own_contacts: Sequence[str] = ()) -> list[Saved]:
    """Raises BadSavedReplies with every fault and its place."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSavedReplies([_("This is not TOML: {error}.").format(error=error)]) from error
    entries = raw.pop("saved_reply", [])
    faults = [_("{key}: unknown key; only [[saved_reply]] belongs here.").format(key=key) for key in raw]
    if not isinstance(entries, list):
        raise BadSavedReplies([*faults, _("saved_reply: write [[saved_reply]], in two brackets.")])
    kept: list[Saved] = []
    for number, entry in enumerate(entries, start=1):
        place = _place(number, entry)
        try:
            kept.append(_saved(entry, areas, own_contacts))
        except ValidationError as error:
            faults += [f"{place}, {_said(fault)}" for fault in error.errors(include_url=False)]
        except Unsaveable as fault:
            faults.append(f"{place}: {fault}")
    faults += _twice(kept)
    if faults:
        raise BadSavedReplies(faults)
    return kept


def _saved(entry: object, areas: Collection[str], own_contacts: Sequence[str]) -> Saved:
    valid = _Entry.model_validate(entry)
    if valid.area is not None and valid.area not in areas:
        raise Unsaveable(_("area “{area}” is not in desk.toml.").format(area=valid.area))
    return checked(Saved(**valid.model_dump()), own_contacts)


def _twice(kept: Sequence[Saved]) -> list[str]:
    counts = Counter((one.title, one.language) for one in kept)
    return [
        _("“{title}” ({language}) stands twice; keep one.").format(title=title, language=language)
        for (title, language), count in counts.items()
        if count > 1
    ]


def _place(number: int, entry: object) -> str:
    title = entry.get("title") if isinstance(entry, dict) else None
    named = f" “{title[:40]}”" if isinstance(title, str) else ""
    return f"[[saved_reply]] {number}.{named}"


def _said(fault: ErrorDetails) -> str:
    key = ".".join(map(str, fault["loc"])) or "saved_reply"
    match fault["type"]:
        case "extra_forbidden":
            return _("{key}: unknown key; remove it or mend its spelling.").format(key=key)
        case "missing":
            return _("{key}: missing.").format(key=key)
    return f"{key}: {str(fault['msg']).rstrip('.')}."


def written(saved: Iterable[Saved]) -> str:
    """As `read` takes it. What was counted stays out: it belongs to this desk."""
    return "\n".join(_table(one) for one in saved)


def _table(saved: Saved) -> str:
    lines = ["[[saved_reply]]"]
    for key in ("title", "language", "area", "owner", "text"):
        if value := getattr(saved, key):
            lines.append(f"{key} = {_quoted(value)}")
    if saved.expires_on:
        lines.append(f"expires_on = {saved.expires_on.isoformat()}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A string of JSON is one of TOML, but for the character that only TOML counts among the controls.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def seeds(languages: Collection[str]) -> list[Saved]:
    """The saved replies of a new desk, in its languages."""
    found: list[Saved] = []
    for language in SEEDED:
        if language in languages:
            source = files("triage.replies").joinpath("seeds", f"{language}.toml")
            found += read(source.read_text(encoding="utf-8"), ())
    return found
