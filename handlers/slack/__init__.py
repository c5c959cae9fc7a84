"""The desk's abilities as gestures and messages in Slack."""
