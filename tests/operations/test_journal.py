"""What operations record is numbered without gaps, signed, consumed once, and provable."""

import decimal
import itertools
import random
import threading
import uuid

import psycopg
import pytest
from django.db import connection as program
from django.db import transaction

from qudao.kernel import database, errors, journal, scope
from qudao.kernel.journal import entries, keys, merkle, notes, queries, sequencer
from tests import harness
from tests.operations import journal_world as world

pytestmark = pytest.mark.usefixtures("db")

DEALER = scope.Actor("person", 7, "王经理", frozenset(), visible=(41,))
SIBLING = scope.Actor("person", 8, "李经理", frozenset(), visible=(42,))


def numbers():
    with database.connect("sequencer") as connection:
        found = connection.execute("SELECT number, body FROM journal_leaf ORDER BY number").fetchall()
    return [entries.read(number, body) for number, body in found]


# Recording


def test_an_entry_is_staged_with_its_rows_and_found_before_it_has_a_number():
    entry = journal.entry()
    listed = journal.row(
        "orders_line", uuid.UUID(int=5), {"quantity": decimal.Decimal("3.00"), "entry": entry}
    )
    with scope.transaction(world.HOUSE):
        assert (
            journal.record(
                entry,
                "orders.order.confirmed",
                subject="orders.order:9",
                at=harness.NOW,
                rows=[listed],
                data={"total": decimal.Decimal("12.50")},
            )
            == entry
        )
        [leaf] = journal.timeline("orders.order:9", world.HOUSE)
    assert leaf == journal.Leaf(
        number=None,
        entry=entry,
        part=0,
        type="orders.order.confirmed",
        subject="orders.order:9",
        actor="job:test",
        at=harness.NOW,
        node_id=None,
        rows=(listed,),
        data={"total": "12.5"},
    )


def test_recording_outside_a_transaction_is_a_programming_error():
    with pytest.raises(LookupError):
        journal.record(journal.entry(), "a.b.c", subject="a:1", at=harness.NOW)


def test_what_is_rolled_back_is_not_recorded():
    with pytest.raises(ZeroDivisionError), scope.transaction(world.HOUSE):
        journal.record(journal.entry(), "a.b.c", subject="a:1", at=harness.NOW)
        1 / 0  # noqa: B018
    world.record()
    assert journal.advance() == 1


def test_a_row_digest_changes_with_every_value_and_not_with_the_spelling():
    first = journal.row("inventory_balance", 5, {"on_hand": decimal.Decimal("3.0"), "lot": 2})
    assert first == journal.row("inventory_balance", 5, {"lot": 2, "on_hand": decimal.Decimal("3")})
    others = [
        journal.row("inventory_balance", 6, {"on_hand": 3, "lot": 2}),
        journal.row("inventory_move", 5, {"on_hand": decimal.Decimal("3"), "lot": 2}),
        journal.row("inventory_balance", 5, {"on_hand": decimal.Decimal("3.0001"), "lot": 2}),
        journal.row("inventory_balance", 5, {"on_hand": decimal.Decimal("3"), "lot": None}),
    ]
    assert len({row.digest for row in [first, *others]}) == 5


def test_a_long_entry_is_kept_in_parts_that_together_list_every_row():
    rows = [journal.row("inventory_move", uuid.UUID(int=i), {"quantity": i}) for i in range(2000)]
    entry = world.record(rows=rows)
    with scope.transaction(world.HOUSE):
        assert queries.list_rows(entry) == rows
    assert journal.advance() == 4
    leaves = numbers()
    assert [(leaf.entry, leaf.part) for leaf in leaves] == [(entry, part) for part in range(4)]
    assert [leaf.data for leaf in leaves] == [{"数量": "1"}, {}, {}, {}]
    with scope.transaction(world.HOUSE):
        assert queries.list_rows(entry) == rows
        assert len(journal.timeline("orders.order:1", world.HOUSE)) == 1


def test_data_too_long_for_a_leaf_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        world.record(data={"text": "长" * 30_000})


def test_no_leaf_is_longer_than_an_entry_bundle_can_say():
    awkward = [entries.Row('表"\n' * 20, "\x01" * 60, "0" * 64) for _ in range(3000)]
    head = {
        "id": uuid.UUID(int=1),
        "type": "a",
        "subject": "b",
        "actor": "c",
        "at": harness.NOW,
        "node": None,
    }
    head["data"] = {}
    bodies = entries.parts(head, awkward)
    assert max(len(entries.leaf_bytes(2**62, body.decode())) for body in bodies) <= 65_535
    assert [row for body in bodies for row in entries.read(None, body.decode()).rows] == awkward


# Who may do what


