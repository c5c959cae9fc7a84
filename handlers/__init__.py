"""What happens when a mention arrives, someone clicks, time passes, something is to be delivered."""
