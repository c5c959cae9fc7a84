"""Private data in texts: found before we send a reply, hidden if a customer shows it."""
