"""What Slack shows: cards, messages, lists, and the blocks they are made of."""
