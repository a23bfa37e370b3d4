#!/usr/bin/env python3
"""Verify an exported journal, offline, with Python and the `cryptography` package alone.

    python -I verify.py DIR [--key KEY] [--witness CHECKPOINT_FILE]...

Every entry is hashed again, the tree is built again, and both are compared with the tiles and with every
signed checkpoint; every file is compared with the signed manifest, and no other file may be there.
--key names the key the journal must be signed with (a line such as DIR/key.pub holds): without it, compare
the printed key with the one you know. --witness takes a checkpoint kept from earlier, for instance from a
statement (copy its lines into a text file): the export must contain the very same history up to there.

Exit status 0: everything holds. 1: it does not, and the first bad entry or file is named. 2: wrong call.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256
LIMIT = 0xFFFF
MANIFEST_TITLE = "qudao journal export, version 1"
EMPTY_ROOT = hashlib.sha256(b"").digest()
NOTE = re.compile("((?:[^\n]+\n)+)\n— ([^ +\n]+) ([A-Za-z0-9+/]+={0,2})\n")
SIZE = re.compile("0|[1-9][0-9]*")


Claim = tuple[int, bytes, str]  # tree size, root, where it is signed


class Bad(Exception):
    """What is wrong, in words."""


# ---- reading ----------------------------------------------------------------------------------------


def read(folder: str, name: str) -> bytes:
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise Bad(f"file {name}: is missing") from None
    except OSError as error:
        raise Bad(f"file {name}: cannot be read ({error.strerror})") from None


def read_text(folder: str, name: str) -> str:
    try:
        return read(folder, name).decode("utf-8")
    except UnicodeDecodeError:
        raise Bad(f"file {name}: is not UTF-8") from None


def list_files(folder: str) -> set[str]:
    """Names of all files below `folder`; anything that is neither file nor folder is refused."""
    found, pending = set(), [""]
    while pending:
        prefix = pending.pop()
        children = sorted(os.listdir(os.path.join(folder, prefix)))
        if prefix and not children:
            raise Bad(f"file {prefix}: is an empty folder, which no export has")
        for child in children:
            name = prefix + child
            mode = os.lstat(os.path.join(folder, name)).st_mode
            if stat.S_ISDIR(mode):
                pending.append(name + "/")
            elif stat.S_ISREG(mode):
                found.add(name)
            else:
                raise Bad(f"file {name}: is neither a file nor a folder")
    return found


def base64_bytes(text: str, where: str) -> bytes:
    """Base64 has many spellings; only the one that comes out again is accepted."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad(f"{where}: bad base64") from None
    if base64.b64encode(data).decode() != text:
        raise Bad(f"{where}: base64 in another spelling")
    return data


def canonical(value: Any) -> bytes:
    """RFC 8785 for JSON without fractions."""
    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, list):
        return [ordered(item) for item in value]
    return value


def integer(text: str) -> int:
    number = int(text)
    if abs(number) >= 2**53:
        raise ValueError("a number beyond 2**53")
    return number


def refuse_number(text: str) -> NoReturn:
    raise ValueError(f"the number {text}")


def parse(data: bytes, where: str) -> Any:
    """The JSON value of `data`, which must be its own canonical form."""
    try:
        value = json.loads(
            data.decode("utf-8"), parse_int=integer, parse_float=refuse_number, parse_constant=refuse_number
        )
        if canonical(value) == data:
            return value
    except (ValueError, RecursionError):
        raise Bad(f"{where}: is not well-formed JSON") from None
    raise Bad(f"{where}: is not in canonical form")


# ---- signatures -------------------------------------------------------------------------------------


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


# ---- the tree ---------------------------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def path(level: int | str, index: int, width: int) -> str:
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03d}")
    return f"tile/{level}/" + "/".join(parts) + ("" if width == WIDTH else f".p/{width}")


