"""Contracts, their versions, what changed between two, and their rebate terms."""

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from qudao.kernel import errors, scope
from qudao.kernel import models as kernel

PAGE = 50
VIEW = "pricing.contract.view"
FILE_PURPOSE = "pricing.contract"
PAPER_PURPOSE = "pricing.paper"


@dataclasses.dataclass(frozen=True, slots=True)
class ContractTerms:
    """The version in effect for an account on a day, with what an order needs of it."""

    version_id: int
    contract_id: uuid.UUID
    contract_number: str
    version_number: int
    valid_from: dt.date
    valid_until: dt.date | None
    payment_days: int | None
    excludes_promotions: bool

    @property
    def citation(self) -> str:
        return f"{self.contract_number} v{self.version_number}"


@dataclasses.dataclass(frozen=True, slots=True)
class ContractView:
    """A contract with its newest version."""

    id: uuid.UUID
    number: str
    title: str
    status: str
    entity_id: int
    party_id: int
    account_id: int
    version_id: int
    version_number: int
    version_status: str
    valid_from: dt.date
    valid_until: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class VersionPrice:
    """A price of a version, in effect or still a draft (`row_id` 0), per price unit."""

    row_id: int
    item_id: int
    price: Decimal
    tax_included: bool
    minimum_quantity: Decimal
    hospital_id: int
    valid_from: dt.date
    valid_until: dt.date | None
    clause: str

    @property
    def key(self) -> tuple[int, int, Decimal, dt.date]:
        """What the price is for; two versions' prices with one key are compared."""
        return self.item_id, self.hospital_id, self.minimum_quantity, self.valid_from


@dataclasses.dataclass(frozen=True, slots=True)
class RebateTerm:
    """返利条款 with the version it belongs to. `scale` is what `rules.case.read_scale` reads."""

    id: int
    version_id: int
    contract_id: uuid.UUID
    contract_number: str
    version_number: int
    version_status: str
    valid_from: dt.date
    valid_until: dt.date | None
    node_id: int
    entity_id: int
    party_id: int
    account_id: int
    name: str
    direction: str
    basis: str
    scale: Mapping[str, Any]
    counts: Mapping[str, Any]
    calendar: str
    tax_included: bool
    tax_rate: Decimal
    pool_months: int
    pool_share: Decimal

    @property
    def citation(self) -> str:
        return f"{self.contract_number} v{self.version_number}"


@dataclasses.dataclass(frozen=True, slots=True)
class VersionView:
    """One version with its terms; `price_count` prices are listed by `list_version_prices`."""

    id: int
    contract_id: uuid.UUID
    contract_number: str
    node_id: int
    entity_id: int
    party_id: int
    account_id: int
    number: int
    status: str
    valid_from: dt.date
    valid_until: dt.date | None
    terms: Mapping[str, Any]
    price_count: int
    document_digest: str
    signed_by: str
    countersigned_by: str
    signed_at: dt.datetime | None

    @property
    def citation(self) -> str:
        return f"{self.contract_number} v{self.number}"


