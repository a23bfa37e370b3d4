"""Ordering from suppliers."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from qudao.catalog import queries as catalog
from qudao.inventory import queries as inventory
from qudao.inventory.rules import units
from qudao.kernel import decisions, errors, journal, money, numbering, periods, records, scope
from qudao.supply import models, queries

MANAGE = "supply.purchase.manage"


@dataclasses.dataclass(frozen=True, slots=True)
class PurchaseItem:
    """`unit_price` is of one entered unit, tax included."""

    item_id: int
    entered_quantity: Decimal
    unit: str
    unit_price: Decimal


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequest:
    """Goods for a warehouse of ours. Lines are numbered from 1 in the order given."""

    entity_id: int
    supplier_id: int
    site_id: int
    lines: tuple[PurchaseItem, ...]
    expected_on: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class _Line:
    """A line measured and priced."""

    no: int
    wanted: PurchaseItem
    quantity: Decimal
    tax_rate: Decimal
    gross: Decimal
    net: Decimal


def place_purchase(*, request: PurchaseRequest, actor: scope.Actor, now: dt.datetime) -> queries.PurchaseView:
    """Order from a supplier whose licences cover the goods.

    Amounts are entered quantity × unit price; tax by the item's treatment today. Raises Refused with every
    reason: `supply.*`, units, tax, and what the modules say at the point purchase.
    """
    actor.require(MANAGE)
    on = periods.business_date(now)
    with scope.transaction(actor, acting=True):
        _check_site(request, actor)
        lines = _measured(request, on)
        order_id = records.key(now)
        facts = decisions.Facts(
            point="purchase",
            subject=f"supply.purchase:{order_id}",
            entity_id=request.entity_id,
            on=on,
            lines=tuple(
                decisions.Line(
                    no=line.no,
                    item_id=line.wanted.item_id,
                    quantity=line.quantity,
                    net=line.net,
                    gross=line.gross,
                    unit_price=line.wanted.unit_price,
                )
                for line in lines
            ),
            seller_id=request.supplier_id,
            site_id=request.site_id,
        )
        verdict = decisions.run(facts, actor=actor, now=now)
        verdict.require()
        entry = journal.entry()
        order = models.PurchaseOrder.objects.create(
            id=order_id,
            entry=entry,
            created_at=now,
            number=numbering.take_one(entity_id=request.entity_id, series="PO", on=on),
            entity_id=request.entity_id,
            supplier_id=request.supplier_id,
            site_id=request.site_id,
            status="ordered",
            ordered_on=on,
            expected_on=request.expected_on,
        )
        rows = models.PurchaseLine.objects.bulk_create(
            models.PurchaseLine(
                entry=entry,
                order=order,
                no=line.no,
                quantity=line.quantity,
                tax_rate=line.tax_rate,
                gross=line.gross,
                net=line.net,
                **dataclasses.asdict(line.wanted),
            )
            for line in lines
        )
        effects = verdict.apply(facts, entry=entry, actor=actor, now=now)
        journal.record(
            entry,
            "supply.purchase.placed",
            subject=facts.subject,
            at=now,
            rows=[
                queries.row_of(order, ("number", "entity_id", "supplier_id", "site_id", "status")),
                *(
                    queries.row_of(
                        row, ("order_id", "no", "item_id", "quantity", "unit_price", "gross", "net")
                    )
                    for row in rows
                ),
                *effects,
            ],
            data={"number": order.number, "gross": facts.gross},
        )
        return queries.get_purchase(order.pk, actor)


def _check_site(request: PurchaseRequest, actor: scope.Actor) -> None:
    site = inventory.get_site(request.site_id, actor)
    if site.kind != "warehouse" or site.entity_id != request.entity_id:
        raise errors.refuse("supply.site_not_ours", site=site.name)
    if not site.licensed_address:
        raise errors.refuse("inventory.site_unlicensed", site=site.name, address=site.address)


def _measured(request: PurchaseRequest, on: dt.date) -> list[_Line]:
    item_ids = sorted({line.item_id for line in request.lines})
    items = catalog.items(item_ids, on=on, entity_id=request.entity_id)
    conversions = catalog.units(item_ids)
    found: list[_Line] = []
    reasons: list[errors.Reason] = [] if request.lines else [errors.Reason("supply.no_lines")]
    for no, line in enumerate(request.lines, 1):
        item = items.get(line.item_id)
        if item is None:
            reasons.append(errors.Reason("catalog.item_unknown", no, {"item": line.item_id}))
            continue
        if item.tax_rate is None:
            params = {"code": item.code, "name": item.name, "on": on}
            reasons.append(errors.Reason("catalog.tax_missing", no, params))
            continue
        if line.unit_price < 0:
            reasons.append(errors.Reason("supply.price_negative", no, {"price": line.unit_price}))
        try:
            base = _in_base_units(no, line, item, conversions)
        except errors.Refused as refused:
            reasons += refused.reasons
            continue
        gross = money.amount(line.entered_quantity * line.unit_price)
        found.append(_Line(no, line, base, item.tax_rate, gross, money.split_tax(gross, item.tax_rate)[0]))
    errors.raise_if_refused(reasons)
    return found


def _in_base_units(
    no: int,
    line: PurchaseItem,
    item: catalog.ItemView,
    conversions: Mapping[tuple[int, str], catalog.Unit],
) -> Decimal:
    known: Sequence[units.Conversion] = [units.Conversion(1, item.base_unit, Decimal(1))]
    found = conversions.get((item.id, line.unit))
    if found is not None and line.unit != item.base_unit:
        known = [units.Conversion(found.version, line.unit, Decimal(found.factor))]
    return units.to_base(entered=line.entered_quantity, unit=line.unit, conversions=known, line=no).base
