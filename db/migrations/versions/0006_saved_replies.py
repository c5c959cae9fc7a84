"""Saved replies, and which reply began with which."""

import sqlalchemy as sa
from alembic import op

from db.sql.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("area", sa.String()),
        sa.Column("owner", sa.String()),
        sa.Column("expires_on", sa.String()),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_replies")),
        sa.UniqueConstraint("title", "language", name=op.f("uq_saved_replies_title_language")),
        sqlite_autoincrement=True,
    )
    op.add_column("replies", sa.Column("saved", sa.Integer()))
    op.add_column("replies", sa.Column("came_back", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("drafts", sa.Column("saved", sa.Integer()))
    begun = sa.text("saved IS NOT NULL")
    op.create_index("ix_replies_saved", "replies", ["saved"], sqlite_where=begun, postgresql_where=begun)


def downgrade() -> None:
    op.drop_index("ix_replies_saved", table_name="replies")
    op.drop_column("drafts", "saved")
    op.drop_column("replies", "came_back")
    op.drop_column("replies", "saved")
    op.drop_table("saved_replies")