def test_the_program_can_neither_change_nor_remove_nor_number_entries():
    world.record()
    journal.advance()
    for statement in (
        "UPDATE journal_staging SET body = ''",
        "DELETE FROM journal_staging",
        "UPDATE journal_leaf SET body = ''",
        "DELETE FROM journal_leaf",
        "INSERT INTO journal_leaf (number, entry, part, type, subject, at, body)"
        " VALUES (9, uuidv7(), 0, '', '', now(), '')",
        "UPDATE journal_tile SET hashes = ''",
        "DELETE FROM journal_checkpoint",
        "INSERT INTO journal_checkpoint VALUES (1, '', now())",
        "TRUNCATE journal_leaf",
    ):
        with database.connect("app") as connection:
            connection.execute("SELECT set_config('app.everyone', 'on', true)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_the_sequencer_cannot_change_or_remove_a_leaf():
    world.record()
    journal.advance()
    for statement in ("UPDATE journal_leaf SET body = ''", "DELETE FROM journal_leaf"):
        with database.connect("sequencer") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_a_timeline_shows_each_actor_its_own_nodes_staged_or_numbered():
    for node_id in (41, 42, None):
        world.record(node_id=node_id, data={"node": node_id})
    for _ in range(2):
        seen = {}
        for name, actor in (("dealer", DEALER), ("sibling", SIBLING), ("house", world.HOUSE)):
            with scope.transaction(actor):
                seen[name] = [leaf.data["node"] for leaf in journal.timeline("orders.order:1", actor)]
        assert seen == {"dealer": [41], "sibling": [42], "house": [None, 42, 41]}
        journal.advance()


def test_without_a_context_no_entry_is_seen():
    world.record(node_id=41)
    journal.advance()
    world.record(node_id=41)
    with transaction.atomic(), program.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM journal_leaf), (SELECT count(*) FROM journal_staging)")
        assert cursor.fetchone() == (0, 0)


def test_a_timeline_is_newest_first_over_staged_and_numbered():
    for number in range(4):
        world.record(number)
        if number == 1:
            journal.advance()
    with scope.transaction(world.HOUSE):
        found = journal.timeline(None, world.HOUSE, limit=3)
    assert [(leaf.number, leaf.data["数量"]) for leaf in found] == [(None, "3"), (None, "2"), (1, "1")]


# Numbers and signatures


def test_a_limit_leaves_the_rest_for_the_next_time():
    for number in range(7):
        world.record(number)
    assert [journal.advance(3) for _ in range(4)] == [3, 3, 1, 0]
    assert [(leaf.number, leaf.data["数量"]) for leaf in numbers()] == [(i, str(i)) for i in range(7)]


def test_a_past_that_is_made_is_numbered_by_the_time_it_tells_of():
    for second in (5, 2, 9):
        world.record(second)
    world.record(2, data={"数量": decimal.Decimal(22)})
    assert [journal.advance(3, by_time=True), journal.advance(3, by_time=True)] == [3, 1]
    assert [(leaf.number, leaf.data["数量"]) for leaf in numbers()] == [
        (0, "2"),
        (1, "22"),
        (2, "5"),
        (3, "9"),
    ]


def test_without_a_past_commits_are_numbered_whatever_time_they_tell():
    for second in (5, 2, 9):
        world.record(second)
    assert journal.advance() == 3
    assert [leaf.data["数量"] for leaf in numbers()] == ["5", "2", "9"]


def test_a_checkpoint_is_signed_only_when_the_tree_grew():
    empty = journal.checkpoint(harness.NOW)
    assert (empty.size, empty.root) == (0, merkle.EMPTY_ROOT)
    assert journal.checkpoint(harness.NOW) is None
    world.record()
    assert journal.checkpoint(harness.NOW) is None
    journal.advance()
    signed = journal.checkpoint(harness.NOW)
    leaf = entries.leaf_bytes(0, _bodies()[0])
    assert (signed.size, signed.root) == (1, merkle.leaf_hash(leaf))
    with scope.transaction(world.HOUSE):
        note = queries.find_checkpoint()
        assert queries.find_checkpoint(0) != note
    assert notes.read_checkpoint(note, keys.signer().verifier) == signed


def _bodies():
    with database.connect("sequencer") as connection:
        return [body for (body,) in connection.execute("SELECT body FROM journal_leaf ORDER BY number")]


