"""What stock says at the points of the trade: goods on hold or past their date go no further."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping

from django.db import connection

from qudao.kernel import decisions, errors, scope

_LOTS = """
SELECT l.id, l.code, l.last_usable_on, h.serial_id, h.reason
FROM inventory_lot l LEFT JOIN inventory_hold h ON h.lot_id = l.id AND h.released_at IS NULL
WHERE l.id = ANY(%s::int[]) ORDER BY l.id, h.id
"""


@dataclasses.dataclass(frozen=True, slots=True)
class _Lot:
    """`holds` are (serial or None for the whole lot, reason)."""

    code: str
    last_usable_on: dt.date | None
    holds: tuple[tuple[int | None, str], ...]


class HoldGate(decisions.Contribution):
    """A lot on hold or past its last day of use is not allocated, picked, reviewed, shipped or accepted.

    Source: 医疗器械经营监督管理办法 §45; 医疗器械经营质量管理规范. A sale without lot is not judged here.
    """

    name = "inventory.hold"
    points = ("inspection", "sale", "allocation", "pick", "review", "ship")

    def load(self, facts: decisions.Facts, *, actor: scope.Actor, now: dt.datetime) -> Mapping[int, _Lot]:
        if not facts.lot_ids:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(_LOTS, [facts.lot_ids])
            rows = cursor.fetchall()
        found: dict[int, _Lot] = {}
        for lot_id, code, last_usable_on, serial_id, reason in rows:
            before = found.get(lot_id, _Lot(code, last_usable_on, ()))
            if reason is not None:
                before = dataclasses.replace(before, holds=(*before.holds, (serial_id, reason)))
            found[lot_id] = before
        return found

    def judge(
        self, facts: decisions.Facts, data: Mapping[int, _Lot], *, now: dt.datetime
    ) -> Iterator[errors.Reason]:
        for line in facts.lines:
            lot = data.get(line.lot_id)
            if lot is None:
                continue
            reasons = [reason for serial, reason in lot.holds if serial in (None, line.serial_id)]
            if reasons:
                params = {"lot": lot.code, "reason": reasons}
                yield errors.Reason("inventory.lot_held", line.no, params)
            if lot.last_usable_on is not None and lot.last_usable_on < facts.on:
                params = {"lot": lot.code, "last_usable_on": lot.last_usable_on, "on": facts.on}
                yield errors.Reason("inventory.lot_expired", line.no, params)
