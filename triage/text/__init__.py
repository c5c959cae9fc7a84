"""Texts: measures of their length, and their similarity."""
