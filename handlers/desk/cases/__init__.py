"""Use cases on one case: claim, correct, annotate, close; and the people on duty for it."""
