"""A pretend X: enough of its API that a real client cannot tell where it bites."""

from demo.x.timeline import Timeline
from demo.x.values import Call, Post, Profile

__all__ = ["Call", "Post", "Profile", "Timeline"]
