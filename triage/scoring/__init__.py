"""Reading a post: its language, its priority, its area, and its need for an answer."""
