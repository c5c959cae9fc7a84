"""The rules: pure functions and values, with no clock, no network and no database."""
