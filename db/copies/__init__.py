"""Copies of a whole database: backups, and moving to another one."""
