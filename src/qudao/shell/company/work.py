"""What the company's people do with an order, from the desk to the door: for the demo and the tour."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.contrib import auth

from qudao.catalog.udi import encode
from qudao.kernel import scope
from qudao.orders import operations, queries, scanning
from qudao.orders.operations import signing
from qudao.orders.rules import requests
from qudao.organisation import actors
from qudao.shell.company import Company


def person(company: Company, username: str, *, now: dt.datetime) -> scope.Actor:
    """Somebody of the company as they act at `now`."""
    return actors.of_person(auth.get_user_model().objects.get(pk=company.people[username]), now=now)


def request(
    company: Company, account: str, place: str, *lines: tuple, channel: str, **more
) -> requests.OrderRequest:
    """An order request by short names; a line is (code, quantity) or (code, quantity, unit)."""
    return requests.OrderRequest(
        account_id=company.accounts[account],
        ship_to_id=company.places[place],
        channel=channel,
        lines=tuple(
            requests.LineRequest(no, company.items[code], Decimal(quantity), *unit)
            for no, (code, quantity, *unit) in enumerate(lines, start=1)
        ),
        **more,
    )


def labels(shipment: queries.ShipmentView) -> list[scanning.Scan]:
    """The label of every piece, as a scanner sends it."""
    return [
        scanning.Scan(
            encode.gs1(
                line.di,
                lot=line.lot_code,
                serial=line.serial_code or None,
                produced_on=line.produced_on,
                last_usable_on=line.last_usable_on,
            ),
            int(line.quantity),
        )
        for line in shipment.lines
    ]


def pick(company: Company, shipment: queries.ShipmentView, *, now: dt.datetime) -> queries.ShipmentView:
    """李军 picks."""
    keeper = person(company, "lijun", now=now)
    return operations.pick_shipment(
        shipment_id=shipment.id, version=shipment.version, scans=labels(shipment), actor=keeper, now=now
    )


def review(company: Company, shipment: queries.ShipmentView, *, now: dt.datetime) -> queries.ShipmentView:
    """陈曦 scans everything again."""
    reviewer = person(company, "chenxi", now=now)
    return operations.review_shipment(
        shipment_id=shipment.id, version=shipment.version, scans=labels(shipment), actor=reviewer, now=now
    )


def ship(company: Company, shipment: queries.ShipmentView, *, now: dt.datetime) -> queries.ShipmentView:
    """李军 hands over to the carrier."""
    keeper = person(company, "lijun", now=now)
    return operations.ship_shipment(shipment_id=shipment.id, version=shipment.version, actor=keeper, now=now)


def sign(
    company: Company,
    shipment: queries.ShipmentView,
    username: str,
    *,
    now: dt.datetime,
    arrived: Sequence[signing.Arrived] | None = None,
) -> queries.ShipmentView:
    """The partner's own person signs."""
    return operations.sign_for(
        shipment_id=shipment.id,
        version=shipment.version,
        arrived=arrived,
        actor=person(company, username, now=now),
        now=now,
    )


def release(company: Company, order: queries.OrderView, *, now: dt.datetime) -> list[queries.ShipmentView]:
    """周岚 hands the order to the warehouses."""
    clerk = person(company, "zhoulan", now=now)
    return operations.release_order(order_id=order.id, version=order.version, actor=clerk, now=now)


def send(company: Company, order: queries.OrderView, *, now: dt.datetime) -> list[queries.ShipmentView]:
    """Release, pick, review and ship all of an order."""
    shipments = release(company, order, now=now)
    for step in (pick, review, ship):
        shipments = [step(company, shipment, now=now) for shipment in shipments]
    return shipments
