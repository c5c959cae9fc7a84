"""Time: opening hours, working time, rotas, and dates as people write them."""
