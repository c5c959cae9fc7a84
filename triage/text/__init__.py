"""Texts: their length as X counts it, and their similarity."""
