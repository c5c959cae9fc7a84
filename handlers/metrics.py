"""Measures of what this process did, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)

clicks = Counter("mentiondesk_clicks", "Clicks and submissions by gesture", ["gesture"], registry=registry)
ack_seconds = Histogram(
    "mentiondesk_ack_seconds",
    "From hearing of a click or a submission to its ack",
    ["kind"],
    buckets=_SECONDS,
    registry=registry,
)
gesture_seconds = Histogram(
    "mentiondesk_gesture_seconds",
    "From hearing of a click to its end: committed, or answered with a sentence",
    buckets=_SECONDS,
    registry=registry,
)
last_good_poll = Gauge(
    "mentiondesk_last_good_poll_timestamp_seconds",
    "When a source was last read without trouble, by the replica that reads it",
    ["source"],
    registry=registry,
)
