"""App Home and /desk."""
