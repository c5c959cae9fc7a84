"""The public networks: each only fetches and posts."""
