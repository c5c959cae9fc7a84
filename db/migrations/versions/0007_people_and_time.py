"""Who is away and who stands in, what experts ask back, and how often somebody was reminded."""

import sqlalchemy as sa
from alembic import op

from db.sql.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("asks", sa.Column("area", sa.String()))
    op.add_column("asks", sa.Column("asked_back", sa.Text()))
    op.add_column("asks", sa.Column("told_back", sa.Text()))
    op.add_column("follow_ups", sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "absences",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_absences")),
    )
    op.create_table(
        "unwanted",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person", "what", name=op.f("pk_unwanted")),
    )
    op.create_table(
        "stand_ins",
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("area", name=op.f("pk_stand_ins")),
    )


def downgrade() -> None:
    op.drop_table("stand_ins")
    op.drop_table("unwanted")
    op.drop_table("absences")
    op.drop_column("follow_ups", "reminders")
    op.drop_column("asks", "told_back")
    op.drop_column("asks", "asked_back")
    op.drop_column("asks", "area")
