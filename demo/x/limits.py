"""Rate limits of X: a fixed window for each endpoint and account."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.x.problems import too_many_requests
from demo.x.values import Clock

WINDOW = timedelta(minutes=15)
DAY = timedelta(hours=24)

# Requests per 15 minutes and account; "create_per_day" is the whole app's, in 24 hours.
USUAL_LIMITS = {
    "mentions": 300,
    "search": 300,
    "lookup": 900,
    "own_posts": 900,
    "users": 900,
    "user_by_name": 900,
    "me": 75,
    "create": 100,
    "create_per_day": 10_000,
    "delete": 50,
}


@dataclass(slots=True)
class _Window:
    ends_at: datetime
    used: int = 0


class RateLimits:
    """Counts requests. `limits` may be changed at any time; an endpoint it lacks is unlimited."""

    def __init__(self, clock: Clock) -> None:
        self.limits = dict(USUAL_LIMITS)
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}

    def count(self, endpoint: str, account: str) -> dict[str, str]:
        """Counts one request and returns the headers that tell what is left. Raises Problem 429."""
        headers = self._count(endpoint, account, WINDOW, "x-rate-limit")
        if endpoint == "create":
            headers |= self._count("create_per_day", "", DAY, "x-app-limit-24hour")
        return headers

    def _count(self, name: str, account: str, length: timedelta, prefix: str) -> dict[str, str]:
        limit = self.limits.get(name)
        if limit is None:
            return {}
        window = self._window(name, account, length)
        exceeded = window.used >= limit
        window.used += not exceeded
        headers = limit_headers(limit, limit - window.used, window.ends_at, prefix)
        if exceeded:
            raise too_many_requests(headers)
        return headers

    def _window(self, name: str, account: str, length: timedelta) -> _Window:
        now = self._clock.now()
        window = self._windows.get((name, account))
        if window is None or window.ends_at <= now:
            window = self._windows[name, account] = _Window(ends_at=now + length)
        return window


def limit_headers(
    limit: int, remaining: int, ends_at: datetime, prefix: str = "x-rate-limit"
) -> dict[str, str]:
    return {
        f"{prefix}-limit": str(limit),
        f"{prefix}-remaining": str(max(remaining, 0)),
        f"{prefix}-reset": str(int(ends_at.timestamp()) + 1),
    }
