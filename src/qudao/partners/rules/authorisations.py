"""Authorisations (授权): who may sell what, where, to whom, through which channel and when.

The order in which rows are compared, from first to last:

1. place: hospital (a department before its campus before the body), then the narrowest territory:
   county, city, province, country;
2. product: item, then line, then everything;
3. deny before allow.

Channel and kind only decide whether a row applies; they do not make it more specific.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

from qudao.kernel import errors, periods

Kind = Literal["distribution", "delivery", "bidding", "service"]  # 经销, 配送, 投标, 售后
Effect = Literal["allow", "deny"]

SELLING: frozenset[Kind] = frozenset({"distribution", "delivery"})
"""Kinds under which goods are sold and invoiced; bidding and service rows say nothing about selling."""


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Territory:
    """Codes of administrative divisions (GB/T 2260) as a half-open range [lower, upper)."""

    lower: int
    upper: int

    def __post_init__(self) -> None:
        if not 0 <= self.lower < self.upper <= 1_000_000:
            raise ValueError(f"not a range of division codes: {self.lower} .. {self.upper}")

    @property
    def width(self) -> int:
        return self.upper - self.lower

    def contains(self, division: int) -> bool:
        return self.lower <= division < self.upper

    def within(self, outer: "Territory") -> bool:
        return outer.lower <= self.lower and self.upper <= outer.upper


COUNTRY = Territory(0, 1_000_000)


def territory(*, code: int) -> Territory:
    """The range of a six-digit division code: 330000 a province, 330100 a city, 330106 a county, 0 all.

    A county directly under its province (429004) is its own range of one and lies in no city.
    """
    if code == 0:
        return COUNTRY
    if not 110_000 <= code < 1_000_000:
        raise ValueError(f"not a division code: {code}")
    if code % 10_000 == 0:
        return Territory(code, code + 10_000)
    if code % 100 == 0:
        return Territory(code, code + 100)
    return Territory(code, code + 1)


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where goods go: the division of the buyer and, for a hospital, its path: body, campus, department."""

    division: int
    hospital: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """A device and the product line it belongs to."""

    item_id: int
    line_id: int

    @property
    def path(self) -> tuple[int, ...]:
        return (self.line_id, self.item_id)


@dataclasses.dataclass(frozen=True, slots=True)
class Authorisation:
    """One row of an authorisation; an empty path, the whole country or channel "" stand for "all".

    `product` is () or (line,) or (line, item); `hospital` is () or (body,) or (body, campus) and so on:
    a row covers everything whose path begins with its own. `revoked_on` is the first day without effect.
    """

    id: int
    partner_id: int
    period: periods.Period
    effect: Effect = "allow"
    kind: Kind = "distribution"
    product: tuple[int, ...] = ()
    territory: Territory = COUNTRY
    hospital: tuple[int, ...] = ()
    channel: str = ""
    revoked_on: dt.date | None = None
    parent_id: int | None = None
    may_sublicense: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """`row` decided; None where no row applied. `reason` is None when allowed."""

    allowed: bool
    row: Authorisation | None
    reason: errors.Reason | None


def can_sell(
    *,
    rows: Sequence[Authorisation],
    partner_id: int,
    place: Place,
    item: Item,
    channel: str,
    on: dt.date,
    kinds: frozenset[Kind] = SELLING,
) -> Verdict:
    """Whether the partner may sell the item to that place through the channel on that day.

    `rows` hold the partner's own rows and every ancestor of them; a missing ancestor raises ValueError.
    The most specific row in effect decides, in the order the module states; among equals the lowest id
    is the one named.
    """
    by_id = {row.id: row for row in rows}
    applicable = [
        row
        for row in rows
        if row.partner_id == partner_id and row.kind in kinds and _applies(row, place, item, channel)
    ]
    in_effect = [row for row in applicable if find_lapse(row=row, by_id=by_id, on=on) is None]
    if in_effect:
        row = max(in_effect, key=lambda row: (*specificity(row=row), row.effect == "deny", -row.id))
        if row.effect == "allow":
            return Verdict(True, row, None)
        return Verdict(False, row, errors.Reason("partners.authorisation_denied", params={"row": row.id}))
    lapsed = [row for row in applicable if row.effect == "allow"]
    if not lapsed:
        return Verdict(False, None, errors.Reason("partners.authorisation_missing"))
    # The newest lapsed row is the one somebody would renew.
    newest = max(lapsed, key=lambda row: (row.period.valid_from, row.id))
    return Verdict(False, None, find_lapse(row=newest, by_id=by_id, on=on))


