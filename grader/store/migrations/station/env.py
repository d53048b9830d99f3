"""Alembic's door: it runs this file, on the connection that `grader.store.upgrade` hands over."""

from alembic import context

# The transaction is the caller's: the whole way up happens, or nothing.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
