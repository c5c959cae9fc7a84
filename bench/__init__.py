"""Benchmarks: the desk against raw floors and against Bolt as documented, as ratios taken in one run."""
