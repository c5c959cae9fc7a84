"""The same abilities as gestures in Slack: what is clicked, typed, shown and told."""
