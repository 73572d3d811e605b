"""Who is sent again while a month is forgotten stays; who was erased stays erased."""

from pathlib import Path

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Change the tables; ``0024_not_come_back.sql`` beside this says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
