"""Reads for screens, reports and exports: each is one look at the database."""
