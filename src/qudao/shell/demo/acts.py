"""The last acts of the history, once the trade of the last day is done: the recall, a certificate revoked, goods past
their date, returns, next year's contracts, transfers."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from qudao.catalog import operations as catalog
from qudao.catalog import queries as certificates
from qudao.compliance import queries as compliance
from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.kernel import errors, scope
from qudao.orders import operations as ordering
from qudao.orders import queries as orders
from qudao.orders.operations import returning
from qudao.orders.rules import requests
from qudao.shell.demo import cast, deals, shelving, trade
from qudao.shell.demo.products import REVOKED, SMALL
from qudao.shell.demo.state import Demo

RECALL = "供应商通知：部分批次定值偏高，主动召回（二级）"
RECALL_LINE, RECALL_AMONG = "IVD", 10
_EVERYTHING = 10_000


def finish(demo: Demo, *, now: dt.datetime) -> Iterator[str]:
    """Recall, expired goods, returns that wait; once the trade of the last day is done."""
    who = cast.Cast(demo)
    # What expired is locked before the doors open: the recall of the morning is the newest hold.
    inventory.lock_expired(now=now - dt.timedelta(minutes=120))
    held = _recall(demo, who("zhaoqing"), now - dt.timedelta(minutes=90))
    yield f"lot {demo.stories.recalled_lot} recalled: {len(demo.stories.recall_holders)} partners have some of it"
    yield f"certificate {_revoke(demo, who('zhaoqing'), now - dt.timedelta(minutes=55))} revoked"
    yield f"{stock.count_holds(scope.system('demo'))} lots on hold, {held} of them recalled, the others past their date"
    yield f"{_returns(demo, who, now)} returns wait for inspection"
    yield f"{_templates(demo, who, now)} templates of what is ordered again and again"
    drafted = deals.renew(demo, now=now - dt.timedelta(minutes=30), actor=who(cast.DRAFTER))
    yield f"{drafted} contracts of next year wait to be signed"
    yield f"{_transfers(demo, who, now)} transfers between warehouses, one of them on its way"
    yield f"{_put_away(demo, who, now - dt.timedelta(minutes=15))} lots put on their shelves"


def _recall(demo: Demo, quality: scope.Actor, now: dt.datetime) -> int:
    """Hold the reagent lot that went to most partners and of which some is left with us."""
    best: tuple[int, str, int, compliance.Trace] | None = None
    for product in trade.popularity(demo, RECALL_LINE)[0][:RECALL_AMONG]:
        if product.code in SMALL:
            continue
        for lot in stock.lots_of(demo.company.items[product.code], quality):
            try:
                found = compliance.trace(lot_ids=[lot.id], actor=quality, today=demo.today)
            except errors.NotFound:
                continue
            held = sum(1 for one in found.holders if one.left)
            if not any(one.side == "out" and one.status == "good" for one in found.totals):
                continue
            if best is None or (held, lot.code) > best[:2]:
                best = (held, lot.code, lot.id, found)
    if best is None:
        return 0
    _, code, lot_id, found = best
    told = demo.stories
    told.recalled_lot, told.recalled_lot_id = code, lot_id
    told.recall_hold = inventory.hold_lot(lot_id=lot_id, reason=RECALL, actor=quality, now=now).hold.number
    names = {site: node.name for site, node in found.nodes.items()}
    told.recall_holders = {names[one.site_id]: str(one.left) for one in found.holders if one.left}
    return 1


def _templates(demo: Demo, who: cast.Cast, now: dt.datetime) -> int:
    """What Kangze orders again and again, as it kept it."""
    own, company = who("kangze"), demo.company
    kept = {
        "每周补货": (("BQ-2515", 20), ("DS-035", 50)),
        "导管室月度备货": (("BQ-2515", 60), ("DS-035", 120)),
    }
    for name, lines in kept.items():
        ordering.save_template(
            account_id=company.accounts["kangze.CV"],
            name=name,
            lines=[
                requests.LineRequest(no, company.items[code], Decimal(pieces))
                for no, (code, pieces) in enumerate(lines, 1)
            ],
            ship_to_id=company.places["kangze"],
            actor=own,
            now=now - dt.timedelta(minutes=40),
        )
    return len(kept)


def _revoke(demo: Demo, quality: scope.Actor, now: dt.datetime) -> str:
    """The authority revoked a certificate: from now on nothing that rests on it is sold or shipped."""
    item = demo.company.items[f"{REVOKED}-001"]
    number = certificates.certificates_of([item])[item][0].number
    since = demo.today - dt.timedelta(days=1)
    catalog.revoke_certificate(number=number, revoked_on=since, actor=quality, now=now)
    return number


def _returns(demo: Demo, who: cast.Cast, now: dt.datetime) -> int:
    """Two deliveries of the last weeks of which a piece comes back today."""
    desk = who("zhoulan")
    with scope.transaction(desk):
        found = orders.list_shipments(orders.Filter(status="signed"), actor=desk).rows
        chosen = [orders.get_shipment(one.id, actor=desk) for one in found[:2]]
    for shipment in chosen:
        returning.take_return(
            shipment_id=shipment.id,
            returned=[returning.Returned(shipment.lines[0].no, Decimal(1))],
            reason="外包装受潮",
            actor=desk,
            now=now - dt.timedelta(minutes=40),
        )
        demo.stories.returned_shipment = shipment.number
    return len(chosen)


def _transfers(demo: Demo, who: cast.Cast, now: dt.datetime) -> int:
    """Between two warehouses of the first entity: one that arrived and waits for inspection, one on its way."""
    keeper = who.keeper("qd")
    sites = stock.list_sites(keeper, entity_id=demo.company.entities["qd"])
    goods = {one.id: _spare(one.id, keeper) for one in sites}
    fullest = max(sites, key=lambda one: len(goods[one.id]))
    nearest = next(one for one in sites if one.id != fullest.id)
    lots = goods[fullest.id]
    common: dict[str, Any] = {"to_site_id": nearest.id, "actor": keeper}
    arrived = inventory.send_transfer(portions=lots[:3], now=now - dt.timedelta(days=3), **common)
    inventory.receive_transfer(
        transfer_id=arrived.id, received=None, actor=keeper, now=now - dt.timedelta(minutes=30)
    )
    inventory.send_transfer(portions=lots[3:5], now=now - dt.timedelta(minutes=20), **common)
    return 2


def _put_away(demo: Demo, who: cast.Cast, now: dt.datetime) -> int:
    """What came in for the first time lies on no shelf yet: the keepers put it on its own."""
    shelves, moved = shelving.shelves(demo.products), 0
    for entity, entity_id in demo.company.entities.items():
        keeper = who.keeper(entity)
        for site in stock.list_sites(keeper, entity_id=entity_id):
            places = stock.list_locations(site.id, keeper)
            portions = [
                inventory.Portion(one.balance_id, one.available, places[shelves[one.item_code]])
                for one in stock.goods_at(site.id, keeper, statuses=("good",), limit=_EVERYTHING)
                if not one.location and one.available > 0
            ]
            if portions:
                inventory.relocate_stock(portions=portions, actor=keeper, now=now)
            moved += len(portions)
    return moved


def _spare(site_id: int, keeper: scope.Actor) -> list[inventory.Portion]:
    """A part of each lot a warehouse has some of, the products of the stories left alone."""
    return [
        inventory.Portion(one.balance_id, one.available // 4)
        for one in stock.goods_at(site_id, keeper, statuses=("good",))
        if one.available >= 4 and not one.serial and one.item_code not in SMALL
    ]
