"""One intake for every channel: look, draft, place."""

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from qudao.catalog import queries as catalog
from qudao.inventory import operations as inventory
from qudao.inventory import queries as inventory_queries
from qudao.inventory.rules import allocation
from qudao.kernel import (
    bulk,
    decisions,
    errors,
    journal,
    locks,
    money,
    numbering,
    records,
    rule_tables,
    scope,
)
from qudao.orders import models, outlook, preparation, queries, writing
from qudao.orders.rules import delivery, requests
from qudao.partners import holidays
from qudao.partners import queries as partners
from qudao.pricing import operations as pricing

VIEW, PLACE, CONFIRM = "orders.order.view", "orders.order.place", "orders.order.confirm"
# Somebody may take the lot between reading and locking; then it is allocated anew, this many times.
TRIES = 4


def quote_order(
    *, request: requests.OrderRequest, actor: scope.Actor, now: dt.datetime
) -> preparation.Prepared:
    """What placing this order would give: prices, gates, allocation. Locks and writes nothing."""
    actor.require(PLACE)
    with scope.transaction(actor, acting=True):
        prepared = preparation.prepare(request, subject="", actor=actor, now=now, locking=False)
        sites = inventory_queries.sites_by_id(prepared.allocation.site_ids, actor=actor)
        return dataclasses.replace(
            prepared,
            sites={site.id: site.name for site in sites.values()},
            outlooks=_outlooks(prepared, actor),
            earliest_on=delivery.earliest(
                on=prepared.on,
                origins=[site.territory for site in sites.values()],
                destination=prepared.place.territory,
                days=rule_tables.on("orders.delivery", prepared.on),
                is_working_day=holidays.is_working_day,
            ),
        )


def _outlooks(prepared: preparation.Prepared, actor: scope.Actor) -> Mapping[int, outlook.Outlook]:
    """For our own people, of the products that are short."""
    short = {one.line for one in prepared.allocation.shortages}
    if not short or not actor.house:
        return {}
    items = [line.item.id for line in prepared.lines if line.no in short]
    entity_id = prepared.account.entity_id
    return outlook.of_items(items, entity_id=entity_id, on=prepared.on, actor=actor)


def save_draft(*, request: requests.OrderRequest, actor: scope.Actor, now: dt.datetime) -> queries.OrderView:
    """Keep an order as a draft: priced, not reserved. What refuses it is kept beside it as a warning.

    Lines that cannot be measured or priced would be lost, so those refuse the draft.
    """
    actor.require(PLACE)
    with scope.transaction(actor, acting=True):
        order_id = records.key(now)
        prepared = kept(request, order_id, actor=actor, now=now)
        return create(prepared, order_id=order_id, status="draft", basket=None, actor=actor, now=now)


def place_order(
    *,
    request: requests.OrderRequest,
    actor: scope.Actor,
    now: dt.datetime,
    basket: uuid.UUID | None = None,
) -> queries.OrderView:
    """Confirm a new order and reserve its stock, or change nothing.

    Raises Refused with every reason of every gate; Conflict `kernel.busy` when a lock does not come.
    """
    actor.require(PLACE)
    actor.require(CONFIRM)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        _refuse_repeated(request)
        order_id = records.key(now)
        prepared = decided(request, order_id, actor=actor, now=now)
        return create(prepared, order_id=order_id, status="confirmed", basket=basket, actor=actor, now=now)


def _refuse_repeated(request: requests.OrderRequest) -> None:
    """The same file again is said first: what it lacks today is not the point."""
    if not request.source_digest:
        return
    made = models.Order.objects.filter(account_id=request.account_id, source_digest=request.source_digest)
    if found := made.first():
        link = reverse("order", args=[found.pk])
        raise errors.Refused([errors.Reason("orders.source_taken_in", params=_named(found), link=link)])


def _named(order: models.Order) -> dict[str, str]:
    return {"number": order.number, "reference": order.reference or order.source_digest[:12]}


