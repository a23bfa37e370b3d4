"""Accounts, delivery places and what customers ask of the life of goods."""

import dataclasses
from collections.abc import Iterable
from decimal import Decimal

from django.db import connection

from qudao.kernel import errors, scope
from qudao.partners import models


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """渠道账户. `parent_id` is told even where the parent itself is not seen."""

    id: int
    node_id: int
    entity_id: int
    party_id: int
    party_name: str
    line_id: int
    role: str
    tier: str
    region_id: int
    sales_person_id: int | None
    parent_id: int | None
    debtor_node_id: int
    status: str

    @property
    def is_open(self) -> bool:
        return self.status == "open"


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """收货地点. `hospital_id` is the party when that is a hospital, else 0; `territory` a GB/T 2260 code."""

    id: int
    party_id: int
    name: str
    kind: str
    address: str
    territory: int
    contact: str
    parent_id: int | None
    hospital_id: int


@dataclasses.dataclass(frozen=True, slots=True)
class LifeRequirement:
    """Facets of 0 mean all goods."""

    party_id: int
    line_id: int
    item_id: int
    days: int
    months: int
    fraction: Decimal


_ACCOUNT = (
    *("pk", "node_id", "entity_id", "party_id", "party__name", "line_id", "role", "tier", "region_id"),
    *("sales_person_id", "parent_id", "debtor_node_id", "status"),
)
_PLACE = ("pk", "party_id", "name", "kind", "address", "territory_id", "contact", "parent_id", "party__kind")
# What every order asks for first is written out: compiling the same three queries cost a tenth of an order.
_ONE_ACCOUNT = """
SELECT a.id, a.node_id, a.entity_id, a.party_id, p.name, a.line_id, a.role, a.tier, a.region_id,
       a.sales_person_id, a.parent_id, a.debtor_node_id, a.status
FROM partners_channelaccount a JOIN partners_party p ON p.id = a.party_id
WHERE a.id = %(id)s::bigint AND (%(nodes)s::int[] IS NULL OR a.node_id = ANY (%(nodes)s::int[]))
"""
_ONE_PLACE = """
SELECT d.id, d.party_id, d.name, d.kind, d.address, d.territory_id, d.contact, d.parent_id, p.kind
FROM partners_deliveryplace d JOIN partners_party p ON p.id = d.party_id
WHERE d.id = %(id)s::bigint AND (%(nodes)s::int[] IS NULL OR d.node_id = 0 OR d.node_id = ANY (%(nodes)s::int[]))
"""
_LIFE = """
SELECT party_id, line_id, item_id, days, months, fraction FROM partners_liferequirement
WHERE party_id = ANY (%s::int[]) ORDER BY id
"""


def get_account(account_id: int, actor: scope.Actor) -> Account:
    """One account, one statement. Raises NotFound when there is none the actor sees."""
    row = _one(_ONE_ACCOUNT, account_id, actor)
    if row is None:
        raise errors.NotFound()
    return Account(*row)


def find_accounts(
    *, party_id: int, line_ids: Iterable[int], entity_id: int, actor: scope.Actor
) -> dict[int, Account]:
    """Product line → the party's account in the entity, in one statement; lines without one are left out."""
    with scope.transaction(actor):
        rows = _accounts(actor).filter(party_id=party_id, entity_id=entity_id, line_id__in=set(line_ids))
        return {row[5]: Account(*row) for row in rows.values_list(*_ACCOUNT)}


def accounts_by_id(account_ids: Iterable[int], actor: scope.Actor) -> dict[int, Account]:
    """Id → account, in one statement; those the actor does not see are left out."""
    with scope.transaction(actor):
        rows = _accounts(actor).filter(pk__in=set(account_ids)).values_list(*_ACCOUNT)
        return {row[0]: Account(*row) for row in rows}


def list_accounts(*, party_id: int, actor: scope.Actor) -> list[Account]:
    """The party's accounts that the actor sees."""
    with scope.transaction(actor):
        rows = _accounts(actor).filter(party_id=party_id).order_by("entity_id", "line_id")
        return [Account(*row) for row in rows.values_list(*_ACCOUNT)]


def get_place(place_id: int, actor: scope.Actor) -> Place:
    """One place. Raises NotFound when there is none the actor sees."""
    row = _one(_ONE_PLACE, place_id, actor)
    if row is None:
        raise errors.NotFound()
    return _place(row)


def list_places(party_id: int, actor: scope.Actor) -> list[Place]:
    """The party's places, campuses before what lies in them."""
    with scope.transaction(actor):
        rows = _places(actor).filter(party_id=party_id).values_list(*_PLACE)
        return sorted(map(_place, rows), key=lambda place: (place.parent_id or 0, place.id))


def place_names(place_ids: Iterable[int], actor: scope.Actor) -> dict[int, str]:
    """Id → name, for those the actor sees."""
    with scope.transaction(actor):
        return dict(_places(actor).filter(pk__in=set(place_ids)).values_list("pk", "name"))


def life_requirements(*, party_ids: Iterable[int], actor: scope.Actor) -> list[LifeRequirement]:
    """What the parties ask of the life of goods. Ours alone: read it inside an operation or as the house."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_LIFE, [sorted(set(party_ids))])
        return [LifeRequirement(*row) for row in cursor.fetchall()]


def _one(query: str, id: int, actor: scope.Actor) -> tuple | None:
    nodes = list(actor.visible) if actor.few else None
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(query, {"id": id, "nodes": nodes})
        return cursor.fetchone()


def _accounts(actor: scope.Actor):
    return scope.visible(models.ChannelAccount.objects.all(), actor)


def _places(actor: scope.Actor):
    return scope.visible(models.DeliveryPlace.objects.all(), actor)


def _place(row: tuple) -> Place:
    *fields, kind = row
    return Place(*fields, fields[1] if kind == "hospital" else 0)
