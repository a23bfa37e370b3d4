"""Goods between places of one entity: warehouse to warehouse, shelf to shelf, and inspection's verdict."""

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from qudao.inventory import models, queries
from qudao.kernel import errors, journal, locks, numbering, periods, records, scope

from . import plan, stock

MOVE, INSPECT = "inventory.stock.move", "inventory.stock.inspect"
# A journal entry holds 65,000 bytes: of more portions the moves themselves tell.
MOST_TOLD = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Portion:
    """`quantity` base units of a balance. `location_id` is where it goes, for relocation."""

    balance_id: int
    quantity: Decimal
    location_id: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on stock that awaits inspection; what is rejected needs a reason."""

    balance_id: int
    accepted: Decimal
    rejected: Decimal
    reason: str = ""


def send_transfer(
    *, to_site_id: int, portions: Sequence[Portion], actor: scope.Actor, now: dt.datetime
) -> queries.TransferView:
    """Put sellable stock of one warehouse on the road to another of the same entity.

    Raises Refused `inventory.transfer_between_entities` (that is a sale and a purchase),
    `inventory.transfer_from_several_sites`, `inventory.move_leads_nowhere`, `inventory.not_enough_stock`.
    """
    actor.require(MOVE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        found = _balances(portions)
        target = models.Site.objects.filter(pk=to_site_id).first()
        if target is None:
            raise errors.NotFound("inventory.site_unknown")
        source = _check_route(target, found, portions)
        entity_id = found[portions[0].balance_id].entity_id
        entry, on = journal.entry(), periods.business_date(now)
        transfer = models.Transfer.objects.create(
            id=records.key(now),
            entry=entry,
            created_at=now,
            number=numbering.take_one(entity_id=entity_id, series="TR", on=on),
            entity_id=entity_id,
            from_site=source,
            to_site=target,
            sent_by=actor.ref,
        )
        transit = queries.transit_site(entity_id)
        posted = _post(
            [(portion.balance_id, portion.quantity, "") for portion in portions],
            found,
            kind="transfer",
            origin=("inventory.transfer", str(transfer.pk)),
            to=lambda balance, _: plan.Place(
                transit, None, "in_transit", balance.owner_kind, balance.owner_id
            ),
            moment=(entry, now),
        )
        return _record(transfer, "sent", posted, entry, now)


def receive_transfer(
    *, transfer_id: uuid.UUID, received: dict[int, Decimal] | None, actor: scope.Actor, now: dt.datetime
) -> queries.TransferView:
    """Take a transfer in, for inspection. `received` is line → quantity, None for all as sent.

    What did not arrive is written off as lost on the way. Raises Refused `inventory.transfer_closed`,
    `inventory.transfer_over_received`.
    """
    actor.require(MOVE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        transfer = (
            models.Transfer.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk=transfer_id)
            .first()
        )
        if transfer is None:
            raise errors.NotFound
        if transfer.status != "sent":
            raise errors.refuse("inventory.transfer_closed", number=transfer.number)
        origin = ("inventory.transfer", str(transfer.pk))
        sent = queries.moved(origin_type=origin[0], origin_id=origin[1], kind="transfer")
        arrived = {move.origin_line: move.quantity for move in sent} | (received or {})
        _check_arrival(sent, arrived)
        entry, on = journal.entry(), periods.business_date(now)
        postings = list(_arrivals(transfer, sent, arrived))
        posted = stock.post(postings=postings, entry=entry, at=now, on=on)
        transfer.status, transfer.version, transfer.entry = "received", transfer.version + 1, entry
        transfer.received_by, transfer.received_at = actor.ref, now
        transfer.save()
        return _record(transfer, "received", posted, entry, now)


def _arrivals(
    transfer: models.Transfer, sent: Sequence[queries.MoveView], arrived: Mapping[int, Decimal]
) -> Iterator[plan.Posting]:
    """What arrived, to be inspected or held as it was on its way, and what was lost."""
    loss, road = queries.loss_site(), _on_the_road(sent)
    for move in sent:
        common = {
            "item_id": move.item_id,
            "lot_id": move.lot_id,
            "serial_id": move.serial_id,
            "entity_id": transfer.entity_id,
            "origin_type": "inventory.transfer",
            "origin_id": str(transfer.pk),
            "origin_line": move.origin_line,
        }
        quantity, lies = arrived[move.origin_line], road[_goods(move)]
        for one, part in _taken(lies, move.quantity - quantity):
            yield plan.Posting(kind="lose", quantity=part, from_balance_id=one.pk, to_site_id=loss, **common)
        for one, part in _taken(lies, quantity):
            kept = "held" if one.status == "held" else "pending"
            place = plan.Place(transfer.to_site_id, None, kept, move.owner_kind, move.owner_id)
            yield plan.Posting(kind="receive", quantity=part, from_balance_id=one.pk, to=place, **common)


def _goods(one) -> tuple:
    return one.lot_id, one.serial_id, one.owner_kind, one.owner_id


def _on_the_road(sent: Sequence[queries.MoveView]) -> dict[tuple, list[models.Balance]]:
    """What was sent, where it lies now: a hold may have locked it on its way, or been lifted again."""
    found: dict[tuple, list[models.Balance]] = collections.defaultdict(list)
    states = ("in_transit", "pending", "held")
    rows = models.Balance.objects.filter(
        site_id__in={one.to_site_id for one in sent},
        lot_id__in={one.lot_id for one in sent},
        status__in=states,
        on_hand__gt=0,
    )
    for row in sorted(rows, key=lambda row: (states.index(row.status), row.pk)):
        found[_goods(row)].append(row)
    return found


def _taken(lies: list[models.Balance], quantity: Decimal) -> Iterator[tuple[models.Balance, Decimal]]:
    """The quantity, from one balance after the other; each is left with what was not taken. Raises Refused
    `inventory.not_enough_stock`."""
    for one in lies:
        part = min(one.on_hand, quantity)
        if part > 0:
            one.on_hand, quantity = one.on_hand - part, quantity - part
            yield one, part
    if quantity > 0:
        raise errors.refuse("inventory.not_enough_stock", wanted=quantity, on_hand=Decimal(0))


def relocate_stock(*, portions: Sequence[Portion], actor: scope.Actor, now: dt.datetime) -> list[journal.Row]:
    """Put stock on another shelf of its site (上架).

    Raises Refused `inventory.location_elsewhere`, and `inventory.shelf_of_other_zone` for a shelf in the zone of
    goods in another condition: the zones are kept apart (医疗器械经营质量管理规范).
    """
    actor.require(MOVE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        found = _balances(portions)
        wanted = {portion.location_id for portion in portions}
        targets = models.Location.objects.in_bulk(wanted)
        errors.raise_if_refused(
            reason
            for no, portion in enumerate(portions, 1)
            for reason in _check_shelf(targets.get(portion.location_id), found[portion.balance_id], no)
        )
        shelves = [portion.location_id for portion in portions]
        told = _shelved(portions, found, targets)
        entry = journal.entry()
        posted = _post(
            [(portion.balance_id, portion.quantity, "") for portion in portions],
            found,
            kind="relocate",
            origin=("inventory.relocation", str(entry)),
            to=lambda balance, no: plan.Place(
                balance.site_id, shelves[no - 1], balance.status, balance.owner_kind, balance.owner_id
            ),
            moment=(entry, now),
        )
        rows = [one.row for one in posted]
        journal.record(
            entry,
            "inventory.stock.relocated",
            subject=f"inventory.relocation:{entry}",
            at=now,
            rows=rows,
            data=told,
        )
        return rows


def _shelved(
    portions: Sequence[Portion], found: Mapping[int, models.Balance], targets: Mapping[int, models.Location]
) -> dict[str, Any]:
    """What the journal says of goods put on other shelves: the first by name, and each with where from and where to."""
    rows = models.Balance.objects.filter(pk__in=found)
    names = {row[0]: row[1:] for row in rows.values_list("pk", "item__code", "lot__code", "location__code")}
    lines = [
        {
            "site_id": found[one.balance_id].site_id,
            "item_id": found[one.balance_id].item_id,
            "lot_id": found[one.balance_id].lot_id,
            "quantity": one.quantity,
            "from_shelf": names[one.balance_id][2] or "",
            "to_shelf": targets[one.location_id].code if one.location_id else "",
        }
        for one in portions
    ]
    item, lot, _shelf = names[portions[0].balance_id]
    first = f"{item} {lot}: {lines[0]['from_shelf'] or '—'} → {lines[0]['to_shelf']}"
    more = f" +{len(portions) - 1}" if len(portions) > 1 else ""
    return {"portions": len(portions), "name": first + more, "lines": lines[:MOST_TOLD]}


def _check_shelf(shelf: models.Location | None, balance: models.Balance, no: int) -> list[errors.Reason]:
    if shelf is None or shelf.site_id != balance.site_id:
        return [errors.Reason("inventory.location_elsewhere", no)]
    if shelf.zone != balance.status:
        params = {"code": shelf.code, "zone": shelf.zone, "status": balance.status}
        return [errors.Reason("inventory.shelf_of_other_zone", no, params)]
    return []


def inspect_stock(
    *, judgements: Sequence[Judgement], actor: scope.Actor, now: dt.datetime
) -> list[journal.Row]:
    """Quality's verdict on stock that awaits it (a transfer, a count): sellable or not conforming.

    Raises Refused `inventory.nothing_inspected`, `inventory.reason_missing`, `inventory.status_change_impossible`.
    """
    actor.require(INSPECT)
    if not judgements:
        raise errors.refuse("inventory.nothing_inspected")
    errors.raise_if_refused(
        errors.Reason("inventory.reason_missing", no)
        for no, one in enumerate(judgements, 1)
        if one.rejected and not one.reason.strip()
    )
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        found = _balances(judgements)
        entry = journal.entry()
        parts = [
            (one.balance_id, quantity, verdict)
            for one in judgements
            for quantity, verdict in ((one.accepted, "good"), (one.rejected, "bad"))
            if quantity
        ]
        posted = _post(
            parts,
            found,
            kind="inspect",
            origin=("inventory.inspection", str(entry)),
            to=lambda balance, no: plan.Place(
                balance.site_id,
                balance.location_id,
                parts[no - 1][2],
                balance.owner_kind,
                balance.owner_id,
            ),
            moment=(entry, now),
        )
        rows = [one.row for one in posted]
        journal.record(
            entry,
            "inventory.stock.inspected",
            subject=f"inventory.inspection:{entry}",
            at=now,
            rows=rows,
            data={"reasons": [one.reason for one in judgements if one.reason]},
        )
        return rows


def _balances(parts: Sequence[Portion] | Sequence[Judgement]) -> dict[int, models.Balance]:
    """The balances named; their quantities are judged later, under lock. Raises Refused when none is named."""
    if not parts:
        raise errors.refuse("inventory.nothing_to_move")
    wanted = {part.balance_id for part in parts}
    found = models.Balance.objects.in_bulk(wanted)
    if len(found) < len(wanted):
        raise errors.NotFound("inventory.balance_unknown")
    return found


def _check_route(
    target: models.Site, found: dict[int, models.Balance], portions: Sequence[Portion]
) -> models.Site:
    """The one warehouse all portions leave."""
    site_ids = {balance.site_id for balance in found.values()}
    entity_ids = {balance.entity_id for balance in found.values()}
    reasons = []
    if len(site_ids) > 1:
        reasons.append(errors.Reason("inventory.transfer_from_several_sites"))
    if target.kind != "warehouse" or target.pk in site_ids:
        reasons.append(errors.Reason("inventory.move_leads_nowhere"))
    elif entity_ids != {target.entity_id}:
        reasons.append(errors.Reason("inventory.transfer_between_entities", params={"site": target.name}))
    elif not target.licensed_address:
        params = {"site": target.name, "address": target.address}
        reasons.append(errors.Reason("inventory.site_unlicensed", params=params))
    reasons += [
        errors.Reason(
            "inventory.status_change_impossible",
            no,
            {"from_status": found[portion.balance_id].status, "to_status": "in_transit"},
        )
        for no, portion in enumerate(portions, 1)
        if found[portion.balance_id].status != "good"
    ]
    errors.raise_if_refused(reasons)
    return models.Site.objects.get(pk=site_ids.pop())


def _check_arrival(sent: Sequence[queries.MoveView], arrived: dict[int, Decimal]) -> None:
    lines = {move.origin_line: move.quantity for move in sent}
    errors.raise_if_refused(
        errors.Reason(
            "inventory.transfer_over_received",
            no,
            {"sent": lines.get(no, Decimal(0)), "received": quantity},
        )
        for no, quantity in sorted(arrived.items())
        if not Decimal(0) <= quantity <= lines.get(no, Decimal(-1))
    )


def _post(
    parts: Sequence[tuple[int, Decimal, str]],
    found: dict[int, models.Balance],
    *,
    kind: str,
    origin: tuple[str, str],
    to: Callable[[models.Balance, int], plan.Place],
    moment: tuple[uuid.UUID, dt.datetime],
) -> list[stock.Posted]:
    postings = [
        plan.Posting(
            kind=kind,
            item_id=found[balance_id].item_id,
            lot_id=found[balance_id].lot_id,
            serial_id=found[balance_id].serial_id,
            quantity=quantity,
            entity_id=found[balance_id].entity_id,
            from_balance_id=balance_id,
            to=to(found[balance_id], no),
            origin_type=origin[0],
            origin_id=origin[1],
            origin_line=no,
        )
        for no, (balance_id, quantity, _) in enumerate(parts, 1)
    ]
    entry, now = moment
    return stock.post(postings=postings, entry=entry, at=now, on=periods.business_date(now))


def _record(
    transfer: models.Transfer, verb: str, posted: Sequence[stock.Posted], entry: uuid.UUID, now: dt.datetime
) -> queries.TransferView:
    names = ("number", "entity_id", "from_site_id", "to_site_id", "status", "sent_by", "received_by")
    row = journal.row(transfer, transfer.pk, {name: getattr(transfer, name) for name in names})
    journal.record(
        entry,
        f"inventory.transfer.{verb}",
        subject=f"inventory.transfer:{transfer.pk}",
        at=now,
        rows=[row, *(one.row for one in posted)],
        data={"number": transfer.number},
    )
    return queries.transfer_view(transfer)
