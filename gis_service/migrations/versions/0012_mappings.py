"""Mappings: how a state's own files spell our columns, words and districts."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table; ``0012_mappings.sql`` beside this file says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
