"""The public networks; their code only fetches and posts."""
