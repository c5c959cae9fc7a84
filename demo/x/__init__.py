"""A pretend X, with enough of the API that a real client meets the same difficulties."""

from demo.x.timeline import Timeline
from demo.x.values import Call, Post, Profile

__all__ = ["Call", "Post", "Profile", "Timeline"]
