"""Whole shapes stand ready as GeoJSON: written anew they took most of an answer."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; ``0005_geojson_stored.sql`` beside this file says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
