"""Dates on which somebody comes back to a case."""
