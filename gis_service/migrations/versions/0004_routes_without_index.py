"""An index that every new route paid for and no question needed."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Drop it; ``0004_routes_without_index.sql`` beside this file says why."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
