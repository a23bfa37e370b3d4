"""Rows of sell-through written in sets, whatever their number, and the moves they give the trace."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from qudao.flow import matching
from qudao.inventory import operations as inventory
from qudao.inventory import tracing
from qudao.kernel import journal

_MATCH_COLUMNS = (
    *("counted_month", "customer_key", "city", "product_key", "candidates", "item_id", "lot_id", "serial_id"),
    *("hospital_id", "quantity", "customer_rule", "product_rule", "state", "reasons", "line_digest", "entry"),
)
_COLUMNS = ("node_id", "file_id", "no", "original", "reported", "sold_on", *_MATCH_COLUMNS)
_RECORDS = "jsonb_populate_recordset(NULL::flow_flowrow, %s::jsonb)"
_INSERT = (
    f"INSERT INTO flow_flowrow ({', '.join(_COLUMNS)}) SELECT {', '.join(_COLUMNS)} FROM {_RECORDS}"
    " RETURNING no, id"
)
_UPDATE = (
    f"UPDATE flow_flowrow r SET {', '.join(f'{name} = u.{name}' for name in _MATCH_COLUMNS)}"
    f" FROM {_RECORDS} u WHERE r.id = u.id"
)
_MOVED = (
    "UPDATE flow_flowrow r SET move_id = u.move_id FROM unnest(%s::bigint[], %s::bigint[]) AS u (id, move_id)"
    " WHERE r.id = u.id"
)
_FILES = """
UPDATE flow_flowfile f SET matched_count = c.matched, entry = %s::uuid, version = f.version + 1,
    status = CASE WHEN c.waiting = 0 THEN 'matched' ELSE 'taken_in' END
FROM (
    SELECT file_id, count(*) FILTER (WHERE state NOT IN ('unmatched', 'duplicate')) AS matched,
           count(*) FILTER (WHERE state = 'unmatched') AS waiting
    FROM flow_flowrow WHERE file_id = ANY (%s::uuid[]) GROUP BY file_id
) c WHERE f.id = c.file_id
RETURNING f.id, f.matched_count, f.status
"""
_ROW = "flow_flowrow"


def insert_rows(
    found: Sequence[matching.Matched],
    *,
    file_id: uuid.UUID,
    originals: Mapping[int, Mapping[str, Any]],
    entry: uuid.UUID,
) -> tuple[dict[int, int], list[journal.Row]]:
    """Write new rows; returns line number → row id, and the rows for the journal."""
    rows = [
        {
            "node_id": one.account.node_id,
            "file_id": str(file_id),
            "no": one.line.no,
            "original": originals[one.line.no],
            "reported": one.line.as_json(),
            "sold_on": one.line.sold_on.isoformat(),
            "entry": str(entry),
            **one.columns,
        }
        for one in found
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [_json(rows)])
        ids = dict(cursor.fetchall())
    return ids, [journal.row(_ROW, ids[row["no"]], row) for row in rows]


def update_rows(found: Mapping[int, matching.Matched], *, entry: uuid.UUID) -> list[journal.Row]:
    """Write new matches and verdicts of stored rows (row id → match)."""
    rows = [{"id": id, "entry": str(entry), **one.columns} for id, one in found.items()]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [_json(rows)])
    return [journal.row(_ROW, row["id"], row) for row in rows]


def publish(
    found: Iterable[tuple[int, uuid.UUID, matching.Matched]], *, entry: uuid.UUID, at: dt.datetime
) -> list[journal.Row]:
    """Let the trace go on with what counts: one move from dealer to hospital (or back) for each row.

    `found`: row id, file id and match of rows that have no move yet.
    """
    counted = [(id, file_id, one) for id, file_id, one in found if one.counts]
    if not counted:
        return []
    parties = {one.account.party_id for _, _, one in counted} | {
        one.customer.hospital_id for _, _, one in counted
    }
    site_of = inventory.ensure_party_sites(parties, entry=entry)
    moved = tracing.pass_on(
        rows=[_onward(file_id, one, site_of) for _, file_id, one in counted], entry=entry, at=at
    )
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, [[id for id, _, _ in counted], [move_id for move_id, _ in moved]])
    return [row for _, row in moved]


def _onward(file_id: uuid.UUID, one: matching.Matched, site_of: Mapping[int, int]) -> tracing.Onward:
    dealer, hospital = site_of[one.account.party_id], site_of[one.customer.hospital_id]
    quantity = one.quantity
    if quantity is None:
        raise ValueError("a row that counts has a quantity")
    sold = quantity > 0
    return tracing.Onward(
        kind=tracing.SOLD_ON if sold else tracing.CAME_BACK,
        entity_id=one.account.entity_id,
        item_id=one.product.item_id,
        lot_id=one.product.lot_id,
        serial_id=one.product.serial_id,
        quantity=abs(quantity),
        from_site_id=dealer if sold else hospital,
        to_site_id=hospital if sold else dealer,
        on=one.line.sold_on,
        owner_id=one.customer.hospital_id if sold else one.account.party_id,
        origin_type="flow.file",
        origin_id=str(file_id),
        origin_line=one.line.no,
    )


def count_files(file_ids: Iterable[uuid.UUID], *, entry: uuid.UUID) -> list[journal.Row]:
    """Bring the files' counts and states up to date after their rows changed."""
    with connection.cursor() as cursor:
        cursor.execute(_FILES, [entry, sorted(set(file_ids))])
        return [
            journal.row("flow_flowfile", id, {"matched_count": matched, "status": status})
            for id, matched, status in cursor.fetchall()
        ]


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, default=str)
