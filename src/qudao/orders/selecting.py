"""Which orders a list shows, and the few other choices of rows that pages need."""

import dataclasses
import datetime as dt
import uuid

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When

from qudao.inventory import queries as inventory
from qudao.kernel import numbering, scope
from qudao.orders import models
from qudao.orders.rules import progress
from qudao.organisation import queries_people

MOST_HELD = 2000

OPEN = Q(status__in=("to_pick", "picked", "reviewed", "shipped"))
OFF_SHELF = Q(status="withdrawn", picked_at__isnull=False, put_back_at__isnull=True)
WAITING = OPEN | OFF_SHELF
"""Shipments that wait for somebody: for their next step, or withdrawn once picked, for a way back to the shelf."""


@dataclasses.dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows; empty parts do not filter.

    `text_party_ids` are the parties the text was found to name; `unattended`: placed by a partner's own people
    or a program; `only` (None: all): just these orders, `but`: all but these; `number`: shipments whose number begins
    so; `unsettled`: shipments with differences still to settle; `off_shelf`: those withdrawn whose goods are to go
    back to their shelves; `late_on`: orders that are late on that day.
    """

    number: str = ""
    text: str = ""
    text_party_ids: tuple[int, ...] = ()
    status: str = ""
    channel: str = ""
    unattended: bool = False
    unsettled: bool = False
    off_shelf: bool = False
    only: tuple[uuid.UUID, ...] | None = None
    but: tuple[uuid.UUID, ...] = ()
    party_id: int = 0
    account_id: int = 0
    line_id: int = 0
    site_id: int = 0
    placed_by: str = ""
    late_on: dt.date | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    sort: str = ""


def selected(wanted: Filter, actor: scope.Actor) -> QuerySet:
    """The orders of a filter, as far as the actor sees them."""
    rows = scope.visible(models.Order.objects.all(), actor)
    for name in ("status", "channel", "party_id", "account_id", "line_id", "placed_by"):
        if getattr(wanted, name):
            rows = rows.filter(**{name: getattr(wanted, name)})
    if wanted.unattended:
        rows = rows.exclude(placed_by__in=queries_people.our_people())
    if wanted.only is not None:
        rows = rows.filter(pk__in=wanted.only)
    if wanted.but:
        rows = rows.exclude(pk__in=wanted.but)
    if wanted.site_id:
        sent = models.Shipment.objects.filter(order=OuterRef("pk"), site_id=wanted.site_id)
        rows = rows.filter(Exists(sent))
    if wanted.late_on:
        rows = rows.filter(status__in=progress.UNDER_WAY, promised_on__lt=wanted.late_on)
    if wanted.since:
        rows = rows.filter(business_on__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(business_on__lt=wanted.until)
    if wanted.text:
        rows = rows.filter(_called(wanted))
    return rows


def _called(wanted: Filter) -> Q:
    """Orders that the text names: by number, by the customer's own, or by the parties it was found to name."""
    named = Q(party_id__in=wanted.text_party_ids) if wanted.text_party_ids else Q()
    return numbering.named(wanted.text) | Q(reference=wanted.text) | named


def shipments_named(wanted: Filter) -> QuerySet:
    """The ids of the shipments whose number the text begins, and of those of the orders it names."""
    numbered = models.Shipment.objects.filter(numbering.named(wanted.text))
    ordered = models.Shipment.objects.filter(
        order__in=models.Order.objects.filter(_called(wanted)).values("pk")
    )
    return numbered.order_by().values("pk").union(ordered.order_by().values("pk"))


def hospitals(actor: scope.Actor) -> QuerySet:
    """The hospitals that orders went to, as a query of their ids."""
    placed = models.Order.objects.exclude(hospital_id=0).exclude(status__in=("draft", "cancelled"))
    return scope.visible(placed, actor).order_by().values("hospital_id")


def held_up(*, actor: scope.Actor) -> dict[uuid.UUID, str]:
    """Orders not yet shipped whose stock a hold or an expiry took back, in part or all, with their state; for our
    own people.

    Two statements, over the latest such orders (they are few: they leave within days).
    """
    if not actor.house:
        return {}
    rows = scope.visible(models.Order.objects.filter(status__in=("confirmed", "picking")), actor)
    wanted = list(
        rows.annotate(wanted=Sum(F("lines__quantity") - F("lines__shipped")))
        .order_by("-pk")
        .values_list("pk", "status", "wanted")[:MOST_HELD]
    )
    found = inventory.reserved_by(
        origin_type="orders.order", origin_ids=[str(pk) for pk, _, _ in wanted], actor=actor
    )
    return {pk: state for pk, state, quantity in wanted if found.get(str(pk), 0) < quantity}


def open_shipments(party_id: int, *, actor: scope.Actor, limit: int) -> list[models.Shipment]:
    """What of the party's orders is being picked or is on the road, newest first."""
    rows = models.Shipment.objects.filter(OPEN, order__party_id=party_id)
    return list(scope.visible(rows, actor).order_by("-pk")[:limit])


def receivers(order: models.Order) -> tuple[int, ...]:
    """Whose people may sign: the buyer's, and those of the hospital the goods go to."""
    return (order.party_id, order.hospital_id) if order.hospital_id else (order.party_id,)


def received_by(shipments: QuerySet, party_id: int) -> QuerySet:
    """Of the shipments those the party receives, as `receivers` says."""
    return shipments.filter(Q(order__party_id=party_id) | Q(order__hospital_id=party_id))


def count_orders(*, actor: scope.Actor) -> dict[str, int]:
    """State → how many orders the actor has to work on: what it sees, a partner only its own."""
    rows = models.Order.objects.filter(status__in=("draft", "submitted", "confirmed", "picking", "shipped"))
    return _counts(rows.filter(party_id=actor.party_id) if actor.party_id else rows, actor)


def count_shipments(*, actor: scope.Actor) -> dict[str, int]:
    """State → how many shipments the actor has to work on: what it sees, a partner what it receives."""
    rows = models.Shipment.objects.filter(WAITING)
    return _counts(received_by(rows, actor.party_id) if actor.party_id else rows, actor)


def _counts(rows: QuerySet, actor: scope.Actor) -> dict[str, int]:
    grouped = scope.visible(rows, actor).values_list("status").annotate(count=Count("pk"))
    return dict(grouped.order_by())


def unsettled(shipments: QuerySet) -> QuerySet:
    """Of the shipments those that arrived differently and of which something is neither back nor written off."""
    return shipments.filter(status="signed_with_difference").filter(_open("shipment"))


def marked(documents: QuerySet, *, by: str) -> QuerySet:
    """Shipments (`by` "shipment") or orders ("shipment__order"), each with `unsettled`: something of it arrived
    differently and is neither back nor written off."""
    asked = When(status="signed_with_difference", then=_open(by))
    return documents.annotate(unsettled=Case(asked, default=Value(False), output_field=BooleanField()))


def _open(by: str) -> Exists:
    differs = F("short") + F("damaged") + F("refused")
    return Exists(models.ShipmentLine.objects.filter(**{by: OuterRef("pk")}, resolved__lt=differs))
