"""Why a tray was taken away: its count, its estimated weight, its sensor, a hand, or what was wrong with its outlet."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Trays that were closed before do not say it."""
    op.execute("ALTER TABLE tray ADD COLUMN closed_why TEXT CHECK (closed_why IS NULL OR closed_utc_ns IS NOT NULL)")