def place_basket(
    *,
    party_id: int,
    entity_id: int,
    template: requests.OrderRequest,
    actor: scope.Actor,
    now: dt.datetime,
) -> list[queries.OrderView]:
    """Split lines over the party's channel accounts, one order an account, all or none.

    `template` carries the lines of all product lines; its account is ignored. The pool is used on the
    order with the most lines. Refused lines keep their numbers in the basket.
    """
    actor.require(PLACE)
    with scope.transaction(actor, acting=True):
        split = _split(party_id, entity_id, template, actor)
        basket = records.key(now) if len(split) > 1 else None
        placed: list[queries.OrderView] = []
        reasons: list[errors.Reason] = []
        for request in split:
            try:
                with (
                    transaction.atomic()
                ):  # what refuses one account's order must not hide what refuses another's
                    placed.append(place_order(request=request, actor=actor, now=now, basket=basket))
            except errors.Conflict:
                raise
            except errors.Refused as refusal:
                reasons += refusal.reasons
        errors.raise_if_refused(reasons)
        return placed


def _split(party_id, entity_id, template, actor) -> Sequence[requests.OrderRequest]:
    on = template.requested_on or dt.date.max
    items = catalog.items({line.item_id for line in template.lines}, on=on, entity_id=entity_id)
    by_line: dict[int, list[requests.LineRequest]] = collections.defaultdict(list)
    unknown = [line for line in template.lines if line.item_id not in items]
    errors.raise_if_refused(
        errors.Reason("orders.item_unknown", line.no, {"item": line.item_id}) for line in unknown
    )
    for line in template.lines:
        by_line[items[line.item_id].line_id].append(line)
    accounts = partners.find_accounts(
        party_id=party_id, line_ids=sorted(by_line), entity_id=entity_id, actor=actor
    )
    errors.raise_if_refused(
        errors.Reason("orders.no_account", line.no, {"item": items[line.item_id].name})
        for product_line, lines in by_line.items()
        if product_line not in accounts
        for line in lines
    )
    largest = max(by_line, key=lambda product_line: len(by_line[product_line]), default=0)
    return [
        dataclasses.replace(
            template,
            account_id=accounts[product_line].id,
            lines=tuple(lines),
            rebate_use=template.rebate_use if product_line == largest else money.ZERO,
        )
        for product_line, lines in sorted(by_line.items())
    ]


def kept(request, order_id, *, actor, now) -> preparation.Prepared:
    """What a draft keeps. Refused for lines that would be lost."""
    prepared = preparation.prepare(request, subject=_subject(order_id), actor=actor, now=now, locking=False)
    known = {line.no for line in prepared.lines}
    errors.raise_if_refused(
        reason for reason in prepared.reasons if reason.line is not None and reason.line not in known
    )
    return prepared


def decided(request, order_id, *, actor, now) -> preparation.Prepared:
    prepared = preparation.prepare(request, subject=_subject(order_id), actor=actor, now=now, locking=True)
    errors.raise_if_refused(prepared.reasons)
    return prepared


