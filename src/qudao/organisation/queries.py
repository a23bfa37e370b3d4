"""Our entities, regions, roles and posts, and the day on which something posts."""

import dataclasses
import datetime as dt

from django.db import connection
from django.db.models import Max

from qudao.kernel import errors, scope
from qudao.organisation import models, rules, standard_roles

# What documents with a day of their own post to. Goods move on the day of the clock, which is never closed.
LEDGERS = ("receivable", "rebate")


@dataclasses.dataclass(frozen=True, slots=True)
class EntityView:
    """法人."""

    id: int
    code: str
    name: str
    short_name: str
    uscc: str
    currency: str
    tax_regime: str
    address: str
    phone: str


@dataclasses.dataclass(frozen=True, slots=True)
class RegionView:
    """区域中心 with the GB/T 2260 codes of its provinces."""

    id: int
    code: str
    name: str
    provinces: tuple[int, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RoleView:
    id: int
    code: str
    name: str
    name_en: str
    permissions: tuple[str, ...]
    first_page: str


@dataclasses.dataclass(frozen=True, slots=True)
class PostView:
    """任职. Facets of 0 mean all; exactly one of `person_id` and `client_id` says whose it is."""

    id: int
    person_id: int | None
    client_id: str
    role: str
    party_id: int
    entity_id: int
    region_id: int
    line_id: int
    whole: bool
    granted_by: str
    valid_from: dt.datetime
    revoked_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class PeriodView:
    """A closed 会计期间; `first_on` is the first day of its month."""

    entity_id: int
    ledger: str
    first_on: dt.date
    closed_at: dt.datetime
    closed_by: str


_ENTITY = ("pk", "code", "name", "short_name", "uscc", "currency", "tax_regime", "address", "phone")
_POST = (
    *("pk", "person_id", "client_id", "role__code", "party_id", "entity_id", "region_id", "line_id"),
    *("whole", "granted_by", "valid_from", "revoked_at"),
)


@scope.remembered
def list_entities() -> list[EntityView]:
    """Our legal entities by code; no secret."""
    return [EntityView(*row) for row in models.LegalEntity.objects.order_by("code").values_list(*_ENTITY)]


def get_entity(entity_id: int) -> EntityView:
    """One entity. Raises NotFound."""
    row = models.LegalEntity.objects.filter(pk=entity_id).values_list(*_ENTITY).first()
    if row is None:
        raise errors.NotFound()
    return EntityView(*row)


@scope.remembered
def list_regions() -> list[RegionView]:
    """Our regional centres by code; no secret."""
    rows = models.Region.objects.order_by("code").values_list("pk", "code", "name", "provinces")
    return [RegionView(*row[:3], tuple(row[3])) for row in rows]


def list_roles() -> list[RoleView]:
    """Every role, the standard ones in their order, those of the house's own after them."""
    fields = ("pk", "code", "name", "name_en", "permissions", "first_page")
    rows = models.Role.objects.order_by("code").values_list(*fields)
    found = [RoleView(*row[:4], tuple(row[4]), row[5]) for row in rows]
    turn = {one.code: place for place, one in enumerate(standard_roles.ROLES)}
    return sorted(found, key=lambda one: turn.get(one.code, len(turn)))


def get_post(post_id: int, *, actor: scope.Actor) -> PostView:
    """One post. Raises NotFound."""
    with scope.transaction(actor):
        row = models.Post.objects.filter(pk=post_id).values_list(*_POST).first()
    if row is None:
        raise errors.NotFound()
    return PostView(*row)


def list_closed_periods(
    *,
    entity_id: int | None = None,
    ledger: str = "",
    since: dt.date | None = None,
    actor: scope.Actor,
) -> list[PeriodView]:
    """The closed periods, newest first: of all our entities and ledgers, or of one; those from `since` on."""
    wanted = {"entity_id": entity_id, "ledger": ledger or None, "first_on__gte": since}
    fields = ("entity_id", "ledger", "first_on", "closed_at", "closed_by")
    with scope.transaction(actor):
        rows = models.AccountingPeriod.objects.filter(
            closed_at__isnull=False, **{name: value for name, value in wanted.items() if value is not None}
        )
        return [
            PeriodView(*row) for row in rows.order_by("-first_on", "entity", "ledger").values_list(*fields)
        ]


def last_closed(*, actor: scope.Actor) -> dict[tuple[int, str], dt.date]:
    """(Entity, ledger) → the first day of its last closed month; those never closed are left out."""
    with scope.transaction(actor):
        rows = models.AccountingPeriod.objects.filter(closed_at__isnull=False).values_list("entity", "ledger")
        return {
            (entity, ledger): last for entity, ledger, last in rows.annotate(last=Max("first_on")).order_by()
        }


def posting_date(*, entity_id: int, ledger: str, on: dt.date) -> dt.date:
    """The day on which what happened `on` posts: that day, or the first day of the first open month after.

    Call it inside an operation, once per entity and ledger: until its transaction ends nobody closes a
    period of that ledger, so what is posted cannot end up in a closed one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s::bigint)", [period_lock(entity_id, ledger)])
    return rules.posting_date(on=on, last=last_closed_of(entity_id, ledger))


def last_closed_of(entity_id: int, ledger: str) -> dt.date | None:
    """The last closed month of one ledger; inside an operation, under its lock."""
    closed = models.AccountingPeriod.objects.filter(
        entity_id=entity_id, ledger=ledger, closed_at__isnull=False
    )
    return closed.aggregate(last=Max("first_on"))["last"]


def period_lock(entity_id: int, ledger: str) -> int:
    """The key of the advisory lock that postings share and closing takes alone."""
    return 0x7065726F << 32 | entity_id << 3 | LEDGERS.index(ledger)
