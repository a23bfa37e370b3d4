"""What a delivery must agree with before it is received, and what it cost. Pure.

Source: 医疗器械经营质量管理规范 (NMPA 公告 2023 年第 153 号): goods are received against a purchase and the
supplier's 随货同行单, wait for inspection, and are inspected lot by lot with a record.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from qudao.kernel import errors, money


@dataclasses.dataclass(frozen=True, slots=True)
class Expected:
    """A purchase line: base units ordered and received before, and the net amount of all of it."""

    no: int
    item_id: int
    tracking: str
    cold_chain: bool
    quantity: Decimal
    received: Decimal
    net: Decimal
    expires: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Arrival:
    """One lot or serial that arrived, in base units. `no` is its receipt line, `item_id` what was scanned."""

    no: int
    purchase_line_no: int
    quantity: Decimal
    lot: str
    serial: str
    produced_on: dt.date | None
    last_usable_on: dt.date | None
    item_id: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What inspection says of a receipt line: accepted plus rejected is all of it.

    `disposition` says what becomes of the rejected part, one of DISPOSITIONS; empty leaves it open.
    """

    line_no: int
    accepted: Decimal
    rejected: Decimal
    reason: str = ""
    disposition: str = ""


# What becomes of goods that do not conform: back to the supplier, destroyed, kept until it is decided.
DISPOSITIONS = ("return", "destroy", "hold")


def together(arrivals: Sequence[Arrival]) -> list[tuple[Arrival, tuple[int, ...]]]:
    """The arrivals as the receipt lists them, numbered anew, each with the receipt lines it was scanned on.

    A lot that was scanned by the piece and by the box is one lot to inspect. Labels that say other days of it stay
    apart, as does every serial.
    """
    gathered: dict[tuple, list[Arrival]] = {}
    for one in arrivals:
        key = (one.purchase_line_no, one.lot, one.serial, one.produced_on, one.last_usable_on)
        gathered.setdefault(key, []).append(one)
    return [
        (
            dataclasses.replace(same[0], no=no, quantity=sum((one.quantity for one in same), Decimal(0))),
            tuple(one.no for one in same),
        )
        for no, same in enumerate(gathered.values(), 1)
    ]


def check_delivery(
    *,
    expected: Mapping[int, Expected],
    arrivals: Sequence[Arrival],
    delivery_note: str,
    temperature: Decimal | None,
    on: dt.date,
) -> list[errors.Reason]:
    """Every objection to a delivery that arrives on a day, by receipt line; empty when it may be received."""
    found = []
    if not delivery_note.strip():
        found.append(errors.Reason("supply.delivery_note_missing"))
    if not arrivals:
        found.append(errors.Reason("supply.nothing_received"))
    found += check_arrivals(expected=expected, arrivals=arrivals, on=on)
    ordered = [expected[one.purchase_line_no] for one in arrivals if one.purchase_line_no in expected]
    if temperature is None and any(line.cold_chain for line in ordered):
        found.append(errors.Reason("supply.temperature_missing"))
    return found


def check_arrivals(
    *, expected: Mapping[int, Expected], arrivals: Sequence[Arrival], on: dt.date
) -> list[errors.Reason]:
    """Every objection to the goods themselves, by receipt line: what is known while they are scanned."""
    found: list[errors.Reason] = []
    for arrival in arrivals:
        line = expected.get(arrival.purchase_line_no)
        if line is None:
            params = {"line": arrival.purchase_line_no}
            found.append(errors.Reason("supply.purchase_line_unknown", arrival.no, params))
        else:
            found += _arrival_objections(arrival, line, on)
    return found + _too_much(expected, arrivals) + _doubled(arrivals, expected)


