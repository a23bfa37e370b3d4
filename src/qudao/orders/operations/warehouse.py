"""The warehouse: pick, review by another person's scan, ship."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import F

from qudao.inventory import operations as inventory
from qudao.inventory import queries as inventory_queries
from qudao.kernel import decisions, errors, journal, locks, periods, scope
from qudao.orders import models, queries, scanning, writing
from qudao.orders.rules import amounts, checking, progress

PICK, REVIEW, SHIP = "orders.shipment.pick", "orders.shipment.review", "orders.shipment.ship"
STATE_FIELDS = (
    *("status", "version", "picked_by", "reviewed_by", "shipped_by", "signed_by"),
    *("carrier", "tracking"),
)


def pick_shipment(
    *,
    shipment_id: uuid.UUID,
    version: int,
    scans: Sequence[scanning.Scan],
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ShipmentView:
    """Record what was taken from the shelves, all of it, by scans. Nothing is taken half."""
    actor.require(PICK)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        shipment, lines = queries.lock_shipment(shipment_id, version=version, actor=actor)
        progress.step(progress.SHIPMENT_STEPS, shipment.status, "picked", number=shipment.number)
        data = _said(_check(shipment, lines, scans, "pick", actor=actor, now=now))
        for line in lines:
            line.picked = line.quantity
        values = {"picked_by": actor.ref, "picked_at": now}
        return save(shipment, lines, ["picked"], "picked", values, actor, now, data=data)


def review_shipment(
    *,
    shipment_id: uuid.UUID,
    version: int,
    scans: Sequence[scanning.Scan],
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ShipmentView:
    """Outgoing review (出库复核) by somebody who did not pick: scan everything again.

    Refused for the picker, for anything that is not what was picked, and by every gate of the point.
    """
    actor.require(REVIEW)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        shipment, lines = queries.lock_shipment(shipment_id, version=version, actor=actor)
        progress.step(progress.SHIPMENT_STEPS, shipment.status, "reviewed", number=shipment.number)
        if shipment.picked_by == actor.ref:
            raise errors.refuse("orders.reviewer_picked", number=shipment.number, person=actor.name)
        data = _said(_check(shipment, lines, scans, "review", actor=actor, now=now))
        for line in lines:
            line.reviewed = line.picked
        values = {"reviewed_by": actor.ref, "reviewed_at": now}
        return save(shipment, lines, ["reviewed"], "reviewed", values, actor, now, data=data)


def block_shipment(
    *,
    shipment_id: uuid.UUID,
    version: int,
    cause: str,
    note: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ShipmentView:
    """The review finds something wrong: nothing goes out, the shipment goes back to be picked anew.

    `cause` is one of `progress.BLOCKS`. Raises Refused `orders.block_cause_unknown`.
    Source: 医疗器械经营质量管理规范: damaged packs, labels that cannot be read or do not match, expiry and
    anything abnormal stop the goods at the outgoing review.
    """
    actor.require(REVIEW)
    if cause not in progress.BLOCKS:
        raise errors.refuse("orders.block_cause_unknown", cause=cause)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        shipment, lines = queries.lock_shipment(shipment_id, version=version, actor=actor)
        progress.step(progress.SHIPMENT_STEPS, shipment.status, "to_pick", number=shipment.number)
        for line in lines:
            line.picked = Decimal(0)
        data = {"cause": cause, "note": note.strip(), "picked_by": shipment.picked_by}
        values = {"picked_by": "", "picked_at": None}
        return save(shipment, lines, ["picked"], "to_pick", values, actor, now, data=data, verb="blocked")


def ship_shipment(
    *,
    shipment_id: uuid.UUID,
    version: int,
    carrier: str = "",
    tracking: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ShipmentView:
    """Hand over to the carrier: the gates again (a licence may have lapsed), then the goods move.

    `carrier` and `tracking` (its waybill number) are as given; own delivery leaves them empty.
    """
    actor.require(SHIP)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        shipment, lines = queries.lock_shipment(shipment_id, version=version, actor=actor)
        progress.step(progress.SHIPMENT_STEPS, shipment.status, "shipped", number=shipment.number)
        order_lines = queries.lock_order_lines(lines)
        shares = _shares(lines, order_lines)
        facts = facts_of(shipment, lines, "ship", now=now, shares=shares)
        verdict = decisions.run(facts, actor=actor, now=now)
        verdict.require()
        entry = journal.entry()
        rows = _send(shipment, lines, entry=entry, now=now)
        for line in lines:
            line.shipped = line.reviewed
        for line in order_lines.values():
            line.shipped += sum((one.reviewed for one in lines if one.order_line_id == line.pk), Decimal(0))
        queries.save_lines(order_lines.values(), ["shipped"], entry=entry)
        rows += verdict.apply(facts, entry=entry, actor=actor, now=now)
        data = {
            "dims": writing.dimensions(
                shipment.order,
                document_type="shipment",
                document_id=shipment.pk,
                number=shipment.number,
                on=facts.on,
            ),
            "lines": [
                writing.fact_line(
                    order_lines[line.order_line_id],
                    no=line.no,
                    document_line_id=line.pk,
                    quantity=line.shipped,
                    share=shares[line.pk],
                    lot=line.lot_code,
                )
                for line in lines
            ],
        }
        values = {"shipped_by": actor.ref, "shipped_at": now}
        values |= {"carrier": carrier.strip()[:60], "tracking": tracking.strip()[:60]}
        return save(
            shipment,
            lines,
            ["shipped", "gross", "net", "rebate_used"],
            "shipped",
            values,
            actor,
            now,
            entry,
            rows,
            data,
        )


def _check(shipment, lines, scans: Sequence[scanning.Scan], point, *, actor, now) -> list[errors.Reason]:
    """What codes and gates warn of; raises Refused unless the scans are exactly the lines and no gate refuses."""
    seen, reasons = scanning.read(scans, today=periods.business_date(now))
    complete = not any(reason.refuses for reason in reasons)
    matched = checking.match(scanning.expected(lines), seen, complete=complete)
    warnings = errors.raise_if_refused([*reasons, *matched.reasons])
    verdict = decisions.run(facts_of(shipment, lines, point, now=now), actor=actor, now=now)
    return [*warnings, *verdict.require()]


def _said(warnings: Sequence[errors.Reason]) -> dict | None:
    """The warnings for the journal: who went on in spite of them is named there."""
    said = [{"code": one.code, "scan": one.line, **one.params} for one in warnings]
    return {"warnings": said} if said else None


def facts_of(shipment, lines, point, *, now, shares=None, detail=None) -> decisions.Facts:
    """A shipment as the gates see it."""
    order = shipment.order
    return decisions.Facts(
        point=point,
        subject=f"orders.shipment:{shipment.pk}",
        entity_id=shipment.entity_id,
        on=periods.business_date(now),
        lines=tuple(
            decisions.Line(
                no=line.no,
                item_id=line.item_id,
                quantity=line.quantity,
                lot_id=line.lot_id,
                serial_id=line.serial_id or 0,
                produced_on=line.produced_on,
                last_usable_on=line.last_usable_on,
                net=shares[line.pk].net if shares else Decimal(0),
                gross=shares[line.pk].gross if shares else Decimal(0),
                detail=(detail or {}).get(line.pk, {}),
            )
            for line in lines
        ),
        node_id=shipment.node_id,
        account_id=order.account_id,
        debtor_node_id=order.debtor_node_id,
        buyer_id=order.party_id,
        ship_to_id=shipment.ship_to_id,
        site_id=shipment.site_id,
        channel=order.channel,
        detail={"hospital_id": order.hospital_id, "order_id": order.pk},
    )


def _shares(lines, order_lines) -> dict[int, amounts.Money]:
    """Each shipment line's part of its order line's money, after what was shipped before; frozen on it."""
    already = {pk: line.shipped for pk, line in order_lines.items()}
    shares = {}
    for line in lines:
        whole = order_lines[line.order_line_id]
        share = amounts.part(whole, whole=whole.quantity, already=already[whole.pk], quantity=line.reviewed)
        line.gross, line.net, line.rebate_used = share.gross, share.net, share.rebate_used
        shares[line.pk] = share
        already[whole.pk] += line.reviewed
    return shares


def _send(shipment, lines, *, entry, now) -> list[journal.Row]:
    """Move the goods from the shelf onto the road; title stays ours until they are signed for."""
    transit = inventory_queries.transit_site(shipment.entity_id)
    posted = inventory.post(
        postings=[
            inventory.Posting(
                kind="ship",
                item_id=line.item_id,
                lot_id=line.lot_id,
                serial_id=line.serial_id,
                quantity=line.reviewed,
                entity_id=shipment.entity_id,
                from_balance_id=line.balance_id,
                from_site_id=shipment.site_id,
                to_site_id=transit,
                to=inventory.Place(transit, None, "good", "entity", shipment.entity_id),
                reservation_id=line.reservation_id,
                origin_type="orders.shipment",
                origin_id=str(shipment.pk),
                origin_line=line.no,
            )
            for line in lines
        ],
        entry=entry,
        at=now,
        on=periods.business_date(now),
    )
    for line, one in zip(lines, posted, strict=True):
        line.balance_id = one.to_balance_id
    return [one.row for one in posted]


def save(
    shipment, lines, fields, status, values, actor, now, entry=None, rows=(), data=None, verb=""
) -> queries.ShipmentView:
    """Write the shipment's new state with its lines and the order's, then the journal.

    `verb` names the entry where it is not the new state.
    """
    entry = entry or journal.entry()
    shipment.status, shipment.version, shipment.entry = status, shipment.version + 1, entry
    for name, value in values.items():
        setattr(shipment, name, value)
    shipment.save(update_fields=["status", "version", "entry", *values])
    queries.save_lines(lines, [*fields, "balance_id"], entry=entry)
    if status not in progress.IN_THE_HOUSE:
        _follow(shipment, entry=entry, now=now)
    writing.record(
        entry,
        f"orders.shipment.{verb or ('signed' if status.startswith('signed') else status)}",
        subject=f"orders.shipment:{shipment.pk}",
        at=now,
        node_id=shipment.node_id,
        rows=[
            writing.row_of(shipment, ("number", *STATE_FIELDS)),
            *(writing.row_of(line, ("shipment_id", "no", *fields)) for line in lines),
            *rows,
        ],
        data={"number": shipment.number} | (data or {}),
    )
    return queries.shipment_views([shipment], lines)[0]


def _follow(shipment: models.Shipment, *, entry: uuid.UUID, now: dt.datetime) -> None:
    """The order goes where its slowest shipment is, unless a part of it was withdrawn and waits to be released."""
    order = models.Order.objects.select_for_update().get(pk=shipment.order_id)
    if order.status == "confirmed":
        return
    states: defaultdict[uuid.UUID, str] = defaultdict(
        str, models.Shipment.objects.filter(order=order).values_list("pk", "status")
    )
    wanted = progress.order_status(states.values())
    if wanted != order.status:
        order.status, order.version, order.entry = wanted, order.version + 1, entry
        if wanted == "signed" and not order.lines.filter(signed__lt=F("quantity")).exists():
            order.signed_on = periods.business_date(now)
        order.save(update_fields=["status", "version", "entry", "signed_on"])
