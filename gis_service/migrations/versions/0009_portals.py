"""Sources of portals, and what was fetched from them.

Readers see of a source what they must, never where it is or which token opens it.
"""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables; ``0009_portals.sql`` beside this file says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
