"""From the reply window to the public answer."""
