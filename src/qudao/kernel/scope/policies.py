"""Grants and row policies, generated from the models after every migration.

A table made by a migration is closed to the program's roles until `apply` has run: there is no moment
in which rows stand open. Running it again gives the same result.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import models
from psycopg import sql

from qudao.kernel.scope.shapes import Shape

# Tables of libraries (sign-in, sessions, jobs): no rows of the trade; each has its rights listed here.
FULL = "SELECT, INSERT, UPDATE, DELETE"
LIBRARY_APPS = {
    "auth": "SELECT",
    "contenttypes": "SELECT",
    "sessions": FULL,
    "account": FULL,
    "mfa": FULL,
    "allauth_idp_oidc": FULL,
    "procrastinate": FULL,
}


def secured_models() -> list[type[models.Model]]:
    """Every model of the product's own modules."""
    return [
        model
        for configuration in apps.get_app_configs()
        if configuration.name.startswith("qudao.")
        for model in configuration.get_models(include_auto_created=True)
        if model._meta.managed
    ]


def rights(model: type[models.Model]) -> str:
    """What the app role may do with the table: never more than its history allows."""
    declared = getattr(model, "rights", None)
    if declared is not None:
        return declared
    if getattr(model, "append_only", False):
        return "SELECT, INSERT"
    if getattr(model, "deletable", False):
        return FULL
    return "SELECT, INSERT, UPDATE"


def shape(model: type[models.Model]) -> Shape:
    found = getattr(model, "scope", None)
    if not isinstance(found, Shape):
        raise TypeError(f"{model.__name__} has no scope shape: declare `scope = scope.own()` or another")
    return found


def statements() -> Iterable[sql.Composable]:
    """All statements, in order."""
    yield sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM qudao_app, qudao_sequencer, qudao_backup")
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO qudao_app, qudao_sequencer, qudao_backup")
    yield sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO qudao_backup")
    yield sql.SQL("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO qudao_backup")
    for configuration in apps.get_app_configs():
        granted = LIBRARY_APPS.get(configuration.label)
        if granted:
            for model in configuration.get_models(include_auto_created=True):
                yield _grant(model._meta.db_table, granted, "qudao_app")
    for model in secured_models():
        yield from _secure(model)


def _secure(model: type[models.Model]) -> Iterable[sql.Composable]:
    table = model._meta.db_table
    if rights(model):
        yield _grant(table, rights(model), "qudao_app")
    for role, granted in getattr(model, "other_rights", {}).items():
        yield _grant(table, granted, f"qudao_{role}")
    found = shape(model)
    name = sql.Identifier(table)
    yield sql.SQL("DROP POLICY IF EXISTS scope_reads ON {}").format(name)
    yield sql.SQL("DROP POLICY IF EXISTS scope_sequencer ON {}").format(name)
    reads, writes = found.reads(), found.writes()
    if reads is None or writes is None:
        yield sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(name)
        return
    yield sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(name)
    yield sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(name)
    yield sql.SQL("CREATE POLICY scope_reads ON {} USING ({}) WITH CHECK ({})").format(
        name, sql.SQL(reads), sql.SQL(writes)
    )
    if "sequencer" in getattr(model, "other_rights", {}):
        yield sql.SQL(
            "CREATE POLICY scope_sequencer ON {} TO qudao_sequencer USING (true) WITH CHECK (true)"
        ).format(name)


def _grant(table: str, granted: str, role: str) -> sql.Composable:
    return sql.SQL("GRANT {} ON {} TO {}").format(
        sql.SQL(granted), sql.Identifier(table), sql.Identifier(role)
    )


def apply(connection) -> None:
    """Run all statements on a psycopg connection of the owner, in one transaction.

    Sequences of `serial` columns are granted as well; identity columns need none.
    """
    with connection.transaction():
        for statement in statements():
            connection.execute(statement)
        connection.execute(
            "DO $$ DECLARE s record; BEGIN FOR s IN SELECT c.oid::regclass AS name FROM pg_class c"
            " JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'a'"
            " WHERE c.relkind = 'S' LOOP EXECUTE format('GRANT USAGE ON SEQUENCE %s TO qudao_app', s.name);"
            " END LOOP; END $$"
        )
