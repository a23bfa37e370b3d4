"""Signed notes and the checkpoints among them (C2SP signed-note, tlog-checkpoint)."""

import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .reading import Bad, base64_bytes

NOTE = re.compile("((?:[^\n]+\n)+)\n— ([^ +\n]+) ([A-Za-z0-9+/]+={0,2})\n")
SIZE = re.compile("0|[1-9][0-9]*")

Claim = tuple[int, bytes, str]  # tree size, root, where it is signed


class Key:
    """An Ed25519 verifier key, `name+id+base64`."""

    def __init__(self, line: str, where: str) -> None:
        name, _, rest = line.partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = base64_bytes(encoded, where)
        self.line, self.name, self.public = line, name, raw[1:]
        self.key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if not name or len(raw) != 33 or raw[:1] != b"\x01" or key_id != self.key_id.hex():
            raise Bad(f"{where}: is not an Ed25519 verifier key")

    def open(self, note: str, where: str) -> str:
        """The text of a signed note."""
        match = NOTE.fullmatch(note)
        if not match:
            raise Bad(f"{where}: is not a signed note")
        text, name, encoded = match.groups()
        signature = base64_bytes(encoded, where)
        if name != self.name or signature[:4] != self.key_id:
            raise Bad(f"{where}: is not signed by {self.line}")
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature[4:], text.encode())
        except (InvalidSignature, ValueError):
            raise Bad(f"{where}: the signature does not verify") from None
        return text

    def checkpoint(self, note: str, where: str) -> Claim:
        """What a signed checkpoint claims."""
        lines = self.open(note, where).split("\n")
        if len(lines) != 4 or lines[0] != self.name or not SIZE.fullmatch(lines[1]):
            raise Bad(f"{where}: is not a checkpoint of {self.name}")
        root = base64_bytes(lines[2], where)
        if len(root) != 32:
            raise Bad(f"{where}: the root is not 32 bytes")
        return int(lines[1]), root, where
