"""流向及时率: who owed a month's sell-through, and who sent it in time."""

import dataclasses
import datetime as dt
from decimal import Decimal

from django.db import connection

from qudao.kernel import periods, rule_tables, scope

ROLES = ("agent", "dealer", "service_point", "store")
PAGE = 100

# An account owes a month when it was delivered something up to that month's end. What hospitals take they use.
_OWED = """
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 month') m (month)
JOIN partners_channelaccount a ON a.status = 'open' AND a.role = ANY (%(roles)s::text[])
JOIN partners_party p ON p.id = a.party_id
JOIN LATERAL (
    SELECT min(o.business_on) AS since FROM orders_order o
    WHERE o.account_id = a.id AND o.status IN ('signed', 'signed_with_difference') {nodes}
) d ON d.since < m.month + interval '1 month'
LEFT JOIN LATERAL (
    SELECT min(f.created_at) AS sent_at, count(*) AS files, sum(f.row_count) AS rows FROM flow_flowfile f
    WHERE f.account_id = a.id AND f.period_from = m.month::date
) s ON true
WHERE true {where} {tardy}
"""
_INSTANT = "((m.month + interval '1 month')::date + %(day)s::int)::timestamp AT TIME ZONE 'Asia/Shanghai'"
_TARDY = f"AND (s.sent_at < {_INSTANT}) IS NOT TRUE"
_COUNT = f"SELECT count(*), count(*) FILTER (WHERE s.sent_at < {_INSTANT}) " + _OWED
_LIST = (
    "SELECT m.month::date, a.id, p.id, p.name, a.line_id, a.region_id, s.sent_at, s.files, COALESCE(s.rows, 0),"
    f" CASE WHEN s.sent_at IS NULL THEN 'missing' WHEN s.sent_at < {_INSTANT} THEN 'matched' ELSE 'late' END "
    + _OWED
    + f" ORDER BY s.sent_at IS NULL DESC, s.sent_at < {_INSTANT}, 1 DESC, p.name, a.id"
    " LIMIT %(limit)s::int OFFSET %(offset)s::int"
)
_MISSING = "SELECT a.id, m.month::date " + _OWED + " AND s.sent_at IS NULL ORDER BY 2, 1 LIMIT 1"


@dataclasses.dataclass(frozen=True, slots=True)
class Punctuality:
    """An account and a month it owes, by `due_on`, its closing day: when the first file came; state matched (in time),
    late, missing."""

    month: dt.date
    account_id: int
    party_id: int
    party: str
    line_id: int
    region_id: int
    sent_at: dt.datetime | None
    files: int
    rows: Decimal
    state: str
    due_on: dt.date


def closed_months(first: dt.date, until: dt.date, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last month within [first, until) whose closing day has passed; the last may lie before
    the first, when there is none."""
    this = today.replace(day=1)
    passed = periods.add_months(this, -1 if today.day > _closing_day(today) else -2)
    return first.replace(day=1), min(passed, (until - dt.timedelta(days=1)).replace(day=1))


@scope.remembered
def count_punctual(
    *, first: dt.date, until: dt.date, today: dt.date, actor: scope.Actor, **facets: int | str
) -> tuple[int, int]:
    """(accounts × months that owed a file, of them in time) over the closed months of [first, until).

    `facets`: entity_id, region_id, line_id, tier, party_id of the account; 0 and '' mean all.
    """
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(*_asked(_COUNT, first, until, today, facets, actor))
        return cursor.fetchone()


def list_punctuality(
    *,
    first: dt.date,
    until: dt.date,
    today: dt.date,
    actor: scope.Actor,
    offset: int = 0,
    limit: int = PAGE,
    tardy: bool = False,
    **facets: int | str,
) -> list[Punctuality]:
    """Account by account and month by month: what is missing, then what came late, then the rest (with `tardy` without
    it), the latest month first."""
    day = dt.timedelta(days=_closing_day(today) - 1)
    with scope.transaction(actor), connection.cursor() as cursor:
        asked = _asked(_LIST, first, until, today, facets, actor, tardy, offset=offset, limit=limit)
        cursor.execute(*asked)
        return [Punctuality(*row, due_on=periods.add_months(row[0], 1) + day) for row in cursor.fetchall()]


def first_missing(
    *, party_id: int, account_id: int, first: dt.date, last: dt.date, actor: scope.Actor
) -> tuple[int, dt.date] | None:
    """The account and the earliest of the months [first, last] it owes and sent nothing for, whether or not its
    closing day has passed; of all accounts of the partner where `account_id` is 0."""
    facets = {"party_id": party_id, "id": account_id}
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(*_asked(_MISSING, first, last, last, facets, actor, last=last))
        return cursor.fetchone()


def _asked(statement, first, until, today, facets, actor, tardy=False, **more):
    given = {name: value for name, value in facets.items() if value}
    begin, last = closed_months(first, until, today)
    where = "".join(f" AND a.{name} = %({name})s" for name in sorted(given))
    few = actor.few
    nodes = {"nodes": list(actor.visible)} if few else {}
    if few:
        where += " AND a.node_id = ANY (%(nodes)s::int[])"
    filled = statement.format(
        where=where,
        nodes="AND o.node_id = ANY (%(nodes)s::int[])" if few else "",
        tardy=_TARDY if tardy else "",
    )
    parameters = {
        "first": begin,
        "last": last,
        "roles": list(ROLES),
        "day": _closing_day(today),
        **given,
        **nodes,
        **more,
    }
    return filled, parameters


def _closing_day(today: dt.date) -> int:
    return int(rule_tables.on("flow.closing", today)["day"])
