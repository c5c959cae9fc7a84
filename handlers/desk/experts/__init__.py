"""Questions to experts, and their answers."""
