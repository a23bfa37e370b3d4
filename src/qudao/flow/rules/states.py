"""What becomes of a matched line: its counted month, its state and the reasons for it."""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from qudao.kernel import errors, periods

NORMAL, LATE, APPEAL, UNMATCHED, DUPLICATE = "normal", "late", "appeal", "unmatched", "duplicate"
COUNTED = frozenset({NORMAL, LATE})
"""States of lines that count: they move goods in the trace and enter achievement."""


def counted_month(*, sold_on: dt.date, taken_in_on: dt.date, closing_day: int) -> dt.date:
    """The first of the month in which a sale counts.

    A month stays open until `closing_day` of the following month, that day included. What is reported later
    counts in the earliest month that is open on the day it is taken in.
    """
    sold = sold_on.replace(day=1)
    this_month = taken_in_on.replace(day=1)
    earliest = periods.add_months(this_month, -1) if taken_in_on.day <= closing_day else this_month
    return max(sold, earliest)


def line_digest(*, parts: Sequence[object]) -> str:
    """The fingerprint by which a line reported twice is known: what the report says, in its normal form."""
    text = json.dumps([str(part) for part in parts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A line after matching; ids are 0 when unknown. `quantity` is in base units, negative for goods that
    came back, None when the unit is not understood. `authorisation` is why the sale was not authorised."""

    no: int
    sold_on: dt.date
    taken_in_on: dt.date
    item_id: int
    lot_id: int
    serial_id: int
    hospital_id: int
    quantity: Decimal | None
    digest: str
    lot: str = ""
    serial: str = ""
    unit: str = ""
    customer: str = ""
    product: str = ""
    authorisation: errors.Reason | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    no: int
    state: str
    counted_month: dt.date
    reasons: tuple[errors.Reason, ...]


def judge(
    *,
    lines: Iterable[Line],
    earlier: Mapping[str, str],
    left: Mapping[tuple[int, int], Decimal],
    held: Mapping[tuple[int, int, int], Decimal],
    closing_day: int,
) -> list[Verdict]:
    """The verdict on each line, in the order given.

    earlier   digests of lines taken in before → where they stand
    left      (lot, serial) → what the dealer was delivered and has not yet sold on, as far as known
    held      (hospital, lot, serial) → what the hospital holds, from which goods can come back

    Lines use up `left` one after the other, so that the sum of all reports never exceeds what was delivered;
    goods that came back add to it again.
    """
    rest, at_hospital = dict(left), dict(held)
    seen = dict(earlier)
    verdicts = []
    for line in lines:
        month = counted_month(sold_on=line.sold_on, taken_in_on=line.taken_in_on, closing_day=closing_day)
        state, reasons = _judge(line, seen, rest, at_hospital)
        if state == NORMAL and month != line.sold_on.replace(day=1):
            state = LATE
            reasons = [errors.Reason("flow.late", line.no, {"month": f"{month:%Y-%m}"}, severity="warn")]
        if state in COUNTED and line.quantity is not None:
            goods, place = (line.lot_id, line.serial_id), (line.hospital_id, line.lot_id, line.serial_id)
            rest[goods] = rest.get(goods, Decimal(0)) - line.quantity
            at_hospital[place] = at_hospital.get(place, Decimal(0)) + line.quantity
        seen.setdefault(line.digest, str(line.no))
        verdicts.append(Verdict(line.no, state, month, tuple(reasons)))
    return verdicts


def _judge(
    line: Line,
    seen: Mapping[str, str],
    rest: Mapping[tuple[int, int], Decimal],
    at_hospital: Mapping[tuple[int, int, int], Decimal],
) -> tuple[str, list[errors.Reason]]:
    if line.digest in seen:
        return DUPLICATE, [errors.Reason("flow.line_repeated", line.no, {"first": seen[line.digest]})]
    if missing := list(_missing(line)):
        return UNMATCHED, missing
    quantity = line.quantity or Decimal(0)
    found = []
    if line.authorisation is not None:
        found.append(
            errors.Reason(
                "flow.out_of_area",
                line.no,
                {"customer": line.customer, "reason": line.authorisation},
            )
        )
    have = rest.get((line.lot_id, line.serial_id), Decimal(0))
    if quantity > 0 and quantity > have:
        found.append(
            errors.Reason(
                "flow.more_than_bought",
                line.no,
                {"lot": line.lot, "left": f"{have.normalize():f}", "sold": f"{quantity.normalize():f}"},
            )
        )
    there = at_hospital.get((line.hospital_id, line.lot_id, line.serial_id), Decimal(0))
    if quantity < 0 and -quantity > there:
        found.append(
            errors.Reason(
                "flow.more_back_than_sold",
                line.no,
                {"lot": line.lot, "sold": f"{there.normalize():f}", "back": f"{-quantity.normalize():f}"},
            )
        )
    return (APPEAL, found) if found else (NORMAL, [])


def _missing(line: Line) -> Iterable[errors.Reason]:
    """What a person has to decide or mend before the line can count."""
    if not line.hospital_id:
        yield errors.Reason("flow.customer_unknown", line.no, {"customer": line.customer})
    if not line.item_id:
        yield errors.Reason("flow.product_unknown", line.no, {"product": line.product})
    elif not line.lot_id:
        lot = line.serial or line.lot
        code = "flow.lot_unknown" if lot else "flow.lot_missing"
        yield errors.Reason(code, line.no, {"lot": lot, "product": line.product})
    elif line.quantity is None:
        yield errors.Reason("flow.unit_unknown", line.no, {"unit": line.unit, "product": line.product})
