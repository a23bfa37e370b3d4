"""What partners have to say before goods are bought or sold: licence, scope, authorisation, standing.

The buyer's licence and authorisation are judged at the sale and again on the day of shipping; the
supplier's at the purchase and again at receipt.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db import connection

from qudao.catalog import queries as catalog_queries
from qudao.kernel import decisions, errors, scope
from qudao.partners import reading
from qudao.partners.rules import admission, authorisations, licences

_SELLING = ("sale", "ship")

# The party traded with, its account, and where the goods end: the hospital and the place shipped to; a row for
# each licence it holds, one without any.
_STANDING = f"""
SELECT p.id, p.name, coalesce(nullif(p.short_name, ''), p.name), p.kind, coalesce(p.uscc, ''), p.admission,
       p.frozen_at IS NOT NULL, coalesce(p.territory_id, 0), a.id, a.status,
       h.id, coalesce(h.territory_id, 0), d.party_id, coalesce(d.territory_id, 0), l.id, {reading.LICENCE}
FROM partners_party p
LEFT JOIN partners_licence l ON l.party_id = p.id
LEFT JOIN partners_channelaccount a ON a.id = %(account)s::int
LEFT JOIN partners_party h ON h.id = %(hospital)s::int AND h.kind = 'hospital'
LEFT JOIN partners_deliveryplace d ON d.id = %(ship_to)s::int
WHERE p.id = %(party)s::int
ORDER BY l.id
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """The party as the gate sees it. `account_status` is "" where no account is named or seen."""

    id: int
    name: str
    short_name: str
    kind: str
    uscc: str
    admission: str
    frozen: bool
    territory: int
    account_id: int | None
    account_status: str
    hospital_id: int
    hospital_territory: int
    place_party_id: int
    place_territory: int

    @property
    def link(self) -> str:
        return f"/partners/{self.id}"

    @property
    def destination(self) -> authorisations.Place:
        """Where the goods end: the hospital, at the campus shipped to; else where the dealer sits."""
        if not self.hospital_id:
            return authorisations.Place(self.territory)
        at_campus = self.place_party_id == self.hospital_id and self.place_territory
        return authorisations.Place(at_campus or self.hospital_territory, (self.hospital_id,))


@dataclasses.dataclass(frozen=True, slots=True)
class Loaded:
    """Everything the judgement reads. `registrants`: item → names and USCC of its registrants."""

    standing: Standing | None
    policy: licences.Policy
    warning_days: int
    licences: tuple[licences.Licence, ...]
    authorisations: tuple[authorisations.Authorisation, ...]
    items: Mapping[int, catalog_queries.ItemView]
    devices: Mapping[int, licences.DeviceScope]
    registrants: Mapping[int, frozenset[str]]


class PartnerGate(decisions.Contribution):
    """Licence, scope, authorisation and standing of whoever we trade with."""

    name = "partners.gate"
    points = ("sale", "ship", "purchase", "receipt")

    def load(self, facts: decisions.Facts, *, actor: scope.Actor, now: dt.datetime) -> Loaded | None:
        """Three statements for any number of lines: standing with licences, authorisations (or registrants), items."""
        party_id = _party_id(facts)
        if not party_id:
            return None
        standing, held = _standing(facts, party_id)
        items = catalog_queries.items_once(facts.item_ids, on=facts.on, entity_id=facts.entity_id)
        needs_authorisation = _needs_authorisation(facts, standing)
        return Loaded(
            standing=standing,
            policy=reading.policy(facts.on),
            warning_days=reading.warning_days(facts.on),
            licences=held,
            authorisations=(
                reading.authorisations_of([party_id], entity_id=facts.entity_id)
                if needs_authorisation
                else ()
            ),
            items=items,
            devices={item.id: _device(item, facts.on) for item in items.values()},
            registrants=_registrants(items) if facts.point not in _SELLING else {},
        )

    def judge(
        self, facts: decisions.Facts, data: Loaded | None, *, now: dt.datetime
    ) -> Iterable[errors.Reason]:
        if data is None:
            return []
        if data.standing is None:
            return [errors.Reason("partners.party_unknown", params={"party": _party_id(facts)})]
        judge_line = _judge_sale if facts.point in _SELLING else _judge_purchase
        found = [
            *_judge_standing(facts, data.standing),
            *_judge_lines(facts, data, data.standing, judge_line),
            *_warn(facts, data),
        ]
        return [dataclasses.replace(reason, link=data.standing.link) for reason in found]


def _party_id(facts: decisions.Facts) -> int:
    return facts.buyer_id if facts.point in _SELLING else facts.seller_id


def _needs_authorisation(facts: decisions.Facts, standing: Standing | None) -> bool:
    """A hospital uses what it buys; only who sells on is authorised to."""
    return facts.point in _SELLING and standing is not None and standing.kind != "hospital"


def _standing(facts: decisions.Facts, party_id: int) -> tuple[Standing | None, tuple[licences.Licence, ...]]:
    parameters: dict[str, Any] = {
        "party": party_id,
        "account": facts.account_id,
        "hospital": int(facts.detail.get("hospital_id") or 0),
        "ship_to": facts.ship_to_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, parameters)
        rows = cursor.fetchall()
    if not rows:
        return None, ()
    row, width = rows[0], len(dataclasses.fields(Standing))
    standing = Standing(*row[:9], row[9] or "", row[10] or 0, row[11], row[12] or 0, row[13])
    return standing, tuple(reading.licence(*one[width + 1 :]) for one in rows if one[width] is not None)


