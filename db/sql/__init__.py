"""SQL for both databases: the tables, their types, and the statements that the two spell differently."""
