"""The use cases: one ability one file, each function one transaction that sends nothing."""
