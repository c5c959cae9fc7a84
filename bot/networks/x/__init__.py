"""X, through tweepy: the only place that imports it."""