def create(
    prepared: preparation.Prepared,
    *,
    order_id: uuid.UUID,
    status: str,
    basket: uuid.UUID | None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.OrderView:
    """Write a new order; a confirmed one with its reservations and effects. Journal last."""
    entry = journal.entry()
    order = models.Order(
        id=order_id,
        entry=entry,
        created_at=now,
        basket=basket,
        status=status,
        number=numbering.take_one(entity_id=prepared.account.entity_id, series="SO", on=prepared.on),
        placed_by=actor.ref,
        confirmed_at=now if status == "confirmed" else None,
        **writing.order_values(prepared),
    )
    _insert(order)
    return finish(order, prepared, entry=entry, actor=actor, now=now)


def finish(
    order: models.Order,
    prepared: preparation.Prepared,
    *,
    entry: uuid.UUID,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.OrderView:
    """Lines, reservations, effects and the journal entry of an order whose own row is written."""
    rows: list[journal.Row] = []
    confirmed = order.status == "confirmed"
    if confirmed:
        prepared, more = _reserve(order, prepared, entry=entry, actor=actor, now=now)
        rows += more
    lines = writing.line_rows(prepared, order_id=order.pk, entry=entry)
    bulk.create(lines)
    data: dict[str, Any] = {"number": order.number}
    if confirmed:
        rows += prepared.verdict.apply(prepared.verdict.facts, entry=entry, actor=actor, now=now)
        rows += pricing.spend_promotions(prepared.spent, entry=entry)
        data |= _fact_data(order, lines)
    writing.record(
        entry,
        f"orders.order.{'confirmed' if confirmed else 'drafted'}",
        subject=_subject(order.pk),
        at=now,
        node_id=order.node_id,
        rows=[writing.order_row(order), *writing.line_entries(lines), *rows],
        data=data,
    )
    return queries.view_of(order, lines, actor=actor)


def _reserve(order, prepared, *, entry, actor, now):
    """Take the allocated stock; where somebody was quicker, allocate anew on what is left now."""
    for attempt in range(TRIES):
        try:
            return prepared, set_aside(order.pk, prepared.allocation, on=prepared.on, entry=entry, now=now)
        except errors.Conflict:
            if attempt == TRIES - 1:
                raise
            prepared = preparation.reallocated(prepared, actor=actor)
            errors.raise_if_refused(prepared.reasons)
    raise AssertionError("unreachable")


def reserved_until(now: dt.datetime, *, on: dt.date) -> dt.datetime:
    """How long stock stays set aside for an order that is confirmed now, on the business day `on`."""
    return now + dt.timedelta(hours=rule_tables.on("orders.reservation", on)["hours"])


def set_aside(
    order_id: uuid.UUID,
    found: allocation.Allocation,
    *,
    on: dt.date,
    entry: uuid.UUID,
    now: dt.datetime,
) -> list[journal.Row]:
    """Reserve what was allocated. Raises Conflict `inventory.taken_meanwhile`, having written nothing."""
    reserved = inventory.reserve(
        picks=found.picks,
        origin_type="orders.order",
        origin_id=str(order_id),
        expires_at=reserved_until(now, on=on),
        entry=entry,
        now=now,
    )
    return [
        journal.row(
            "inventory_reservation",
            reservation,
            {"balance_id": pick.balance_id, "quantity": pick.quantity, "line": pick.line},
        )
        for reservation, pick in zip(reserved, found.picks, strict=True)
    ]


def _insert(order: models.Order) -> None:
    try:
        bulk.create([order])
    except IntegrityError as error:
        if "order_source_once" in str(error):
            # The other was quicker by an instant; this one's number is free again.
            raise errors.refuse("orders.source_taken_in", **_named(order) | {"number": ""}) from error
        raise


def _fact_data(order: models.Order, lines: Sequence[models.OrderLine]) -> dict:
    return {
        "dims": writing.dimensions(
            order, document_type="order", document_id=order.pk, number=order.number, on=order.business_on
        ),
        "lines": [
            writing.fact_line(
                line,
                no=line.no,
                document_line_id=line.pk,
                quantity=line.quantity,
                share=line,
            )
            for line in lines
        ],
    }


def sale_facts_of(order: models.Order, lines: Sequence[models.OrderLine]) -> decisions.Facts:
    """The sale as decided, for taking it back."""
    return decisions.Facts(
        point="sale",
        subject=_subject(order.pk),
        entity_id=order.entity_id,
        on=order.business_on,
        lines=tuple(
            decisions.Line(
                no=line.no, item_id=line.item_id, quantity=line.quantity, net=line.net, gross=line.gross
            )
            for line in lines
        ),
        node_id=order.node_id,
        account_id=order.account_id,
        debtor_node_id=order.debtor_node_id,
        buyer_id=order.party_id,
        ship_to_id=order.ship_to_id,
        channel=order.channel,
        detail={"rebate_use": order.rebate_used},
    )


def _subject(order_id: uuid.UUID) -> str:
    return f"orders.order:{order_id}"
