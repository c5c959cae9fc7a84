"""What is written to customers: drafts, approvals, replies, and texts kept for reuse."""