@dataclasses.dataclass(frozen=True, slots=True)
class ContractDetail:
    """`versions` with the newest first."""

    contract: ContractView
    versions: tuple[VersionView, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """A term or a rebate that differs; None on the side that does not have it."""

    name: str
    before: Any
    after: Any


@dataclasses.dataclass(frozen=True, slots=True)
class PriceChange:
    """A price that differs; None on the side that does not have it."""

    item_id: int
    hospital_id: int
    minimum_quantity: Decimal
    before: Decimal | None
    after: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """From one version to another."""

    terms: tuple[Change, ...]
    prices: tuple[PriceChange, ...]
    rebates: tuple[Change, ...]


_EFFECTIVE = """
SELECT v.id, c.id, c.number, v.number, v.valid_from, v.valid_until,
       (v.terms ->> 'payment_days')::int, coalesce((v.terms ->> 'excludes_promotions')::boolean, false)
FROM pricing_contract c JOIN pricing_contractversion v ON v.contract_id = c.id
WHERE c.account_id = %s::int AND v.status = 'effective'
  AND v.valid_from <= %s::date AND (v.valid_until IS NULL OR v.valid_until > %s::date)
ORDER BY v.valid_from DESC, v.id DESC LIMIT 1
"""
_CONTRACT = """
SELECT c.id, c.number, c.title, c.status, c.entity_id, c.party_id, c.account_id,
       v.id, v.number, v.status, v.valid_from, v.valid_until
FROM pricing_contract c JOIN LATERAL (
    SELECT * FROM pricing_contractversion WHERE contract_id = c.id ORDER BY number DESC LIMIT 1
) v ON true
WHERE c.id = %(id)s::uuid AND (%(everyone)s OR c.node_id = ANY(%(nodes)s::int[]))
"""
_VERSIONS = """
SELECT v.id, c.id, c.number, v.node_id, c.entity_id, c.party_id, c.account_id, v.number, v.status,
       v.valid_from, v.valid_until, v.terms - 'price_rows',
       jsonb_array_length(coalesce(v.terms -> 'price_rows', '[]'))
           + (SELECT count(*) FROM pricing_pricerow p WHERE p.contract_version_id = v.id)::int,
       v.document_digest, v.signed_by, v.countersigned_by, v.signed_at
FROM pricing_contractversion v JOIN pricing_contract c ON c.id = v.contract_id
WHERE {} ORDER BY v.number DESC
"""
# The prices of a draft lie in its terms; once in effect they are rows.
_PRICES = """
SELECT p.id, p.item_id, p.price, p.tax_included, p.minimum_quantity, p.hospital_id,
       p.valid_from, p.valid_until, p.citation
FROM pricing_pricerow p WHERE p.contract_version_id = %(version)s::int
UNION ALL
SELECT 0, d.item_id, d.price, d.tax_included, d.minimum_quantity, d.hospital_id,
       d.valid_from, d.valid_until, d.clause
FROM pricing_contractversion v, jsonb_to_recordset(v.terms -> 'price_rows') AS d (
    item_id int, price numeric, tax_included boolean, minimum_quantity numeric, hospital_id int,
    valid_from date, valid_until date, clause text)
WHERE v.id = %(version)s::int
ORDER BY 2, 6, 5, 7 OFFSET %(skip)s::int LIMIT %(limit)s::int
"""
_REBATES = """
SELECT t.id, v.id, c.id, c.number, v.number, v.status, v.valid_from, v.valid_until, c.node_id, c.entity_id,
       c.party_id, c.account_id, t.name, t.direction, t.basis, t.scale, t.counts, t.calendar, t.tax_included,
       t.tax_rate, t.pool_months, t.pool_share
FROM pricing_rebateterm t JOIN pricing_contractversion v ON v.id = t.contract_version_id
JOIN pricing_contract c ON c.id = v.contract_id
WHERE (%(version)s::int IS NULL OR v.id = %(version)s::int)
  AND (%(version)s::int IS NOT NULL OR v.status = 'effective')
  AND (%(account)s::int IS NULL OR c.account_id = %(account)s::int)
  AND (%(party)s::int IS NULL OR c.party_id = %(party)s::int)
  AND (%(entity)s::int IS NULL OR c.entity_id = %(entity)s::int)
  AND (%(on)s::date IS NULL OR v.valid_from <= %(on)s::date
       AND (v.valid_until IS NULL OR v.valid_until > %(on)s::date))
ORDER BY c.number, v.number, t.id
"""


def effective_version(account_id: int, *, on: dt.date, actor: scope.Actor) -> ContractTerms | None:
    """The version in effect for an account, the latest to begin; None without a contract. One statement."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_EFFECTIVE, [account_id, on, on])
        row = cursor.fetchone()
    return None if row is None else ContractTerms(*row)


def get_contract(contract_id: uuid.UUID, actor: scope.Actor) -> ContractDetail:
    """A contract with its versions. Raises NotFound when there is none the actor sees."""
    actor.require(VIEW)
    named = {"id": contract_id, "everyone": not actor.few, "nodes": list(actor.visible)}
    with scope.transaction(actor):
        with connection.cursor() as cursor:
            cursor.execute(_CONTRACT, named)
            row = cursor.fetchone()
        if row is None:
            raise errors.NotFound()
        return ContractDetail(ContractView(*row), tuple(_versions("c.id = %s::uuid", contract_id)))


def get_contract_version(version_id: int, actor: scope.Actor) -> VersionView:
    """One version. Raises NotFound when there is none the actor sees."""
    actor.require(VIEW)
    with scope.transaction(actor):
        rows = _versions("v.id = %s::int", version_id)
    if not rows:
        raise errors.NotFound()
    return rows[0]


def get_own_version(version_id: int, actor: scope.Actor) -> VersionView:
    """A version whose papers the actor may read: it names rebates, which are between the partner and us. Raises
    NotFound, also for the agent above the partner."""
    version = get_contract_version(version_id, actor)
    if not (actor.house or actor.party_id == version.party_id):
        raise errors.NotFound()
    return version


def list_version_prices(
    version_id: int, *, actor: scope.Actor, skip: int = 0, limit: int | None = PAGE
) -> list[VersionPrice]:
    """Prices of a version by item; `limit` None for all of them. None for a version not seen."""
    actor.require(VIEW)
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_PRICES, {"version": version_id, "skip": skip, "limit": limit})
        return [VersionPrice(*row) for row in cursor.fetchall()]


def rebate_terms(
    *,
    actor: scope.Actor,
    version_id: int | None = None,
    account_id: int | None = None,
    party_id: int | None = None,
    entity_id: int | None = None,
    on: dt.date | None = None,
) -> list[RebateTerm]:
    """Rebate terms of a version (a draft too), or of the versions in effect (`on` a day) of an account or
    of a debtor, which is a party in an entity. One statement."""
    filters = {
        "version": version_id,
        "account": account_id,
        "party": party_id,
        "entity": entity_id,
        "on": on,
    }
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_REBATES, filters)
        # Django leaves JSON of plain statements as text.
        return [
            RebateTerm(*row[:15], json.loads(row[15]), json.loads(row[16]), *row[17:])
            for row in cursor.fetchall()
        ]


def version_diff(before_id: int, after_id: int, *, actor: scope.Actor) -> Difference:
    """What changed from one version to the other. Raises NotFound when either is not seen."""
    with scope.transaction(actor):
        before, after = get_contract_version(before_id, actor), get_contract_version(after_id, actor)
        prices = [
            {row.key[:3]: row.price for row in list_version_prices(one, actor=actor, limit=None)}
            for one in (before_id, after_id)
        ]
        rebates = [
            {term.name: _comparable(term) for term in rebate_terms(actor=actor, version_id=one)}
            for one in (before_id, after_id)
        ]
    ours = {"valid_from": before.valid_from, "valid_until": before.valid_until, **before.terms}
    theirs = {"valid_from": after.valid_from, "valid_until": after.valid_until, **after.terms}
    return Difference(
        tuple(Change(*found) for found in _changes(ours, theirs)),
        tuple(PriceChange(*key, old, new) for key, old, new in _changes(prices[0], prices[1])),
        tuple(Change(*found) for found in _changes(*rebates)),
    )


def find_file(digest: str, *, node_id: int, actor: scope.Actor) -> dt.datetime | None:
    """When this contract file was taken in for the account's node before; None when it was not."""
    with scope.transaction(actor):
        return (
            kernel.StoredFile.objects.filter(node_id=node_id, purpose=FILE_PURPOSE, digest=digest)
            .values_list("stored_at", flat=True)
            .first()
        )


def find_stored_file(digest: str, *, node_id: int, actor: scope.Actor) -> tuple[str, str] | None:
    """(name, media type) of a file kept with a contract of this node: its workbook or its signed paper."""
    with scope.transaction(actor):
        return (
            kernel.StoredFile.objects.filter(
                node_id=node_id, purpose__in=(FILE_PURPOSE, PAPER_PURPOSE), digest=digest
            )
            .values_list("name", "media_type")
            .first()
        )


def _versions(condition: str, value: Any) -> list[VersionView]:
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS.format(condition), [value])
        return [VersionView(*row[:11], json.loads(row[11]), *row[12:]) for row in cursor.fetchall()]


def _comparable(term: RebateTerm) -> dict[str, Any]:
    names = ("basis", "scale", "counts", "calendar", "tax_included", "tax_rate", "pool_months", "pool_share")
    return {name: getattr(term, name) for name in names}


def _changes(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> list[tuple[Any, Any, Any]]:
    keys = sorted(before.keys() | after.keys(), key=str)
    return [(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]
