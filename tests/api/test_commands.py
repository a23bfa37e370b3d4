"""`qudao journal export` and `qudao doctor`, as a person runs them."""

import os
import subprocess
import sys

from tests.operations import journal_world


def qudao(*words):
    return subprocess.run(
        [sys.executable, "-m", "qudao.shell.cli", *words], capture_output=True, text=True, env=os.environ
    )


def test_the_journal_is_exported_and_verified_offline(db, tmp_path):
    journal_world.stage(3)
    folder = tmp_path / "ledger"
    done = qudao("journal", "export", str(folder))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 entries in ")
    assert f"python -I {folder}/verify.pyz {folder}" in done.stdout
    verified = subprocess.run(
        [sys.executable, "-I", folder / "verify.pyz", folder], capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.startswith("3 entries")


def test_an_export_into_a_folder_with_something_in_it_is_refused(db, tmp_path):
    (tmp_path / "letter.txt").write_text("keep me")
    done = qudao("journal", "export", str(tmp_path))
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_doctor_finds_the_database_in_order(db):
    done = qudao("doctor")
    for line in ("embedded PostgreSQL 18", "none of them above row security", "database at this version"):
        assert [said for said in done.stdout.splitlines() if said.startswith("ok") and line in said], (
            done.stdout
        )


def test_the_doctor_names_what_waits_and_what_mends_it(db):
    journal_world.stage(2)
    done = qudao("doctor")
    assert "warn  2 journal entries wait for the sequencer: qudao worker numbers them" in done.stdout


def test_the_doctor_says_which_part_is_bad(db):
    from tests import harness

    with harness.owner() as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = 'organisation' AND name = '0002_sounds'")
        try:
            done = qudao("doctor")
        finally:
            owner.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('organisation', '0002_sounds', now())"
            )
    assert done.returncode == 1
    assert "BAD   1 migrations have not run: run qudao migrate" in done.stdout
