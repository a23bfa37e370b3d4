"""What the warehouse reads of shipments and returns besides the documents themselves."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import models as database
from django.db.models import F

from qudao.inventory import queries as inventory
from qudao.kernel import scope
from qudao.orders import models, queries, selecting

_GOODS = (
    *("item_name", "item__code", "item__base_unit", "specification"),
    *("lot_code", "serial_code", "last_usable_on"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class ReturnedGoods:
    quantity: Decimal
    item_name: str
    item_code: str
    unit: str
    specification: str
    lot_code: str
    serial_code: str
    last_usable_on: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class Returned:
    """A return with the shipment it belongs to, that one's order and buyer, and what came back."""

    view: queries.ReturnView
    shipment: str
    order_id: uuid.UUID
    order: str
    party_id: int
    goods: tuple[ReturnedGoods, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Next:
    """A shipment or return to take up: whose goods, where, how many lines, the day that was promised."""

    id: uuid.UUID
    number: str
    party_id: int
    site_id: int
    lines: int
    promised_on: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, since when the oldest, how many were promised for today or before, and what comes next."""

    count: int = 0
    oldest: dt.datetime | None = None
    due: int = 0
    next: tuple[Next, ...] = ()


def waiting_shipments(
    *, actor: scope.Actor, today: dt.date, site_ids: Sequence[int] | None = None, most: int
) -> dict[str, Waiting]:
    """State → what waits in it; next comes what was promised first, then what waits longest. One statement.

    Withdrawn are those whose goods are to go back to their shelves: since they were picked, promised for no day.
    """
    rows = _at(models.Shipment.objects.filter(selecting.WAITING), site_ids, actor)
    promised = database.Case(database.When(selecting.OPEN, then=F("order__promised_on")))
    since = database.Case(database.When(selecting.OPEN, then=F("created_at")), default=F("picked_at"))
    found = inventory.first_waiting(
        rows.annotate(party_id=F("order__party_id"), promised_on=promised, since=since),
        order=(F("promised_on").asc(nulls_last=True), "created_at", "pk"),
        since="since",
        due=database.Q(promised_on__lte=today),
        by="status",
        most=most,
    )
    gathered: dict[str, Waiting] = {}
    for row in found.annotate(lines_=_count(models.ShipmentLine, "shipment")):
        before = gathered.get(row.status, Waiting())
        gathered[row.status] = _and(before, row)
    return gathered


def waiting_returns(*, actor: scope.Actor, site_ids: Sequence[int] | None = None, most: int) -> Waiting:
    """The returns nobody has inspected, the longest waiting first. One statement."""
    rows = _at(models.Return.objects.filter(status="received"), site_ids, actor)
    found = inventory.first_waiting(
        rows.annotate(
            party_id=F("shipment__order__party_id"),
            promised_on=database.Value(None, output_field=database.DateField()),
        ),
        order=("created_at", "pk"),
        since="created_at",
        most=most,
    )
    waiting = Waiting()
    for row in found.annotate(lines_=_count(models.ReturnLine, "document")):
        waiting = _and(waiting, row)
    return waiting


def _at(rows: database.QuerySet, site_ids: Sequence[int] | None, actor: scope.Actor) -> database.QuerySet:
    rows = scope.visible(rows, actor)
    return rows if site_ids is None else rows.filter(site_id__in=list(site_ids))


def _count(model: type[database.Model], of: str) -> database.Subquery:
    """How many lines a document has."""
    lines = model._default_manager.filter(**{of: database.OuterRef("pk")}).order_by()
    return database.Subquery(lines.values(of).annotate(n=database.Count("pk")).values("n"))


def _and(before: Waiting, row: Any) -> Waiting:
    one = Next(row.pk, row.number, row.party_id, row.site_id, row.lines_ or 0, row.promised_on)
    return Waiting(row.waiting, row.oldest, row.overdue, (*before.next, one))


def count_unsettled(*, actor: scope.Actor) -> int:
    """How many shipments arrived differently and are not settled."""
    return selecting.unsettled(scope.visible(models.Shipment.objects.all(), actor)).count()


def list_returns(
    *,
    actor: scope.Actor,
    status: str = "",
    site_id: int = 0,
    before: uuid.UUID | None = None,
    limit: int = 100,
) -> list[Returned]:
    """Returns newest first, those older than `before`, each with where it belongs and what came back."""
    rows = scope.visible(models.Return.objects.select_related("shipment__order"), actor)
    if status:
        rows = rows.filter(status=status)
    if site_id:
        rows = rows.filter(site_id=site_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[:limit])
    lines: dict = {}
    fields = ("document_id", "quantity", *(f"shipment_line__{name}" for name in _GOODS))
    back = models.ReturnLine.objects.filter(document__in=found).order_by("no") if found else ()
    for document_id, *line in back.values_list(*fields) if found else ():
        lines.setdefault(document_id, []).append(ReturnedGoods(*line))
    return [
        Returned(
            queries.return_view(row, ()),
            row.shipment.number,
            row.shipment.order_id,
            row.shipment.order.number,
            row.shipment.order.party_id,
            tuple(lines.get(row.pk, ())),
        )
        for row in found
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class PhotoView:
    no: int
    digest: str
    media_type: str


def photos_of(shipment_id: uuid.UUID, *, actor: scope.Actor) -> list[PhotoView]:
    """The pictures sent with the signature, as they were numbered."""
    rows = scope.visible(models.SignedPhoto.objects.filter(shipment_id=shipment_id), actor)
    return [PhotoView(*row) for row in rows.order_by("no").values_list("no", "digest", "media_type")]


@dataclasses.dataclass(frozen=True, slots=True)
class OpenDifference:
    """A line of which something arrived differently and is neither back nor written off."""

    item_name: str
    specification: str
    lot_code: str
    serial_code: str
    unit: str
    short: Decimal
    damaged: Decimal
    refused: Decimal


def open_differences(shipment_ids: Iterable, *, actor: scope.Actor) -> dict[uuid.UUID, list[OpenDifference]]:
    """Shipment → its lines that are still to settle, in their order. One statement."""
    rows = models.ShipmentLine.objects.filter(shipment__in=list(shipment_ids))
    rows = rows.filter(resolved__lt=F("short") + F("damaged") + F("refused"))
    fields = ("item_name", "specification", "lot_code", "serial_code", "item__base_unit")
    found: dict[uuid.UUID, list[OpenDifference]] = {}
    for shipment_id, *values in (
        scope.visible(rows, actor)
        .order_by("shipment_id", "no")
        .values_list("shipment_id", *fields, "short", "damaged", "refused")
    ):
        found.setdefault(shipment_id, []).append(OpenDifference(*values))
    return found
