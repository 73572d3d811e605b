"""Withdrawal, snapshots of uploads and the sandbox."""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Change the tables; ``0018_withdrawn.sql`` beside this says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
