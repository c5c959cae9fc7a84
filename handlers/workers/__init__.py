"""The loops' work: read sources, send deliveries, fire timers, and watch over all of it."""
