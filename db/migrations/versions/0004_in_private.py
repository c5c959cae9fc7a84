"""Said in private, or elsewhere: hidden posts, when to look whether they wrote, the ticket, the wrong door."""

import sqlalchemy as sa
from alembic import op

from db.sql.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mentions", sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("replies", sa.Column("remind_at", UtcDateTime()))
    op.add_column("cases", sa.Column("moved_from", sa.String()))
    op.add_column("cases", sa.Column("ticket", sa.String()))


def downgrade() -> None:
    op.drop_column("cases", "ticket")
    op.drop_column("cases", "moved_from")
    op.drop_column("replies", "remind_at")
    op.drop_column("mentions", "hidden")
