"""From a request to a decided, priced and allocated order, without writing anything.

The look while typing and the order itself take the same way, so that what a person sees is what happens.
The number of statements does not depend on the number of lines.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from qudao.catalog import queries as catalog
from qudao.inventory import queries as inventory
from qudao.inventory.rules import allocation, eligibility, moves
from qudao.kernel import decisions, errors, money, periods, scope
from qudao.orders import outlook, queries
from qudao.orders.rules import amounts, life, requests
from qudao.partners import queries as partners
from qudao.pricing import queries as pricing
from qudao.pricing.rules import price, promotion


@dataclasses.dataclass(frozen=True, slots=True)
class PreparedLine:
    """A line with everything that will be frozen on it."""

    no: int
    request: requests.LineRequest
    item: Any
    measured: amounts.Measured
    choice: price.PriceChoice
    money: price.LineAmounts
    promotion_id: int | None
    steps: tuple[price.Step, ...]
    rebate_used: Decimal = money.ZERO

    @property
    def gross(self) -> Decimal:
        """What is to be paid: after promotion and rebate use."""
        return self.money.gross - self.rebate_used

    @property
    def net(self) -> Decimal:
        if not self.rebate_used:
            return self.money.net
        return money.split_tax(self.gross, self.money.vat_rate)[0]


@dataclasses.dataclass(frozen=True)
class Prepared:
    """The outcome. `lines` lacks those that could not be measured or priced; `reasons` says why.

    `sites` names the warehouses, `earliest_on` says when goods can be there, `outlooks` what the items of lines
    that are short may wait for, all for whoever looks; placing an order does not ask for them.
    """

    request: requests.OrderRequest
    delivery: partners.Delivery
    hospital_id: int
    on: dt.date
    contract: Any
    lines: tuple[PreparedLine, ...]
    spent: tuple[tuple[int, Decimal], ...]
    certificates: Mapping[int, tuple]
    verdict: decisions.Verdict
    allocation: allocation.Allocation
    reasons: tuple[errors.Reason, ...]
    sites: Mapping[int, str] = dataclasses.field(default_factory=dict)
    earliest_on: dt.date | None = None
    outlooks: Mapping[int, outlook.Outlook] = dataclasses.field(default_factory=dict)

    @property
    def account(self) -> partners.Account:
        return self.delivery.account

    @property
    def place(self) -> partners.Place:
        return self.delivery.place

    def total(self, what: str) -> Decimal:
        return sum((getattr(line, what) for line in self.lines), money.ZERO)

    @property
    def refused(self) -> bool:
        return any(reason.refuses for reason in self.reasons)

    @property
    def warnings(self) -> tuple[errors.Reason, ...]:
        return tuple(reason for reason in self.reasons if not reason.refuses)

    def of_line(self, no: int) -> tuple[errors.Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.line == no)


def require_own(party_id: int, *, actor: scope.Actor) -> None:
    """Our own people order for everybody, a partner for itself alone: an agent sees its dealers' accounts and orders,
    they stay theirs to decide. Raises NotFound."""
    if actor.party_id not in (None, party_id):
        raise errors.NotFound


def prepare(
    request: requests.OrderRequest,
    *,
    subject: str,
    actor: scope.Actor,
    now: dt.datetime,
    locking: bool,
) -> Prepared:
    """Look everything up, price, decide and allocate. Must run in an acting transaction.

    Raises NotFound for an account or place that is not the actor's to order for, and Refused for a request that makes no
    sense; everything else is collected in `reasons`.
    """
    on = periods.business_date(now)
    errors.raise_if_refused(requests.check(request, on=on))
    delivery = partners.get_delivery(
        account_id=request.account_id,
        place_id=request.ship_to_id,
        hospital_id=request.hospital_id,
        actor=actor,
    )
    account, place = delivery.account, delivery.place
    require_own(account.party_id, actor=actor)
    hospital_id = request.hospital_id or place.hospital_id
    items = catalog.items_once({line.item_id for line in request.lines}, on=on, entity_id=account.entity_id)
    reasons = _check_items(request, account, items)
    known = [line for line in request.lines if line.item_id in items]
    measured, more = _measure(known, items)
    reasons += more
    contract = pricing.effective_version(account.id, on=on, actor=actor)
    priced, spent, more = _price(known, items, measured, account, hospital_id, on, contract, actor)
    reasons += more
    facts = _facts(request, subject, account, place, hospital_id, on, priced)
    verdict = decisions.run(facts, actor=actor, now=now, locking=locking)
    lines = _adjusted(priced, verdict.facts)
    certificates = catalog.certificates_once([line.item.id for line in lines])
    wants = _wants(lines)
    found = allocate(
        wants,
        delivery=delivery,
        hospital_id=hospital_id,
        requested_on=request.requested_on,
        certificates=certificates,
        on=on,
        actor=actor,
    )
    reasons += verdict.reasons
    reasons += shortages(found, wants)
    reasons += _repeated(request.reference, account)
    return Prepared(
        request,
        delivery,
        hospital_id,
        on,
        contract,
        lines,
        spent,
        certificates,
        verdict,
        found,
        tuple(reasons),
    )


def _repeated(reference: str, account: partners.Account) -> list[errors.Reason]:
    """A customer's own number a second time: often one order sent twice, at times two deliveries of one number."""
    found = queries.standing_order_called(reference, account_id=account.id) if reference else None
    if found is None:
        return []
    number, on, link = found
    params = {"reference": reference, "number": number, "on": on.isoformat()}
    return [errors.Reason("orders.reference_repeated", params=params, link=link, severity="warn")]


