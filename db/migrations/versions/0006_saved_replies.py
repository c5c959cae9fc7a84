"""Saved replies, and which one a reply began with."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

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
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("reopens", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_replies")),
        sa.UniqueConstraint("title", "language", name=op.f("uq_saved_replies_title_language")),
        sqlite_autoincrement=True,
    )
    op.add_column("replies", sa.Column("saved", sa.Integer()))
    op.add_column("approvals", sa.Column("saved", sa.Integer()))


def downgrade() -> None:
    op.drop_column("approvals", "saved")
    op.drop_column("replies", "saved")
    op.drop_table("saved_replies")
