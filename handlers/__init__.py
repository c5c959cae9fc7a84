"""Reactions of the desk: to arriving mentions, to clicks, to passing time, to due deliveries."""
