"""An export as a whole: its manifest, its checkpoints, its entries one by one."""

import base64
import hashlib
import os
from collections.abc import Sequence

from .reading import Bad, list_files, parse, read, read_text
from .signing import Claim, Key
from .tree import Tree

LIMIT = 0xFFFF
MANIFEST_TITLE = "qudao journal export, version 1"
OUTSIDE = frozenset({"manifest.json", "manifest.sig", "verify.pyz", "verify.py"})
"""What no manifest can vouch for: itself, and this program, which was one file of text in the first exports."""


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

    tree = Tree(folder, total, manifest.blame)
    expected = {"leaves.jsonl", "checkpoints", "checkpoint", "key.pub", *tree.files()}
    if "leaves.jsonl" not in present:
        raise Bad("file leaves.jsonl: is missing")
    walk(folder, tree, [checkpoints, kept])
    for name in sorted(present - expected - OUTSIDE):
        raise Bad(f"file {name}: does not belong to the export")
    manifest.check_all(expected)
    seen, kept_too = (
        (f", {len(witnesses)} witnessed", f"、{len(witnesses)} 份留存") if witnesses else ("", "")
    )
    return (
        f"{total:,} entries, {len(checkpoints):,} checkpoints{seen}, {len(expected):,} files: all hold\n"
        f"{total:,} 条记录、{len(checkpoints):,} 个检查点{kept_too}、{len(expected):,} 个文件，全部一致\n"
        f"root {base64.b64encode(tree.root()).decode()}\nkey  {key.line}"
    )
