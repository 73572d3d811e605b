"""Who arrives on no list; who rode in the same coach or bus; asking for contacts."""

from pathlib import Path

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Change the tables; ``0025_walk_ins_and_traces.sql`` beside this says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
