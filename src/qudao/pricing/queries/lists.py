"""Contracts as a list: which version holds today, what waits to be signed, when the last one ends."""

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db import connection

from qudao.kernel import numbering, scope

PAGE = 50
VIEW, SIGN = "pricing.contract.view", "pricing.contract.sign"
EXPIRING = 90
STATES = ("effective", "expiring", "draft", "pending", "ended")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ContractFilter:
    """None and "" leave a filter out. `party_ids` are those whose name was looked for beside `text`, the
    beginning of a number; `state` is one of STATES, where "draft" means that a draft waits to be signed."""

    text: str = ""
    party_ids: tuple[int, ...] = ()
    state: str = ""
    line_id: int | None = None
    entity_id: int | None = None
    party_id: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract on a day. `version_number` and its dates are of the version in force, else of the next or
    the last one; None while nothing was signed: then `prices` and `ends` are the draft's. `ends` is the first day
    after it on which no signed version holds. `signers` are the roles that sign drafts, each by its name and its
    English one: not the administrators', who may everything and sign nothing."""

    id: uuid.UUID
    number: str
    title: str
    entity_id: int
    party_id: int
    account_id: int
    line_id: int
    party_name: str
    tier: str
    version_id: int | None
    version_number: int | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    ends: dt.date | None
    draft_id: int | None
    draft_number: int | None
    draft_from: dt.date | None
    prices: int
    signers: list[list[str]]
    state: str


@dataclasses.dataclass(frozen=True, slots=True)
class ContractRows:
    """`next` is the cursor of the following page, None on the last."""

    rows: tuple[ContractRow, ...]
    next: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class ContractTotals:
    contracts: int = 0
    effective: int = 0
    expiring: int = 0
    drafts: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class ContractHit:
    id: uuid.UUID
    number: str
    status: str
    party_name: str


_SEARCH = """
SELECT c.id, c.number, c.status, p.name FROM pricing_contract c JOIN partners_party p ON p.id = c.party_id
WHERE (%(everyone)s OR c.node_id = ANY(%(nodes)s::int[]))
    AND (upper(c.number) LIKE %(start)s::text OR upper(c.number) LIKE %(ends)s::text)
ORDER BY c.number LIMIT %(limit)s::int
"""
# Versions that follow each other without a gap are one span: what ends is the span, not the version. One that
# never came to hold ends on the day it begins. Most contracts have one version, which needs no look for its span.
_FOUND = """
SELECT c.id, c.number, c.title, c.entity_id, c.party_id, c.account_id, a.line_id, p.name AS party_name, a.tier,
       e.id AS version_id, e.number AS version_number, e.valid_from, e.valid_until,
       CASE WHEN e.id IS NULL THEN d.valid_until ELSE n.ends END AS ends,
       d.id AS draft_id, d.number AS draft_number, d.valid_from AS draft_from, d.prices AS draft_prices,
       CASE WHEN e.id IS NULL THEN 'draft'
            WHEN e.valid_until = e.valid_from THEN 'ended'
            WHEN e.valid_from > %(on)s::date THEN 'pending'
            WHEN n.ends <= %(on)s::date THEN 'ended'
            WHEN n.ends <= %(on)s::date + %(expiring)s::int THEN 'expiring'
            ELSE 'effective' END AS state
FROM pricing_contract c
JOIN partners_channelaccount a ON a.id = c.account_id
JOIN partners_party p ON p.id = c.party_id
LEFT JOIN LATERAL (
    SELECT v.id, v.number, v.valid_from, v.valid_until, count(*) OVER () AS versions FROM pricing_contractversion v
    WHERE v.contract_id = c.id AND v.status = 'effective'
    ORDER BY (v.valid_until = v.valid_from) IS TRUE,
             (v.valid_from <= %(on)s::date AND (v.valid_until IS NULL OR v.valid_until > %(on)s::date)) DESC,
             v.valid_from > %(on)s::date DESC, v.valid_from DESC LIMIT 1
) e ON true
LEFT JOIN LATERAL (
    SELECT upper(r.span) AS ends FROM (
        SELECT unnest(range_agg(daterange(v.valid_from, v.valid_until))) AS span
        FROM pricing_contractversion v WHERE v.contract_id = c.id AND v.status = 'effective' AND e.versions > 1
    ) r WHERE r.span @> e.valid_from
) s ON true
CROSS JOIN LATERAL (
    SELECT CASE e.versions WHEN 1 THEN nullif(e.valid_until, e.valid_from) ELSE s.ends END AS ends
) n
LEFT JOIN LATERAL (
    SELECT v.id, v.number, v.valid_from, v.valid_until,
           jsonb_array_length(coalesce(v.terms -> 'price_rows', '[]')) AS prices
    FROM pricing_contractversion v
    WHERE v.contract_id = c.id AND v.status = 'draft' ORDER BY v.number DESC LIMIT 1
) d ON true
WHERE (%(everyone)s OR c.node_id = ANY(%(nodes)s::int[]))
  AND (%(text)s::text = '' OR upper(c.number) LIKE %(start)s::text OR upper(c.number) LIKE %(ends)s::text
       OR c.party_id = ANY(%(parties)s::int[]))
  AND (%(party)s::int IS NULL OR c.party_id = %(party)s::int)
  AND (%(entity)s::int IS NULL OR c.entity_id = %(entity)s::int)
  AND (%(line)s::int IS NULL OR a.line_id = %(line)s::int)
"""
_STATES = {
    "": "true",
    "draft": "draft_id IS NOT NULL",
    "effective": "state IN ('effective', 'expiring')",
    "expiring": "state = 'expiring'",
    "pending": "state = 'pending'",
    "ended": "state = 'ended'",
}
_ORDERS = {
    "number": "''::text",
    "ends": "coalesce(ends::text, '9999-12-31')",
    "current": "CASE state WHEN 'draft' THEN '0' WHEN 'ended' THEN '2' ELSE '1' END",
}
_PAGE = """
WITH found AS ({found}), page AS (
    SELECT *, {order} AS place FROM found
    WHERE {state} AND ({order}, number) > (%(place)s::text, %(after)s::text)
    ORDER BY place, number LIMIT %(limit)s::int
)
SELECT id, number, title, entity_id, party_id, account_id, line_id, party_name, tier, version_id, version_number,
       valid_from, valid_until, ends, draft_id, draft_number, draft_from,
       CASE WHEN version_id IS NULL THEN draft_prices
            ELSE (SELECT count(*) FROM pricing_pricerow r WHERE r.contract_version_id = page.version_id) END::int,
       (SELECT coalesce(array_agg(ARRAY[o.name, o.name_en] ORDER BY o.id), '{{}}') FROM organisation_role o
        WHERE %(sign)s::text = ANY(o.permissions) AND o.code <> 'administrator'), state, place
FROM page ORDER BY place, number
"""
_TOTALS = """
WITH found AS ({found})
SELECT count(*), count(*) FILTER (WHERE state IN ('effective', 'expiring')),
       count(*) FILTER (WHERE state = 'expiring'), count(*) FILTER (WHERE draft_id IS NOT NULL)
FROM found WHERE {state}
"""


