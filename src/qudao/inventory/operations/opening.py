"""Opening balances with control totals, and what a stock count found."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from qudao.inventory import models, queries
from qudao.kernel import errors, journal, locks, money, numbering, periods, scope

from . import identities, plan, stock

OPEN, ADJUST = "inventory.stock.open", "inventory.stock.adjust"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLine:
    """Goods on hand at go-live: base units, and what they cost in all (cents)."""

    site_id: int
    item_id: int
    quantity: Decimal
    value: Decimal
    lot: str = identities.NO_LOT
    serial: str = ""
    produced_on: dt.date | None = None
    last_usable_on: dt.date | None = None
    location_id: int | None = None
    status: str = "good"
    received_on: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class CountLine:
    """A balance counted. `expected` is what the count sheet said; `surplus_value` what extra goods cost."""

    balance_id: int
    expected: Decimal
    counted: Decimal
    surplus_value: Decimal = money.ZERO


@dataclasses.dataclass(frozen=True, slots=True)
class OpeningView:
    number: str
    lines: int
    quantity: Decimal
    value: Decimal


def open_stock(
    *,
    entity_id: int,
    lines: Sequence[OpeningLine],
    control_quantity: Decimal,
    control_value: Decimal,
    actor: scope.Actor,
    now: dt.datetime,
) -> OpeningView:
    """Bring stock in at go-live. The document's totals are in the journal, signed with it.

    Raises Refused `inventory.opening_totals_differ` when the lines do not add up to the control totals, and
    what lots, serials and posting refuse.
    """
    actor.require(OPEN)
    quantity = sum((line.quantity for line in lines), Decimal(0))
    value = sum((line.value for line in lines), money.ZERO)
    if (quantity, value) != (control_quantity, control_value) or not lines:
        params = {
            "quantity": quantity,
            "value": value,
            "control_quantity": control_quantity,
            "control_value": control_value,
        }
        raise errors.refuse("inventory.opening_totals_differ", **params)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        entry, on = journal.entry(), periods.business_date(now)
        lots = identities.ensure_lots(
            lots=[
                identities.LotSpec(
                    item_id=line.item_id,
                    code=line.lot,
                    produced_on=line.produced_on,
                    last_usable_on=line.last_usable_on,
                    line=no,
                )
                for no, line in enumerate(lines, 1)
            ],
            entry=entry,
        )
        serials = identities.ensure_serials(
            serials=[
                identities.SerialSpec(
                    item_id=line.item_id, lot_id=lots[line.item_id, line.lot].id, code=line.serial, line=no
                )
                for no, line in enumerate(lines, 1)
                if line.serial
            ],
            entry=entry,
        )
        number = numbering.take_one(entity_id=entity_id, series="OB", on=on)
        source = queries.outside_site("opening")
        postings = [
            plan.Posting(
                kind="open",
                item_id=line.item_id,
                lot_id=lots[line.item_id, line.lot].id,
                serial_id=serials[line.item_id, line.serial] if line.serial else None,
                quantity=line.quantity,
                entity_id=entity_id,
                from_site_id=source,
                to=plan.Place(line.site_id, line.location_id, line.status, "entity", entity_id),
                value=line.value,
                received_on=line.received_on,
                origin_type="inventory.opening",
                origin_id=number,
                origin_line=no,
            )
            for no, line in enumerate(lines, 1)
        ]
        posted = stock.post(postings=postings, entry=entry, at=now, on=on)
        journal.record(
            entry,
            "inventory.opening.posted",
            subject=f"inventory.opening:{number}",
            at=now,
            rows=[one.row for one in posted],
            data={"lines": len(lines), "quantity": quantity, "value": value},
        )
        return OpeningView(number, len(lines), quantity, value)


def adjust_stock(
    *, lines: Sequence[CountLine], reason: str, actor: scope.Actor, now: dt.datetime
) -> list[journal.Row]:
    """Book what a count found: the missing leaves, the extra waits for inspection.

    Raises Refused `inventory.reason_missing`, `inventory.counted_meanwhile` when stock moved since the count
    sheet was printed, `inventory.not_enough_stock` when what is missing is reserved.
    """
    actor.require(ADJUST)
    if not reason.strip():
        raise errors.refuse("inventory.reason_missing")
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        wanted = sorted({line.balance_id for line in lines})
        found = {
            balance.pk: balance
            for balance in models.Balance.objects.filter(pk__in=wanted).order_by("pk").select_for_update()
        }
        if len(found) < len(wanted) or not lines:
            raise errors.NotFound("inventory.balance_unknown")
        errors.raise_if_refused(
            errors.Reason(
                "inventory.counted_meanwhile",
                no,
                {"expected": line.expected, "on_hand": found[line.balance_id].on_hand},
            )
            for no, line in enumerate(lines, 1)
            if found[line.balance_id].on_hand != line.expected
        )
        entry, outside = journal.entry(), queries.outside_site("count")
        postings = [
            _difference(no, line, found[line.balance_id], outside, str(entry))
            for no, line in enumerate(lines, 1)
            if line.counted != line.expected
        ]
        posted = stock.post(postings=postings, entry=entry, at=now, on=periods.business_date(now))
        rows = [one.row for one in posted]
        journal.record(
            entry,
            "inventory.stock.counted",
            subject=f"inventory.count:{entry}",
            at=now,
            rows=rows,
            data={"reason": reason, "lines": len(lines), "differences": len(postings)},
        )
        return rows


def _difference(
    no: int, line: CountLine, balance: models.Balance, outside: int, origin_id: str
) -> plan.Posting:
    extra = line.counted - line.expected
    common = {
        "item_id": balance.item_id,
        "lot_id": balance.lot_id,
        "serial_id": balance.serial_id,
        "entity_id": balance.entity_id,
        "origin_type": "inventory.count",
        "origin_id": origin_id,
        "origin_line": no,
    }
    if extra < 0:
        return plan.Posting(
            kind="count", quantity=-extra, from_balance_id=balance.pk, to_site_id=outside, **common
        )
    place = plan.Place(balance.site_id, balance.location_id, "pending", balance.owner_kind, balance.owner_id)
    value = line.surplus_value
    return plan.Posting(kind="count", quantity=extra, from_site_id=outside, to=place, value=value, **common)
