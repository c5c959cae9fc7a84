"""Gestures on a case, one module for each."""
