"""Promises in replies, and the days that they name."""
