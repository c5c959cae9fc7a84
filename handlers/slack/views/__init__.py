"""Drawings for Slack: cards, messages, lists, and their blocks."""
