"""Promises in replies, and the day they name."""
