"""An export proves itself offline, and any change of it is found and named."""

import base64
import hashlib
import itertools
import os
import pathlib
import shutil
import subprocess
import sys

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qudao.kernel.journal import archive, canonical, merkle, notes, tiles, verify
from qudao.kernel.journal.verify.verifier import reading

ORIGIN = "qudao.example/journal"
SIGNER = notes.Signer(ORIGIN, ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)))
SIZE = 600
SIGNED_AT = (3, 256, 300, SIZE)


def leaf(number, text="订单已确认"):
    data = {"备注": text, "amount": "1250.5"}
    entry = {"type": "orders.order.confirmed", "actor": "person:7", "data": data}
    return canonical.canonical({"entry": entry, "number": number})


LEAVES = [leaf(number) for number in range(SIZE)]


def tiles_of(leaves):
    edge, changed = tiles.append(tiles.Edge(), [merkle.leaf_hash(item) for item in leaves])
    return edge, changed


def checkpoints_of(leaves, sizes, signer=SIGNER):
    return [
        notes.sign_checkpoint(notes.Checkpoint(ORIGIN, size, tiles_of(leaves[:size])[0].root()), signer)
        for size in sizes
    ]


def export(directory, leaves=LEAVES, *, stored=None, checkpoints=None, sizes=SIGNED_AT):
    """An export of `leaves`, or of a database whose tiles and checkpoints say something else."""
    archive.write(
        directory,
        leaves=leaves,
        stored=tiles_of(leaves)[1] if stored is None else stored,
        checkpoints=checkpoints_of(leaves, sizes) if checkpoints is None else checkpoints,
        signer=SIGNER,
    )
    return directory


def problem(directory, **options):
    with pytest.raises(verify.Bad) as caught:
        verify.verify(str(directory), **options)
    return str(caught.value)


def flip(path, bit):
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return export(tmp_path_factory.mktemp("export") / "sound")


@pytest.fixture
def copy(sound, tmp_path):
    return pathlib.Path(shutil.copytree(sound, tmp_path / "copy"))


def run(directory, *options):
    command = [sys.executable, "-I", directory / "verify.pyz", directory, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_sound_export_verifies_with_the_verifier_it_carries(sound):
    result = run(sound)
    assert (result.returncode, result.stderr) == (0, "")
    root = base64.b64encode(tiles_of(LEAVES)[0].root()).decode()
    assert result.stdout.split("\n")[:3] == [
        "600 entries, 4 checkpoints, 11 files: all hold",
        "600 条记录、4 个检查点、11 个文件，全部一致",
        f"root {root}",
    ]
    assert run(sound, "--key", SIGNER.verifier.text).returncode == 0


def test_the_verifier_needs_nothing_of_the_program():
    parts = [archive.VERIFIER / "__main__.py", *(archive.VERIFIER / "verifier").glob("*.py")]
    lines = [line for part in parts for line in part.read_text().split("\n")]
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    # A part names the others by a dot before them.
    assert imported - set(sys.stdlib_module_names) == {"cryptography", "verifier", ""}


def test_a_changed_export_ends_with_status_one_and_the_entry(copy):
    path = copy / "leaves.jsonl"
    path.write_bytes(path.read_bytes().replace(b"1250.5", b"1250.6", 1))
    result = run(copy)
    assert result.returncode == 1
    first, *_rest = result.stderr.split("\n")
    assert first == "BAD entry 0: is not what the tree holds (tile/0/000)"
    assert "核验不通过" in result.stderr


def test_a_folder_that_is_no_export_ends_with_status_one(tmp_path):
    archive.add_verifier(tmp_path)
    assert run(tmp_path).returncode == 1


def test_an_export_of_before_with_its_verifier_in_one_file_still_holds(copy):
    (copy / "verify.pyz").unlink()
    (copy / "verify.py").write_text("")
    assert verify.verify(str(copy)).startswith("600 entries, 4 checkpoints")


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 513])
def test_exports_of_every_shape_verify(tmp_path, size):
    export(tmp_path / "e", LEAVES[:size], sizes=[size])
    assert verify.verify(str(tmp_path / "e")).startswith(f"{size} entries, 1 checkpoints")


