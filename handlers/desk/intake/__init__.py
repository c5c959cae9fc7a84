"""Intake from the networks: receives, changes, groups and forgets posts."""
