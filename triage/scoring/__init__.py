"""Reading a post: its language, priority, area, and whether it needs an answer."""
