"""Accounts, delivery places and what customers ask of the life of goods."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

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
    phone: str
    parent_id: int | None
    hospital_id: int

    @property
    def reached(self) -> str:
        """Whom to ask for and the telephone, as far as they are known."""
        return " ".join(filter(None, (self.contact, self.phone)))


@dataclasses.dataclass(frozen=True, slots=True)
class LifeRequirement:
    """Facets of 0 mean all goods."""

    party_id: int
    line_id: int
    item_id: int
    days: int
    months: int
    fraction: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Delivery:
    """A buyer, the place its goods go to, and what those concerned ask of their life."""

    account: Account
    place: Place
    life: tuple[LifeRequirement, ...]


_ACCOUNT = (
    *("pk", "node_id", "entity_id", "party_id", "party__name", "line_id", "role", "tier", "region_id"),
    *("sales_person_id", "parent_id", "debtor_node_id", "status"),
)
_PLACE = (
    *("pk", "party_id", "name", "kind", "address", "territory_id", "contact", "phone", "parent_id"),
    "party__kind",
)
# Written out: three compiled queries took a tenth of an order's time.
_DELIVERY = """
SELECT a.id, a.node_id, a.entity_id, a.party_id, p.name, a.line_id, a.role, a.tier, a.region_id,
       a.sales_person_id, a.parent_id, a.debtor_node_id, a.status,
       d.id, d.party_id, d.name, d.kind, d.address, d.territory_id, d.contact, d.phone, d.parent_id, q.kind,
       l.party_id, l.line_id, l.item_id, l.days, l.months, l.fraction
FROM partners_channelaccount a JOIN partners_party p ON p.id = a.party_id
CROSS JOIN partners_deliveryplace d JOIN partners_party q ON q.id = d.party_id
LEFT JOIN partners_liferequirement l ON l.party_id IN (%(hospital)s::int, q.id, p.id)
WHERE a.id = %(account)s::bigint AND d.id = %(place)s::bigint
  AND (%(nodes)s::int[] IS NULL
       OR a.node_id = ANY (%(nodes)s::int[]) AND (d.node_id = 0 OR d.node_id = ANY (%(nodes)s::int[])))
ORDER BY l.id
"""


@scope.remembered
def get_account(account_id: int, actor: scope.Actor) -> Account:
    """One account, one statement. Raises NotFound when there is none the actor sees."""
    with scope.transaction(actor):
        row = _accounts(actor).filter(pk=account_id).values_list(*_ACCOUNT).first()
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


@scope.remembered
def list_accounts(*, party_id: int, actor: scope.Actor) -> list[Account]:
    """The party's accounts that the actor sees."""
    with scope.transaction(actor):
        rows = _accounts(actor).filter(party_id=party_id).order_by("entity_id", "line_id")
        return [Account(*row) for row in rows.values_list(*_ACCOUNT)]


def list_children(account_ids: Iterable[int], *, actor: scope.Actor) -> list[Account]:
    """The accounts directly under these that the actor sees, by line and name."""
    with scope.transaction(actor):
        rows = _accounts(actor).filter(parent_id__in=list(account_ids)).order_by("line_id", "party__name")
        return [Account(*row) for row in rows.values_list(*_ACCOUNT)]


def get_place(place_id: int, actor: scope.Actor, *, at: dt.datetime | None = None) -> Place:
    """One place, as it stood at an instant or as it stands. Raises NotFound when there is none the actor sees."""
    with scope.transaction(actor):
        row = _places(actor).filter(pk=place_id).values_list(*_PLACE).first()
        if row is None:
            raise errors.NotFound()
        past = _past(at, actor).filter(place_id=place_id).first() if at else None
    place = _place(row)
    if past is None:
        return place
    held = {field: getattr(past, field) for field in ("name", "address", "contact", "phone")}
    return dataclasses.replace(place, territory=past.territory_id or 0, **held)


def party_name_at(party_id: int, actor: scope.Actor, *, at: dt.datetime | None) -> str:
    """What the party was called at an instant (None: is called), "" for one the actor does not see."""
    with scope.transaction(actor):
        found = scope.visible(models.Party.objects.filter(pk=party_id), actor).values_list("name", flat=True)
        if at:
            past = _past(at, actor).filter(party_id=OuterRef("pk"), place=None).values("name")[:1]
            found = found.annotate(then=Coalesce(Subquery(past), "name")).values_list("then", flat=True)
        return found.first() or ""


def _past(at: dt.datetime, actor: scope.Actor):
    """What held at an instant of those that changed since, the first change first."""
    return scope.visible(models.PastParticulars.objects.filter(until__gt=at), actor).order_by("until", "pk")


def list_places(party_id: int, actor: scope.Actor) -> list[Place]:
    """The party's places, campuses before what lies in them."""
    with scope.transaction(actor):
        rows = _places(actor).filter(party_id=party_id).values_list(*_PLACE)
        return sorted(map(_place, rows), key=lambda place: (place.parent_id or 0, place.id))


def places_of(party_ids: Iterable[int], actor: scope.Actor) -> dict[int, list[Place]]:
    """Party → its places, in one statement; parties without any are left out."""
    found: dict[int, list[Place]] = {}
    with scope.transaction(actor):
        rows = _places(actor).filter(party_id__in=set(party_ids)).order_by("pk")
        for row in rows.values_list(*_PLACE):
            found.setdefault(row[1], []).append(_place(row))
    return found


def place_names(place_ids: Iterable[int], actor: scope.Actor) -> dict[int, str]:
    """Id → name, for those the actor sees."""
    with scope.transaction(actor):
        return dict(_places(actor).filter(pk__in=set(place_ids)).values_list("pk", "name"))


def get_delivery(*, account_id: int, place_id: int, hospital_id: int, actor: scope.Actor) -> Delivery:
    """Who buys, where it goes, and what the hospital (0: that of the place), the place's party and the buyer
    ask of the life of goods, in one statement.

    What they ask is ours alone: joins an acting transaction. Raises NotFound for what the actor does not see.
    """
    values = {
        "account": account_id,
        "place": place_id,
        "hospital": hospital_id,
        "nodes": list(actor.visible) if actor.few else None,
    }
    with scope.transaction(actor, acting=True), connection.cursor() as cursor:
        cursor.execute(_DELIVERY, values)
        rows = cursor.fetchall()
    if not rows:
        raise errors.NotFound()
    buyer, to = len(_ACCOUNT), len(_ACCOUNT) + len(_PLACE)
    return Delivery(
        Account(*rows[0][:buyer]),
        _place(rows[0][buyer:to]),
        tuple(LifeRequirement(*row[to:]) for row in rows if row[to] is not None),
    )


def _accounts(actor: scope.Actor):
    return scope.visible(models.ChannelAccount.objects.all(), actor)


def _places(actor: scope.Actor):
    return scope.visible(models.DeliveryPlace.objects.all(), actor)


def _place(row: tuple) -> Place:
    *fields, kind = row
    return Place(*fields, fields[1] if kind == "hospital" else 0)
