"""Facts from the journal: each entry of the trade becomes frozen rows, once, in the order of its numbers."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from qudao.kernel import bulk, journal, periods
from qudao.kernel.journal import consumers
from qudao.settlement import models, writing

# Under this name the worker keeps the place of `facts` in the journal.
NAME = "settlement.facts"

KINDS = {
    "orders.order.confirmed": "ordered",
    "orders.shipment.shipped": "shipped",
    "orders.shipment.signed": "signed",
    "orders.return.received": "returned",
}
_DIMENSIONS = (
    *("entity_id", "account_id", "node_id", "debtor_node_id", "party_id", "line_id", "tier", "region_id"),
    *(
        "hospital_id",
        "contract_version_id",
        "channel",
        "document_type",
        "document_id",
        "document_number",
        "on",
    ),
)
_COPIED = (
    *("node_id", "entity_id", "account_id", "debtor_node_id", "party_id", "line_id", "item_id", "lot_code"),
    *("tier", "region_id", "hospital_id", "contract_version_id", "promotion_id", "channel", "price_kind"),
)
_SAME = ", ".join(f"f.{name}" for name in _COPIED)
_INTO = (
    'INSERT INTO settlement_fact (number, entry, kind, "on", quantity, net, tax, gross, rebate_used,'
    " document_type, document_id, document_number, document_line, order_line_id, shipment_line_id,"
    f" {', '.join(_COPIED)})"
)
_CANCEL = f"""
{_INTO}
SELECT e.number, e.entry, 'ordered', e."on", -f.quantity, -f.net, -f.tax, -f.gross, -f.rebate_used,
    f.document_type, f.document_id, f.document_number, f.document_line, f.order_line_id, 0, {_SAME}
FROM unnest(%s::bigint[], %s::uuid[], %s::date[], %s::uuid[]) AS e (number, entry, "on", order_id)
JOIN settlement_fact f ON f.document_id = e.order_id AND f.kind = 'ordered' AND f.quantity > 0
ON CONFLICT DO NOTHING
"""
# An invoice line bills a delivery line: its fact is of the same account, item and contract.
_INVOICED = f"""
{_INTO}
SELECT e.number, e.entry, 'invoiced', i.issued_on, l.quantity, l.net, l.tax, l.gross, 0,
    'invoice', i.id, i.number, l.id, l.order_line_id, l.shipment_line_id, {_SAME}
FROM unnest(%s::bigint[], %s::uuid[], %s::uuid[]) AS e (number, entry, invoice_id)
JOIN settlement_invoice i ON i.id = e.invoice_id
JOIN settlement_invoiceline l ON l.invoice_id = i.id
JOIN LATERAL (
    SELECT * FROM settlement_fact WHERE shipment_line_id = l.shipment_line_id AND kind = 'signed'
    ORDER BY id LIMIT 1
) f ON true
ON CONFLICT DO NOTHING
"""


def facts(leaves: Sequence[journal.Leaf]) -> None:
    """Write the facts of journal entries; entries seen before change nothing. Three statements a batch."""
    bulk.create([fact for leaf in leaves for fact in _facts_of(leaf)], or_ignore=True)
    _run(_CANCEL, [leaf for leaf in leaves if leaf.type == "orders.order.cancelled"], _cancelled)
    _run(_INVOICED, [leaf for leaf in leaves if leaf.type == "settlement.invoice.issued"], _invoices)


def cursor() -> int:
    """The last journal number whose facts are written; -1 before the first."""
    return consumers.place(NAME) - 1


def _facts_of(leaf: journal.Leaf) -> Iterator[models.Fact]:
    kind = KINDS.get(leaf.type)
    if kind:
        for line in leaf.data.get("lines", ()):
            yield from _line(leaf, kind, line)
    elif leaf.type == "settlement.cash.recorded":
        yield _paid(leaf)


def _line(leaf: journal.Leaf, kind: str, line: dict[str, Any]) -> Iterator[models.Fact]:
    if Decimal(line["quantity"]):
        yield _fact(leaf, kind, line)
    # What was missing at the door has a quantity of its own and is not billed.
    for missing, quantity in line.get("difference", {}).items():
        if Decimal(quantity):
            nothing = dict.fromkeys(("net", "tax", "gross", "rebate_used"), "0")
            yield _fact(leaf, missing, {**line, **nothing, "quantity": quantity})


def _fact(leaf: journal.Leaf, kind: str, line: dict[str, Any]) -> models.Fact:
    dims = leaf.data["dims"]
    document_line = line["document_line_id"]
    of_shipment = document_line if dims["document_type"] == "shipment" else line.get("shipment_line_id", 0)
    return models.Fact(
        number=leaf.number,
        entry=leaf.entry,
        kind=kind,
        **{name: dims[name] for name in _DIMENSIONS},
        item_id=line["item_id"],
        lot_code=line["lot"],
        promotion_id=line["promotion_id"],
        price_kind=line["price_kind"],
        **{name: Decimal(line[name]) for name in ("quantity", "net", "tax", "gross", "rebate_used")},
        document_line=document_line,
        order_line_id=line["order_line_id"],
        shipment_line_id=of_shipment,
    )


def _paid(leaf: journal.Leaf) -> models.Fact:
    """Cash is the debtor's: it belongs to no account, product line or contract."""
    data = leaf.data
    return models.Fact(
        number=leaf.number,
        entry=leaf.entry,
        kind="paid",
        node_id=data["debtor_node_id"],
        debtor_node_id=data["debtor_node_id"],
        entity_id=data["entity_id"],
        party_id=data["party_id"],
        on=data["on"],
        # Entries written before periods were closed do not say it: they posted on their own day.
        posted_on=data["posted_on"] if data.get("posted_on", data["on"]) != data["on"] else None,
        account_id=0,
        line_id=0,
        item_id=0,
        tier="",
        region_id=0,
        hospital_id=0,
        channel="",
        price_kind="",
        quantity=Decimal(0),
        net=Decimal(data["amount"]),
        tax=Decimal(0),
        gross=Decimal(data["amount"]),
        rebate_used=Decimal(0),
        document_type="receipt",
        document_id=data["receipt_id"],
        document_number=data["number"],
        document_line=0,
    )


def _cancelled(leaf: journal.Leaf) -> Iterable[tuple]:
    yield leaf.number, leaf.entry, periods.business_date(leaf.at), writing.uuid_in(leaf.subject)


def _invoices(leaf: journal.Leaf) -> Iterable[tuple]:
    for invoice in leaf.data["invoices"]:
        yield leaf.number, leaf.entry, invoice["id"]


def _run(statement: str, leaves: Sequence[journal.Leaf], rows_of: Any) -> None:
    rows = [row for leaf in leaves for row in rows_of(leaf)]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