class Tree:
    """The tree of `size` leaves, built leaf by leaf and compared with its tiles on the way.

    levels[L] holds the hashes of the open tile of level L, never more than 256.
    """

    def __init__(self, folder: str, size: int, manifest: "Manifest") -> None:
        self.folder, self.total, self.manifest = folder, size, manifest
        self.size, self.stored = 0, b""
        self.levels: list[list[bytes]] = []
        self.entries: list[bytes] = []

    def name(self, level: int, index: int, *, entries: bool = False) -> str:
        """The file of a tile, or of the bundle of its entries, in the finished tree."""
        width = min(WIDTH, (self.total >> 8 * level) - index * WIDTH)
        return path("entries" if entries else level, index, width)

    def add(self, entry: bytes) -> None:
        number = self.size
        name = self.name(0, number // WIDTH)
        if number % WIDTH == 0:
            self.stored = read(self.folder, name)
        leaf = hashlib.sha256(b"\x00" + entry).digest()
        start = number % WIDTH * 32
        if self.stored[start : start + 32] != leaf:
            self.manifest.blame(name)
            raise Bad(f"entry {number}: is not what the tree holds ({name})")
        self.entries.append(entry)
        self.size += 1
        if self.size % WIDTH == 0:
            self.close_bundle(number // WIDTH)
        self.push(0, leaf, number)

    def push(self, level: int, subtree: bytes, index: int) -> None:
        if level == len(self.levels):
            self.levels.append([])
        self.levels[level].append(subtree)
        if len(self.levels[level]) == WIDTH:
            hashes, self.levels[level] = self.levels[level], []
            self.compare(level, index // WIDTH, hashes)
            self.push(level + 1, fold(hashes), index // WIDTH)

    def compare(self, level: int, index: int, hashes: list[bytes]) -> None:
        name = self.name(level, index)
        if read(self.folder, name) != b"".join(hashes):
            raise Bad(f"file {name}: does not hold the hashes of the entries below it")

    def close_bundle(self, index: int) -> None:
        name = self.name(0, index, entries=True)
        data = b"".join(len(entry).to_bytes(2, "big") + entry for entry in self.entries)
        if read(self.folder, name) != data:
            raise Bad(f"file {name}: does not hold the entries of leaves.jsonl")
        self.entries = []

    def close(self) -> None:
        if self.entries:
            self.close_bundle(self.size // WIDTH)
        for level, hashes in enumerate(self.levels):
            if hashes:
                self.compare(level, (self.size >> 8 * level) // WIDTH, hashes)

    def root(self) -> bytes:
        result = None
        for hashes in self.levels:
            end, count = len(hashes), 1
            while end:
                if end & count:
                    subtree = fold(hashes[end - count : end])
                    result = subtree if result is None else node(subtree, result)
                    end -= count
                count *= 2
        return EMPTY_ROOT if result is None else result

    def files(self) -> Iterator[str]:
        """Names of all tiles and bundles the finished tree has."""
        level, count = 0, self.total
        while count:
            for index in range((count + WIDTH - 1) // WIDTH):
                yield self.name(level, index)
                if level == 0:
                    yield self.name(0, index, entries=True)
            level, count = level + 1, count >> 8


# ---- the export -------------------------------------------------------------------------------------


class Manifest:
    """Names, sizes and SHA-256 of all files, signed as a whole."""

    def __init__(self, folder: str, key: Key) -> None:
        self.folder = folder
        self.files: dict[str, tuple[int, str]] = {}
        self.problem: Bad | None = None
        try:
            self.files = self.load(key)
        except Bad as problem:
            self.problem = problem  # told after the entries: a bad entry is the better news

    def load(self, key: Key) -> dict[str, tuple[int, str]]:
        text = key.open(read_text(self.folder, "manifest.sig"), "file manifest.sig")
        data = read(self.folder, "manifest.json")
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        if text != f"{MANIFEST_TITLE}\n{digest}\n":
            raise Bad("file manifest.json: is not the one that was signed")
        files = parse(data, "file manifest.json")["files"]
        return {item["name"]: (item["size"], item["sha256"]) for item in files}

    def check(self, name: str) -> None:
        with open(os.path.join(self.folder, name), "rb") as file:
            digest, size = hashlib.sha256(), 0
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
        if (size, digest.hexdigest()) != self.files[name]:
            raise Bad(f"file {name}: is not the one the manifest was signed for")

    def blame(self, name: str) -> None:
        """Tell a bad tile from a bad entry: raise when the file itself was altered."""
        if self.problem is None and name in self.files:
            self.check(name)

    def check_all(self, expected: set[str]) -> None:
        if self.problem:
            raise self.problem
        for name in sorted(expected ^ self.files.keys()):
            raise Bad(f"file {name}: the manifest does not name exactly the files of this journal")
        for name in sorted(expected):
            self.check(name)


def read_checkpoints(folder: str, key: Key) -> list[Claim]:
    """All checkpoints, growing. Each is a note of five lines."""
    text = read_text(folder, "checkpoints")
    lines = text.split("\n")
    if len(lines) % 5 != 1 or lines[-1] or len(lines) == 1:
        raise Bad("file checkpoints: is not a sequence of checkpoints")
    result: list[Claim] = []
    for start in range(0, len(lines) - 1, 5):
        where = f"file checkpoints: checkpoint {start // 5 + 1}"
        claim = key.checkpoint("\n".join(lines[start : start + 5]) + "\n", where)
        if result and claim[0] <= result[-1][0]:
            raise Bad(f"{where}: its size {claim[0]} is no larger than the one before")
        result.append(claim)
    if not text.endswith("\n" + read_text(folder, "checkpoint")) and text != read_text(folder, "checkpoint"):
        raise Bad("file checkpoint: is not the last of the checkpoints")
    return result


def as_signed(kept: str) -> str:
    """A checkpoint as it was signed, from what people keep of it: copied out of a PDF or a cell, saved by an editor.

    Blank lines, blanks at the ends, a byte order mark and the break of a long signature are no part of what it says.
    """
    lines = [line.strip() for line in kept.lstrip("\ufeff").splitlines() if line.strip()]
    start = next((number for number, line in enumerate(lines) if line.startswith("— ")), len(lines))
    return "\n".join([*lines[:start], "", "".join(lines[start:]), ""])


def read_witness(name: str, key: Key, total: int) -> Claim:
    claim = key.checkpoint(as_signed(read_text("", name)), f"witness {name}")
    if claim[0] > total:
        raise Bad(f"witness {name}: saw {claim[0]} entries, the export has {total}: entry {total} is missing")
    return claim


def walk(folder: str, tree: Tree, sources: list[list[Claim]]) -> None:
    """Add every entry to the tree; compare its root with every claim of every source."""
    pending = [sorted(claims, reverse=True) for claims in sources]
    confirmed = [0 for _ in sources]
    with open(os.path.join(folder, "leaves.jsonl"), "rb") as file:
        while True:
            for source, claims in enumerate(pending):
                while claims and claims[-1][0] == tree.size:
                    _, root, where = claims.pop()
                    if tree.root() != root:
                        first = f"the first bad one is entry {confirmed[source]} or later"
                        raise Bad(f"{where}: signed for other entries; {first}")
                    confirmed[source] = tree.size
            line = file.readline(LIMIT + 2)
            if not line:
                break
            if tree.size == tree.total:
                raise Bad(f"entry {tree.total}: is beyond the last checkpoint")
            tree.add(read_entry(line, tree.size))
    if tree.size != tree.total:
        raise Bad(f"entry {tree.size}: is missing; the last checkpoint counts {tree.total}")
    tree.close()


def read_entry(line: bytes, number: int) -> bytes:
    where = f"entry {number}"
    if not line.endswith(b"\n"):
        raise Bad(f"{where}: its line is cut or too long")
    value = parse(line[:-1], where)
    if not isinstance(value, dict) or value.keys() != {"entry", "number"} or type(value["number"]) is not int:
        raise Bad(f"{where}: is not an entry with its number")
    if value["number"] != number:
        raise Bad(f"{where}: here stands number {value['number']}")
    return line[:-1]


def verify(folder: str, pinned: str | None = None, witnesses: Sequence[str] = ()) -> str:
    """Raise Bad, or return what was proven, in words."""
    present = list_files(folder)
    line = read_text(folder, "key.pub")
    if not line.endswith("\n"):
        raise Bad("file key.pub: does not end its line")
    key = Key(line[:-1], "file key.pub")
    if pinned is not None and pinned.strip() != key.line:
        raise Bad(f"file key.pub: the journal is signed by {key.line}, not by the key you named")
    manifest = Manifest(folder, key)
    checkpoints = read_checkpoints(folder, key)
    total = checkpoints[-1][0]
    kept = [read_witness(name, key, total) for name in witnesses]

    tree = Tree(folder, total, manifest)
    expected = {"leaves.jsonl", "checkpoints", "checkpoint", "key.pub", *tree.files()}
    if "leaves.jsonl" not in present:
        raise Bad("file leaves.jsonl: is missing")
    walk(folder, tree, [checkpoints, kept])
    for name in sorted(present - expected - {"manifest.json", "manifest.sig", "verify.py"}):
        raise Bad(f"file {name}: does not belong to the export")
    manifest.check_all(expected)
    seen = f", {len(witnesses)} witnessed" if witnesses else ""
    return (
        f"{total} entries, {len(checkpoints)} checkpoints{seen}, {len(expected)} files: all hold\n"
        f"root {base64.b64encode(tree.root()).decode()}\nkey  {key.line}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify an exported journal, offline.")
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--key", help="the verifier key that must have signed")
    parser.add_argument("--witness", metavar="CHECKPOINT_FILE", action="append", default=[])
    call = parser.parse_args()
    try:
        print(verify(call.folder, call.key, call.witness))
    except Bad as problem:
        print(f"BAD {problem}", file=sys.stderr)
        return 1
    except (OSError, KeyError, TypeError, ValueError) as error:
        print(f"BAD {call.folder}: cannot be read as an export ({error})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
