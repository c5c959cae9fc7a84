"""Engines that start the turns of lanes: one for a single process, one for replicas."""