def test_an_entry_that_commits_late_is_numbered_late_and_leaves_no_gap():
    held = threading.Event()
    staged = threading.Event()

    def slow():
        try:
            with scope.transaction(world.HOUSE):
                journal.record(journal.entry(), "a.slow.done", subject="a:1", at=harness.NOW)
                staged.set()
                held.wait(30)
        finally:
            program.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert staged.wait(30)
    world.record()
    assert journal.advance() == 1  # the later id is numbered first: nobody waits
    held.set()
    writer.join()
    assert journal.advance() == 1
    assert [(leaf.number, leaf.type) for leaf in numbers()] == [
        (0, "orders.order.confirmed"),
        (1, "a.slow.done"),
    ]


def test_numbers_are_gapless_under_eight_writers_with_rollbacks_and_two_sequencers():
    """R13, short: whatever commits gets exactly one number, in one unbroken row."""
    done = threading.Event()
    committed = [[] for _ in range(8)]

    def write(place):
        choice = random.Random(place)
        try:
            for number in range(40):
                try:
                    with scope.transaction(world.HOUSE):
                        entry = journal.record(
                            journal.entry(),
                            "a.b.c",
                            subject=f"a:{place}",
                            at=harness.NOW,
                            data={"number": number},
                        )
                        if choice.random() < 0.25:
                            raise InterruptedError
                    committed[place].append(entry)
                except InterruptedError:
                    pass
        finally:
            program.close()

    def number_them():
        while not done.is_set():
            journal.advance(37)

    def killed_sequencer():
        """Sequencers that die in the middle of their transaction leave nothing behind."""
        while not done.is_set():
            with database.connect("sequencer") as connection, connection.transaction(force_rollback=True):
                sequencer.move(connection, 11)

    writers = [threading.Thread(target=write, args=[place]) for place in range(8)]
    others = [threading.Thread(target=work) for work in (number_them, number_them, killed_sequencer)]
    for thread in writers + others:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in others:
        thread.join()
    while journal.advance():
        pass
    leaves = numbers()
    assert [leaf.number for leaf in leaves] == list(range(len(leaves)))
    assert sorted(leaf.entry for leaf in leaves) == sorted(itertools.chain(*committed))
    for place, entries_of_writer in enumerate(committed):
        assert [leaf.entry for leaf in leaves if leaf.subject == f"a:{place}"] == entries_of_writer
    assert journal.checkpoint(harness.NOW).size == len(leaves)


def test_a_sequence_would_leave_gaps():
    """The negative control to gapless numbers: a database sequence does not take back a rolled-back value."""
    world.record(1)
    with pytest.raises(InterruptedError), scope.transaction(world.HOUSE):
        journal.record(journal.entry(), "a.b.c", subject="a:1", at=harness.NOW)
        raise InterruptedError
    world.record(2)
    with database.connect("sequencer") as connection:
        ids = [found for (found,) in connection.execute("SELECT id FROM journal_staging ORDER BY id")]
    assert ids[1] - ids[0] == 2
    journal.advance()
    assert [leaf.number for leaf in numbers()] == [0, 1]


def test_the_loop_numbers_signs_and_stops():
    stop = threading.Event()
    loop = threading.Thread(target=sequencer.run, args=[stop])
    loop.start()
    world.record()
    stop.set()
    loop.join(30)
    assert not loop.is_alive()
    with scope.transaction(world.HOUSE):
        assert queries.find_checkpoint() is not None


# Proofs


def test_every_entry_has_an_inclusion_proof_and_checkpoints_are_consistent():
    """R12 on stored tiles: an inclusion proof for any leaf, consistency between any two checkpoints."""
    sizes = []
    for step in (1, 2, 300, 260):
        world.stage(step)
        journal.advance()
        sizes.append(journal.checkpoint(harness.NOW).size)
    verifier = keys.signer().verifier
    with scope.transaction(world.HOUSE):
        for number in (0, 1, 2, 255, 256, 302, 511, 512, 562):
            proof = queries.inclusion(number)
            assert queries.verify_proof(proof, verifier)
            assert not queries.verify_proof(
                queries.Proof(number, proof.leaf + b" ", proof.path, proof.checkpoint), verifier
            )
        signed = {size: notes.read_checkpoint(queries.find_checkpoint(size), verifier) for size in sizes}
        for old, new in itertools.combinations(sizes, 2):
            assert merkle.verify_consistency(
                old_size=old,
                new_size=new,
                old_root=signed[old].root,
                new_root=signed[new].root,
                proof=queries.consistency(old, new),
            )


def test_an_entry_of_another_node_or_without_checkpoint_has_no_proof():
    world.record(node_id=42)
    journal.advance()
    journal.checkpoint(harness.NOW)
    world.record(node_id=41)
    journal.advance()
    with scope.transaction(SIBLING):
        assert queries.inclusion(0).number == 0
    for number in (0, 1):
        with scope.transaction(DEALER), pytest.raises(errors.NotFound):
            queries.inclusion(number)
