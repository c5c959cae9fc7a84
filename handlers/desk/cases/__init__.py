"""A case in hand: claimed, corrected, annotated, closed; and the people who are there for it."""