def _applies(row: Authorisation, place: Place, item: Item, channel: str) -> bool:
    return (
        row.territory.contains(place.division)
        and _covers(row.hospital, place.hospital)
        and _covers(row.product, item.path)
        and row.channel in ("", channel)
    )


def _covers(outer: tuple[int, ...], inner: tuple[int, ...]) -> bool:
    return inner[: len(outer)] == outer


def specificity(*, row: Authorisation) -> tuple[int, int, int]:
    """Sort key, greater is more specific: hospital depth, narrowness of territory, product depth.

    A hospital row's territory plays no part: the hospital is the place.
    """
    narrowness = 0 if row.hospital else -row.territory.width
    return (len(row.hospital), narrowness, len(row.product))


def find_lapse(
    *, row: Authorisation, by_id: Mapping[int, Authorisation], on: dt.date
) -> errors.Reason | None:
    """Why the row has no effect on that day, looking up its whole chain; None when it has.

    A row lives no longer than any of its ancestors: revoking or ending one ends all below it.
    """
    for link in chain(row=row, by_id=by_id):
        params: dict[str, int | str] = {"row": link.id, "partner": link.partner_id}
        begins, ends = link.period.valid_from, link.period.valid_until
        if link.revoked_on is not None and link.revoked_on <= on:
            params["revoked_on"] = str(link.revoked_on)
            return errors.Reason("partners.authorisation_revoked", params=params)
        if on < begins:
            params["valid_from"] = str(begins)
            return errors.Reason("partners.authorisation_not_yet_valid", params=params)
        if ends is not None and ends <= on:
            params["expires_on"] = str(ends - dt.timedelta(days=1))
            return errors.Reason("partners.authorisation_expired", params=params)
    return None


def chain(*, row: Authorisation, by_id: Mapping[int, Authorisation]) -> list[Authorisation]:
    """The row, its parent, and so on to the registrant's. Raises ValueError on a loop or a missing parent."""
    links = [row]
    while (parent_id := links[-1].parent_id) is not None:
        parent = by_id.get(parent_id)
        if parent is None or parent in links:
            raise ValueError(f"authorisation {links[-1].id} has no sound parent {parent_id}")
        links.append(parent)
    return links


def revoked_on(*, row: Authorisation, by_id: Mapping[int, Authorisation]) -> dt.date | None:
    """The day from which the row is revoked, by itself or by any ancestor; None when it is not."""
    days = [link.revoked_on for link in chain(row=row, by_id=by_id) if link.revoked_on is not None]
    return min(days, default=None)


def child_within_parent(*, child: Authorisation, parent: Authorisation) -> list[errors.Reason]:
    """Every dimension in which a row granted onward exceeds the row it is granted from; [] when none.

    Product, territory, hospitals, channel, kind and period lie inside the parent's; the parent allows,
    may be granted onward, and is not revoked before the child ends.
    """
    held = {
        "partners.parent_denies": parent.effect == "allow",
        "partners.sublicence_forbidden": parent.may_sublicense,
        "partners.parent_revoked": not _revoked_during(parent, child.period),
        "partners.child_kind": child.kind == parent.kind,
        "partners.child_product": _covers(parent.product, child.product),
        "partners.child_territory": child.territory.within(parent.territory),
        "partners.child_hospital": _covers(parent.hospital, child.hospital),
        "partners.child_channel": parent.channel in ("", child.channel),
        "partners.child_period": child.period.within(parent.period),
    }
    params = {"child": child.id, "parent": parent.id}
    return [errors.Reason(code, params=params) for code, holds in held.items() if not holds]


def _revoked_during(parent: Authorisation, period: periods.Period) -> bool:
    if parent.revoked_on is None:
        return False
    return period.valid_until is None or parent.revoked_on < period.valid_until
