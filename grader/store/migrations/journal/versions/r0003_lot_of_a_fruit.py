"""Whose a fruit is, as it was said at the line."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Of fruit that were recorded before, the books alone know it."""
    op.execute("ALTER TABLE fruit ADD COLUMN lot TEXT")
