"""Tiles hold the tree as C2SP tlog-tiles lays it out, however it grew."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qudao.kernel.journal import merkle, tiles

HASHES = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(70_000)]


def grow(*steps):
    """The edge and the stored tiles after appending `steps` leaves at a time."""
    edge, stored, start = tiles.Edge(), {}, 0
    for step in steps:
        edge, changed = tiles.append(edge, HASHES[start : start + step])
        stored.update({(tile.level, tile.index): tile for tile in changed})
        start += step
    return edge, stored


TILES = grow(70_000)[1]


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        ("0", 0, 256, "tile/0/000"),
        ("1", 1234067, 256, "tile/1/x001/x234/067"),
        ("entries", 273, 112, "tile/entries/273.p/112"),
        ("0", 1000, 1, "tile/0/x001/000.p/1"),
    ],
)
def test_a_path_is_spelled_as_the_specification_spells_it(level, index, width, path):
    assert tiles.tile_path(level, index, width) == path


def test_seventy_thousand_leaves_make_the_tiles_of_the_specification():
    edge, stored = grow(70_000)
    by_level = {}
    for tile in stored.values():
        by_level.setdefault(tile.level, []).append(tile.width)
    assert by_level == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}
    assert [(t.level, t.index, t.width) for t in stored.values()] == list(tiles.layout(70_000))
    assert edge.root() == merkle.root(70_000, merkle.tree(HASHES))


def test_a_full_first_tile_already_has_a_tile_above_it():
    _, stored = grow(256)
    assert [tile.path for tile in stored.values()] == ["tile/0/000", "tile/1/000.p/1"]
    assert stored[1, 0].hashes == merkle.fold(HASHES[:256])


@given(st.lists(st.integers(0, 700), max_size=8))
@settings(max_examples=60, deadline=None)
def test_growing_in_steps_is_growing_at_once(steps):
    size = sum(steps)
    edge, stored = grow(*steps)
    assert (edge, stored) == grow(size)
    assert edge.root() == merkle.root(size, merkle.tree(HASHES[:size]))
    assert sorted((t.level, t.index, t.width) for t in stored.values()) == list(tiles.layout(size))
    last = {}
    for tile in sorted(stored.values(), key=lambda tile: tile.index):
        last[tile.level] = tile
    assert tiles.edge_from(last.values()) == edge


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_from_tiles_are_the_proofs_of_the_tree(data):
    size = data.draw(st.integers(1, 70_000))
    number = data.draw(st.integers(0, size - 1))
    node = tiles.reader(lambda level, index: TILES[level, index].hashes)
    root = merkle.root(size, node)
    proof = merkle.inclusion(number, size, node)
    assert merkle.verify_inclusion(leaf=HASHES[number], number=number, size=size, root=root, proof=proof)
    grown = merkle.consistency(number + 1, size, node)
    old_root = merkle.root(number + 1, node)
    assert merkle.verify_consistency(
        old_size=number + 1, new_size=size, old_root=old_root, new_root=root, proof=grown
    )


def test_tiles_that_disagree_with_each_other_are_refused():
    _, stored = grow(300)
    narrow = tiles.Tile(0, 1, stored[0, 1].hashes[:32])
    assert tiles.edge_from([narrow, stored[1, 0]]).size == 257
    with pytest.raises(ValueError, match="do not describe a tree"):
        tiles.edge_from([stored[0, 1]])
    with pytest.raises(ValueError, match="do not describe a tree"):
        tiles.edge_from([stored[0, 1], tiles.Tile(1, 0, stored[1, 0].hashes * 2)])


def test_an_entry_follows_its_length_in_the_bundle():
    assert tiles.bundle([b"", b"abc", b"x" * 258]) == b"\0\0" + b"\0\3abc" + b"\1\2" + b"x" * 258
    with pytest.raises(OverflowError):
        tiles.bundle([b"x" * 65_536])


def test_the_state_of_a_large_tree_is_a_few_open_tiles():
    edge, _ = grow(65_536 + 300)
    assert [len(hashes) // 32 for hashes in edge.open] == [44, 1, 1]
