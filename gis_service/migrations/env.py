"""Alembic's entry: runs the migrations on the connection that ``migrate`` made."""

from alembic import context

from boundaries.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table_schema="nmis",
    include_schemas=True,
)
with context.begin_transaction():
    context.run_migrations()