def find_contracts(
    wanted: ContractFilter,
    *,
    on: dt.date,
    actor: scope.Actor,
    cursor: str | None = None,
    sort: str = "number",
    limit: int = PAGE,
) -> ContractRows:
    """Contracts the actor sees, in one statement.

    `sort`: by number, by the day they `ends` (soonest first), or `current`: to sign first, ended last.
    """
    actor.require(VIEW)
    statement = _PAGE.format(found=_FOUND, state=_STATES.get(wanted.state, "true"), order=_ORDERS[sort])
    place, _, after = (cursor or "").partition("|")
    parameters = {**_parameters(wanted, on, actor), "place": place, "after": after, "limit": limit + 1}
    with scope.transaction(actor), connection.cursor() as found:
        found.execute(statement, parameters)
        rows = found.fetchall()
    following = f"{rows[limit - 1][-1]}|{rows[limit - 1][1]}" if len(rows) > limit else None
    return ContractRows(tuple(ContractRow(*row[:-1]) for row in rows[:limit]), following)


def search_contracts(text: str, *, actor: scope.Actor, limit: int) -> list[ContractHit]:
    """Contracts whose number begins with the text, or ends with its figures; one statement."""
    actor.require(VIEW)
    with scope.transaction(actor), connection.cursor() as found:
        parameters = _parameters(ContractFilter(text=text), dt.date.min, actor)
        found.execute(_SEARCH, {**parameters, "limit": limit})
        return [ContractHit(*row) for row in found.fetchall()]


def total_contracts(wanted: ContractFilter, *, on: dt.date, actor: scope.Actor) -> ContractTotals:
    """How many are found, hold, end within EXPIRING days, wait to be signed; one statement."""
    actor.require(VIEW)
    with scope.transaction(actor), connection.cursor() as found:
        statement = _TOTALS.format(found=_FOUND, state=_STATES.get(wanted.state, "true"))
        found.execute(statement, _parameters(wanted, on, actor))
        return ContractTotals(*found.fetchone())


def _parameters(wanted: ContractFilter, on: dt.date, actor: scope.Actor) -> dict[str, Any]:
    text = wanted.text.strip().upper()
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {
        "on": on,
        "sign": SIGN,
        "expiring": EXPIRING,
        "everyone": not actor.few,
        "nodes": list(actor.visible),
        "text": text,
        "start": f"{plain}%",
        "ends": f"%{plain}" if numbering.ends(plain) else plain,
        "parties": list(wanted.party_ids),
        "party": wanted.party_id,
        "entity": wanted.entity_id,
        "line": wanted.line_id,
    }
