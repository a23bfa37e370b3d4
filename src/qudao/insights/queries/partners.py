"""Partners: attainment of targets, hospitals reached, sales across regions, receivables, disputes."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from qudao.insights import rules
from qudao.insights.queries import cut as cuts
from qudao.insights.queries import sales

# The target set for an account goes before the one its authorisation names.
_GOALS = """
SELECT a.id, g.target, g.valid_from, g.valid_until FROM partners_channelaccount a JOIN LATERAL (
    SELECT t.target, t.valid_from, t.valid_until FROM insights_target t
    WHERE t.account_id = a.id AND t.kpi = 'sales' AND t.target IS NOT NULL
        AND t.valid_from < %(until)s AND t.valid_until > %(first)s
    UNION ALL
    SELECT t.target, t.valid_from, COALESCE(t.valid_until, (t.valid_from + interval '1 year')::date)
    FROM partners_authorisation t
    WHERE t.party_id = a.party_id AND t.entity_id = a.entity_id AND t.line_id = a.line_id
        AND t.target IS NOT NULL AND t.effect = 'allow' AND t.kind = 'distribution' AND t.revoked_on IS NULL
        AND t.valid_from < %(until)s AND COALESCE(t.valid_until, 'infinity') > %(first)s
        AND NOT EXISTS (SELECT FROM insights_target x WHERE x.account_id = a.id AND x.kpi = 'sales'
            AND x.target IS NOT NULL AND x.valid_from < %(until)s AND x.valid_until > %(first)s)
) g ON true WHERE true {where}
"""
_BY_ACCOUNT = """
SELECT a.id, a.party_id, p.name, a.line_id, a.region_id, a.tier, COALESCE(f.net, 0)
FROM partners_channelaccount a JOIN partners_party p ON p.id = a.party_id LEFT JOIN (
    SELECT s.account_id, sum(s.net) AS net FROM {source} s
    JOIN unnest(%(accounts)s::int[], %(begins)s::date[]) AS w (account_id, begins) ON w.account_id = s.account_id
    WHERE s."on" >= %(earliest)s AND s."on" >= w.begins AND s."on" < %(until)s {sold} GROUP BY 1
) f ON f.account_id = a.id WHERE a.id = ANY (%(accounts)s::int[]) {where}
"""
# Authorisations are few by territory: hospitals are held against their territories, not against each of them.
HOSPITALS = """
WITH granted AS MATERIALIZED (
    SELECT a.party_id, a.hospital_id, a.territory_from, a.territory_until FROM partners_authorisation a
    WHERE a.effect = 'allow' AND a.kind = 'distribution'
        AND (a.revoked_on IS NULL OR a.revoked_on > %(today)s)
        AND a.valid_from <= %(today)s AND (a.valid_until IS NULL OR a.valid_until > %(today)s) {authorisations}
), place AS MATERIALIZED (
    SELECT h.territory_id, array_agg(DISTINCT g.party_id) AS parties
    FROM (SELECT DISTINCT p.territory_id FROM partners_hospital h JOIN partners_party p ON p.id = h.party_id) h
    JOIN granted g ON g.hospital_id = 0 AND h.territory_id >= g.territory_from
        AND h.territory_id < g.territory_until
    GROUP BY 1
), named AS MATERIALIZED (
    SELECT g.hospital_id, array_agg(DISTINCT g.party_id) AS parties FROM granted g WHERE g.hospital_id > 0 GROUP BY 1
), target AS (
    SELECT h.party_id AS hospital_id, p.name, p.territory_id,
        COALESCE(cardinality(l.parties), 0) + (
            SELECT count(*) FROM unnest(n.parties) one WHERE one <> ALL (COALESCE(l.parties, '{{}}'))
        ) AS partners
    FROM partners_hospital h JOIN partners_party p ON p.id = h.party_id
    LEFT JOIN place l USING (territory_id) LEFT JOIN named n ON n.hospital_id = h.party_id
    WHERE (l.parties IS NOT NULL OR n.parties IS NOT NULL) {hospitals}
), sold AS (
    SELECT hospital_id, max(day) AS day FROM (
        SELECT o.hospital_id, o.business_on AS day FROM orders_order o
        WHERE o.hospital_id > 0 AND o.business_on > %(since)s AND o.business_on <= %(today)s
            AND o.status IN ('shipped', 'signed', 'signed_with_difference') {orders}
        UNION ALL
        SELECT r.hospital_id, r.sold_on FROM flow_flowrow r JOIN flow_flowfile f ON f.id = r.file_id
        WHERE r.hospital_id > 0 AND r.sold_on > %(since)s AND r.state IN ('normal', 'late') {flow}
    ) s GROUP BY 1
)
"""
_IN_REGION = """ AND p.territory_id / 10000 * 10000 = ANY (
        SELECT unnest(g.provinces) FROM organisation_region g WHERE g.id = %(region_id)s
    )"""
_COVERAGE = HOSPITALS + "SELECT count(*), count(s.day) FROM target t LEFT JOIN sold s USING (hospital_id)"
CROSS = """
FROM flow_flowrow r JOIN flow_flowfile f ON f.id = r.file_id
JOIN partners_channelaccount a ON a.id = f.account_id JOIN organisation_region g ON g.id = a.region_id
JOIN partners_party p ON p.id = r.hospital_id
WHERE r.counted_month >= %(first)s AND r.counted_month < %(until)s AND r.state IN ('normal', 'late', 'appeal') {where}
"""
OUTSIDE = "NOT (p.territory_id / 10000 * 10000 = ANY (g.provinces))"
_CROSS = (
    f"SELECT count(*), count(*) FILTER (WHERE {OUTSIDE}),"
    f" count(*) FILTER (WHERE {OUTSIDE} AND r.state = 'appeal') " + CROSS
)
OPEN = "FROM settlement_invoice v WHERE v.gross > v.paid + v.credited {where}"
_RECEIVABLES = (
    "SELECT COALESCE(sum(v.gross - v.paid - v.credited), 0),"
    " COALESCE(sum(v.gross - v.paid - v.credited) FILTER (WHERE v.due_on < %(today)s), 0) " + OPEN
)
_DISPUTES = """
SELECT COALESCE(sum(s.line_count), 0), COALESCE(sum((
    SELECT count(*) FROM settlement_statementline l WHERE l.statement_id = s.id AND l.state = 'adjusted'
)), 0)
FROM settlement_statement s
WHERE s.period_from >= %(first)s AND s.period_from < %(until)s AND s.status <> 'draft' {where}
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """An account against its target: sales since `rules.counted_from`, what the target asks of these days, their
    ratio."""

    account_id: int
    party_id: int
    party: str
    line_id: int
    region_id: int
    tier: str
    sales: Decimal
    due: Decimal
    rate: Decimal | None


