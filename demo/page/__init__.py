"""The page on which the playground can be watched and tried."""
