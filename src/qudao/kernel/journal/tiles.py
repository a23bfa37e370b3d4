"""The tree as tiles of 256 hashes (C2SP tlog-tiles): built by appending, read for roots and proofs.

A tile of level L holds hashes of complete subtrees of 256**L leaves. What changes is only the right edge,
at most 255 hashes a level, so that growing the tree needs O(log n) state and never reads old leaves.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence

from qudao.kernel.journal import merkle

HEIGHT = 8
WIDTH = 1 << HEIGHT
FULL = WIDTH * merkle.HASH_SIZE
ENTRY_LIMIT = 0xFFFF


@dataclasses.dataclass(frozen=True, slots=True)
class Tile:
    """1 to 256 hashes, concatenated."""

    level: int
    index: int
    hashes: bytes

    @property
    def width(self) -> int:
        return len(self.hashes) // merkle.HASH_SIZE

    @property
    def path(self) -> str:
        return tile_path(str(self.level), self.index, self.width)


@dataclasses.dataclass(frozen=True, slots=True)
class Edge:
    """The right edge: how many leaves there are, and the concatenated hashes of each level's open tile."""

    size: int = 0
    open: tuple[bytes, ...] = ()

    def root(self) -> bytes:
        """The root of the tree that ends here."""
        result = None
        for hashes in self.open:
            for subtree in _subtrees(split(hashes)):
                result = subtree if result is None else merkle.node_hash(subtree, result)
        return merkle.EMPTY_ROOT if result is None else result


def append(edge: Edge, leaf_hashes: Sequence[bytes]) -> tuple[Edge, list[Tile]]:
    """The edge after `leaf_hashes`, and every tile that came to be or grew, complete ones first by level."""
    changed: list[Tile] = []
    levels = list(edge.open)
    incoming = list(leaf_hashes)
    level = 0
    while incoming:
        if level == len(levels):
            levels.append(b"")
        index = edge.size >> HEIGHT * (level + 1)
        hashes = levels[level] + b"".join(incoming)
        incoming = []
        while len(hashes) >= FULL:
            changed.append(Tile(level, index, hashes[:FULL]))
            incoming.append(merkle.fold(split(hashes[:FULL])))
            hashes = hashes[FULL:]
            index += 1
        if hashes:
            changed.append(Tile(level, index, hashes))
        levels[level] = hashes
        level += 1
    return Edge(edge.size + len(leaf_hashes), tuple(levels)), changed


def edge_from(last_tiles: Iterable[Tile]) -> Edge:
    """The edge, from the rightmost stored tile of each level. Raises ValueError when they disagree."""
    stored = {tile.level: tile for tile in last_tiles}
    if not stored:
        return Edge()
    levels = [stored[level] for level in sorted(stored)]
    size = levels[0].index * WIDTH + levels[0].width
    expected = [tile for tile in (_last(size, level) for level in range(len(levels) + 1)) if tile]
    if expected != [(tile.level, tile.index, tile.width) for tile in levels]:
        raise ValueError(f"the stored tiles do not describe a tree of {size} leaves")
    return Edge(size, tuple(b"" if tile.width == WIDTH else tile.hashes for tile in levels))


def layout(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every tile of a tree of `size` leaves, by level, from the left."""
    level = 0
    while size:
        full, rest = divmod(size, WIDTH)
        yield from ((level, index, WIDTH) for index in range(full))
        if rest:
            yield level, full, rest
        size, level = full, level + 1


def reader(read: Callable[[int, int], bytes]) -> merkle.Node:
    """A node reader over stored tiles; `read(level, index)` returns a tile's hashes."""

    def node(height: int, index: int) -> bytes:
        level, rest = divmod(height, HEIGHT)
        count = 1 << rest
        tile, offset = divmod(index * count, WIDTH)
        start = offset * merkle.HASH_SIZE
        hashes = split(read(level, tile)[start : start + count * merkle.HASH_SIZE])
        if len(hashes) != count:
            raise ValueError(f"tile {level}/{tile} is too narrow")
        return merkle.fold(hashes)

    return node


def tile_path(level: str, index: int, width: int = WIDTH) -> str:
    """`tile/<L>/<N>[.p/<W>]`; level "entries" names the bundle of the entries themselves."""
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(parts)}{partial}"


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries, each after its length in two big-endian bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def split(hashes: bytes) -> list[bytes]:
    """Concatenated hashes, one by one."""
    step = merkle.HASH_SIZE
    return [hashes[i : i + step] for i in range(0, len(hashes), step)]


def _last(size: int, level: int) -> tuple[int, int, int] | None:
    """The rightmost tile of a level, None when the level has none."""
    count = size >> HEIGHT * level
    if not count:
        return None
    index = (count - 1) // WIDTH
    return level, index, count - index * WIDTH


def _subtrees(hashes: Sequence[bytes]) -> Iterator[bytes]:
    """Roots of the complete binary subtrees that make up an open tile, from the right."""
    end, count = len(hashes), 1
    while end:
        if end & count:
            yield merkle.fold(hashes[end - count : end])
            end -= count
        count <<= 1