def attainment(cut: cuts.Cut, *, party_ids: Iterable[int] | None = None) -> list[Standing]:
    """Every account with a target in the window (of those parties, when given), the furthest behind first; what
    counts begins with the window, or with the target in force where that began before. Two statements."""
    some = " AND {}.party_id = ANY (%(parties)s::int[])" if party_ids is not None else ""
    accounts = cut.where("a") + some.format("a")
    sold = cut.where("s") + some.format("s")
    statement = _BY_ACCOUNT.format(source=sales.source(), sold=sold, where=accounts)
    parameters = cut.parameters(**({"parties": sorted(party_ids)} if party_ids is not None else {}))
    goals: dict[int, list[rules.Goal]] = defaultdict(list)
    for account_id, *goal in cuts.rows(_GOALS.format(where=accounts), parameters):
        goals[account_id].append(rules.Goal(*goal))
    if not goals:
        return []
    begins = {
        account_id: rules.counted_from(goals=held, first=cut.first, until=cut.until)
        for account_id, held in sorted(goals.items())
    }
    windows = {
        "accounts": list(begins),
        "begins": list(begins.values()),
        "earliest": min(begins.values()),
    }
    kpi = rules.KPIS["attainment"]
    found = []
    for row in cuts.rows(statement, parameters | windows):
        due = rules.due(goals=goals[row[0]], first=begins[row[0]], until=cut.until)
        rate = rules.value(kpi=kpi, measured=rules.Measured(row[6], due))
        if rate is not None:
            found.append(Standing(*row, due, rate))
    return sorted(found, key=lambda one: (one.rate, one.account_id))


def coverage(cut: cuts.Cut, *, today: dt.date) -> tuple[int, int]:
    """(hospitals somebody is authorised for, of them with a sale in the last 90 days)."""
    return cuts.rows(hospitals(cut, _COVERAGE), hospital_parameters(cut, today))[0]


def hospitals(cut: cuts.Cut, statement: str) -> str:
    """The statement for the cut: of a region its hospitals, whoever sells to them."""
    cut = cut.of("coverage")
    line = " AND a.line_id IN (0, %(line_id)s)" if cut.line_id else ""
    return statement.format(
        authorisations=cut.where("a", but=("region_id", "line_id")) + line,
        orders=cut.where("o", but=("region_id",)),
        flow=cut.where("f", but=("region_id", "line_id")),
        hospitals=_IN_REGION if cut.region_id else "",
    )


def hospital_parameters(cut: cuts.Cut, today: dt.date) -> dict:
    return cut.of("coverage").parameters(today=today, since=today - dt.timedelta(days=90))


def cross_region(cut: cuts.Cut) -> tuple[int, int, int]:
    """(lines sold on to hospitals, of them outside the home region, of these without authorisation)."""
    return cuts.rows(_CROSS.format(where=cut.where("a")), cut.parameters())[0]


def receivables(cut: cuts.Cut, *, today: dt.date) -> tuple[Decimal, Decimal]:
    """(open, of it overdue) over the invoices this actor sees."""
    cut = cut.of("overdue")
    return cuts.rows(_RECEIVABLES.format(where=cut.where("v")), cut.parameters(today=today))[0]


def disputes(cut: cuts.Cut) -> tuple[int, int]:
    """(statement lines sent, of them disputed and found wrong)."""
    cut = cut.of("disputes")
    return cuts.rows(_DISPUTES.format(where=cut.where("s")), cut.parameters())[0]
