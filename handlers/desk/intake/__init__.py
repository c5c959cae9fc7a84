"""What comes in from the networks: posts received, changed, grouped, forgotten."""