def files(directory):
    found = (path for path in directory.rglob("*") if path.is_file() and path.name != "verify.pyz")
    return sorted(str(path.relative_to(directory)) for path in found)


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flipped_bit_in_any_file_is_found(copy, data):
    path = copy / data.draw(st.sampled_from(files(copy)))
    bit = data.draw(st.integers(0, path.stat().st_size * 8 - 1))
    flip(path, bit)
    try:
        named = problem(copy)
    finally:
        flip(path, bit)
    if path.name == "leaves.jsonl":
        line = path.read_bytes()[: bit // 8].count(b"\n")
        assert named.startswith(f"entry {line}:")
    else:
        assert named.startswith(("file ", "entry "))


def test_every_bit_of_a_small_export_counts(tmp_path):
    small = export(tmp_path / "small", LEAVES[:2], sizes=[1, 2])
    for name in ("leaves.jsonl", "key.pub", "checkpoint", "manifest.sig", "tile/0/000.p/2"):
        path = small / name
        for bit in range(path.stat().st_size * 8):
            flip(path, bit)
            assert problem(small).startswith(("file ", "entry "))
            flip(path, bit)


def test_a_flipped_tile_is_named_as_the_file_and_not_as_an_entry(copy):
    flip(copy / "tile/0/001", 8000)
    assert problem(copy).startswith("file tile/0/001:")


def test_without_comparing_entries_with_the_tree_a_changed_entry_passes():
    """The negative control: stored tiles agree with the checkpoint whatever the entries say."""
    stored = {(tile.level, tile.index): tile.hashes for tile in tiles_of(LEAVES)[1]}
    node = tiles.reader(lambda level, index: stored[level, index])
    assert merkle.root(SIZE, node) == tiles_of(LEAVES)[0].root()
    assert merkle.root(SIZE, node) != tiles_of([leaf(0, "改"), *LEAVES[1:]])[0].root()


# A superuser alters the database; the export, with its signed manifest, is made from what is then there.


def replaced(number, *others):
    """LEAVES with other lines in place of entry `number`."""
    return [*LEAVES[:number], *others, *LEAVES[number + 1 :]]


@pytest.mark.parametrize(
    ("leaves", "named"),
    [
        (replaced(70, leaf(70, "改")), "entry 70: is not what the tree holds"),
        (replaced(70), "entry 70: here stands number 71"),
        (replaced(70, leaf(70, "新"), LEAVES[70]), "entry 70: is not what the tree holds"),
        (replaced(70, LEAVES[71], LEAVES[70]), "entry 70: here stands number 71"),
        (LEAVES[:70], "entry 70: is missing"),
        (LEAVES[:-1], "entry 599: is missing"),
        ([*LEAVES, leaf(SIZE)], "entry 600: is beyond the last checkpoint"),
        (replaced(9, LEAVES[9].replace(b'":"', b'": "', 1)), "entry 9: is not in canonical form"),
        (replaced(9, b'{"entry":{"a":1,"a":1},"number":9}'), "entry 9: is not in canonical form"),
        (replaced(9, b'{"entry":{"a":1.5},"number":9}'), "entry 9: is not well-formed"),
        (replaced(9, b'{"entry":{"a":"\xff"},"number":9}'), "entry 9: is not well-formed"),
        (replaced(9, b"[" * 60_000), "entry 9: is not well-formed"),
        (replaced(9, b"x" * 70_000), "entry 9: its line is cut or too long"),
        (replaced(9, b'{"entry":{},"number":true}'), "entry 9: is not an entry with its number"),
    ],
)
def test_an_altered_table_of_leaves_is_found_by_its_first_bad_entry(tmp_path, leaves, named):
    honest = checkpoints_of(LEAVES, SIGNED_AT)
    export(tmp_path / "e", leaves, stored=tiles_of(LEAVES)[1], checkpoints=honest)
    assert problem(tmp_path / "e").startswith(named)


@pytest.mark.parametrize("number", [0, 2, 3, 256, 299, 300, 599])
def test_a_history_rebuilt_with_its_tiles_fails_at_the_checkpoint_that_saw_the_entry(tmp_path, number):
    rewritten = replaced(number, leaf(number, "改"))
    export(tmp_path / "e", rewritten, checkpoints=checkpoints_of(LEAVES, SIGNED_AT))
    position = next(i for i, size in enumerate(SIGNED_AT) if size > number)
    confirmed = (0, *SIGNED_AT)[position]
    assert problem(tmp_path / "e") == (
        f"file checkpoints: checkpoint {position + 1}: signed for other entries; "
        f"the first bad one is entry {confirmed} or later"
    )


def test_checkpoints_out_of_order_or_signed_by_a_stranger_are_found(tmp_path):
    good = checkpoints_of(LEAVES, SIGNED_AT)
    swapped = [good[0], good[2], good[1], good[3]]
    assert "checkpoint 3: its size 256 is no larger" in problem(export(tmp_path / "a", checkpoints=swapped))
    stranger = notes.Signer(ORIGIN, ed25519.Ed25519PrivateKey.generate())
    forged = checkpoints_of(LEAVES, SIGNED_AT, stranger)
    assert "checkpoint 1: is not signed by" in problem(export(tmp_path / "b", checkpoints=forged))


def test_an_extra_file_a_missing_file_a_link_and_an_empty_folder_are_refused(copy):
    (copy / "tile/0/notes.txt").write_text("")
    assert problem(copy) == "file tile/0/notes.txt: does not belong to the export"
    (copy / "tile/0/notes.txt").unlink()
    (copy / "extra").mkdir()
    assert problem(copy).startswith("file extra/: is an empty folder")
    (copy / "extra").rmdir()
    os.rename(copy / "tile/0/000", copy / "moved")
    assert problem(copy) == "file tile/0/000: is missing"
    (copy / "tile/0/000").symlink_to(copy / "moved")
    assert problem(copy) == "file tile/0/000: is neither a file nor a folder"
    (copy / "tile/0/000").unlink()
    os.rename(copy / "moved", copy / "tile/0/000")
    verify.verify(str(copy))


@pytest.mark.parametrize(
    "name", ["leaves.jsonl", "key.pub", "checkpoint", "checkpoints", "manifest.json", "manifest.sig"]
)
def test_each_file_must_be_there(copy, name):
    (copy / name).unlink()
    assert problem(copy).startswith(f"file {name}: ")


# R15: yesterday's backup, continued with a different history and signed with the right key.


def test_a_different_history_signed_with_the_right_key_is_refused_by_a_witness(tmp_path):
    [kept] = checkpoints_of(LEAVES, [300])
    (tmp_path / "kept").write_text(kept)
    other = LEAVES[:290] + [leaf(number, "另一段历史") for number in range(290, SIZE)]
    export(tmp_path / "e", other)
    verify.verify(str(tmp_path / "e"))  # the control: nothing inside the export can tell
    named = problem(tmp_path / "e", witnesses=[str(tmp_path / "kept")])
    assert named.endswith("kept: signed for other entries; the first bad one is entry 0 or later")
    result = run(tmp_path / "e", "--witness", tmp_path / "kept")
    assert result.returncode == 1


def test_a_history_cut_back_to_an_older_checkpoint_is_refused_by_a_witness(tmp_path):
    [kept] = checkpoints_of(LEAVES, [300])
    (tmp_path / "kept").write_text(kept)
    export(tmp_path / "e", LEAVES[:256], sizes=[3, 256])
    verify.verify(str(tmp_path / "e"))
    assert "entry 256 is missing" in problem(tmp_path / "e", witnesses=[str(tmp_path / "kept")])


@given(size=st.integers(0, SIZE))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_witness_of_any_earlier_size_agrees_with_the_true_history(sound, tmp_path, size):
    [kept] = checkpoints_of(LEAVES, [size])
    (tmp_path / "kept").write_text(kept)
    assert "1 witnessed" in verify.verify(str(sound), witnesses=[str(tmp_path / "kept")])


@pytest.mark.parametrize(
    "kept_as",
    [
        pytest.param(lambda note: note.rstrip("\n"), id="a cell has no last line end"),
        pytest.param(lambda note: note.replace("\n\n", "\n"), id="a PDF loses the blank line"),
        pytest.param(lambda note: "\ufeff" + note.replace("\n", "\r\n"), id="an editor of Windows saved it"),
        pytest.param(lambda note: "\n\n  " + note.replace("\n", "  \n") + "\n\n", id="blanks around it"),
        pytest.param(lambda note: note[:-41] + "\n" + note[-41:], id="a narrow page broke the signature"),
    ],
)
def test_a_witness_is_read_as_people_keep_it(sound, tmp_path, kept_as):
    [note] = checkpoints_of(LEAVES, [300])
    (tmp_path / "kept").write_bytes(kept_as(note).encode())
    assert "1 witnessed" in verify.verify(str(sound), witnesses=[str(tmp_path / "kept")])


@pytest.mark.parametrize("place", [0, 5, 30, -10])
def test_a_witness_with_one_character_changed_is_none(sound, tmp_path, place):
    [note] = checkpoints_of(LEAVES, [300])
    (tmp_path / "kept").write_text(note[:place] + ("A" if note[place] != "A" else "B") + note[place:][1:])
    assert "witness" in problem(sound, witnesses=[str(tmp_path / "kept")])


def test_a_witness_signed_by_another_key_proves_nothing(sound, tmp_path):
    stranger = notes.Signer(ORIGIN, ed25519.Ed25519PrivateKey.generate())
    (tmp_path / "kept").write_text(checkpoints_of(LEAVES, [3], stranger)[0])
    assert "is not signed by" in problem(sound, witnesses=[str(tmp_path / "kept")])


def test_an_export_signed_throughout_by_another_key_is_refused_by_the_key_one_knows(sound):
    stranger = notes.Signer(ORIGIN, ed25519.Ed25519PrivateKey.generate())
    assert "not by the key you named" in problem(sound, pinned=stranger.verifier.text)


def test_an_export_needs_an_empty_folder_and_a_checkpoint(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/letter").write_text("")
    with pytest.raises(archive.ExportError, match="is not empty"):
        export(tmp_path / "full")
    with pytest.raises(archive.ExportError, match="no signed checkpoint"):
        export(tmp_path / "unsigned", checkpoints=[])


def test_the_bundles_hold_the_entries_as_the_tiles_hash_them(sound):
    data = (sound / "tile/entries/002.p/88").read_bytes()
    entries = []
    while data:
        length = int.from_bytes(data[:2], "big")
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    assert entries == LEAVES[512:]
    hashes = b"".join(hashlib.sha256(b"\0" + entry).digest() for entry in entries)
    assert (sound / "tile/0/002.p/88").read_bytes() == hashes


# Three writers of canonical JSON agree: the program's, the verifier's and the rfc8785 package.

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_what_the_journal_writes_the_verifier_reads_as_canonical(value):
    data = canonical.canonical(value)
    assert data == rfc8785.dumps(value)
    assert reading.parse(data, "value") == value


def test_keys_are_ordered_by_utf_16_units_and_not_by_code_points():
    """RFC 8785 §3.2.3; ordering by code points, the control, gives another result."""
    value = {"\ufb33": 1, "\U0001f600": 2, "ö": 3, "€": 4, "1": 5, "\r": 6, "\x80": 7}
    keys = ["\r", "1", "\x80", "ö", "€", "\U0001f600", "\ufb33"]
    data = canonical.canonical(value)
    assert data == reading.canonical(value) == rfc8785.dumps(value)
    assert sorted(value) != keys
    assert all(a < b for a, b in itertools.pairwise(data.index(canonical.canonical(key)) for key in keys))
