"""Reads the part of a list that a request asks for: since, until, between, the number, the page."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from demo.x.problems import invalid
from demo.x.values import Json, Post

PARAMETERS = frozenset(
    {"since_id", "until_id", "start_time", "end_time", "max_results", "pagination_token", "next_token"}
)

_ID = re.compile(r"[0-9]{1,19}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z")
_TOKEN = re.compile(r"7140([0-9a-f]{1,16})")


@dataclass(frozen=True, slots=True)
class Window:
    """since and until are exclusive ids, start inclusive, end exclusive; size is posts a page."""

    size: int
    since: int = 0
    until: int | None = None
    start: datetime | None = None
    end: datetime | None = None

    def holds(self, post: Post) -> bool:
        return self._is_young_enough(post) and self._is_old_enough(post)

    def _is_young_enough(self, post: Post) -> bool:
        return int(post.id) > self.since and (self.start is None or post.at >= self.start)

    def _is_old_enough(self, post: Post) -> bool:
        return (self.until is None or int(post.id) < self.until) and (self.end is None or post.at < self.end)


def window_of(params: Mapping[str, str], *, smallest: int, largest: int, usual: int) -> Window:
    """The window a request asks for. Raises Problem 400 for values X does not take."""
    bounds = [bound for bound in (_id(params, "until_id"), _page_bound(params)) if bound is not None]
    return Window(
        size=_size(params, smallest, largest, usual),
        since=_id(params, "since_id") or 0,
        until=min(bounds, default=None),
        start=_moment(params, "start_time"),
        end=_moment(params, "end_time"),
    )


def page(newest_first: Iterable[Post], window: Window) -> tuple[list[Post], Json]:
    """One page of the list, and its `meta`."""
    found = list(islice(filter(window.holds, newest_first), window.size + 1))
    shown = found[: window.size]
    meta: Json = {"result_count": len(shown)}
    if shown:
        meta |= {"newest_id": shown[0].id, "oldest_id": shown[-1].id}
    if len(found) > len(shown):
        meta["next_token"] = f"7140{int(shown[-1].id):x}"
    return shown, meta


def check_id(name: str, value: str) -> int:
    if not _ID.fullmatch(value):
        raise invalid(f"The `{name}` query parameter value [{value}] is not valid", **{name: value})
    return int(value)


def _id(params: Mapping[str, str], name: str) -> int | None:
    return check_id(name, params[name]) if name in params else None


def _page_bound(params: Mapping[str, str]) -> int | None:
    name = "pagination_token" if "pagination_token" in params else "next_token"
    token = params.get(name)
    if token is None:
        return None
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise invalid(f"The `{name}` query parameter value [{token}] is not valid", **{name: token})
    return int(found.group(1), 16)


def _size(params: Mapping[str, str], smallest: int, largest: int, usual: int) -> int:
    asked = params.get("max_results", str(usual))
    if asked.isdecimal() and smallest <= int(asked) <= largest:
        return int(asked)
    message = f"The `max_results` query parameter value [{asked}] is not between {smallest} and {largest}"
    raise invalid(message, max_results=asked)


def _moment(params: Mapping[str, str], name: str) -> datetime | None:
    value = params.get(name)
    if value is None:
        return None
    if not _TIME.fullmatch(value):
        message = f"The `{name}` query parameter value [{value}] is not a valid RFC3339 date-time"
        raise invalid(message, **{name: value})
    return datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=UTC)
