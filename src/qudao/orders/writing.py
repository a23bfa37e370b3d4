"""How a prepared order becomes rows: bulk statements, whatever the number of lines."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from qudao.catalog import queries as catalog
from qudao.inventory.rules import allocation
from qudao.kernel import journal, messages
from qudao.orders import models, preparation
from qudao.pricing.rules import price

# As the database gives it back, so that the answer to a new order is the answer to asking for it.
_NONE = Decimal("0.0000")


def line_rows(
    prepared: preparation.Prepared, *, order_id: uuid.UUID, entry: uuid.UUID
) -> list[models.OrderLine]:
    """The order lines of a prepared order, frozen: names, certificate, price with its explanation."""
    reserved: dict[int, Decimal] = {}
    for pick in prepared.allocation.picks:
        reserved[pick.line] = reserved.get(pick.line, Decimal(0)) + pick.quantity
    skipped = passed_over(prepared.allocation)
    return [
        models.OrderLine(
            entry=entry,
            node_id=prepared.account.node_id,
            order_id=order_id,
            no=line.no,
            item_id=line.item.id,
            item_name=line.item.name,
            specification=line.item.specification,
            certificate_number=_certificate_number(prepared, line.item.id),
            entered_quantity=line.measured.entered,
            unit=line.measured.unit,
            unit_factor=line.measured.factor,
            unit_version=line.measured.version,
            di=line.request.di,
            quantity=line.measured.base,
            unit_price=line.choice.unit_price,
            tax_included=line.choice.tax_included,
            tax_rate=line.money.vat_rate,
            gross=line.gross,
            net=line.net,
            tax=line.gross - line.net,
            discount=line.money.discount,
            rebate_used=line.rebate_used,
            price_kind=line.choice.kind,
            price_row_id=line.choice.row_id,
            promotion_id=line.promotion_id,
            explanation=[step.as_json() for step in explanation(line)],
            skipped=skipped.get(line.no, []),
            reserved=reserved.get(line.no, _NONE),
            shipped=_NONE,
            signed=_NONE,
            returned=_NONE,
        )
        for line in prepared.lines
    ]


# What a line keeps of the stock passed over: enough to explain it, however many lots there are.
MOST_SKIPPED = 12


def passed_over(found: allocation.Allocation) -> dict[int, list[dict[str, Any]]]:
    """Line → the stock passed over for it with every reason, as the line keeps it."""
    kept: dict[int, list[dict[str, Any]]] = {}
    for skip in found.skipped:
        mine = kept.setdefault(skip.line, [])
        if len(mine) < MOST_SKIPPED:
            reasons = [
                {"code": one.code, "params": {key: _as_text(value) for key, value in one.params.items()}}
                for one in skip.reasons
            ]
            mine.append(
                {
                    "site": skip.site_id,
                    "lot": skip.lot_code,
                    "lot_id": skip.lot_id,
                    "serial": skip.serial_code,
                    "until": skip.last_usable_on and skip.last_usable_on.isoformat(),
                    "quantity": _as_text(skip.quantity),
                    "reasons": reasons,
                }
            )
    return kept


def _as_text(value: Any) -> str:
    """As JSON keeps it: a quantity without the zeros nobody typed."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _certificate_number(prepared: preparation.Prepared, item_id: int) -> str:
    found = catalog.covering(prepared.certificates.get(item_id, ()), produced_on=None, on=prepared.on)
    return found.number if found else ""


def explanation(line: preparation.PreparedLine) -> tuple[price.Step, ...]:
    """The steps from the guide price to what is paid, the rebate used included."""
    steps = price.explain(choice=line.choice, amounts=line.money, promotions=line.steps)
    if not line.rebate_used:
        return steps
    used = price.Step("rebate_used", {}, None, line.money.gross, line.gross, True)
    return (*steps, used)


