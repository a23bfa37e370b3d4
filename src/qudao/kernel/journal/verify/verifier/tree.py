"""The tree over all entries (RFC 6962), built again and compared with its tiles (C2SP tlog-tiles)."""

import hashlib
from collections.abc import Callable, Iterator

from .reading import Bad, read

WIDTH = 256
EMPTY_ROOT = hashlib.sha256(b"").digest()


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

    levels[L] holds the hashes of the open tile of level L, never more than 256. `blame` raises when a tile itself was
    altered: then the entry is not to be named.
    """

    def __init__(self, folder: str, size: int, blame: Callable[[str], None]) -> None:
        self.folder, self.total, self.blame = folder, size, blame
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
            self.blame(name)
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
