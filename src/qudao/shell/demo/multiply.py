"""The demo company many times larger, by SQL as the owner: for benches, in a minute or two instead of hours.

Every partner, with all that hangs on it, gets copies: its nodes, papers, accounts, people, contracts and prices;
its orders, shipments, returns, sell-through files; its invoices, receipts, statements, rebates, pool and facts; and
the lots, balances and moves behind them, the purchases from the suppliers included. One statement a table: ids move
by the highest there was, uuids differ in their last four digits and so keep their order in time.

Shared by all copies: legal entities, regions, our own people and warehouses, products, guide prices, floors,
factors, promotions. Left out: journal leaves, staged entries and idempotency keys (what happened to a copy has no
timeline), stored files; digests and explanations are the original's. Copies hold no exclusive territory, for that
is the original's. A copy's facts carry journal numbers below zero: beneath every cursor, never taken by a new entry.
"""

import dataclasses
from collections.abc import Iterator

import psycopg
from psycopg import sql

from qudao.kernel import database

MOST = 1000

# Tables in the order they are filled, each with the condition on the rows that are copied.
TABLES: dict[str, str] = {
    **dict.fromkeys(("kernel_node", "kernel_nodeancestor"), ""),
    **{
        f"partners_{name}": ""
        for name in (
            *("party", "partyrole", "hospital", "deliveryplace", "debtor", "channelaccount", "tierchange"),
            *("licence", "licencescope", "authorisation", "liferequirement"),
        )
    },
    "organisation_person": "party_id > 0",
    "organisation_post": "party_id > 0",
    "pricing_contract": "",
    "pricing_contractversion": "",
    "pricing_pricerow": "kind IN ('contract', 'hospital')",
    "pricing_rebateterm": "",
    "inventory_site": "party_id > 0",
    **{
        f"inventory_{name}": ""
        for name in ("lot", "serial", "balance", "move", "costlayer", "reservation", "transfer", "hold")
    },
    **{
        f"supply_{name}": "" for name in ("purchaseorder", "purchaseline", "goodsreceipt", "goodsreceiptline")
    },
    **{
        f"orders_{name}": ""
        for name in (
            *("order", "orderline", "ordertemplate", "shipment", "shipmentline", "return", "returnline"),
        )
    },
    **{f"flow_{name}": "" for name in ("flowfile", "flowrow", "productalias")},
    **{
        f"settlement_{name}": ""
        for name in (
            *("creditline", "fact", "invoice", "invoiceline", "cashreceipt", "cashapplication"),
            "creditapplication",
            *("statement", "statementline", "rebaterun", "rebaterunline", "pool", "poolentry"),
        )
    },
    "insights_dailysale": "",
    "insights_target": "account_id > 0",
}

# Columns with the number of a row of another table; 0 and NULL stand for none.
REFERENCES = {
    **dict.fromkeys(
        ("node_id", "file_node_id", "debtor_node_id", "ancestor_id", "descendant_id"), "kernel_node"
    ),
    **dict.fromkeys(("party_id", "hospital_id", "bill_to_id", "payer_id", "supplier_id"), "partners_party"),
    "account_id": "partners_channelaccount",
    "ship_to_id": "partners_deliveryplace",
    "licence_id": "partners_licence",
    "person_id": "organisation_person",
    "contract_version_id": "pricing_contractversion",
    "term_id": "pricing_rebateterm",
    "lot_id": "inventory_lot",
    "serial_id": "inventory_serial",
    **dict.fromkeys(("balance_id", "from_balance_id", "to_balance_id"), "inventory_balance"),
    "reservation_id": "inventory_reservation",
    "move_id": "inventory_move",
    "purchase_line_id": "supply_purchaseline",
    "order_line_id": "orders_orderline",
    "shipment_line_id": "orders_shipmentline",
    "fact_id": "settlement_fact",
    "draws_on_id": "settlement_poolentry",
}
_NAMED = "{column} || CASE WHEN {column} = '' THEN '' ELSE '-' || k + 1 END"
_SITE = "CASE WHEN {column} = ANY (%(sites)s) THEN {column} + k * {inventory_site} ELSE {column} END"
_BEFORE = "{column} - k * {journal}"
# Columns that are neither a number of a row nor a uuid, wherever they stand.
COLUMNS = {
    **dict.fromkeys(("document_number", "lot_code", "serial_code"), _NAMED),
    **dict.fromkeys(("site_id", "from_site_id", "to_site_id"), _SITE),
    "journal_number": _BEFORE,
    "price_row_id": "CASE WHEN price_kind IN ('contract', 'hospital') THEN price_row_id + k * {pricing_pricerow}"
    " ELSE price_row_id END",
}
# And what is so in one table alone.
OWN = {
    **{
        f"{table}.number": _NAMED
        for table in (
            *("partners_licence", "pricing_contract", "inventory_transfer", "inventory_hold"),
            *(
                "supply_purchaseorder",
                "supply_goodsreceipt",
                "orders_order",
                "orders_shipment",
                "orders_return",
            ),
            *("flow_flowfile", "settlement_invoice", "settlement_cashreceipt", "settlement_statement"),
            "settlement_rebaterun",
        )
    },
    "settlement_fact.number": _BEFORE,
    "settlement_cashreceipt.reference": _NAMED,
    "settlement_poolentry.key": _NAMED,
    "inventory_lot.code": _NAMED,
    "inventory_serial.code": _NAMED,
    "inventory_site.code": _NAMED,
    "inventory_site.name": "name || ' ' || k + 1",
    "organisation_person.username": _NAMED,
    "partners_authorisation.exclusive": "false",
    "partners_party.code": _NAMED,
    "partners_party.name": "name || ' ' || k + 1",
    "partners_party.short_name": "short_name || ' ' || k + 1",
    "partners_party.uscc": "left(uscc, 8) || upper(left(md5(uscc || k), 10))",
    "partners_party.search_keys": "search_keys || ' ' || lower(code) || '-' || k + 1",
    "kernel_node.parent_id": "parent_id + k * {kernel_node}",
    "partners_channelaccount.parent_id": "parent_id + k * {partners_channelaccount}",
    "partners_deliveryplace.parent_id": "parent_id + k * {partners_deliveryplace}",
    "partners_authorisation.parent_id": "parent_id + k * {partners_authorisation}",
    # The id of a document, or the number of an opening.
    "inventory_move.origin_id": "CASE WHEN length(origin_id) = 36 THEN pg_temp.copied(origin_id::uuid, k)::text"
    " ELSE origin_id END",
    "inventory_reservation.origin_id": "pg_temp.copied(origin_id::uuid, k)::text",
}

