"""What orders contribute to the search, the to-dos and the partner page."""

import datetime as dt
import uuid
from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qudao.kernel import scope
from qudao.orders import queries, queries_warehouse, selecting, turns, unshipped
from qudao.orders import waiting as board
from qudao.partners import queries as partners
from qudao.ui import cards, formats, search, status, tables, todos

VIEW, SHIPMENTS = "orders.order.view", "orders.shipment.view"


def find(text: str, *, actor: scope.Actor, limit: int) -> list[search.Hit]:
    """Orders and shipments whose number the text names, and orders by the customer's own number; `limit` of each."""
    hits: list[search.Hit] = []
    if actor.can(VIEW):
        orders = queries.list_orders(queries.Filter(text=text), actor=actor, limit=limit).rows
        names = partners.party_names({one.party_id for one in orders}, actor) if orders else {}
        hits += [
            search.Hit(
                kind=_("Orders"),
                title=order.number,
                detail=" · ".join(
                    (
                        names.get(order.party_id, ""),
                        formats.day(order.business_on),
                        formats.amount(order.gross, "CNY").replace(" ", "\u00a0"),
                        str(status.show("order", order.state).label),
                    )
                ),
                url=reverse("order", args=[order.id]),
                icon="shopping-cart",
            )
            for order in orders
        ]
    if actor.can(SHIPMENTS):
        hits += [
            search.Hit(
                kind=_("Shipments"),
                title=shipment.number,
                detail=status.show("shipment", shipment.state).label,
                url=reverse("shipment", args=[shipment.id]),
                icon="truck-delivery",
            )
            for shipment in queries.list_shipments(queries.Filter(number=text), actor=actor, limit=limit).rows
        ]
    return hits


# stage, permission of who works on it, tone
_ORDERS = (
    ("draft", "orders.order.confirm", "info"),
    ("confirmed", "orders.order.release", "warn"),
)
_SHIPMENTS = (
    ("to_pick", "orders.shipment.pick", "warn"),
    ("picked", "orders.shipment.review", "warn"),
    ("reviewed", "orders.shipment.ship", "warn"),
    ("shipped", "orders.shipment.sign", "info"),
    ("withdrawn", "orders.shipment.pick", "warn"),
)


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """Orders and shipments that wait for this person's step."""
    titles = {
        "draft": _("Drafts to confirm"),
        "confirmed": _("Confirmed orders to release to the warehouse"),
        "to_pick": _("Shipments to pick"),
        "picked": _("Shipments to review"),
        "reviewed": _("Shipments to hand to the carrier"),
        "shipped": _("Deliveries in transit to sign for"),
        "withdrawn": _("Withdrawn goods to put back on the shelf"),
    }
    held_up = selecting.held_up(actor=actor) if actor.can("orders.order.reallocate") else {}
    found = _held_up(held_up)
    for stages, count, page, icons in (
        (_ORDERS, selecting.count_orders, "orders", {}),
        (_SHIPMENTS, selecting.count_shipments, "shipments", board.ICONS),
    ):
        mine = [stage for stage in stages if actor.can(stage[1])]
        counts = dict(count(actor=actor)) if mine else {}
        # What waits to be allocated anew is not to be released: it is asked for once.
        again = list(held_up.values()).count("confirmed") if page == "orders" else 0
        apart = {"confirmed": again} if again else {}
        found += [
            todos.Todo(
                title=titles[stage],
                url=f"{reverse(page)}?{board.LISTED.get(stage, f'status={stage}')}{'&own=1' if actor.party_id else ''}"
                f"{'&short=0' if stage in apart else ''}",
                icon=icons.get(stage, "shopping-cart"),
                count=counts.get(stage, 0) - apart.get(stage, 0),
                tone=tone,
            )
            for stage, _permission, tone in mine
        ]
    # What goes out today comes before what arrived wrong or came back.
    return [*found, *_unsettled(actor), *_returned(actor)]


def _held_up(orders: Collection[uuid.UUID]) -> list[todos.Todo]:
    """Orders whose stock was taken back: the shortage board."""
    return [
        todos.Todo(
            title=_("Orders whose stock was taken back"),
            detail=_(
                "Lost to a hold or a lapsed reservation: allocate anew; withdraw from the warehouse first what was released."
            ),
            url=f"{reverse('orders')}?short=1",
            icon="alert-triangle",
            count=len(orders),
            tone="bad",
        )
    ]


