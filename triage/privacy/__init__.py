"""Private data in texts: found before a reply leaves, hidden where a customer shows it."""
