"""What the import contracts cannot say of the house."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SLACK = sorted((ROOT / "handlers" / "slack").rglob("*.py"))


@pytest.mark.parametrize("file", SLACK, ids=lambda file: str(file.relative_to(ROOT)))
def test_slack_opens_no_connection(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not [way for way in ("read", "write", "survey") if f"database.{way}(" in text]


PRODUCT = [file for floor in ("bot", "handlers", "db", "triage") for file in (ROOT / floor).rglob("*.py")]
# The settings and the commands of one network carry its name; a word list has the words of customers.
MAY_NAME_X = (
    "bot/networks/",
    "bot/settings.py",
    "bot/cli/",
    "triage/policy.py",
    "triage/privacy/addresses.py",
)
NAMES_X = re.compile(r"\bX\b|x\.com|twitter|tweet|\"x\"|'x'", re.IGNORECASE | re.ASCII)


def test_nothing_outside_a_networks_room_names_the_network() -> None:
    named = {
        str(file.relative_to(ROOT))
        for file in PRODUCT
        if NAMES_X.search(file.read_text(encoding="utf-8").replace("open_in_x", ""))
    }
    assert sorted(file for file in named if not file.startswith(MAY_NAME_X)) == []
