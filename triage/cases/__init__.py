"""A case and its posts."""
