"""Files kept as they came, by content: a blob's address is the SHA-256 of its bytes.

They lie below the program's home in folders by the first digits of the address, readable by the program
alone. A blob is written aside, brought to the disk and only then given its name, so that a name never
stands for half a file.
"""

import hashlib
import os
import pathlib
import re
import secrets
from typing import BinaryIO

from qudao.kernel import config, errors

_DIGEST = re.compile(r"[0-9a-f]{64}")


def put(content: bytes) -> str:
    """Keep the bytes and return their address (64 hexadecimal digits). The same bytes again change nothing."""
    digest = hashlib.sha256(content).hexdigest()
    target = _path(digest)
    if target.exists():
        return digest
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".{digest}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest


def open(digest: str) -> BinaryIO:
    """The blob, for reading. Raises NotFound for an address that holds nothing."""
    if not _DIGEST.fullmatch(digest):
        raise errors.NotFound
    try:
        return _path(digest).open("rb")
    except FileNotFoundError:
        raise errors.NotFound from None


def _path(digest: str) -> pathlib.Path:
    return config.home() / "blobs" / digest[:2] / digest
