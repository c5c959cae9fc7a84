"""The manual is complete: every setting, key, command and scope stands in it, and its example is valid."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.cli.main import app
from bot.manifest import SCOPES
from bot.settings import Settings
from handlers.problems import LONGEST_WAIT
from handlers.workers import effects, unreadable
from handlers.workers.poller import QUIETEST
from triage.policy import Policy, read

ROOT = Path(__file__).parents[2]
DOCS = {
    path: path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
}
MANUAL = DOCS[ROOT / "docs" / "desk-toml.md"]


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = next((kind for kind in _models(field.annotation)), None)
        yield name
        if inner is not None and name != "hours":
            yield from keys_of(inner)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


@pytest.mark.parametrize("key", sorted(set(keys_of(Policy))))
def test_every_key_of_desk_toml_is_in_the_manual(key: str) -> None:
    assert re.search(rf"`{key}`|`\[+(desk\.)?{key}\]+`", MANUAL), f"{key} is missing in docs/desk-toml.md"


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - {"account_tokens"}))
def test_every_setting_is_in_the_manual(name: str) -> None:
    assert f"`{name.upper()}`" in MANUAL


COMMANDS = [
    *(str(info.name or info.callback.__name__) for info in app.registered_commands if info.callback),
    *(
        f"{group.name} {info.name}"
        for group in app.registered_groups
        if group.typer_instance
        for info in group.typer_instance.registered_commands
    ),
]


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_explained_somewhere(command: str) -> None:
    assert (
        any(f"mentiondesk {command}" in " ".join(text.split()) for text in DOCS.values())
        or f"make {command}" in DOCS[ROOT / "README.md"]
    )


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_every_scope_has_its_reason_in_the_install_guide(scope: str) -> None:
    assert f"`{scope}`" in DOCS[ROOT / "docs" / "install.md"]


def test_the_example_desk_toml_is_valid() -> None:
    policy = read((ROOT / "docs" / "desk.example.toml").read_text(encoding="utf-8"))
    assert policy.desk.name == "Acme"


def test_the_readme_s_shortest_desk_toml_is_valid() -> None:
    block = re.search(r"```toml\n(.*?)```", DOCS[ROOT / "README.md"], re.S)
    assert block is not None
    assert read(re.sub(r"^   ", "", block[1], flags=re.M)).account[0].handle == "acme_help"


def test_the_limits_of_what_is_watched_are_in_the_manual() -> None:
    limits, manual = effects.Limits(), DOCS[ROOT / "docs" / "operating.md"]
    pause = Settings.model_fields["x_poll_seconds"].default * QUIETEST
    unread = [timedelta(seconds=max(one, LONGEST_WAIT)) + limits.unread for one in (pause, 300.0 * QUIETEST)]
    table = manual.partition("### What is watched")[2].partition("A wait that")[0]
    told = [line.split("|")[2] for line in table.splitlines() if "|" in line]
    spans = [
        *unread,
        limits.behind,
        limits.still,
        limits.late,
        limits.timer,
        limits.unwritten,
        unreadable.LASTS,
    ]
    said = [int(number) for cell in told for number in re.findall(r"\b(\d+) minutes", cell)]
    assert said == [span.total_seconds() / 60 for span in spans]
    assert f"{unreadable.MOST_A_DAY} things in a day" in told[-1]


def test_every_link_in_the_docs_leads_somewhere() -> None:
    for path, text in DOCS.items():
        for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", text):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_file_that_the_docs_name_exists() -> None:
    for path, text in DOCS.items():
        for named in re.findall(r"`((?:bot|handlers|db|triage|demo|tests|docker|bench)/[\w./-]+)`", text):
            invented = "snooz" in named  # the example of docs/adding-a-gesture.md
            assert invented or (ROOT / named).exists(), f"{path.name} names {named}"
