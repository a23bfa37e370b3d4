"""Trace: what a text names, and the whole way of a lot or serial, as far as the actor may see it.

Our own people see everything. A partner sees what came to its own sites, and to those of the accounts below it
for that product line, and what was reported onward from there; names of others, and costs, it never sees.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from qudao.catalog import queries as catalog
from qudao.compliance.rules import retention, tracing
from qudao.inventory import origins
from qudao.inventory import tracing as stock
from qudao.kernel import errors, periods, rule_tables, scope
from qudao.kernel import models as kernel
from qudao.organisation import queries as organisation
from qudao.partners import queries as partners

VIEW = "compliance.trace.view"
HOLD, RELEASE = "inventory.stock.hold", "inventory.hold.release"
MOST_SUBJECTS = 50
MOST_MOVES = 200
MOST_SERIALS = 500


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """A lot, or one serial of it (`serial_id` 0 for the lot), with its product. `hold` '' when not held."""

    item_id: int
    item_code: str
    item_name: str
    specification: str
    manufacturer: str
    unit: str
    is_implant: bool
    lot_id: int
    lot: str
    serial_id: int
    serial: str
    produced_on: dt.date | None
    last_usable_on: dt.date | None
    hold: str
    hold_reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Node:
    """A place in the trace. `name` is '' when the actor may not know whose it is; `kind` as of its site."""

    site_id: int
    kind: str
    name: str
    party_id: int
    ours: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Trace:
    """Everything about the subjects that the actor sees; site ids in it are keys of `nodes`.

    `whole` is False for a partner's branch. `deliveries`: from which of our sites each consignee had it, for
    the whole alone. `timeline`: the newest moves, newest first. `serials`: of lots whose pieces carry a number, each
    with where it is, at most MOST_SERIALS by number.
    """

    subjects: tuple[Subject, ...]
    nodes: dict[int, Node]
    edges: tuple[tracing.Edge, ...]
    holders: tuple[tracing.Holder, ...]
    totals: tuple[tracing.Total, ...]
    differences: tuple[tracing.Difference, ...]
    deliveries: tuple[stock.Delivery, ...]
    timeline: tuple[stock.MoveView, ...]
    serials: tuple[stock.SerialView, ...]
    whole: bool

    @property
    def adds_up(self) -> bool:
        return not self.differences

    @property
    def came(self) -> Decimal:
        return sum((one.quantity for one in self.totals if one.side == "in"), Decimal(0))

    @property
    def out(self) -> Decimal:
        """The same by where it is now: what came, when it adds up."""
        return sum((one.quantity for one in self.totals if one.side == "out"), Decimal(0))

    def now(self, code: str) -> Decimal:
        """How much of it is now what the code says: on_hand, in_transit, left …"""
        return sum((one.quantity for one in self.totals if (one.side, one.code) == ("out", code)), Decimal(0))

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON; decimals and dates as text."""
        return {
            "subjects": [_plain(one) for one in self.subjects],
            "nodes": [_plain(one) for one in self.nodes.values()],
            "edges": [_plain(one) for one in self.edges],
            "holders": [_plain(one) | {"left": str(one.left)} for one in self.holders],
            "totals": [_plain(one) for one in self.totals],
            "adds_up": self.adds_up,
            "differences": [_plain(one) for one in self.differences],
            "timeline": [_plain(one) for one in self.timeline],
            "serials": [_plain(one) for one in self.serials],
            "whole": self.whole,
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Notice:
    """Somebody who must be told on a recall. `passed_on` goods are theirs to fetch back."""

    party_id: int
    name: str
    phone: str
    level: int
    came: Decimal
    passed_on: Decimal
    returned: Decimal
    left: Decimal
    places: tuple[partners.Place, ...]

    @property
    def person(self) -> str:
        """The contact of the first place."""
        return self.places[0].contact if self.places else ""

    @property
    def address(self) -> str:
        """Of the first place."""
        return self.places[0].address if self.places else ""


def find_subject(
    text: str, actor: scope.Actor, *, today: dt.date | None = None, limit: int = MOST_SUBJECTS
) -> list[Subject]:
    """Every lot and serial a text can mean: a scanned code, a device identifier, our product code, a lot or a
    serial number. Of a partner, only what came to it. Empty when there is none.
    """
    actor.require(VIEW)
    day = today or periods.business_date(timezone.now())
    text = text.strip()
    if not text:
        return []
    with _looking(actor):
        views = _named(text, day)
        items = catalog.items({one.item_id for one in views}, on=day, entity_id=0)
        if not _sees_all(actor):
            views = _delivered(views, items, actor)
        return [_subject(one, items[one.item_id]) for one in views[:limit]]


def _named(text: str, day: dt.date) -> list[stock.LotView]:
    [scan] = catalog.resolve_scans([text], today=day)
    if scan.item_id is not None and scan.scan.di and not scan.scan.refused:
        if scan.serial:
            found = stock.serials_coded([scan.serial])
        elif scan.lot:
            found = stock.lots_coded([scan.lot])
        else:
            found = stock.lots_of([scan.item_id])
        return [one for one in found if one.item_id == scan.item_id]
    found = stock.lots_coded([text]) + stock.serials_coded([text])
    if found:
        return found
    item_ids = {one.item_id for one in catalog.identifiers([text]).values()}
    item_ids |= {one.id for one in catalog.items_by_code([text], on=day, entity_id=0).values()}
    return stock.lots_of(item_ids) if item_ids else []


def _subject(view: stock.LotView, item: catalog.ItemView) -> Subject:
    return Subject(
        item_id=item.id,
        item_code=item.code,
        item_name=item.name,
        specification=item.specification,
        manufacturer=item.manufacturer,
        unit=item.base_unit,
        is_implant=item.is_implant,
        lot_id=view.lot_id,
        lot=view.lot,
        serial_id=view.serial_id,
        serial=view.serial,
        produced_on=view.produced_on,
        last_usable_on=view.last_usable_on,
        hold=view.hold,
        hold_reason=view.hold_reason,
    )


def trace(
    *,
    lot_ids: Sequence[int] = (),
    serial_ids: Sequence[int] = (),
    actor: scope.Actor,
    today: dt.date | None = None,
    pieces: bool = True,
) -> Trace:
    """The whole way of the lots, or of single serials. Statements do not grow with the moves. `pieces`: lots are to list
    their serials.

    Raises NotFound when there is no such thing or the actor may see nothing of it.
    """
    actor.require(VIEW)
    day = today or periods.business_date(timezone.now())
    with _looking(actor):
        views = stock.serials(serial_ids) if serial_ids else stock.lots(lot_ids)
        items = catalog.items({one.item_id for one in views}, on=day, entity_id=0)
        everything = _sees_all(actor)
        mine = None if everything else _sites(actor, {item.line_id for item in items.values()})
        sites = None if mine is None else list(mine)
        goods: dict[str, Any] = {"lot_ids": lot_ids, "serial_ids": serial_ids}
        flows = stock.flows(**goods, site_ids=sites) if views else []
        if not flows:
            raise errors.NotFound
        found = stock.sites(site for one in flows for site in (one.from_site_id, one.to_site_id))
        composed = _composed(flows, found, mine, goods)
        moves = stock.moves(**goods, site_ids=sites, limit=MOST_MOVES)
        numbered = pieces and not serial_ids and any(one.serial_id for one in moves)
        return Trace(
            subjects=tuple(_subject(one, items[one.item_id]) for one in views),
            nodes=_nodes(found, everything, actor),
            edges=composed.edges,
            holders=composed.holders,
            totals=composed.totals,
            differences=composed.differences,
            deliveries=tuple(stock.deliveries(**goods)) if everything else (),
            timeline=tuple(moves),
            serials=tuple(stock.serials_in(lot_ids, site_ids=sites, limit=MOST_SERIALS)) if numbered else (),
            whole=everything,
        )


def _composed(
    flows: Sequence[stock.Flow],
    found: dict[int, stock.SiteView],
    sites: frozenset[int] | None,
    goods: dict[str, Any],
) -> tracing.Composed:
    kinds = {site.id: site.kind for site in found.values()}
    if sites is not None:
        return tracing.compose_branch(flows=flows, kinds=kinds, sites=sites)
    transit = frozenset(id for id, kind in kinds.items() if kind == "transit")
    return tracing.compose(flows=flows, kinds=kinds, lying=stock.lying(**goods), transit=transit)


def notices(found: Trace, actor: scope.Actor) -> list[Notice]:
    """Who must be told of a recall, first those we delivered to: everybody the goods came to and did not all
    come back from, with their places. Our own people only; two statements for any number of them."""
    holding = [one for one in found.holders if one.left or one.passed_on]
    party_ids = {found.nodes[one.site_id].party_id for one in holding}
    with scope.transaction(actor):
        places = partners.places_of(party_ids, actor)
        phones = partners.phones_of(party_ids, actor)
    return [
        Notice(
            party_id=party_id,
            name=found.nodes[one.site_id].name,
            phone=phones.get(party_id, ""),
            level=one.level,
            came=one.came,
            passed_on=one.passed_on,
            returned=one.returned,
            left=one.left,
            places=tuple(places.get(party_id, ())),
        )
        for one in holding
        for party_id in [found.nodes[one.site_id].party_id]
    ]


def documents(moves: Iterable[stock.MoveView], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    """Move → number and address ("" for who may not open it) of the document that moved it, as far as the actor sees
    such; one statement."""
    named = {one.id: (one.origin_type, one.origin_id) for one in moves}
    found = origins.documents(named.values(), actor)
    return {move: found[origin] for move, origin in named.items() if origin in found}


def get_subject(*, lot_id: int, serial_id: int, actor: scope.Actor, today: dt.date) -> Subject:
    """One lot or serial, for our own people. Raises NotFound."""
    with scope.transaction(actor):
        found = stock.serials([serial_id]) if serial_id else stock.lots([lot_id])
        if not found:
            raise errors.NotFound
        items = catalog.items({found[0].item_id}, on=today, entity_id=0)
    return _subject(found[0], items[found[0].item_id])


def registered(subject: Subject, actor: scope.Actor, *, today: dt.date) -> tuple[str, str]:
    """The number of the registration certificate it was made under and the DI its label bears, "" where unknown."""
    with _looking(actor):
        versions = catalog.certificates_of([subject.item_id]).get(subject.item_id, ())
        found = catalog.covering(versions, produced_on=subject.produced_on, on=today)
        return found.number if found else "", catalog.smallest_di(subject.item_id)


def retain_until(subject: Subject, *, recorded_on: dt.date) -> dt.date | None:
    """The last day records of the subject are kept, None for ever; see rules.retention."""
    data = rule_tables.on("compliance.retention", recorded_on)
    return retention.retain_until(
        is_implant=subject.is_implant,
        last_usable_on=subject.last_usable_on,
        recorded_on=recorded_on,
        policy=retention.Policy(data["years_after_expiry"], data["years_without_expiry"]),
    )


# --- Who sees what ---------------------------------------------------------------------------------


def _looking(actor: scope.Actor):
    """Stock is ours alone: for others the house looks on their behalf and shows them their part."""
    return scope.transaction(actor, acting=not _sees_all(actor))


def _sees_all(actor: scope.Actor) -> bool:
    return actor.house or actor.everyone


def _sites(actor: scope.Actor, line_ids: Iterable[int]) -> frozenset[int]:
    """The sites of the actor's own party, and of the accounts it sees for every one of the lines."""
    accounts = kernel.Node.objects.filter(id__in=actor.visible, kind="account")
    by_line: dict[int, set[int]] = {}
    for line_id, party_id in accounts.values_list("line_id", "party_id"):
        by_line.setdefault(line_id, set()).add(party_id)
    seen = [by_line.get(line_id, set()) for line_id in set(line_ids)]
    parties = set.intersection(*seen) if seen else set()
    if actor.party_id:
        parties.add(actor.party_id)
    return frozenset(stock.sites_of_parties(parties))


def _delivered(
    views: Sequence[stock.LotView], items: dict[int, catalog.ItemView], actor: scope.Actor
) -> list[stock.LotView]:
    """Of these, what came to sites the actor sees."""
    kept: list[stock.LotView] = []
    for line_id in {item.line_id for item in items.values()}:
        mine = [one for one in views if items[one.item_id].line_id == line_id]
        sites = _sites(actor, [line_id])
        left = stock.left_outside(site_ids=list(sites), lot_ids=[one.lot_id for one in mine])
        lots = {one.lot_id for one in left}
        serials = {one.serial_id for one in left}
        kept += [one for one in mine if (one.serial_id in serials if one.serial_id else one.lot_id in lots)]
    return kept


def _nodes(found: dict[int, stock.SiteView], everything: bool, actor: scope.Actor) -> dict[int, Node]:
    """The places with their names; a partner is told which of our entities, not which of our sites."""
    names = partners.party_names({site.party_id for site in found.values() if site.party_id}, actor)
    entities = {one.id: one.short_name for one in organisation.list_entities()}
    return {
        site.id: Node(
            site_id=site.id,
            kind=site.kind,
            name=names.get(site.party_id, "")
            if site.party_id
            else (site.name if everything else entities.get(site.entity_id, "")),
            party_id=site.party_id if site.party_id in names else 0,
            ours=site.entity_id != 0 and site.kind not in ("customer", "supplier"),
        )
        for site in found.values()
    }


def _plain(row: Any) -> dict[str, Any]:
    return {
        field.name: value if isinstance(value, int | bool | None) else str(value)
        for field in dataclasses.fields(row)
        for value in [getattr(row, field.name)]
    }
