"""The page for watching and trying the playground."""
