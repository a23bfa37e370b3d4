"""The exported journal as files: leaves, tiles, entry bundles, checkpoints, key, signed manifest, verifier.

Everything is streamed; what stays in memory is one bundle of 256 entries and the list of file names.
"""

import dataclasses
import hashlib
import pathlib
import zipapp
from collections.abc import Iterable

from qudao.kernel.journal import canonical, notes, tiles

VERIFIER = pathlib.Path(__file__).with_name("verify")
_PARTS = {"__main__.py", *(f"verifier/{part.name}" for part in (VERIFIER / "verifier").glob("*.py"))}
MANIFEST_TITLE = "qudao journal export, version 1"


class ExportError(Exception):
    """The export cannot be written; the message says why."""


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """What an export holds."""

    directory: pathlib.Path
    entries: int
    files: int
    checkpoint: str


def write(
    directory: str | pathlib.Path,
    *,
    leaves: Iterable[bytes],
    stored: Iterable[tiles.Tile],
    checkpoints: Iterable[str],
    signer: notes.Signer,
) -> Written:
    """Write an export into `directory`, which must be empty or not exist.

    `leaves` are the canonical bytes of the entries in order; `stored` the tiles of the tree of the last
    checkpoint; `checkpoints` signed notes, growing. What is given is written as it is: whether it holds
    together is for the verifier to say. Raises ExportError when the directory is not empty or there is
    no checkpoint.
    """
    folder = _Folder(pathlib.Path(directory))
    entries = folder.write_leaves(leaves)
    for tile in stored:
        folder.write(tile.path, [tile.hashes])
    last = folder.write_checkpoints(checkpoints)
    folder.write("key.pub", [f"{signer.verifier.text}\n".encode()])
    files = len(folder.files)
    manifest = canonical.canonical({"files": sorted(folder.files, key=lambda file: file["name"])})
    folder.write("manifest.json", [manifest])
    digest = notes.encode(canonical.digest(manifest))
    folder.write("manifest.sig", [notes.sign(f"{MANIFEST_TITLE}\n{digest}\n", signer).encode()])
    add_verifier(folder.root)
    return Written(folder.root, entries, files, last)


def add_verifier(directory: pathlib.Path) -> None:
    """Put the verifier into `directory`: one file that Python runs, with its sources in it."""
    zipapp.create_archive(VERIFIER, directory / "verify.pyz", filter=lambda part: str(part) in _PARTS)


class _Folder:
    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self.files: list[dict[str, str | int]] = []
        root.mkdir(parents=True, exist_ok=True)
        if any(root.iterdir()):
            raise ExportError(f"{root} is not empty: an export needs a folder of its own")

    def write(self, name: str, blocks: Iterable[bytes]) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with path.open("wb") as file:
            for block in blocks:
                file.write(block)
                digest.update(block)
                size += len(block)
        self.files.append({"name": name, "size": size, "sha256": digest.hexdigest()})

    def write_leaves(self, leaves: Iterable[bytes]) -> int:
        """Write leaves.jsonl and, as they fill, the entry bundles. Returns the number of leaves."""
        count = 0

        def lines() -> Iterable[bytes]:
            nonlocal count
            bundle: list[bytes] = []
            for leaf in leaves:
                bundle.append(leaf)
                count += 1
                if len(bundle) == tiles.WIDTH:
                    self._write_bundle(count, bundle)
                    bundle = []
                yield leaf + b"\n"
            if bundle:
                self._write_bundle(count, bundle)

        self.write("leaves.jsonl", lines())
        return count

    def _write_bundle(self, count: int, entries: list[bytes]) -> None:
        name = tiles.tile_path("entries", (count - 1) // tiles.WIDTH, len(entries))
        # An altered entry may be longer than a bundle can say; the verifier is to find it, not this line.
        self.write(name, [tiles.bundle(entry[: tiles.ENTRY_LIMIT] for entry in entries)])

    def write_checkpoints(self, checkpoints: Iterable[str]) -> str:
        last = ""

        def all_notes() -> Iterable[bytes]:
            nonlocal last
            for last in checkpoints:
                yield last.encode()

        self.write("checkpoints", all_notes())
        if not last:
            raise ExportError("the journal has no signed checkpoint yet: there is nothing to prove")
        self.write("checkpoint", [last.encode()])
        return last
