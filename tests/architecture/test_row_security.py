"""R17: the catalogue of the database says who may see what."""

from qudao.kernel import database
from qudao.kernel.scope import policies


def rows(query, *parameters):
    with database.connect("backup") as connection:
        return connection.execute(query, list(parameters)).fetchall()


def test_every_table_of_ours_declares_a_shape():
    assert len(policies.secured_models()) > 50
    for model in policies.secured_models():
        policies.shape(model)


def test_every_secret_table_forces_row_security_with_one_policy(db):
    secret = {
        model._meta.db_table
        for model in policies.secured_models()
        if policies.shape(model).kind != "reference"
    }
    forced = {
        name for (name,) in rows("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    }
    assert secret <= forced
    with_policy = {
        name for (name,) in rows("SELECT tablename FROM pg_policies WHERE policyname = 'scope_reads'")
    }
    assert with_policy == secret


def test_the_program_owns_nothing_and_cannot_bypass_row_security(db):
    owned = rows("SELECT count(*) FROM pg_class WHERE relowner = 'qudao_app'::regrole")
    assert owned == [(0,)]
    assert rows("SELECT rolbypassrls, rolsuper FROM pg_roles WHERE rolname = 'qudao_app'") == [(False, False)]


def test_history_can_neither_be_changed_nor_deleted_by_the_program(db):
    for model in policies.secured_models():
        if getattr(model, "append_only", False):
            table = model._meta.db_table
            granted = rows(
                "SELECT has_table_privilege('qudao_app', %s, 'UPDATE'),"
                " has_table_privilege('qudao_app', %s, 'DELETE'),"
                " has_table_privilege('qudao_app', %s, 'TRUNCATE')",
                *[table] * 3,
            )
            assert granted == [(False, False, False)], table


def test_tables_owned_by_a_node_have_an_index_that_begins_with_it(db):
    for model in policies.secured_models():
        shape = policies.shape(model)
        if shape.kind not in ("own", "ledger"):
            continue
        leading = rows(
            "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
            " AND a.attnum = i.indkey[0] WHERE i.indrelid = %s::regclass",
            model._meta.db_table,
        )
        staged = model.__name__ == "JournalStaging"  # nearly empty at all times
        assert staged or (shape.column,) in leading, model.__name__
