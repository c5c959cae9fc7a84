"""A case and the posts it is made of."""
