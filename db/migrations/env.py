"""Alembic's door: runs on the connection that db.schema hands over."""

from alembic import context

from db.sql.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
