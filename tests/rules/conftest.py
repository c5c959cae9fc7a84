"""A case to try rules on."""

from datetime import UTC, datetime

import pytest

from triage.cases.case import Case, Status
from triage.scoring.priority import Priority

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def case() -> Case:
    """A new case, nobody's yet."""
    return Case(
        id=7,
        network="x",
        account="acme_help",
        author_id="1",
        conversation_id="1",
        status=Status.NEW,
        owner=None,
        area=None,
        channel="C0MENTIONS",
        language="en",
        priority=Priority.NORMAL,
        value=0.3,
        reasons=(),
        opened_at=NOON,
        waiting_since=NOON,
        queue_at=NOON,
        due_at=None,
        late_at=None,
        first_reply_at=None,
        closed_at=None,
        outcome=None,
        reposts=0,
        alike=None,
        version=1,
    )
