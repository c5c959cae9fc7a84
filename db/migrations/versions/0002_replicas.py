"""Several replicas and storms: lanes that rest, leases, troubles, near-copies; Procrastinate's queue."""

import sqlalchemy as sa
from alembic import op

from db.sql.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lanes",
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("rests_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_lanes")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "troubles",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_troubles")),
    )
    op.add_column("cases", sa.Column("alike", sa.Integer(), nullable=True))
    op.add_column("deliveries", sa.Column("tried_at", UtcDateTime(), nullable=True))
    grouped = sa.text("alike IS NOT NULL")
    op.create_index("ix_cases_alike", "cases", ["alike"], sqlite_where=grouped, postgresql_where=grouped)
    if op.get_bind().dialect.name == "postgresql":
        _create_queue()


def _create_queue() -> None:
    """Procrastinate's own schema. Its version is pinned: raising it comes with a revision here that applies
    the package's own migrations in between."""
    from procrastinate.schema import SchemaManager

    # Several statements at once: psycopg takes them only without parameters, so past SQLAlchemy's own execute.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(SchemaManager.get_schema())
    cursor.close()