def order_values(prepared: preparation.Prepared) -> dict[str, Any]:
    """The columns of the order that preparation decides."""
    account, request = prepared.account, prepared.request
    gross, net = prepared.total("gross"), prepared.total("net")
    return {
        "node_id": account.node_id,
        "entity_id": account.entity_id,
        "account_id": account.id,
        "debtor_node_id": account.debtor_node_id,
        "party_id": account.party_id,
        "line_id": account.line_id,
        "ship_to_id": prepared.place.id,
        "bill_to_id": account.party_id,
        "payer_id": account.party_id,
        "hospital_id": prepared.hospital_id,
        "channel": request.channel,
        "business_on": prepared.on,
        "requested_on": request.requested_on,
        "promised_on": request.requested_on,
        "contract_version_id": prepared.contract.version_id if prepared.contract else None,
        "tier": account.tier,
        "region_id": account.region_id,
        "sales_person_id": account.sales_person_id or 0,
        "line_count": len(prepared.lines),
        "gross": gross,
        "net": net,
        "tax": gross - net,
        "discount": sum((line.money.discount for line in prepared.lines), Decimal("0.00")),
        "rebate_used": prepared.total("rebate_used"),
        "reference": request.reference,
        "source_digest": request.source_digest,
        "warnings": [messages.render(reason).as_json() for reason in prepared.warnings],
    }


def dimensions(
    order: models.Order, *, document_type: str, document_id: Any, number: str, on: dt.date
) -> dict:
    """What every fact derived from an entry freezes."""
    names = (
        *("entity_id", "account_id", "node_id", "debtor_node_id", "party_id", "line_id", "tier", "region_id"),
        *("hospital_id", "contract_version_id", "channel", "currency"),
    )
    return {name: getattr(order, name) for name in names} | {
        "document_type": document_type,
        "document_id": document_id,
        "document_number": number,
        "on": on,
    }


def fact_line(
    line: models.OrderLine,
    *,
    no: int,
    document_line_id: int,
    quantity: Decimal,
    share: Any,
    lot: str = "",
    **more: Any,
) -> dict[str, Any]:
    """One line of an entry's data, as the consumers read it; `share` is its part of the order line's money."""
    return {
        "no": no,
        "order_line_id": line.pk,
        "document_line_id": document_line_id,
        "item_id": line.item_id,
        "lot": lot,
        "quantity": quantity,
        "net": share.net,
        "tax": share.tax,
        "gross": share.gross,
        "rebate_used": share.rebate_used,
        "price_kind": line.price_kind,
        "promotion_id": line.promotion_id,
        **more,
    }


def order_row(order: models.Order) -> journal.Row:
    return row_of(order, ("number", "status", "account_id", "gross", "net", "tax", "version", "ship_to_id"))


def row_of(instance: Any, fields: Sequence[str]) -> journal.Row:
    """The journal row of a model instance's listed columns."""
    return journal.row(type(instance), instance.pk, {name: getattr(instance, name) for name in fields})


LINE_FIELDS = (
    *("order_id", "no", "item_id", "quantity", "unit_price", "gross", "net", "tax", "discount"),
    *("rebate_used", "price_kind", "price_row_id"),
)


def line_entries(lines: Iterable[models.OrderLine]) -> list[journal.Row]:
    return [row_of(line, LINE_FIELDS) for line in lines]


# An entry of the journal has 65,000 bytes; a fact line takes about 240.
LINES_AN_ENTRY = 200


def record(
    entry: uuid.UUID,
    type: str,
    *,
    subject: str,
    at: dt.datetime,
    node_id: int,
    rows: Sequence[journal.Row],
    data: dict[str, Any] | None,
) -> None:
    """Record an act whose data tells lines: in further entries of the same type where one is too small.

    A shipment of 500 serials is three entries; consumers read each by itself.
    """
    lines = (data or {}).get("lines", [])
    common = {"subject": subject, "at": at, "node_id": node_id}
    first = {**data, "lines": lines[:LINES_AN_ENTRY]} if lines else data
    journal.record(entry, type, rows=rows, data=first, **common)
    for start in range(LINES_AN_ENTRY, len(lines), LINES_AN_ENTRY):
        more = {**(data or {}), "lines": lines[start : start + LINES_AN_ENTRY], "continues": entry}
        journal.record(journal.entry(), type, data=more, **common)
