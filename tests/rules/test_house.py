"""What the import contracts cannot say of the house."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SLACK = sorted((ROOT / "handlers" / "slack").rglob("*.py"))


@pytest.mark.parametrize("file", SLACK, ids=lambda file: str(file.relative_to(ROOT)))
def test_slack_opens_no_connection(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not [way for way in ("read", "write", "survey") if f"database.{way}(" in text]
