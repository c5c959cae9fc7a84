"""Events that happen to no case, the case as it was at each event, and events by time."""

import sqlalchemy as sa
from alembic import op

from db.sql.types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("area", sa.String()))
    op.add_column("events", sa.Column("priority", sa.String()))
    op.add_column("events", sa.Column("due_at", UtcDateTime()))
    op.add_column("events", sa.Column("account", sa.String()))
    op.add_column("events", sa.Column("language", sa.String()))
    op.create_index("ix_events_at", "events", ["at"])
    op.create_table(
        "desk_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", sa.String()),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_desk_events_at"), "desk_events", ["at"])


def downgrade() -> None:
    op.drop_table("desk_events")
    op.drop_index("ix_events_at", table_name="events")
    for column in ("language", "account", "due_at", "priority", "area"):
        op.drop_column("events", column)
