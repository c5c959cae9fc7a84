"""Durable work: deliveries, timers, and who takes their turn."""
