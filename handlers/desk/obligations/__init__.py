"""Obligations of the desk: opened, reminded of, handed over, ended."""
