"""Template, clones and emptying. See conftest."""

import datetime as dt
import fcntl
import hashlib
import os
import pathlib

import psycopg
from django.db import connections
from psycopg import sql

from qudao.kernel import config, database, rule_tables
from qudao.shell import starting

NOW = dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC)
SOURCE = pathlib.Path(__file__).resolve().parents[1] / "src" / "qudao"
# Rows that migrations put there.
KEPT = ("django_migrations", "django_content_type", "kernel_ruleversion", "auth_permission")


def fingerprint() -> str:
    """Changes whenever the schema may have changed."""
    names = ("*/migrations/*.py", "*/models.py", "*/rule_data.py", "*/*/models.py", "kernel/scope/*.py")
    files = sorted(path for pattern in names for path in SOURCE.glob(pattern))
    state = hashlib.sha256(os.environ.get("QUDAO_MODULES", "all").encode())
    for path in files:
        state.update(str(path).encode() + path.read_bytes())
    return state.hexdigest()[:12]


def template_name() -> str:
    return f"qudao_template_{fingerprint()}"


def build_template() -> None:
    """Build the template unless one of this schema exists; concurrent runs wait for each other."""
    database.ensure_server()
    with open(config.home() / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists(template_name()):
            draft = f"{template_name()}_draft"
            database.drop(draft)
            database.create(draft)
            starting.migrated(draft)
            with database.connect("owner", database="postgres", autocommit=True) as owner:
                names = (sql.Identifier(draft), sql.Identifier(template_name()))
                owner.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def clone() -> None:
    database.ensure_server()
    build_template()
    database.drop(database.name())
    database.create(database.name(), template=template_name())


def drop() -> None:
    connections.close_all()
    for connection in connections.all():
        if getattr(connection, "pool", None):
            connection.close_pool()
    database.drop(database.name())


def empty() -> None:
    """As the owner, empty every table that has rows, and start its numbers again."""
    for connection in connections.all():
        connection.close()
    rule_tables.forget()
    with database.connect("owner", autocommit=True) as owner:
        tables = [
            row[0]
            for row in owner.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s)",
                [list(KEPT)],
            )
        ]
        with owner.transaction():
            # Row security is forced on the owner too: it looks as one who may see everything.
            owner.execute("SELECT set_config('app.everyone', 'on', true)")
            checks = sql.SQL(" UNION ALL ").join(
                sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
                    sql.Literal(table), sql.Identifier(table)
                )
                for table in tables
            )
            filled = [row[0] for row in owner.execute(checks)]
            if filled:
                listed = sql.SQL(", ").join(map(sql.Identifier, filled))
                owner.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(listed))


def owner() -> psycopg.Connection:
    """A connection as the owner, for tests that play the administrator."""
    return database.connect("owner", autocommit=True)
