"""The database: tables, queries and migrations."""
