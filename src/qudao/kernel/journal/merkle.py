"""The Merkle tree of RFC 6962 §2.1 over SHA-256: hashes, roots, proofs and their verification.

Roots and proofs are computed through a *node reader*: a function (height, index) -> hash of the complete
subtree over leaves [index << height, (index + 1) << height). A list of leaf hashes (`tree`) and stored
tiles (`tiles.reader`) both offer one.
"""

import hashlib
from collections.abc import Callable, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data), RFC 6962 §2.1."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), RFC 6962 §2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over 2**h sibling hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def tree(leaf_hashes: Sequence[bytes]) -> Node:
    """A node reader over leaf hashes held in memory."""
    layers = [list(leaf_hashes)]
    while len(layers[-1]) > 1:
        below = layers[-1]
        layers.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return lambda height, index: layers[height][index]


def root(size: int, node: Node) -> bytes:
    """The root of the first `size` leaves."""
    return _range(0, size, node) if size else EMPTY_ROOT


def inclusion(number: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf `number` in the tree of `size` leaves, RFC 6962 §2.1.1."""
    if not 0 <= number < size:
        raise ValueError(f"a tree of {size} has no leaf {number}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if number < middle:
            path.append(_range(middle, end, node))
            end = middle
        else:
            path.append(_range(start, middle, node))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the tree of `old` leaves is a prefix of the tree of `new`, RFC 6962 §2.1.2.

    It is empty when `old` is 0 or equals `new`.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} cannot grow into one of {new}")
    if old in (0, new):
        return []
    path = []
    start, end, known = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range(middle, end, node))
            end = middle
        else:
            path.append(_range(start, middle, node))
            start, known = middle, False
    if not known:
        path.append(_range(start, end, node))
    return path[::-1]


def verify_inclusion(*, leaf: bytes, number: int, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` leads from the leaf hash `leaf` at `number` to `root`, RFC 9162 §2.1.3.2."""
    if not 0 <= number < size or any(len(part) != HASH_SIZE for part in proof):
        return False
    position, last, result = number, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            result = node_hash(part, result)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            result = node_hash(result, part)
        position, last = position >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows the old tree to be a prefix of the new one, RFC 9162 §2.1.4.2."""
    if not 0 <= old_size <= new_size or any(len(part) != HASH_SIZE for part in proof):
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT and (new_size > 0 or new_root == EMPTY_ROOT)
    if old_size == new_size:
        return not proof and old_root == new_root
    parts = list(proof)
    if old_size & (old_size - 1) == 0:
        parts.insert(0, old_root)
    if not parts:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_result = new_result = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_result, new_result = node_hash(part, old_result), node_hash(part, new_result)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_result = node_hash(new_result, part)
        position, last = position >> 1, last >> 1
    return last == 0 and old_result == old_root and new_result == new_root


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def _range(start: int, end: int, node: Node) -> bytes:
    """MTH of leaves [start, end), where `start` is a multiple of a power of two no smaller than the range."""
    size = end - start
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(size)
    return node_hash(_range(start, middle, node), _range(middle, end, node))
