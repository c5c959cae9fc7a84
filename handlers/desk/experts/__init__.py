"""Questions to people who know, and their answers."""
