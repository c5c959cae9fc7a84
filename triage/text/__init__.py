"""Texts: their length on a network, and their likeness."""
