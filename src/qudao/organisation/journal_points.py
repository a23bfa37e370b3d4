"""What the columns and keys of entries point to, whose names and pages are those of the module it belongs to."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext_lazy

# Where one word would say something else of a table.
CALLED: Mapping[tuple[str, str], Any] = {
    ("catalog_certificatecoverage", "version_id"): pgettext_lazy("journal row", "Certificate"),
    ("inventory_reservation", "state"): pgettext_lazy("journal row", "State"),
    ("orders_shipment", "tracking"): pgettext_lazy("journal row", "Tracking number"),
    ("supply_goodsreceiptline", "receipt_id"): pgettext_lazy("journal row", "Goods receipt"),
    ("settlement_rebaterun", "tier"): pgettext_lazy("journal row", "Rung reached"),
}
# Column or key → the noun of what it points to: named and linked by the module it belongs to.
POINTS: Mapping[str, str] = {
    "item_id": "catalog.item",
    "item_ids": "catalog.item",
    "line_id": "catalog.line",
    "certificate_id": "catalog.certificate",
    "lot_id": "inventory.lot",
    "lots": "inventory.lot",
    "serial_id": "inventory.serial",
    "site_id": "inventory.site",
    "from_site_id": "inventory.site",
    "to_site_id": "inventory.site",
    "account_id": "partners.account",
    "account": "partners.account",
    "party_id": "partners.party",
    "party": "partners.party",
    "supplier_id": "partners.party",
    "hospital_id": "partners.party",
    "bill_to_id": "partners.party",
    "payer_id": "partners.party",
    "ship_to_id": "partners.place",
    "place_id": "partners.place",
    "territory_id": "partners.territory",
    "territory": "partners.territory",
    "city": "partners.territory",
    "entity_id": "organisation.entity",
    "entity": "organisation.entity",
    "region_id": "organisation.region",
    "region_ids": "organisation.region",
    "person_id": "organisation.person",
    "person": "organisation.person",
    "sales_person_id": "organisation.person",
    "role_id": "organisation.role",
    "region": "organisation.region",
    "item": "catalog.item",
    "sites": "inventory.site_code",
    "debtor_node_id": "settlement.debtor",
    "contract_version_id": "pricing.version",
    "version_id": "pricing.version",
    "promotion_id": "pricing.promotion",
    "term_id": "pricing.term",
    "contract_id": "pricing.contract",
    "order_id": "orders.order",
    "shipment_id": "orders.shipment",
    "purchase_id": "supply.purchase",
    "invoice_id": "settlement.invoice",
    "source_id": "settlement.invoice",
    "reverses_id": "settlement.invoice",
    "receipt_id": "settlement.receipt",
    "statement_id": "settlement.statement",
    "run_id": "settlement.run",
    "file_id": "flow.file",
}
# The same where the column alone does not say it: by table, or by the module of the entry's type.
POINTS_OF: Mapping[tuple[str, str], str] = {
    ("supply_purchaseline", "order_id"): "supply.purchase",
    ("supply_goodsreceiptline", "receipt_id"): "supply.receipt",
    ("catalog_certificatecoverage", "version_id"): "catalog.certificate_version",
    ("orders_returnline", "document_id"): "orders.return",
    ("partners_channelaccount", "parent_id"): "partners.account",
    ("partners_deliveryplace", "parent_id"): "partners.place",
    ("organisation", "line"): "catalog.line",
    ("organisation", "role"): "organisation.role_code",
    ("partners", "parent"): "partners.account",
    ("catalog", "line"): "catalog.line",
    ("partners", "line"): "catalog.line",
}
# Beside a name that was frozen into the row: the name leads where the id points.
NAMED: Mapping[str, str] = {"item_id": "item_name", "lot_id": "lot_code", "serial_id": "serial_code"}
# What only those see who may.
SECRET: Mapping[str, str] = {"value": "inventory.cost.view"}
# Columns that tell people nothing: keys and digests of the machinery, pointers from row to row beside a document and
# its line number, copies for searching, and what is kept as a whole and shown on its document's page.
UNTOLD = frozenset(
    [
        *("id", "entry", "version", "created_at", "node_id", "file_node_id", "level_id"),
        *(
            "basket",
            "source_digest",
            "file_digest",
            "document_digest",
            "digest",
            "line_digest",
            "checkpoint",
            "key",
        ),
        *("password", "last_login", "theme", "search_keys", "sounds", "unit_version", "client_key"),
        *(
            "order_line_id",
            "shipment_line_id",
            "purchase_line_id",
            "price_row_id",
            "reservation_id",
            "balance_id",
        ),
        *("from_balance_id", "to_balance_id", "move_id", "fact_id", "draws_on_id", "row_id", "licence_id"),
        *("document_line", "origin_type", "owner_id", "certificate_version_id"),
        *("explanation", "skipped", "warnings", "terms", "original", "reported", "candidates", "reasons"),
        *("scale", "counts", "lines"),
    ]
)
