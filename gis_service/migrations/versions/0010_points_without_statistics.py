"""No histogram of where people begin and end."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Gather none; ``0010_points_without_statistics.sql`` beside this says why."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
