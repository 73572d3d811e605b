"""The audit log: chained entries, signed roots, and who may write and read them.

Planes write entries through ``audit.append`` alone; nobody changes or removes one, but
the owner those that a signed root has given up.
"""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make tables, functions and grants; ``0011_audit.sql`` beside this says how."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
