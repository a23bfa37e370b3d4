"""Audit trail, outbox and tamper-evident ledger in one: see docs/domain/journal.md.

`record` is the last act of an operation's transaction. The sequencer numbers and signs; consumers read by
number; `export.export` writes what anybody can verify offline.
"""

from qudao.kernel.journal.consumers import consume
from qudao.kernel.journal.entries import Leaf, Row, entry, record, record_by, row, true_time
from qudao.kernel.journal.queries import timeline
from qudao.kernel.journal.sequencer import advance, checkpoint

__all__ = [
    "Leaf",
    "Row",
    "advance",
    "checkpoint",
    "consume",
    "entry",
    "record",
    "record_by",
    "row",
    "timeline",
    "true_time",
]