_COPIED = """
CREATE FUNCTION pg_temp.copied(id uuid, k int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT overlay(id::text PLACING lpad(to_hex(('x' || right(id::text, 4))::bit(16)::int # k), 4, '0') FROM 33)::uuid
$$
"""


@dataclasses.dataclass(frozen=True, slots=True)
class _Column:
    table: str
    name: str
    kind: str
    has_numbers: bool

    @property
    def quoted(self) -> str:
        return f'"{self.name}"'


def done(owner: psycopg.Connection) -> bool:
    """Whether this company has copies already."""
    owner.execute("SELECT set_config('app.everyone', 'on', true)")
    return owner.execute("SELECT EXISTS (SELECT FROM partners_party WHERE code LIKE '%-2')").fetchone()[0]


def multiply(name: str, times: int) -> Iterator[str]:
    """Make the demo company in the database `times` as large, in one transaction; yields what was filled.

    Raises ValueError for fewer than 2 or more than MOST times, or when it was done before.
    """
    if not 2 <= times <= MOST:
        raise ValueError(f"the demo company can be 2 to {MOST} times as large, not {times}")
    with database.connect("owner", database=name) as owner:
        if done(owner):
            raise ValueError(f"the demo company in {name} was made larger before")
        owner.execute(_COPIED)
        owner.execute("SET LOCAL work_mem = '256MB'")
        yield from _fill(owner, times)
    with database.connect("owner", database=name, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    yield "told the planner"


def _fill(owner: psycopg.Connection, times: int) -> Iterator[str]:
    columns = _columns(owner)
    steps = {
        table: owner.execute(
            sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table))
        ).fetchone()[0]
        for table, found in columns.items()
        if any(column.name == "id" and column.kind != "uuid" for column in found)
    }
    steps["journal"] = owner.execute("SELECT coalesce(max(number), 0) + 1 FROM journal_leaf").fetchone()[0]
    sites = [row[0] for row in owner.execute("SELECT id FROM inventory_site WHERE party_id > 0")]
    for table, condition in TABLES.items():
        chosen = columns[table]
        names = ", ".join(column.quoted for column in chosen)
        values = ", ".join(_value(column, steps) for column in chosen)
        made = owner.execute(
            f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {values}"
            f" FROM {table}, generate_series(1, {times - 1}) k WHERE {condition or 'true'}",
            {"sites": sites},
        ).rowcount
        if any(column.has_numbers for column in chosen):
            owner.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        yield f"{made:,} rows of {table}"


def _value(column: _Column, steps: dict[str, int]) -> str:
    """What a copy has in the column, k being the number of the copy."""
    name = column.quoted
    wanted = OWN.get(f"{column.table}.{column.name}") or COLUMNS.get(column.name)
    if wanted:
        return wanted.format(column=name, **steps)
    if column.kind == "uuid":
        return f"pg_temp.copied({name}, k)"
    table = column.table if column.name == "id" else REFERENCES.get(column.name)
    if table is None:
        return name
    return f"CASE WHEN {name} > 0 THEN {name} + k * {steps[table]} ELSE {name} END"


def _columns(owner: psycopg.Connection) -> dict[str, list[_Column]]:
    found: dict[str, list[_Column]] = {}
    rows = owner.execute(
        "SELECT table_name, column_name, data_type, is_identity = 'YES' FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = ANY (%s) ORDER BY table_name, ordinal_position",
        [list(TABLES)],
    )
    for row in rows:
        found.setdefault(row[0], []).append(_Column(*row))
    return found
