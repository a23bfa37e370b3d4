"""The rows behind a figure, a page at a time. Cursors are the id of the last sale, or how many rows were seen."""

import datetime as dt
from typing import Any

from qudao.insights.queries import cut as cuts
from qudao.insights.queries import goods, partners, service

MOST_SEEN = 20_000
_SALES = """
SELECT f.id, f."on", f.kind, f.document_number,
    CASE f.kind WHEN 'signed' THEN f.document_id END AS shipment_id, f.party_id,
    p.name AS party, i.code, i.name AS item, f.lot_code,
    CASE f.kind WHEN 'signed' THEN f.quantity ELSE -f.quantity END AS quantity,
    CASE f.kind WHEN 'signed' THEN f.net ELSE -f.net END AS net,
    CASE f.kind WHEN 'signed' THEN f.gross ELSE -f.gross END AS gross
FROM settlement_fact f JOIN catalog_item i ON i.id = f.item_id LEFT JOIN partners_party p ON p.id = f.party_id
WHERE f.kind IN ('signed', 'returned') AND f."on" >= %(first)s AND f."on" < %(until)s
    AND (%(after)s::bigint = 0 OR f.id < %(after)s::bigint) {where}
ORDER BY f.id DESC LIMIT %(limit)s
"""
_ON_TIME = f"""
SELECT o.id AS order_id, o.number, o.party_id, p.name AS party, l.no, l.item_name AS item,
    l.specification, l.quantity, COALESCE(d.by_then, 0) AS by_then, l.signed, o.promised_on,
    COALESCE(d.by_then, 0) >= l.quantity AS met {service.ON_TIME}
ORDER BY met, o.promised_on DESC, o.number DESC, l.no LIMIT %(limit)s OFFSET %(after)s
"""
_SHORT = f"""
SELECT o.id AS order_id, o.number, o.party_id, p.name AS party, o.business_on, l.no, l.item_name AS item,
    l.specification, l.quantity, l.reserved AS available, l.quantity - l.reserved AS missing {service.SHORT}
    AND o.status = 'draft' AND l.reserved < l.quantity
ORDER BY o.business_on DESC, o.number DESC, l.no LIMIT %(limit)s OFFSET %(after)s
"""
_HOURS = f"""
SELECT sh.id AS shipment_id, sh.number, o.id AS order_id, o.number AS order_number, o.party_id, p.name AS party,
    o.confirmed_at, sh.shipped_at,
    round((extract(epoch FROM sh.shipped_at - o.confirmed_at) / 3600)::numeric, 1) AS hours {service.HOURS}
ORDER BY hours DESC, sh.number DESC LIMIT %(limit)s OFFSET %(after)s
"""
_LOTS = f"""
SELECT i.code, i.name AS item, i.specification, i.base_unit AS unit, s.name AS site, t.code AS lot,
    t.id AS lot_id, t.produced_on, t.last_usable_on, t.last_usable_on - %(today)s::date AS days, b.on_hand,
    b.status, round(b.on_hand * c.unit, 2) AS value {goods.LOTS}
ORDER BY t.last_usable_on, i.code, t.code, b.id LIMIT %(limit)s OFFSET %(after)s
"""
_HOSPITALS = (
    partners.HOSPITALS
    + """
SELECT t.hospital_id AS party_id, t.name AS party, t.territory_id, t.partners, s.day
FROM target t LEFT JOIN sold s USING (hospital_id)
ORDER BY s.day IS NOT NULL, s.day, t.name LIMIT %(limit)s OFFSET %(after)s
"""
)
_CROSS = f"""
SELECT r.id, r.sold_on, f.number AS file, f.id AS file_id, f.party_id, q.name AS partner, p.name AS hospital,
    i.name AS item, r.quantity, r.state {partners.CROSS} AND {partners.OUTSIDE}
ORDER BY r.state, r.sold_on DESC, r.id DESC LIMIT %(limit)s OFFSET %(after)s
""".replace(
    "JOIN partners_party p ON p.id = r.hospital_id",
    "JOIN partners_party p ON p.id = r.hospital_id LEFT JOIN partners_party q ON q.id = f.party_id"
    " LEFT JOIN catalog_item i ON i.id = r.item_id",
)
_OPEN = f"""
SELECT v.id, v.number, v.party_id, p.name AS party, v.issued_on, v.due_on,
    GREATEST(%(today)s::date - v.due_on, 0) AS days, v.gross, v.gross - v.paid - v.credited AS open
{partners.OPEN} ORDER BY v.due_on, v.number LIMIT %(limit)s OFFSET %(after)s
""".replace("settlement_invoice v", "settlement_invoice v LEFT JOIN partners_party p ON p.id = v.party_id")
_DISPUTES = """
SELECT s.number, s.party_id, p.name AS party, s.period_from, l.no, l.item_name AS item, l.amount,
    l.dispute_reason AS reason, l.dispute_note AS note, l.resolution, l.state
FROM settlement_statementline l JOIN settlement_statement s ON s.id = l.statement_id
LEFT JOIN partners_party p ON p.id = s.party_id
WHERE s.period_from >= %(first)s AND s.period_from < %(until)s AND s.status <> 'draft' AND l.state = 'adjusted' {where}
ORDER BY s.period_from DESC, s.number, l.no LIMIT %(limit)s OFFSET %(after)s
"""
_PARTY = "LEFT JOIN partners_party p ON p.id = o.party_id WHERE"
_STATEMENTS: dict[str, tuple[str, str]] = {
    "sales": (_SALES, "f"),
    "on_time": (_ON_TIME.replace("WHERE o.promised_on", f"{_PARTY} o.promised_on"), "o"),
    "shortage": (_SHORT.replace("WHERE o.business_on", f"{_PARTY} o.business_on"), "o"),
    "order_to_ship": (_HOURS.replace("WHERE sh.shipped_at", f"{_PARTY} sh.shipped_at"), "o"),
    "near_expiry": (_LOTS.replace("{where}", f"{{where}} AND {goods.NEAR}"), "b"),
    "expired": (_LOTS.replace("{where}", f"{{where}} AND {goods.EXPIRED}"), "b"),
    "cross_region": (_CROSS, "a"),
    "overdue": (_OPEN, "v"),
    "disputes": (_DISPUTES, "s"),
}


def rows_of(code: str, cut: cuts.Cut, *, today: dt.date, after: int = 0, limit: int) -> list[dict[str, Any]]:
    """Up to `limit` rows behind a figure by column name, those after `after`. One statement."""
    cut = cut.of(code)
    parameters = cut.parameters(
        today=today, after=min(after, MOST_SEEN) if code != "sales" else after, limit=limit
    )
    if code == "coverage":
        statement = partners.hospitals(cut, _HOSPITALS)
        parameters |= partners.hospital_parameters(cut, today)
    else:
        template, alias = _STATEMENTS[code]
        statement = template.format(where=goods.owned(cut, alias) if alias == "b" else cut.where(alias))
    return cuts.dictionaries(statement, parameters)
