"""What each login role may do, where the roles exist (the private cluster has them).

``nmis_upload`` writes people and journeys; ``nmis_read`` draws maps and has no
right on people, journeys or the vault.
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Grant; ``0002_planes.sql`` beside this file holds the grants."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
