"""Public answers: prepared, judged, approved, sent, taken back."""
