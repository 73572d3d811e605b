"""What a table of the release says of itself, now that the country has no rest."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Say it."""
    op.create_table_comment(
        "category_release",
        "Published journeys by category of a state.",
        schema="nmis",
    )
