"""Which database the program talks to, and as which role.

Roles: `owner` migrates; `app` runs and owns nothing; `sequencer` moves and signs the journal;
`backup` may bypass row security; `admin` exists for the embedded cluster only.
Without QUDAO_DATABASE_URL the embedded server is used. With it, each role has its own address:
QUDAO_DATABASE_URL (app), QUDAO_OWNER_DATABASE_URL, QUDAO_SEQUENCER_DATABASE_URL,
QUDAO_BACKUP_DATABASE_URL.
"""

import functools
import os

import psycopg
import psycopg.conninfo
from psycopg import sql

from qudao.kernel import config, server

DEFAULT_NAME = "qudao"
KEPT_STATEMENTS = 500
EXTENSIONS = ("ltree", "btree_gist", "pg_trgm")


def name() -> str:
    """The database's name: QUDAO_DATABASE, else the one in the address, else `qudao`."""
    return os.environ.get("QUDAO_DATABASE") or DEFAULT_NAME


def role() -> str:
    """The role of this process (QUDAO_DATABASE_ROLE), `app` unless a command says otherwise."""
    return os.environ.get("QUDAO_DATABASE_ROLE") or "app"


def external() -> bool:
    return bool(os.environ.get("QUDAO_DATABASE_URL"))


@functools.cache
def embedded() -> server.EmbeddedServer:
    """This process's handle on the embedded server (one per process)."""
    return server.EmbeddedServer(throwaway=config.flag("QUDAO_THROWAWAY", default=False))


def ensure_server() -> None:
    """Start the embedded server if one is used; keep it until `release_server`."""
    if not external():
        embedded().acquire()


def release_server() -> None:
    if not external():
        embedded().release()


def parameters(as_role: str | None = None, database: str | None = None) -> dict:
    """psycopg connection parameters for a role."""
    chosen = as_role or role()
    if not external():
        return embedded().dsn(chosen, database or name())
    variable = "QUDAO_DATABASE_URL" if chosen == "app" else f"QUDAO_{chosen.upper()}_DATABASE_URL"
    address = os.environ.get(variable)
    if not address:
        raise config.ConfigurationError(
            f"{variable} is not set: put the PostgreSQL address of the {chosen} role there"
        )
    found = psycopg.conninfo.conninfo_to_dict(address)
    if database or os.environ.get("QUDAO_DATABASE"):
        found["dbname"] = database or name()
    return found


def connect(as_role: str, *, database: str | None = None, autocommit: bool = False) -> psycopg.Connection:
    """A connection of its own, outside Django's."""
    return psycopg.connect(**parameters(as_role, database), autocommit=autocommit)


def exists(database: str) -> bool:
    with connect("owner", database=_maintenance(), autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        return connection.execute(query, [database]).fetchone() is not None


def create(database: str, *, template: str | None = None) -> None:
    """Create a database, or clone a template that nobody is connected to."""
    with connect("owner", database=_maintenance(), autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
        if template:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        connection.execute(statement)


def prepare(connection: psycopg.Connection) -> None:
    """What every database needs before its first migration: extensions, and letters it can search."""
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    check_locale(connection)


def check_locale(connection: psycopg.Connection) -> None:
    """Raise when trigrams of Chinese text are empty: search would find nothing and say nothing."""
    row = connection.execute("SELECT cardinality(show_trgm('北京协和医院'))").fetchone()
    if not row or not row[0]:
        raise config.ConfigurationError(
            "this database's ctype has no Chinese letters (search would find nothing): "
            "create it with LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
        )


def drop(database: str) -> None:
    """Drop a database, ending whoever is connected (autovacuum too, which only the administrator may end)."""
    role = "owner" if external() else "admin"
    with connect(role, database=_maintenance(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )


def keep_statements(*, connection, **_signal) -> None:
    """Let a connection keep the plans of all that a working day asks.

    With the hundred that psycopg keeps, the day's some 360 statements drive each other out and are planned again:
    making the demo company took the server a quarter more time. Each connection needs some 10 MB for it.
    """
    connection.connection.prepared_max = KEPT_STATEMENTS


def django_settings() -> dict:
    """The `default` entry of Django's DATABASES."""
    found = parameters()
    pool = (
        None
        if role() == "owner"
        else {"min_size": 1, "max_size": config.whole_number("QUDAO_POOL", 10, lowest=1)}
    )
    # A lock that does not come in time is a clear refusal, not a hang (kernel.locks).
    options: dict = {"server_side_binding": True, "prepare_threshold": 2, "options": "-c lock_timeout=5s"}
    if role() == "owner":
        options.pop("options")
    if pool:
        options["pool"] = pool
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found["dbname"],
        "USER": found.get("user", ""),
        "PASSWORD": found.get("password", ""),
        "HOST": found.get("host", ""),
        "PORT": str(found.get("port", "") or ""),
        "OPTIONS": options,
    }


def _maintenance() -> str:
    return "postgres"
