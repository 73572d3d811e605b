"""Pull connectors and webhooks."""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Change the tables; ``0019_outward.sql`` beside this says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
