"""The plane that reads releases.

``nmis_release`` reads what is published and where places are, and has no right on
people or on ``flow_day``; ``nmis_read`` reads releases no more.
"""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Grant, and index; ``0008_release_plane.sql`` beside this file says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
