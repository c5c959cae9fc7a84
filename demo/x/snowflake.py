"""X's post ids: the millisecond of writing above, a sequence number below."""

from datetime import UTC, datetime, timedelta

_EPOCH_MS = 1_288_834_974_657
_SEQUENCE_BITS = 22
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def snowflake(at: datetime, sequence: int = 0) -> int:
    milliseconds = (at - _UNIX) // timedelta(milliseconds=1)
    return (milliseconds - _EPOCH_MS) << _SEQUENCE_BITS | sequence % (1 << _SEQUENCE_BITS)


def moment_of(post_id: int) -> datetime:
    return _UNIX + timedelta(milliseconds=(post_id >> _SEQUENCE_BITS) + _EPOCH_MS)
