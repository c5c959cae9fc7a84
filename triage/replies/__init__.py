"""Answers: composed, checked for approval, kept for reuse."""