def _unsettled(actor: scope.Actor) -> list[todos.Todo]:
    """Deliveries that arrived differently, for those who settle what is open of them."""
    if not actor.house or not actor.can("orders.return.manage"):
        return []
    return [
        todos.Todo(
            title=_("Deliveries with differences to settle"),
            detail=_("Short, damaged or refused: it comes back, or it is written off."),
            url=f"{reverse('shipments')}?unsettled=1",
            icon="package-off",
            count=queries_warehouse.count_unsettled(actor=actor),
            tone="warn",
        )
    ]


def _returned(actor: scope.Actor) -> list[todos.Todo]:
    """Returns for quality to judge."""
    if not actor.house or not actor.can("orders.return.inspect"):
        return []
    return [
        todos.Todo(
            title=_("Returns to inspect"),
            url=f"{reverse('returns')}?status=received",
            icon="arrow-back-up",
            count=queries_warehouse.waiting_returns(actor=actor, most=1).count,
            tone="warn",
        )
    ]


def recent(party_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Card]:
    """The partner's latest orders, as far as this person sees them."""
    if not actor.can(VIEW):
        return []
    found = queries.list_orders(queries.Filter(party_id=party_id), actor=actor, limit=5)
    rows = [
        {
            "number": order.number,
            "url": reverse("order", args=[order.id]),
            "status": order.state,
            "business_on": order.business_on,
            "gross": order.gross,
            **turns.cells(order, actor),
        }
        for order in found.rows
    ]
    turn = [tables.Column(key="turn", label=_("Next step"))] if any(row["turn"] for row in rows) else []
    table = tables.Table(
        label=_("Orders"),
        columns=[
            tables.Column(key="number", label=_("Order")),
            tables.Column(key="status", label=_("State"), kind="status", status="order"),
            *turn,
            tables.Column(key="business_on", label=_("Date"), kind="day"),
            tables.Column(key="gross", label=_("Amount"), kind="money"),
        ],
        rows=rows,
        empty=tables.Empty(title=_("No orders yet"), hint=_("What this partner orders appears here.")),
    )
    return [
        cards.Card(
            title=_("Latest orders"),
            template="orders/recent.html",
            context={"table": table, "party_id": party_id, "may_place": actor.can("orders.order.place")},
            order=13,
            wide=True,
        )
    ]


def latest_buyers(actor: scope.Actor, *, shown: int = 10, among: int = 200) -> tables.Table | None:
    """Whoever ordered last, once each, for the desk to go on with; None while nobody has."""
    latest: dict[int, queries.OrderView] = {}
    for order in queries.list_orders(queries.Filter(), actor=actor, limit=among).rows:
        if order.status not in ("draft", "cancelled"):
            latest.setdefault(order.party_id, order)
    orders = list(latest.values())[:shown]
    names = partners.party_names([order.party_id for order in orders], actor)
    if not orders:
        return None
    return tables.Table(
        label=_("Recent orders"),
        columns=[
            tables.Column(key="party", label=_("Partner")),
            tables.Column(key="number", label=_("Order"), link="order_url"),
            tables.Column(key="channel", label=_("Channel"), kind="status", status="channel"),
            tables.Column(key="status", label=_("State"), kind="status", status="order"),
            tables.Column(key="business_on", label=_("Date"), kind="day"),
            tables.Column(key="gross", label=_("Amount"), kind="money"),
        ],
        rows=[
            {
                "party": names.get(order.party_id, ""),
                "url": f"{reverse('order_desk')}?party={order.party_id}",
                "number": order.number,
                "order_url": reverse("order", args=[order.id]),
                "channel": order.channel,
                "status": order.state,
                "business_on": order.business_on,
                "gross": order.gross,
            }
            for order in orders
        ],
    )


def at_stake(item_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Fact]:
    """What is ordered of a product and has not left."""
    if not actor.can(VIEW):
        return []
    count, quantity = unshipped.of_item(item_id, actor=actor)
    documents = ngettext("on %(count)s order", "on %(count)s orders", count) % {"count": count}
    return [cards.Fact(label=_("Ordered, not shipped"), value=quantity, detail=documents if count else "")]
