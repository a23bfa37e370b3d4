"""C2SP signed notes with one Ed25519 signature, and the checkpoints written as such notes.

The reader accepts exactly what the writer writes: one signature line, base64 in its one spelling, a final
newline. A note therefore has no second form, and every changed bit is refused.
"""

import base64
import binascii
import dataclasses
import hashlib
import os
import pathlib
import re
import stat
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

KEY_VARIABLE = "QUDAO_JOURNAL_KEY"
ED25519 = b"\x01"

_NAME = re.compile(r"[^\s+\x00-\x20]+")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]*")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """The note, the key or the checkpoint is not what it must be."""


@dataclasses.dataclass(frozen=True, slots=True)
class Verifier:
    """A name and an Ed25519 public key of 32 bytes."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise NoteError(f"{self.name!r} cannot be the name of a key")

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """`name+id+key`, as golang.org/x/mod/sumdb/note spells verifier keys."""
        return f"{self.name}+{self.key_id.hex()}+{encode(ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        key = decode(encoded)
        verifier = cls(name, key[1:])
        if key[:1] != ED25519 or len(key) != 33 or key_id != verifier.key_id.hex():
            raise NoteError("this is not an Ed25519 verifier key")
        return verifier


@dataclasses.dataclass(frozen=True, slots=True)
class Signer:
    """A name and an Ed25519 private key."""

    name: str
    private: ed25519.Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private.public_key().public_bytes_raw())


@dataclasses.dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, how many leaves it has, and their root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"


def sign(text: str, signer: Signer) -> str:
    """The note: `text` (ends in a newline), an empty line, the signature line."""
    _check_text(text)
    signature = signer.private.sign(text.encode())
    return f"{text}\n— {signer.name} {encode(signer.verifier.key_id + signature)}\n"


def verify(note: str, verifier: Verifier) -> str:
    """The text of `note`. Raises NoteError unless `verifier` signed it, and alone."""
    text, separator, line = note.rpartition("\n\n")
    text += "\n"
    if not separator or not line.endswith("\n"):
        raise NoteError("a note is a text, an empty line and a signature line")
    match = _SIGNATURE.fullmatch(line[:-1])
    if not match:
        raise NoteError("a note carries exactly one signature line")
    _check_text(text)
    signature = decode(match[2])
    if match[1] != verifier.name or signature[:4] != verifier.key_id:
        raise NoteError(f"the note is not signed by {verifier.name}+{verifier.key_id.hex()}")
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(verifier.public)
        key.verify(signature[4:], text.encode())
    except (InvalidSignature, ValueError) as error:
        raise NoteError("the signature does not verify") from error
    return text


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """The checkpoint as a note."""
    return sign(checkpoint.text, signer)


def read_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint in `note`, signed by `verifier`; raises NoteError otherwise."""
    lines = verify(note, verifier).split("\n")
    if len(lines) != 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NoteError("a checkpoint is three lines: origin, size, root")
    checkpoint = Checkpoint(lines[0], int(lines[1]), decode(lines[2]))
    if len(checkpoint.root) != 32:
        raise NoteError("a root is 32 bytes")
    return checkpoint


def load_signer(name: str, environ: Mapping[str, str] = os.environ) -> Signer:
    """The journal's key, from QUDAO_JOURNAL_KEY: a PEM, the base64 of a 32-byte seed, or the path of a
    file that holds either and that nobody but its owner may open (mode 0600)."""
    value = environ.get(KEY_VARIABLE, "").strip()
    if not value:
        raise NoteError(f"{KEY_VARIABLE} is not set: the journal has no key to sign with")
    private = _private_key(value)
    if private is None:
        private = _private_key(_read_private(pathlib.Path(value)))
    if private is None:
        raise NoteError(f"{KEY_VARIABLE} holds no Ed25519 key")
    return Signer(name, private)


def encode(data: bytes) -> str:
    """Base64, RFC 4648 §4."""
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes:
    """Base64 in its one canonical spelling; any other is refused."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("this is not base64") from error
    if encode(data) != text:
        raise NoteError("base64 has one spelling, and this is another")
    return data


def _check_text(text: str) -> None:
    if not text.endswith("\n") or text == "\n":
        raise NoteError("the text of a note ends in a newline")
    if _CONTROL.search(text):
        raise NoteError("a note carries no control characters")


def _private_key(value: str) -> ed25519.Ed25519PrivateKey | None:
    if value.startswith("-----BEGIN"):
        try:
            key = serialization.load_pem_private_key(value.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise NoteError(f"{KEY_VARIABLE} holds a PEM that cannot be read") from error
        return key if isinstance(key, ed25519.Ed25519PrivateKey) else None
    try:
        seed = decode(value)
    except NoteError:
        return None
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed) if len(seed) == 32 else None


def _read_private(path: pathlib.Path) -> str:
    try:
        # The mode is checked on the open file: the path could lead elsewhere a moment later.
        with path.open() as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077:
                raise NoteError(f"{path} can be opened by others than its owner; chmod 600 {path}")
            return file.read(16_384).strip()
    except (OSError, UnicodeDecodeError):
        # The cause would print the value, and the value may be a key with a typing mistake.
        raise NoteError(f"{KEY_VARIABLE} is neither a key nor a file that can be read") from None
