"""Rows of the database as the rules take them: licences, authorisations and the policy in force."""

import datetime as dt
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from django.db import connection

from qudao.kernel import periods, rule_tables
from qudao.partners.rules import authorisations, licences, scoring

LICENCE = """coalesce(nullif(p.short_name, ''), p.name), l.kind, l.number, l.valid_from, l.valid_until, l.revoked_on,
       l.suspended, l.mode,
       ARRAY(SELECT ARRAY[s.catalogue, s.category, s.device_class::text, s.qualifier]
             FROM partners_licencescope s WHERE s.licence_id = l.id)"""
_LICENCES = f"""
SELECT l.party_id, {LICENCE}
FROM partners_licence l JOIN partners_party p ON p.id = l.party_id
WHERE l.party_id = ANY (%s::int[])
ORDER BY l.party_id, l.id
"""
# A parent outside the actor's view is left out: grants lie inside it and revoking it marks its children.
_AUTHORISATIONS = """
WITH RECURSIVE chain AS (
    SELECT z.* FROM partners_authorisation z
    WHERE z.party_id = ANY (%s::int[]) AND (%s::int = 0 OR z.entity_id IN (0, %s::int))
    UNION
    SELECT z.* FROM partners_authorisation z JOIN chain c ON z.id = c.parent_id
)
SELECT c.id, c.party_id, c.valid_from, c.valid_until, c.effect, c.kind, c.line_id, c.item_id,
       c.territory_from, c.territory_until, c.hospital_id, c.channel, c.revoked_on,
       (SELECT a.id FROM chain a WHERE a.id = c.parent_id), c.sublicence
FROM chain c ORDER BY c.id
"""


def licences_of(party_ids: Iterable[int]) -> dict[int, tuple[licences.Licence, ...]]:
    """Party → its licences with their scope, in one statement; parties without any are left out."""
    found: dict[int, list[licences.Licence]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LICENCES, [sorted(set(party_ids))])
        for party_id, *fields in cursor.fetchall():
            found.setdefault(party_id, []).append(licence(*fields))
    return {party_id: tuple(held) for party_id, held in found.items()}


def licence(holder, kind, number, begins, ends, revoked_on, suspended, mode, scope) -> licences.Licence:
    """The columns of LICENCE (of party p and licence l) as the rules take them."""
    return licences.Licence(
        holder=holder,
        kind=kind,
        number=number,
        valid_from=begins,
        valid_until=ends,
        revoked_on=revoked_on,
        suspended=suspended,
        mode=mode or None,
        scope=frozenset(
            licences.ScopeEntry(catalogue, category, int(device_class), qualifier)
            for catalogue, category, device_class, qualifier in scope
        ),
    )


def authorisations_of(
    party_ids: Iterable[int], *, entity_id: int = 0
) -> tuple[authorisations.Authorisation, ...]:
    """The parties' authorisations in the entity (0: all) with what they were granted from, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_AUTHORISATIONS, [sorted(set(party_ids)), entity_id, entity_id])
        return tuple(_authorisation(*row) for row in cursor.fetchall())


def _authorisation(
    id,
    party,
    begins,
    ends,
    effect,
    kind,
    line,
    item,
    lower,
    upper,
    hospital,
    channel,
    revoked_on,
    parent,
    onward,
) -> authorisations.Authorisation:
    return authorisations.Authorisation(
        id=id,
        partner_id=party,
        period=periods.Period(begins, ends),
        effect=effect,
        kind=kind,
        product=tuple(one for one in (line, item) if one),
        territory=authorisations.Territory(lower, upper),
        hospital=(hospital,) if hospital else (),
        channel=channel,
        revoked_on=revoked_on,
        parent_id=parent,
        may_sublicense=onward,
    )


def authorisation(row: Any) -> authorisations.Authorisation:
    """A row of the model, saved or not, as the rules take it."""
    return _authorisation(
        *(row.pk or 0, row.party_id, row.valid_from, row.valid_until, row.effect, row.kind, row.line_id),
        *(row.item_id, row.territory_from, row.territory_until, row.hospital_id, row.channel),
        *(row.revoked_on, row.parent_id, row.sublicence),
    )


def policy(on: dt.date) -> licences.Policy:
    """The licence policy in force that day."""
    data = rule_tables.on("partners.licence_policy", on)
    return licences.Policy(
        kinds_for_class=MappingProxyType(
            {int(number): frozenset(kinds) for number, kinds in data["kinds_for_class"].items()}
        ),
        grants=MappingProxyType({qualifier: frozenset(needs) for qualifier, needs in data["grants"].items()}),
        hospital_kinds=frozenset(data["hospital_kinds"]),
        renewal_opens=data["renewal_opens"],
        renewal_closes=data["renewal_closes"],
        expiry_windows=tuple(data["expiry_windows"]),
    )


def warning_days(on: dt.date) -> int:
    """How many days before its expiry a licence begins to warn on orders."""
    return int(rule_tables.on("partners.licence_policy", on)["warning_days"])


def category_name(catalogue: str, code: str, on: dt.date) -> str:
    """The name of a category as the catalogues print it; a code they do not have has no name."""
    return str(rule_tables.on("partners.device_categories", on)[catalogue].get(code, ""))


def score_policy(on: dt.date) -> scoring.Policy:
    """Criteria and thresholds of the admission score in force that day."""
    data = rule_tables.on("partners.admission_score", on)
    return scoring.Policy(MappingProxyType(data["weights"]), MappingProxyType(data["tiers"]))


def category_codes(on: dt.date) -> dict[str, frozenset[str]]:
    """Catalogue → the codes of its categories."""
    return {
        name: frozenset(codes) for name, codes in rule_tables.on("partners.device_categories", on).items()
    }