def _check_items(request, account, items) -> list[errors.Reason]:
    reasons: list[errors.Reason] = []
    for line in request.lines:
        item = items.get(line.item_id)
        if item is None or not item.active:
            reasons.append(errors.Reason("orders.item_unknown", line.no, {"item": line.item_id}))
        elif item.line_id != account.line_id:
            reasons.append(errors.Reason("orders.item_of_other_line", line.no, {"item": item.name}))
    return reasons


def _measure(known, items) -> tuple[dict[int, amounts.Measured], list[errors.Reason]]:
    other_units = [
        line.item_id
        for line in known
        if line.unit not in ("", items[line.item_id].price_unit, items[line.item_id].base_unit)
    ]
    units = catalog.units(other_units) if other_units else {}
    measured: dict[int, amounts.Measured] = {}
    reasons: list[errors.Reason] = []
    for line in known:
        outcome = amounts.measure(line, items[line.item_id], units)
        if isinstance(outcome, errors.Reason):
            reasons.append(outcome)
        else:
            measured[line.no] = outcome
    return measured, reasons


def _price(known, items, measured, account, hospital_id, on, contract, actor):
    """Prices of all lines in one statement, promotions in another."""
    asked = [
        pricing.PriceRequest(line.no, line.item_id, measured[line.no].priced)
        for line in known
        if line.no in measured and items[line.item_id].tax_rate is not None
    ]
    rates = {item.id: item.tax_rate for item in items.values()}
    outcome = pricing.resolve_prices(
        account=account, hospital_id=hospital_id, lines=asked, on=on, vat_rates=rates, actor=actor
    )
    reasons = [found for found in outcome.values() if isinstance(found, errors.Reason)]
    choices = {no: found for no, found in outcome.items() if not isinstance(found, errors.Reason)}
    running = pricing.promotions_in_force(
        entity_id=account.entity_id,
        item_ids=[request.item_id for request in asked],
        tier=account.tier,
        region_id=account.region_id,
        on=on,
    )
    priced = [line for line in known if line.no in choices]
    granted = promotion.apply(
        promotions=running,
        lines=[
            promotion.Line(line.no, line.item_id, measured[line.no].priced, choices[line.no])
            for line in priced
        ],
        tier=account.tier,
        region=account.region_id,
        on=on,
    )
    discounts = {discounted.line: discounted for discounted in granted.lines}
    lines = tuple(
        _prepared_line(line, items[line.item_id], measured[line.no], choices[line.no], discounts[line.no])
        for line in priced
    )
    return lines, granted.spent, reasons + list(granted.warnings)


def _prepared_line(line, item, measured, choice, discounted) -> PreparedLine:
    computed = price.line_amounts(
        entered_quantity=measured.priced,
        unit_price=choice.unit_price,
        vat_rate=choice.vat_rate,
        tax_included=choice.tax_included,
        discount=discounted.discount,
        line=line.no,
    )
    promotion_id = discounted.promotions[0][0] if discounted.promotions else None
    return PreparedLine(
        line.no, line, item, measured, choice, computed, promotion_id, tuple(discounted.steps)
    )


