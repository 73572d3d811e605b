"""No root of the audit log has a number below 1."""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Change the tables; ``0023_roots_from_one.sql`` beside this says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
