"""Copies of a whole database: backups, and moves to another database."""
