"""Alembic's entry point: runs on the connection that `server.kernel.migrate` hands over."""

from alembic import context

from maestro_ml.server.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
