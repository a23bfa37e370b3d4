"""Picked, reviewed by somebody else, shipped, signed with one piece short; one returned."""

from decimal import Decimal

from qudao.kernel import scope
from qudao.orders import documents, operations, scanning
from qudao.orders.operations import returning, signing
from qudao.orders.rules import differences
from qudao.settlement import queries as settlement
from qudao.shell.company import work
from qudao.shell.tour import stage


def deliver(on: stage.Stage) -> None:
    on.book.section("Picked, reviewed, shipped, signed with one piece short")
    now = on.at(9, 9)
    shipments = work.release(on.company, on.made["desk"], now=now)
    by_site = {one.site_id: one for one in shipments}
    near, far = (by_site[on.company.sites[name]] for name in ("hz", "sh"))
    on.book.table(
        ("shipment", "warehouse", "lot", "pieces"),
        [
            (one.number, on.site_name(one.site_id), line.lot_code, line.quantity)
            for one in (near, far)
            for line in one.lines
        ],
        right=(3,),
    )
    near, far = _pick(on, near), work.pick(on.company, far, now=now)
    near, far = _review(on, near), work.review(on.company, far, now=now)
    near, far = (work.ship(on.company, one, now=on.at(9, 9, 16)) for one in (near, far))
    on.book.fact("shipped", "李军 hands both to the carrier; until they are signed for they are ours")
    _note(on, near)
    _sign(on, near, far)
    for name in ("api", "portal"):
        for shipment in work.send(on.company, on.made[name], now=on.at(9, 10)):
            work.sign(on.company, shipment, "kangze", now=on.at(9, 11))
    on.book.fact("the other two", "API: 40 DS-035 and portal: 2 ZJ-3018 (by serial) shipped, signed whole")
    credit = _credit(on)
    on.book.sum("119 × 1,860.00 + 3,840.00 + 1,596.00 = 221,340.00 + 5,436.00 = 226,776.00")
    on.book.check("康泽: signed for, not invoiced", "226,776.00", credit.shipped_not_invoiced)


def _pick(on: stage.Stage, shipment):
    now = on.at(9, 9, 10)
    keeper = on.person("lijun", now)

    def picking(scans):
        return operations.pick_shipment(
            shipment_id=shipment.id, version=shipment.version, scans=scans, actor=keeper, now=now
        )

    on.refused(
        "李军 scans the label without its separator",
        lambda: picking([scanning.Scan(on.made["scans"]["lost"])]),
        shows="catalog.udi_separator_missing",
    )
    case, piece = on.made["scans"]["case"], on.made["scans"]["piece"]
    rest = [one for one in work.labels(shipment) if "B2512" not in one.code]
    picked = picking([scanning.Scan(case, 2), scanning.Scan(piece, 9), *rest])
    on.book.fact("picked", "李军 scans 2 boxes and 9 pieces of B2512, 60 pieces of B2601")
    on.book.sum("2 × 10 + 9 = 29;  29 + 60 = 89")
    on.book.check("picked at 杭州仓", 89, _total(picked, "picked"))
    return picked


def _review(on: stage.Stage, shipment):
    now = on.at(9, 9, 14)
    reviewed = work.review(on.company, shipment, now=now)
    on.book.fact("reviewed", "陈曦 scans everything again; whoever picked cannot")
    on.book.check("another person reviewed", True, reviewed.reviewed_by != reviewed.picked_by)
    return reviewed


def _note(on: stage.Stage, shipment) -> None:
    actor = scope.system("tour")
    with scope.transaction(actor):
        content = documents.delivery_note(shipment, actor=actor)
    path = on.folder / f"随货同行单-{shipment.number}.pdf"
    path.write_bytes(content)
    on.book.fact("随货同行单", path.name)
    on.book.check("the delivery note is a PDF", "%PDF", content[:4].decode())


def _sign(on: stage.Stage, near, far) -> None:
    now = on.at(9, 10, 15)
    no = next(line.no for line in near.lines if line.lot_code == "B2512")
    on.refused(
        "林涛 signs for 28 of the 29 and says nothing of the other",
        lambda: work.sign(on.company, near, "kangze", now=now, arrived=[signing.Arrived(no, Decimal(28))]),
        shows="orders.signed_does_not_add_up",
    )
    said = [signing.Arrived(no, Decimal(28), short=Decimal(1))]
    near = work.sign(on.company, near, "kangze", now=now, arrived=said)
    far = work.sign(on.company, far, "kangze", now=on.at(9, 10, 16))
    on.made["near"] = near
    on.book.fact("signed", f"林涛: {near.number} with one piece of B2512 short, {far.number} whole")
    on.book.sum("28 + 60 + 31 = 119;  1 short;  119 + 1 = 120")
    signed = _total(near, "signed") + _total(far, "signed")
    on.book.check("signed, short", "119, 1", [signed, _total(near, "short")])
    on.book.check("state", "signed_with_difference", near.status)
    operations.resolve_differences(
        shipment_id=near.id,
        settlements=[differences.Settlement(no, back=Decimal(0), lost=Decimal(1), reason="承运人确认丢失")],
        actor=on.person("zhoulan", now),
        now=on.at(9, 12),
    )
    on.book.fact("difference", "周岚: the carrier admits the loss; one piece is written off")


def _total(shipment, field: str) -> Decimal:
    return sum((getattr(line, field) for line in shipment.lines), Decimal(0))


def _credit(on: stage.Stage):
    actor = scope.system("tour")
    debtor = on.debtor("kangze.CV")
    with scope.transaction(actor):
        return settlement.credit_of(debtor, on=on.at(9, 12).date(), actor=actor)


def take_back(on: stage.Stage) -> None:
    on.book.section("One piece comes back")
    now = on.at(9, 14)
    near = on.made["near"]
    no = next(line.no for line in near.lines if line.lot_code == "B2512")
    back = operations.take_return(
        shipment_id=near.id,
        returned=[returning.Returned(no, Decimal(1))],
        reason="包装破损",
        actor=on.person("zhoulan", now),
        now=now,
    )
    [line] = back.lines
    on.book.fact(back.number, "one piece of lot B2512, 包装破损, into the return zone of 杭州仓")
    on.book.sum("1 of 120: 1,860.00 with tax, 197,522.12 ÷ 120 = 1,646.02 net")
    on.book.check("returned: with tax, net", "1,860.00, 1,646.02", [line.gross, line.net])
    inspected = operations.inspect_return(
        return_id=back.id,
        version=back.version,
        good=False,
        actor=on.person("zhaoqing", now),
        now=on.at(9, 15),
    )
    on.book.fact("inspected", "赵青: 不合格; it is not sold again")
    on.book.check("the return", "inspected", inspected.status)
    on.refused(
        "周岚 takes back 28 more, when 27 are left there",
        lambda: operations.take_return(
            shipment_id=near.id,
            returned=[returning.Returned(no, Decimal(28))],
            reason="退货",
            actor=on.person("zhoulan", now),
            now=on.at(9, 15, 10),
        ),
        shows="orders.return_exceeds_signed",
    )
