"""Inspection (验收): lot by lot, by somebody else than who received, before goods can be sold."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import connection

from qudao.inventory import operations as inventory
from qudao.inventory import queries as inventory_queries
from qudao.kernel import decisions, errors, journal, locks, periods, scope
from qudao.supply import models, queries, rules

from . import receiving

DECIDE = "supply.inspection.decide"

_JUDGED = """
UPDATE supply_goodsreceiptline l SET accepted = v.accepted, rejected = v.rejected, reason = v.reason,
    disposition = v.disposition,
    inspected_by = %s::text, inspected_at = %s::timestamptz, entry = %s::uuid
FROM unnest(%s::int[], %s::numeric[], %s::numeric[], %s::text[], %s::text[])
    AS v (id, accepted, rejected, reason, disposition)
WHERE l.id = v.id
"""


def inspect(
    *, receipt_id: uuid.UUID, verdicts: Sequence[rules.Verdict], actor: scope.Actor, now: dt.datetime
) -> queries.ReceiptView:
    """Accept and reject what was received: accepted goods become 合格, rejected ones 不合格.

    Accepted goods go to the shelf on which the product lies or lay last, a new product's to the zone's own place.
    Each line is judged once and whole; lines may be judged one after the other. Raises NotFound, Refused
    with every reason: `supply.*`, and what the modules say at the point inspection of what is accepted.
    """
    actor.require(DECIDE)
    on = periods.business_date(now)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        receipt, lines = _lock(receipt_id, actor)
        waiting = {no: line.quantity for no, line in lines.items() if line.accepted is None}
        errors.raise_if_refused(rules.check_inspection(waiting=waiting, verdicts=verdicts))
        facts = _facts(receipt, lines, verdicts, on)
        verdict = decisions.run(facts, actor=actor, now=now)
        warnings = verdict.require()
        entry = journal.entry()
        posted = _post(receipt, lines, verdicts, entry=entry, now=now, on=on)
        judged = _judge(lines, verdicts, actor, now, entry)
        receipt.status = "inspected" if len(waiting) == len(verdicts) else "inspecting"
        receipt.version, receipt.entry = receipt.version + 1, entry
        receipt.save(update_fields=["status", "version", "entry"])
        effects = verdict.apply(facts, entry=entry, actor=actor, now=now)
        journal.record(
            entry,
            "supply.goods.inspected",
            subject=facts.subject,
            at=now,
            rows=[
                queries.row_of(receipt, ("number", "status", "version")),
                *(queries.row_of(line, queries.RECEIPT_LINE_FIELDS) for line in judged),
                *(one.row for one in posted),
                *effects,
            ],
            data={"number": receipt.number, "warnings": [reason.code for reason in warnings]},
        )
        return queries.get_receipt(receipt_id, actor)


def _lock(
    receipt_id: uuid.UUID, actor: scope.Actor
) -> tuple[models.GoodsReceipt, dict[int, models.GoodsReceiptLine]]:
    receipt = models.GoodsReceipt.objects.select_for_update(no_key=True).filter(pk=receipt_id).first()
    if receipt is None:
        raise errors.NotFound
    if receipt.received_by == actor.ref and actor.kind == "person":
        raise errors.refuse("supply.inspector_received", number=receipt.number)
    found = models.GoodsReceiptLine.objects.filter(receipt=receipt).select_related("lot")
    return receipt, {line.no: line for line in found.order_by("no")}


def _facts(
    receipt: models.GoodsReceipt,
    lines: Mapping[int, models.GoodsReceiptLine],
    verdicts: Sequence[rules.Verdict],
    on: dt.date,
) -> decisions.Facts:
    accepted = [(lines[one.line_no], one.accepted) for one in verdicts if one.accepted]
    return decisions.Facts(
        point="inspection",
        subject=f"{receiving.ORIGIN}:{receipt.pk}",
        entity_id=receipt.entity_id,
        on=on,
        lines=tuple(
            decisions.Line(
                no=line.no,
                item_id=line.item_id,
                quantity=quantity,
                lot_id=line.lot_id,
                serial_id=line.serial_id or 0,
                produced_on=line.lot.produced_on,
                last_usable_on=line.lot.last_usable_on,
            )
            for line, quantity in accepted
        ),
        site_id=receipt.site_id,
    )


def _post(receipt, lines, verdicts, *, entry, now, on) -> list[inventory.Posted]:
    origin = {"origin_type": receiving.ORIGIN, "origin_id": str(receipt.pk)}
    waiting = {move.origin_line: move for move in inventory_queries.moved(kind="receive", **origin)}
    zones = inventory_queries.find_locations(receipt.site_id, ("good", "bad"))
    shelves = inventory_queries.usual_shelves(
        receipt.site_id, "good", [lines[one.line_no].item_id for one in verdicts if one.accepted]
    )
    return inventory.post(
        postings=[
            inventory.Posting(
                kind="inspect",
                item_id=lines[one.line_no].item_id,
                lot_id=lines[one.line_no].lot_id,
                serial_id=lines[one.line_no].serial_id,
                quantity=quantity,
                entity_id=receipt.entity_id,
                from_balance_id=waiting[one.line_no].to_balance_id,
                to=inventory.Place(receipt.site_id, place, zone, "entity", receipt.entity_id),
                origin_line=one.line_no,
                **origin,
            )
            for one in verdicts
            for quantity, zone, place in (
                (one.accepted, "good", shelves.get(lines[one.line_no].item_id, zones.get("good"))),
                (one.rejected, "bad", zones.get("bad")),
            )
            if quantity
        ],
        entry=entry,
        at=now,
        on=on,
    )


def _judge(lines, verdicts, actor, now, entry) -> list[models.GoodsReceiptLine]:
    judged = []
    for one in verdicts:
        line = lines[one.line_no]
        line.accepted, line.rejected, line.reason = one.accepted, one.rejected, one.reason
        line.disposition = one.disposition if one.rejected else ""
        line.inspected_by, line.inspected_at = actor.ref, now
        judged.append(line)
    with connection.cursor() as cursor:
        cursor.execute(
            _JUDGED,
            [
                actor.ref,
                now,
                entry,
                [line.pk for line in judged],
                [line.accepted for line in judged],
                [line.rejected for line in judged],
                [line.reason for line in judged],
                [line.disposition for line in judged],
            ],
        )
    return judged
