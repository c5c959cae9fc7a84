"""A morning at Acme: the demo's people, and what happens to them."""

from demo.story.furniture import furnish
from demo.story.telling import Story

__all__ = ["Story", "furnish"]
