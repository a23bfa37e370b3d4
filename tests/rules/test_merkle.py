"""The Merkle tree agrees with the published vectors, and its proofs bear no change."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qudao.kernel.journal import merkle

# Certificate Transparency's reference data for RFC 6962 (transparency-dev/merkle, testonly).
INPUTS = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
H01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): [H01],
}
CONSISTENCY = {
    (1, 1): [],
    (2, 8): INCLUSION[0, 8][1:],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
PUBLISHED = merkle.tree([merkle.leaf_hash(data) for data in INPUTS])


def leaves(count):
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def by_definition(hashes):
    """MTH as RFC 6962 §2.1 writes it down."""
    if not hashes:
        return merkle.EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return merkle.node_hash(by_definition(hashes[:k]), by_definition(hashes[k:]))


def one_bit_changes(proof):
    for position, part in enumerate(proof):
        for bit in range(len(part) * 8):
            changed = bytearray(part)
            changed[bit // 8] ^= 1 << bit % 8
            yield [*proof[:position], bytes(changed), *proof[position + 1 :]]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out(size):
    assert merkle.root(size, PUBLISHED).hex() == ROOTS[size]


@pytest.mark.parametrize(("number", "size"), INCLUSION)
def test_the_published_inclusion_proofs_come_out_and_verify(number, size):
    proof = merkle.inclusion(number, size, PUBLISHED)
    assert [part.hex() for part in proof] == INCLUSION[number, size]
    leaf, root = merkle.leaf_hash(INPUTS[number]), bytes.fromhex(ROOTS[size])
    assert merkle.verify_inclusion(leaf=leaf, number=number, size=size, root=root, proof=proof)


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_the_published_consistency_proofs_come_out_and_verify(old, new):
    proof = merkle.consistency(old, new, PUBLISHED)
    assert [part.hex() for part in proof] == CONSISTENCY[old, new]
    assert merkle.verify_consistency(
        old_size=old,
        new_size=new,
        old_root=bytes.fromhex(ROOTS[old]),
        new_root=bytes.fromhex(ROOTS[new]),
        proof=proof,
    )


@given(st.integers(0, 600))
@settings(max_examples=60, deadline=None)
def test_a_root_is_what_the_standard_defines(size):
    hashes = leaves(size)
    assert merkle.root(size, merkle.tree(hashes)) == by_definition(hashes)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_every_inclusion_proof_verifies_and_no_one_bit_change_of_it_does(data):
    size = data.draw(st.integers(1, 300))
    number = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    node = merkle.tree(hashes)
    root = merkle.root(size, node)
    proof = merkle.inclusion(number, size, node)
    claim = {"leaf": hashes[number], "number": number, "size": size, "root": root}
    assert merkle.verify_inclusion(**claim, proof=proof)
    for changed in one_bit_changes(proof):
        assert not merkle.verify_inclusion(**claim, proof=changed)
    for [changed] in one_bit_changes([hashes[number]]):
        assert not merkle.verify_inclusion(**{**claim, "leaf": changed}, proof=proof)
    assert not merkle.verify_inclusion(**claim, proof=[*proof, root])
    assert not proof or not merkle.verify_inclusion(**claim, proof=proof[:-1])
    assert not merkle.verify_inclusion(**{**claim, "number": size}, proof=proof)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_every_consistency_proof_verifies_and_no_one_bit_change_of_it_does(data):
    new = data.draw(st.integers(1, 300))
    old = data.draw(st.integers(1, new))
    node = merkle.tree(leaves(new))
    claim = {
        "old_size": old,
        "new_size": new,
        "old_root": merkle.root(old, node),
        "new_root": merkle.root(new, node),
    }
    proof = merkle.consistency(old, new, node)
    assert merkle.verify_consistency(**claim, proof=proof)
    for changed in one_bit_changes(proof):
        assert not merkle.verify_consistency(**claim, proof=changed)
    for name in ("old_root", "new_root"):
        for [changed] in one_bit_changes([claim[name]]):
            assert not merkle.verify_consistency(**{**claim, name: changed}, proof=proof)
    assert not merkle.verify_consistency(**claim, proof=[*proof, claim["new_root"]])
    assert not proof or not merkle.verify_consistency(**claim, proof=proof[:-1])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_rewritten_history_has_no_consistency_proof(data):
    new = data.draw(st.integers(2, 200))
    old = data.draw(st.integers(1, new - 1))
    kept = leaves(new)
    rewritten = list(kept)
    rewritten[data.draw(st.integers(0, old - 1))] = merkle.leaf_hash(b"another entry")
    node = merkle.tree(rewritten)
    assert not merkle.verify_consistency(
        old_size=old,
        new_size=new,
        old_root=merkle.root(old, merkle.tree(kept)),
        new_root=merkle.root(new, node),
        proof=merkle.consistency(old, new, node),
    )


def test_the_empty_tree_is_consistent_with_every_tree_and_only_as_empty():
    node = merkle.tree(leaves(3))
    claim = {"old_size": 0, "new_size": 3, "new_root": merkle.root(3, node), "proof": []}
    assert merkle.verify_consistency(**claim, old_root=merkle.EMPTY_ROOT)
    assert not merkle.verify_consistency(**claim, old_root=leaves(1)[0])


def test_a_leaf_beyond_the_tree_has_no_proof():
    with pytest.raises(ValueError, match="a tree of 3 has no leaf 3"):
        merkle.inclusion(3, 3, merkle.tree(leaves(3)))


def test_without_the_prefixes_a_node_would_pass_for_a_leaf():
    """The negative control: RFC 6962's prefixes are what tells a leaf from a node."""
    left, right = leaves(2)
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)
    unprefixed = hashlib.sha256(left + right).digest()
    assert unprefixed not in (merkle.leaf_hash(left + right), merkle.node_hash(left, right))
