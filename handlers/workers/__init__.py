"""The loops' work: read sources, send what must leave, fire timers, watch that all this goes on."""
