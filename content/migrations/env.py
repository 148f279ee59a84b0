"""Alembic の入口。``content.database`` が開いた接続の、始めたトランザクションの中で走る。"""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
