"""The first tables: places, routes, people, flows, tokens."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables; ``0001_house.sql`` beside this file holds them."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
