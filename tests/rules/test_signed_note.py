"""A signed note has one form: every other, and every changed bit, is refused."""

import base64
import os

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from qudao.kernel.journal import notes

SEED = bytes(range(32))
SIGNER = notes.Signer("qudao.example/journal", ed25519.Ed25519PrivateKey.from_private_bytes(SEED))
CHECKPOINT = notes.Checkpoint("qudao.example/journal", 20852163, bytes(range(100, 132)))

# The example of golang.org/x/mod/sumdb/note, and the one of C2SP signed-note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_PRIVATE = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETER_NOTE = (
    f"{PETER_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_published_note_verifies_and_is_signed_byte_for_byte():
    verifier = notes.Verifier.parse(PETER)
    assert verifier.text == PETER
    assert notes.verify(PETER_NOTE, verifier) == PETER_TEXT
    seed = base64.b64decode(PETER_PRIVATE)[1:]
    signer = notes.Signer("PeterNeumann", ed25519.Ed25519PrivateKey.from_private_bytes(seed))
    assert notes.sign(PETER_TEXT, signer) == PETER_NOTE


@pytest.mark.parametrize(
    "key",
    [
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER + "BADKEY==",
        PETER.replace("Peter", "Peter "),
        "PeterNeumann+c74f20a3",
    ],
)
def test_a_malformed_verifier_key_is_refused(key):
    with pytest.raises(notes.NoteError):
        notes.Verifier.parse(key)


def test_a_checkpoint_comes_back_as_it_was_signed():
    note = notes.sign_checkpoint(CHECKPOINT, SIGNER)
    assert note.split("\n")[:3] == [
        "qudao.example/journal",
        "20852163",
        "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM=",
    ]
    assert notes.read_checkpoint(note, SIGNER.verifier) == CHECKPOINT


def test_every_one_bit_change_of_a_note_is_refused():
    data = notes.sign_checkpoint(CHECKPOINT, SIGNER).encode()
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises((notes.NoteError, UnicodeDecodeError)):
            notes.read_checkpoint(changed.decode(), SIGNER.verifier)


def test_base64_has_a_second_spelling_that_a_lax_reader_accepts():
    """The negative control: the last character before the padding has bits that nobody reads."""
    note = notes.sign_checkpoint(CHECKPOINT, SIGNER)
    signature = note.rstrip("\n").rpartition(" ")[2]
    assert len(base64.b64decode(signature)) == 68
    before = signature[-2]
    other = signature[:-2] + chr(ord(before) + 1) + "="
    assert base64.b64decode(other) == base64.b64decode(signature)
    with pytest.raises(notes.NoteError, match="one spelling"):
        notes.read_checkpoint(note.replace(signature, other), SIGNER.verifier)


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note[:-1],
        lambda note: note + "\n",
        lambda note: note + note.split("\n")[-2] + "\n",
        lambda note: "\n" + note,
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("journal ", "journal  "),
        lambda note: "",
    ],
)
def test_a_note_in_another_form_is_refused(change):
    with pytest.raises(notes.NoteError):
        notes.verify(change(notes.sign_checkpoint(CHECKPOINT, SIGNER)), SIGNER.verifier)


def test_a_note_of_another_key_is_refused_even_under_the_same_name():
    stranger = notes.Signer(SIGNER.name, ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(notes.NoteError, match="is not signed by"):
        notes.verify(notes.sign_checkpoint(CHECKPOINT, stranger), SIGNER.verifier)


@pytest.mark.parametrize(
    "text", ["a\n1\n", "a\n01\nAA==\n", "a\n1\nAA==\n", "a\n1\n\n", "\n1\nAA==\n", "a\n-1\nAA==\n"]
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text):
    with pytest.raises(notes.NoteError):
        notes.read_checkpoint(notes.sign(text, SIGNER), SIGNER.verifier)


def test_a_text_with_control_characters_is_not_signed():
    for text in ("no newline", "tab\t\n", "return\r\n", "\n"):
        with pytest.raises(notes.NoteError):
            notes.sign(text, SIGNER)


def test_the_key_is_read_from_a_seed_a_pem_or_a_private_file(tmp_path):
    seed = base64.b64encode(SEED).decode()
    pem = SIGNER.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    path = tmp_path / "journal.key"
    path.write_text(pem)
    path.chmod(0o600)
    for value in (seed, pem, str(path)):
        loaded = notes.load_signer(SIGNER.name, {"QUDAO_JOURNAL_KEY": value})
        assert loaded.verifier == SIGNER.verifier


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o610])
def test_a_key_file_that_others_can_open_is_refused(tmp_path, mode):
    path = tmp_path / "journal.key"
    path.write_text(base64.b64encode(SEED).decode())
    os.chmod(path, mode)
    with pytest.raises(notes.NoteError, match="chmod 600"):
        notes.load_signer(SIGNER.name, {"QUDAO_JOURNAL_KEY": str(path)})


def test_a_mistyped_key_is_refused_without_being_repeated():
    typo = base64.b64encode(SEED).decode()[:-2]
    with pytest.raises(notes.NoteError) as caught:
        notes.load_signer(SIGNER.name, {"QUDAO_JOURNAL_KEY": typo})
    assert typo not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_missing_key_says_which_variable():
    with pytest.raises(notes.NoteError, match="QUDAO_JOURNAL_KEY is not set"):
        notes.load_signer(SIGNER.name, {})
