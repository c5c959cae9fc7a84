"""SQL for both databases: the tables, their types, and what the two spell differently."""
