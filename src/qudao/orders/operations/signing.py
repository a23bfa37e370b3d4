"""Sign-for (签收): the receiver says what arrived; title passes for what is signed."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

from qudao.inventory import operations as inventory
from qudao.inventory import queries as inventory_queries
from qudao.kernel import blobs, decisions, errors, journal, locks, periods, scope
from qudao.kernel import models as kernel
from qudao.orders import models, queries, selecting, writing
from qudao.orders.operations import photographing, warehouse
from qudao.orders.rules import amounts, differences, progress
from qudao.orders.rules import photos as rules

SIGN = "orders.shipment.sign"
PURPOSE = "orders.sign_for"


@dataclasses.dataclass(frozen=True, slots=True)
class Arrived:
    """What the receiver says of a shipment line; signed + short + damaged + refused is what was shipped.

    `reason` says in words why something is not signed for; what is damaged or refused needs one.
    """

    no: int
    signed: Decimal
    short: Decimal = Decimal(0)
    damaged: Decimal = Decimal(0)
    refused: Decimal = Decimal(0)
    reason: str = ""

    @property
    def missing(self) -> Decimal:
        """What is not signed for."""
        return self.short + self.damaged + self.refused


def sign_for(
    *,
    shipment_id: uuid.UUID,
    version: int,
    arrived: Sequence[Arrived] | None = None,
    photos: Sequence[rules.Photo] = (),
    device_at: dt.datetime | None = None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ShipmentView:
    """Sign for a shipment, all of it (`arrived` None) or with differences per line.

    Short, damaged and refused goods stay on the road, ours, until the difference is resolved; they are not
    billed. Raises Refused `orders.signed_does_not_add_up`, `orders.missing_exceeds_shipped`,
    `orders.difference_needs_reason` for damaged or refused
    goods without one, and for `photos` that are none, too large, too many, or show a difference nobody named; photos
    are kept without what the device wrote into them. Raises NotFound for
    a partner that does not receive it: an agent signs for none of its dealers.
    `device_at` is when the device says it was signed: evidence, not truth.
    """
    actor.require(SIGN)
    errors.raise_if_refused(rules.check_all(photos, different=True))
    taken = [photographing.take(one) for one in photos]
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        shipment, lines = queries.lock_shipment(shipment_id, version=version, actor=actor)
        if actor.party_id not in (None, *selecting.receivers(shipment.order)):
            raise errors.NotFound
        by_no = _by_no(lines, arrived)
        different = any(one.missing for one in by_no.values())
        errors.raise_if_refused(rules.check_all(photos, different=different))
        status = "signed_with_difference" if different else "signed"
        progress.step(progress.SHIPMENT_STEPS, shipment.status, status, number=shipment.number)
        order_lines = queries.lock_order_lines(lines)
        shares, missing = _shares(lines, by_no)
        facts = _facts(shipment, lines, shares, missing, by_no, now)
        verdict = decisions.run(facts, actor=actor, now=now)
        verdict.require()
        entry = journal.entry()
        rows = _deliver(shipment, lines, by_no, entry=entry, now=now)
        for line in lines:
            one = by_no[line.no]
            line.signed, line.short, line.damaged = one.signed, one.short, one.damaged
            line.refused, line.difference_reason = one.refused, one.reason.strip()
        for line in order_lines.values():
            line.signed += sum((one.signed for one in lines if one.order_line_id == line.pk), Decimal(0))
        queries.save_lines(order_lines.values(), ["signed"], entry=entry)
        rows += verdict.apply(facts, entry=entry, actor=actor, now=now)
        kept = _keep(taken, shipment, entry=entry, actor=actor, now=now)
        rows += [writing.row_of(one, ("shipment_id", "no", "digest", "media_type")) for one in kept]
        values = {"signed_by": actor.ref, "signed_at": now, "device_at": device_at}
        data = _data(shipment, lines, order_lines, shares, by_no, facts.on)
        if kept:
            data["photos"] = [one.digest for one in kept]
        fields = ["signed", "short", "damaged", "refused", "difference_reason"]
        return warehouse.save(shipment, lines, fields, status, values, actor, now, entry, rows, data)


def _keep(
    photos: Sequence[rules.Photo], shipment: models.Shipment, *, entry: uuid.UUID, actor: scope.Actor, now
) -> list[models.SignedPhoto]:
    """The pictures by their content, each once, and on the register of files."""
    of = {blobs.put(one.content): one for one in photos}
    kernel.StoredFile.objects.bulk_create(
        [
            kernel.StoredFile(
                digest=digest,
                node_id=shipment.node_id,
                name=one.name[:255],
                media_type=one.media_type,
                size=len(one.content),
                purpose=PURPOSE,
                stored_at=now,
                stored_by=actor.ref,
            )
            for digest, one in of.items()
        ],
        ignore_conflicts=True,
    )
    return models.SignedPhoto.objects.bulk_create(
        models.SignedPhoto(
            entry=entry,
            node_id=shipment.node_id,
            shipment=shipment,
            no=no,
            digest=digest,
            media_type=one.media_type,
        )
        for no, (digest, one) in enumerate(of.items(), 1)
    )


def _by_no(lines, arrived: Sequence[Arrived] | None) -> Mapping[int, Arrived]:
    if arrived is None:
        return {line.no: Arrived(line.no, line.shipped) for line in lines}
    found = {one.no: one for one in arrived}
    reasons = [
        errors.Reason("orders.line_unknown", no) for no in sorted(set(found) - {line.no for line in lines})
    ]
    for line in lines:
        one = found.setdefault(line.no, Arrived(line.no, line.shipped))
        lowest = min(one.signed, one.short, one.damaged, one.refused)
        if one.missing > line.shipped:
            params = {"shipped": line.shipped, "missing": one.missing}
            reasons.append(errors.Reason("orders.missing_exceeds_shipped", line.no, params))
        elif lowest < 0 or one.signed + one.missing != line.shipped:
            params = {"shipped": line.shipped, "said": one.signed + one.missing}
            reasons.append(errors.Reason("orders.signed_does_not_add_up", line.no, params))
        reasons += differences.check_said(
            no=line.no, damaged=one.damaged, refused=one.refused, reason=one.reason
        )
    errors.raise_if_refused(reasons)
    return found


def _shares(lines, by_no):
    """Money of what is signed for, and of what was shipped but is not: parts of what was shipped."""
    shares = {
        line.pk: amounts.part(line, whole=line.shipped, already=Decimal(0), quantity=by_no[line.no].signed)
        for line in lines
    }
    return shares, {line.pk: line.gross - shares[line.pk].gross for line in lines}


def _facts(shipment, lines, shares, missing, by_no, now) -> decisions.Facts:
    detail = {
        line.pk: {
            "short": by_no[line.no].short,
            "damaged": by_no[line.no].damaged + by_no[line.no].refused,
            "short_gross": missing[line.pk],
            "rebate_back": line.rebate_used - shares[line.pk].rebate_used,
        }
        for line in lines
    }
    return warehouse.facts_of(shipment, lines, "sign", now=now, shares=shares, detail=detail)


def _deliver(shipment: models.Shipment, lines, by_no, *, entry, now) -> list[journal.Row]:
    party_id = shipment.order.hospital_id or shipment.order.party_id
    site_id = inventory.ensure_party_sites([shipment.order.party_id, party_id])[_receiver(shipment)]
    road_id = inventory_queries.transit_site(shipment.entity_id)
    postings = [
        inventory.Posting(
            kind="sign",
            item_id=line.item_id,
            lot_id=line.lot_id,
            serial_id=line.serial_id,
            quantity=by_no[line.no].signed,
            entity_id=shipment.entity_id,
            from_balance_id=line.balance_id,
            from_site_id=road_id,
            to_site_id=site_id,
            to=None,
            origin_type="orders.shipment",
            origin_id=str(shipment.pk),
            origin_line=line.no,
        )
        for line in lines
        if by_no[line.no].signed
    ]
    posted = inventory.post(postings=postings, entry=entry, at=now, on=periods.business_date(now))
    return [one.row for one in posted]


def _receiver(shipment: models.Shipment) -> int:
    """Goods are with who signed for them: the buyer, or the buyer itself when it is the hospital."""
    return shipment.order.party_id


def _data(shipment, lines, order_lines, shares, by_no, on) -> dict:
    return {
        "dims": writing.dimensions(
            shipment.order,
            document_type="shipment",
            document_id=shipment.pk,
            number=shipment.number,
            on=on,
        ),
        "lines": [
            writing.fact_line(
                order_lines[line.order_line_id],
                no=line.no,
                document_line_id=line.pk,
                quantity=by_no[line.no].signed,
                share=shares[line.pk],
                lot=line.lot_code,
                # A statement knows what did not arrive and what arrived and was not taken.
                difference={
                    "short": by_no[line.no].short,
                    "damaged": by_no[line.no].damaged + by_no[line.no].refused,
                },
            )
            for line in lines
        ],
    }