def _device(item: catalog_queries.ItemView, on: dt.date) -> licences.DeviceScope:
    name = ""
    for catalogue, code in (("2017", item.category_2017), ("2002", item.category_2002)):
        name = name or (reading.category_name(catalogue, code, on) if code else "")
    return licences.DeviceScope(
        device_class=item.device_class,  # type: ignore[arg-type]
        category_2017=item.category_2017 or None,
        category_2002=item.category_2002 or None,
        needs=frozenset({"cold_chain"}) if item.cold_chain else frozenset(),
        name=name,
    )


def _registrants(items: Iterable[int]) -> dict[int, frozenset[str]]:
    found = catalog_queries.certificates_once(items)
    return {
        item_id: frozenset(
            text for one in versions if one.covers for text in (one.registrant, one.registrant_uscc) if text
        )
        for item_id, versions in found.items()
    }


# --- Judgements, pure ------------------------------------------------------------------------------


def _judge_standing(facts: decisions.Facts, standing: Standing) -> Iterator[errors.Reason]:
    params = {"partner": standing.short_name}
    if standing.frozen:
        yield errors.Reason("partners.party_frozen", params=params)
    if standing.admission == "locked":
        yield errors.Reason("partners.party_locked", params=params)
    elif not admission.may_trade(state=standing.admission):  # type: ignore[arg-type]
        yield errors.Reason("partners.party_not_admitted", params=params)
    if facts.point in _SELLING and facts.account_id and standing.account_status != "open":
        yield errors.Reason("partners.account_closed", params=params)
    wanted = int(facts.detail.get("hospital_id") or 0)
    if facts.point in _SELLING and wanted and not standing.hospital_id:
        yield errors.Reason("partners.hospital_unknown", params={"hospital": wanted})


_Judge = Callable[[decisions.Facts, Loaded, Standing, int], Iterable[errors.Reason]]


def _judge_lines(
    facts: decisions.Facts, data: Loaded, standing: Standing, judge: _Judge
) -> Iterator[errors.Reason]:
    """Each product is judged once; every line of it says so."""
    verdicts = {
        item_id: list(judge(facts, data, standing, item_id))
        for item_id in facts.item_ids
        if item_id in data.items
    }
    for line in facts.lines:
        for reason in verdicts.get(line.item_id, ()):
            yield dataclasses.replace(reason, line=line.no)


def _judge_sale(
    facts: decisions.Facts, data: Loaded, standing: Standing, item_id: int
) -> Iterator[errors.Reason]:
    buyer: licences.BuyerKind = "dealer" if standing.kind == "company" else standing.kind  # type: ignore[assignment]
    yield from licences.purchaser_gate(
        buyer=buyer, licences=data.licences, device=data.devices[item_id], on=facts.on, policy=data.policy
    )
    if not _needs_authorisation(facts, standing):
        return
    verdict = authorisations.can_sell(
        rows=data.authorisations,
        partner_id=standing.id,
        place=standing.destination,
        item=authorisations.Item(item_id, data.items[item_id].line_id),
        channel=facts.channel,
        on=facts.on,
    )
    if verdict.reason is not None:
        yield verdict.reason


def _judge_purchase(
    facts: decisions.Facts, data: Loaded, standing: Standing, item_id: int
) -> list[errors.Reason]:
    """A registrant sells its own under its production permit; anybody else wholesales under a licence for it."""
    own = not {standing.name, standing.uscc}.isdisjoint(data.registrants.get(item_id, frozenset()))
    permits = [row for row in data.licences if row.kind == "production_permit"] if own else []
    lapses = [licences.find_lapse(licence=row, on=facts.on) for row in permits]
    found = licences.supplier_gate(
        licences=data.licences,
        device=data.devices[item_id],
        from_registrant=None in lapses,
        on=facts.on,
        policy=data.policy,
    )
    # A registrant is told of the permit it let lapse, not of a licence it never needed.
    return [lapse for lapse in lapses if lapse is not None] if found and lapses else found


def _warn(facts: decisions.Facts, data: Loaded) -> Iterator[errors.Reason]:
    """Licences in effect that lapse soon and that these goods, or this hospital, rest on."""
    wanted = {"production_permit"} if facts.point not in _SELLING else set()
    if data.standing is not None and data.standing.kind == "hospital":
        wanted |= data.policy.hospital_kinds
    else:
        for device in data.devices.values():
            wanted |= data.policy.kinds_for_class[device.device_class]
    for licence in data.licences:
        if licence.kind not in wanted or licence.last_day is None:
            continue
        if licences.find_lapse(licence=licence, on=facts.on) is not None:
            continue
        days_left = (licence.last_day - facts.on).days
        if days_left <= data.warning_days:
            params = {
                "holder": licence.holder,
                "number": licence.number,
                "expires_on": str(licence.last_day),
                "days": days_left,
            }
            yield errors.Reason("partners.licence_expiring", params=params, severity="warn")
