"""R11 and R15: whoever alters the stored journal is found out, offline, by the first bad entry."""

import pathlib
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from qudao.kernel import database, journal, scope
from qudao.kernel.journal import export, keys, notes, queries, sequencer, verify
from tests import harness
from tests.operations import journal_world as world

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def signed():
    """300 entries, three checkpoints; more came since and is not signed yet."""
    for step in (100, 160, 40):
        world.stage(step)
        journal.advance()
        journal.checkpoint(harness.NOW)
    world.stage(5)
    journal.advance()


def test_the_export_verifies_up_to_the_last_checkpoint(signed, tmp_path):
    written = export.export(tmp_path / "e")
    assert (written.entries, written.checkpoint.split("\n")[1]) == (300, "300")
    command = [sys.executable, "-I", tmp_path / "e/verify.pyz", tmp_path / "e"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("300 entries, 3 checkpoints")


def _problem(directory: pathlib.Path, **options) -> str:
    export.export(directory)
    with pytest.raises(verify.Bad) as caught:
        verify.verify(str(directory), **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE journal_leaf SET body = replace(body, '\"n\":7', '\"n\":8') WHERE number = 107",
            "entry 107:",
        ),
        ("UPDATE journal_leaf SET body = body || ' ' WHERE number = 0", "entry 0: is not in canonical form"),
        ("UPDATE journal_leaf SET body = 'x' WHERE number = 299", "entry 299: is not well-formed"),
        ("DELETE FROM journal_leaf WHERE number = 150", "entry 150: here stands number 151"),
        ("DELETE FROM journal_leaf WHERE number >= 290", "entry 290: is missing"),
        (
            "UPDATE journal_leaf SET body = other.body FROM journal_leaf AS other"
            " WHERE journal_leaf.number IN (20, 21) AND other.number = 41 - journal_leaf.number",
            "entry 20: is not what the tree holds",
        ),
        (
            "UPDATE journal_tile SET hashes = set_byte(hashes, 320, get_byte(hashes, 320) # 1)"
            " WHERE level = 0 AND index = 1",
            "entry 266: is not what the tree holds",
        ),
        (
            "UPDATE journal_tile SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 128) WHERE level = 1",
            "file tile/1/000.p/1: does not hold the hashes",
        ),
        ("DELETE FROM journal_tile WHERE level = 0 AND index = 1", "file tile/0/001.p/44: is missing"),
        (
            "UPDATE journal_checkpoint SET note = replace(note, '260', '261') WHERE size = 260",
            "file checkpoints: checkpoint 2: the signature does not verify",
        ),
        ("DELETE FROM journal_checkpoint WHERE size = 300", None),
    ],
)
def test_what_somebody_with_the_owners_rights_alters_is_found_and_named(signed, tmp_path, statement, named):
    """R11. The last case is the control: without its last checkpoint the journal is merely shorter."""
    assert world.as_owner(statement) > 0
    if named is None:
        export.export(tmp_path / "e")
        assert verify.verify(str(tmp_path / "e")).startswith("260 entries, 2 checkpoints")
    else:
        assert _problem(tmp_path / "e").startswith(named)


def test_an_inserted_entry_is_found(signed, tmp_path):
    world.as_owner("UPDATE journal_leaf SET number = -number - 1 WHERE number >= 200")
    world.as_owner("UPDATE journal_leaf SET number = -number WHERE number < 0")
    world.as_owner(
        "INSERT INTO journal_leaf SELECT 200, uuidv7(), part, type, subject, at, node_id, body"
        " FROM journal_leaf WHERE number = 199"
    )
    assert _problem(tmp_path / "e") == "entry 200: is not what the tree holds (tile/0/000)"


def test_columns_that_say_something_else_than_the_entry_are_found(signed):
    with database.connect("sequencer") as connection:
        assert export.first_mislabelled(connection) is None
    for change in (
        "node_id = 41",
        "subject = 'a:999'",
        "type = 'x'",
        "at = at + interval '1 s'",
        "body = 'x'",
    ):
        world.as_owner(f"UPDATE journal_leaf SET {change} WHERE number = 12")
        with database.connect("sequencer") as connection:
            assert export.first_mislabelled(connection) == 12


def test_nothing_is_added_to_or_signed_over_a_damaged_tree(signed):
    world.as_owner("DELETE FROM journal_leaf WHERE number = 304")
    with pytest.raises(sequencer.Damaged, match="last entry is number 303, but the tree has 305"):
        journal.advance()
    with pytest.raises(sequencer.Damaged):
        journal.checkpoint(harness.NOW)


def test_a_history_other_than_the_signed_one_is_never_signed(signed):
    world.as_owner(
        "UPDATE journal_tile SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) WHERE index = 1"
    )
    with pytest.raises(sequencer.Damaged, match="no longer contains the 300 entries"):
        journal.checkpoint(harness.NOW)


def test_a_journal_is_not_continued_under_another_key(signed):
    stranger = notes.Signer(keys.name(), ed25519.Ed25519PrivateKey.generate())
    with (
        database.connect("sequencer") as connection,
        pytest.raises(sequencer.Damaged, match="not one of this key"),
    ):
        sequencer.sign(connection, stranger, harness.NOW)


def test_yesterdays_backup_with_a_different_history_is_refused_by_a_witness(signed, tmp_path):
    """R15: restore, continue differently, sign with the right key; only a kept checkpoint can tell."""
    with scope.transaction(world.HOUSE):
        (tmp_path / "kept").write_text(queries.find_checkpoint())
    world.as_owner("DELETE FROM journal_leaf WHERE number >= 260")
    world.as_owner("DELETE FROM journal_checkpoint WHERE size > 260")
    world.as_owner("UPDATE journal_tile SET hashes = substring(hashes FOR 128) WHERE level = 0 AND index = 1")
    world.stage(45)
    journal.advance()
    assert journal.checkpoint(harness.NOW).size == 305
    export.export(tmp_path / "control")
    verify.verify(str(tmp_path / "control"))
    assert "kept: signed for other entries" in _problem(tmp_path / "e", witnesses=[str(tmp_path / "kept")])