def _arrival_objections(arrival: Arrival, line: Expected, on: dt.date) -> Iterable[errors.Reason]:
    if arrival.item_id not in (None, line.item_id):
        yield errors.Reason("supply.other_item_scanned", arrival.no, {"line": line.no})
    if arrival.quantity <= 0:
        yield errors.Reason("inventory.quantity_not_positive", arrival.no, {"quantity": arrival.quantity})
    if line.tracking != "none" and not arrival.lot:
        yield errors.Reason("supply.lot_missing", arrival.no)
    if arrival.last_usable_on is not None and arrival.last_usable_on < on:
        params = {"lot": arrival.lot or arrival.serial, "last_usable_on": arrival.last_usable_on}
        yield errors.Reason("supply.arrived_expired", arrival.no, params)
    if line.expires and arrival.last_usable_on is None:
        params = {"lot": arrival.lot or arrival.serial}
        yield errors.Reason("supply.expiry_missing", arrival.no, params)
    if line.tracking == "serial" and not arrival.serial:
        yield errors.Reason("supply.serial_missing", arrival.no)
    if arrival.serial and arrival.quantity != 1:
        yield errors.Reason("inventory.serial_moves_one", arrival.no, {"quantity": arrival.quantity})


def _too_much(expected: Mapping[int, Expected], arrivals: Iterable[Arrival]) -> list[errors.Reason]:
    sums: dict[int, Decimal] = {}
    last: dict[int, int] = {}
    for arrival in arrivals:
        no = arrival.purchase_line_no
        sums[no] = sums.get(no, Decimal(0)) + arrival.quantity
        last[no] = arrival.no
    return [
        errors.Reason(
            "supply.over_delivery",
            last[no],
            {"line": no, "open": expected[no].quantity - expected[no].received, "arrived": total},
        )
        for no, total in sums.items()
        if no in expected and expected[no].received + total > expected[no].quantity
    ]


def _doubled(arrivals: Iterable[Arrival], expected: Mapping[int, Expected]) -> list[errors.Reason]:
    seen: set[tuple[int, str]] = set()
    found = []
    for arrival in arrivals:
        if not arrival.serial or arrival.purchase_line_no not in expected:
            continue
        key = (expected[arrival.purchase_line_no].item_id, arrival.serial)
        if key in seen:
            found.append(errors.Reason("supply.serial_twice", arrival.no, {"serial": arrival.serial}))
        seen.add(key)
    return found


def net_values(*, expected: Mapping[int, Expected], arrivals: Iterable[Arrival]) -> list[Decimal]:
    """The net cost of each arrival: over all deliveries of a line they add up to the line's net, to the cent."""
    received = {no: line.received for no, line in expected.items()}
    values = []
    for arrival in arrivals:
        line, before = expected[arrival.purchase_line_no], received[arrival.purchase_line_no]
        after = before + arrival.quantity
        values.append(
            money.amount(line.net * after / line.quantity) - money.amount(line.net * before / line.quantity)
        )
        received[arrival.purchase_line_no] = after
    return values


def check_inspection(*, waiting: Mapping[int, Decimal], verdicts: Sequence[Verdict]) -> list[errors.Reason]:
    """Every objection to the verdicts; `waiting` is receipt line → base units not yet judged."""
    found = [] if verdicts else [errors.Reason("supply.nothing_inspected")]
    seen: set[int] = set()
    for one in verdicts:
        if one.line_no not in waiting or one.line_no in seen:
            found.append(errors.Reason("supply.line_not_waiting", one.line_no))
            continue
        seen.add(one.line_no)
        if min(one.accepted, one.rejected) < 0 or one.accepted + one.rejected != waiting[one.line_no]:
            params = {"waiting": waiting[one.line_no], "said": one.accepted + one.rejected}
            found.append(errors.Reason("supply.verdict_does_not_add_up", one.line_no, params))
        if one.rejected and not one.reason.strip():
            found.append(errors.Reason("supply.reason_missing", one.line_no))
        if one.disposition and one.disposition not in DISPOSITIONS:
            said = {"disposition": one.disposition}
            found.append(errors.Reason("supply.disposition_unknown", one.line_no, said))
    return found
