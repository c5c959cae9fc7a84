"""Dates on which a person comes back to a case."""
