"""What the cube of flows needs: deltas with states, their history and its floor."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change the tables; ``0003_flow_engine.sql`` beside this file says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