def _facts(request, subject, account, place, hospital_id, on, lines) -> decisions.Facts:
    return decisions.Facts(
        point="sale",
        subject=subject,
        entity_id=account.entity_id,
        on=on,
        lines=tuple(
            decisions.Line(
                no=line.no,
                item_id=line.item.id,
                quantity=line.measured.base,
                net=line.money.net,
                gross=line.money.gross,
                unit_price=line.choice.unit_price,
                discount=line.money.discount,
                price_kind=line.choice.kind,
                detail={
                    "priced_quantity": line.measured.priced,
                    "tax_rate": line.money.vat_rate,
                    "tax_included": line.choice.tax_included,
                    "line_id": line.item.line_id,
                    "item_name": line.item.name,
                },
            )
            for line in lines
        ),
        node_id=account.node_id,
        account_id=account.id,
        debtor_node_id=account.debtor_node_id,
        buyer_id=account.party_id,
        ship_to_id=place.id,
        channel=request.channel,
        detail={
            "hospital_id": hospital_id,
            "hospital_territory": place.territory if place.hospital_id == hospital_id else 0,
            "rebate_use": request.rebate_use,
        },
    )


def _adjusted(lines, facts: decisions.Facts) -> tuple[PreparedLine, ...]:
    """Take over what contributions changed before the amounts freeze."""
    used = {line.no: line.detail.get("rebate_used", money.ZERO) for line in facts.lines}
    return tuple(dataclasses.replace(line, rebate_used=used[line.no]) for line in lines)


@dataclasses.dataclass(frozen=True, slots=True)
class Want:
    """What a line needs from the warehouses: `quantity` base units of an item of a product line."""

    no: int
    item_id: int
    line_id: int
    quantity: Decimal
    unit: str


def _wants(lines: Sequence[PreparedLine]) -> list[Want]:
    return [
        Want(line.no, line.item.id, line.item.line_id, line.measured.base, line.item.base_unit)
        for line in lines
    ]


def allocate(
    wants: Sequence[Want],
    *,
    delivery: partners.Delivery,
    hospital_id: int,
    requested_on: dt.date | None,
    certificates: Mapping[int, tuple],
    on: dt.date,
    actor: scope.Actor,
) -> allocation.Allocation:
    """First expiry first over our warehouses, with what was passed over and why. Sets nothing aside."""
    if not wants:
        return allocation.Allocation((), (), ())
    account, place = delivery.account, delivery.place
    item_ids = sorted({want.item_id for want in wants})
    gates = {item_id: catalog.gate_of(item_id, certificates.get(item_id, ()), on) for item_id in item_ids}
    candidates = inventory.candidates(
        entity_id=account.entity_id,
        item_ids=item_ids,
        certificate_ok=lambda item_id, produced_on: gates[item_id](produced_on),
        actor=actor,
    )
    wishes = tuple(dict.fromkeys(party for party in (hospital_id, place.party_id, account.party_id) if party))
    demands = [
        eligibility.Demand(
            line=want.no,
            item_id=want.item_id,
            quantity=want.quantity,
            on=requested_on or on,
            minimum_life=life.requirement(
                delivery.life, party_ids=wishes, item_id=want.item_id, line_id=want.line_id
            ),
        )
        for want in wants
    ]
    owner = moves.Owner(moves.OwnerKind.ENTITY, account.entity_id)
    return allocation.allocate(demands=demands, candidates=candidates, today=on, owners=frozenset({owner}))


def shortages(found: allocation.Allocation, wants: Sequence[Want]) -> list[errors.Reason]:
    """What is missing, with the lots passed over and why."""
    units = {want.no: want.unit for want in wants}
    return [
        errors.Reason(
            "orders.short",
            short.line,
            {
                "wanted": short.wanted,
                "available": short.available,
                "missing": short.missing,
                "unit": units[short.line],
                "skipped": tuple(
                    reason for skip in found.skipped if skip.line == short.line for reason in skip.reasons
                ),
            },
        )
        for short in found.shortages
    ]


def reallocated(prepared: Prepared, *, actor: scope.Actor) -> Prepared:
    """The same order on the stock as it stands now; only what was said about shortage is said anew."""
    wants = _wants(prepared.lines)
    found = allocate(
        wants,
        delivery=prepared.delivery,
        hospital_id=prepared.hospital_id,
        requested_on=prepared.request.requested_on,
        certificates=prepared.certificates,
        on=prepared.on,
        actor=actor,
    )
    kept = tuple(reason for reason in prepared.reasons if reason.code != "orders.short")
    reasons = kept + tuple(shortages(found, wants))
    return dataclasses.replace(prepared, allocation=found, reasons=reasons)
