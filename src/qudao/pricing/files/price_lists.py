"""A price list as a workbook: guide prices (指导价), prices for hospitals (报备价), prices awarded in centralised
procurement (集采价) or floors (底价) of a legal entity, checked cell by cell and taken in whole."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import IO, Any, Literal

from django.db import transaction

from qudao.catalog import queries as catalog
from qudao.kernel import errors, periods, scope, tabular
from qudao.organisation import queries as organisation
from qudao.partners import queries as partners
from qudao.pricing import operations, queries
from qudao.pricing.operations import writing

from . import exporting, sheets, verdicts

# Rows read at once: a price list of the usual size is one statement.
_BATCH = 10_000
Kind = Literal["guide", "hospital", "vbp", "floor"]
SHEETS = {"guide": sheets.GUIDE, "hospital": sheets.HOSPITAL, "vbp": sheets.VBP, "floor": sheets.FLOOR}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """What a file's prices have in common. `kind` is one of SHEETS; `replace` ends the prices that hold on
    `valid_from`; floors have no `citation`."""

    entity_id: int
    valid_from: dt.date
    kind: str = "guide"
    valid_until: dt.date | None = None
    citation: str = ""
    replace: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Priced:
    """One row's price; `hospital_id` 0 for everybody."""

    price: operations.ListPrice
    hospital_id: int = 0


@dataclasses.dataclass(frozen=True)
class PriceFile:
    """A dry run: the verdict of each cell, what is said of the file, and the prices it would set."""

    result: tabular.Result
    reasons: tuple[errors.Reason, ...]
    prices: tuple[Priced, ...]

    @property
    def ok(self) -> bool:
        return not any(reason.refuses for reason in self.reasons) and self.result.ok

    def refusals(self) -> list[errors.Reason]:
        """The first refusals of the file and of its rows."""
        return [*(reason for reason in self.reasons if reason.refuses), *self.result.refusals()]


def check_price_file(
    content: bytes, *, wanted: PriceList, filename: str = "", actor: scope.Actor, now: dt.datetime
) -> PriceFile:
    """The dry run of a price list: what taking it in would say, of every row at once; changes nothing."""
    actor.require(writing.MANAGE)
    result = tabular.read(content, SHEETS[wanted.kind], today=periods.business_date(now), filename=filename)
    with scope.transaction(actor, acting=True):
        good = [row for row in result.rows if row.ok]
        known_by = _known(good, wanted, actor)
        unknown = {row.number: _unknown(row, known_by) for row in good}
        result = verdicts.with_reasons(result, unknown)
        known = [row for row in good if not unknown[row.number]]
        prices = tuple(_priced(row, known_by) for row in known)
        of_file, of_rows = _tried(prices, [row.number for row in known], wanted, actor, now)
    return PriceFile(verdicts.with_reasons(result, of_rows), of_file, prices)


def import_prices(
    content: bytes, *, wanted: PriceList, filename: str = "", actor: scope.Actor, now: dt.datetime
) -> int:
    """Take a price list in, all of it or none; returns how many prices it set.

    Raises Refused with the first reasons of the dry run.
    """
    with scope.transaction(actor, acting=True):
        checked = check_price_file(content, wanted=wanted, filename=filename, actor=actor, now=now)
        if not checked.ok:
            raise errors.Refused(checked.refusals())
        return sum(act(actor=actor, now=now) for _places, act in _calls(checked.prices, wanted))


def write_price_workbook(
    stream: IO[bytes], *, kind: str, entity_id: int, on: dt.date, actor: scope.Actor
) -> None:
    """The prices of an entity that hold, as the workbook that can be taken in again: guide prices for everybody,
    prices of hospitals for whoever buys for them, awards, floors."""
    held = {"guide": _guides, "hospital": _hospital_prices, "vbp": _awards, "floor": _floors}[kind]
    exporting.write(stream, [(SHEETS[kind], held(entity_id, on, actor))])


def _guides(entity_id: int, on: dt.date, actor: scope.Actor) -> Iterable[dict[str, Any]]:
    for row in _pages(queries.find_prices, "guide", entity_id, on, actor):
        yield _shown(row)


def _hospital_prices(entity_id: int, on: dt.date, actor: scope.Actor) -> Iterable[dict[str, Any]]:
    rows = list(_pages(queries.find_prices, "hospital", entity_id, on, actor))
    names = partners.party_names({row.hospital_id for row in rows}, actor)
    for row in rows:
        yield {"hospital": names.get(row.hospital_id, ""), **_shown(row)}


def _awards(entity_id: int, on: dt.date, actor: scope.Actor) -> Iterable[dict[str, Any]]:
    rows = list(_pages(queries.find_prices, "vbp", entity_id, on, actor))
    hospitals = partners.party_names({row.hospital_id for row in rows if row.hospital_id}, actor)
    regions = {one.id: one.name for one in organisation.list_regions()}
    for row in rows:
        yield {
            **_shown(row),
            "region": regions.get(row.region_id),
            "hospital": hospitals.get(row.hospital_id),
        }


def _floors(entity_id: int, on: dt.date, actor: scope.Actor) -> Iterable[dict[str, Any]]:
    for row in _pages(queries.find_floors, "", entity_id, on, actor):
        yield {**_product(row), "price": row.price}


def prices_ended(
    prices: Sequence[Priced], *, wanted: PriceList, actor: scope.Actor
) -> list[tuple[Any, Decimal]]:
    """The prices that would end when these begin, as they are listed, each with the price that follows."""
    if not (wanted.replace and prices):
        return []
    following = {_key(one.price, one.hospital_id): one.price.price for one in prices}
    kind, find = ("", queries.find_floors) if wanted.kind == "floor" else (wanted.kind, queries.find_prices)
    items = tuple({one.price.item_id for one in prices})
    held = _pages(find, kind, wanted.entity_id, wanted.valid_from, actor, items)
    return [
        (row, following[key])
        for row in held
        if not getattr(row, "account_id", 0)
        and (key := _key(row, getattr(row, "hospital_id", 0))) in following
    ]


def _key(price: Any, hospital_id: int) -> tuple:
    """What no two prices of a list that hold at once share; a floor is for everybody and every quantity."""
    facets = ("region_id", 0), ("tier", ""), ("minimum_quantity", Decimal(0))
    return price.item_id, hospital_id, *(getattr(price, name, none) for name, none in facets)


def _pages(
    find: Callable[..., Any],
    kind: str,
    entity_id: int,
    on: dt.date,
    actor: scope.Actor,
    item_ids: tuple[int, ...] | None = None,
) -> Iterable:
    # An award may be for a region alone; the other lists are for everybody.
    wanted, cursor = (
        queries.PriceFilter(kind=kind, entity_id=entity_id, item_ids=item_ids, general=kind != "vbp"),
        None,
    )
    while True:
        found = find(wanted, on=on, actor=actor, cursor=cursor, limit=_BATCH)
        yield from found.rows
        cursor = found.next
        if not cursor:
            return


def _product(row: Any) -> dict[str, Any]:
    return {
        "code": row.item_code,
        "item": f"{row.item_name} {row.specification}".strip(),
        "unit": row.price_unit,
    }


def _shown(row: queries.ListedPrice) -> dict[str, Any]:
    return {
        **_product(row),
        "price": row.price,
        "tax_included": row.tax_included,
        "minimum_quantity": row.minimum_quantity or None,
    }


@dataclasses.dataclass(frozen=True, slots=True)
class _Known:
    """What the rows name: products by code, hospitals and regions by name."""

    items: dict[str, catalog.ItemView]
    hospitals: dict[str, int]
    regions: dict[str, int]


def _known(rows: Sequence[tabular.RowResult], wanted: PriceList, actor: scope.Actor) -> _Known:
    codes = {row.values["code"] for row in rows}
    items = catalog.items_by_code(codes, on=wanted.valid_from, entity_id=wanted.entity_id) if codes else {}
    hospitals = {row.values["hospital"] for row in rows if row.values.get("hospital")}
    regions = any(row.values.get("region") for row in rows)
    return _Known(
        items,
        partners.hospitals_named(hospitals, actor) if hospitals else {},
        {one.name: one.id for one in organisation.list_regions()} if regions else {},
    )


def _unknown(row: tabular.RowResult, known: _Known) -> list[errors.Reason]:
    return [
        errors.Reason(f"pricing.{name}_unknown", row.number, {name: said})
        for name, said, of in (
            ("item", row.values["code"], known.items),
            ("hospital", row.values.get("hospital"), known.hospitals),
            ("region", row.values.get("region"), known.regions),
        )
        if said and said not in of
    ]


def _priced(row: tabular.RowResult, known: _Known) -> Priced:
    price = operations.ListPrice(
        item_id=known.items[row.values["code"]].id,
        price=row.values["price"],
        tax_included=row.values.get("tax_included") is not False,
        minimum_quantity=row.values.get("minimum_quantity") or Decimal(0),
        region_id=known.regions.get(row.values.get("region") or "", 0),
    )
    return Priced(price, known.hospitals.get(row.values.get("hospital") or "", 0))


def _tried(
    prices: tuple[Priced, ...], rows: list[int], wanted: PriceList, actor, now
) -> tuple[tuple[errors.Reason, ...], dict[int, list[errors.Reason]]]:
    """(what is said of the file, of its rows) by setting the prices and taking them back."""
    of_file: dict[str, errors.Reason] = {}
    of_rows: dict[int, list[errors.Reason]] = {}
    for places, act in _calls(prices, wanted):
        try:
            with transaction.atomic():
                act(actor=actor, now=now)
                transaction.set_rollback(True)
        except errors.Refused as refused:
            for reason in refused.reasons:
                if reason.line is None:
                    of_file[reason.code] = reason
                    continue
                number, params = rows[places[reason.line - 1]], reason.params
                if "first" in params:
                    params = {**params, "first": rows[places[params["first"] - 1]]}
                told = dataclasses.replace(reason, line=number, params=params)
                of_rows.setdefault(number, []).append(told)
    return tuple(of_file.values()), of_rows


def _calls(prices: tuple[Priced, ...], wanted: PriceList) -> list[tuple[list[int], Callable[..., int]]]:
    """The operations that set the prices, each with the places of its own among them."""
    common: dict[str, Any] = {
        "entity_id": wanted.entity_id,
        "valid_from": wanted.valid_from,
        "valid_until": wanted.valid_until,
        "replace": wanted.replace,
    }
    if wanted.kind == "floor":
        floors = [(one.price.item_id, one.price.price) for one in prices]
        every = list(range(len(prices)))
        return [(every, functools.partial(operations.set_floors, floors=floors, **common))]
    groups: dict[int, list[int]] = {0: []} if wanted.kind == "guide" else {}
    for place, one in enumerate(prices):
        groups.setdefault(one.hospital_id, []).append(place)
    found: list[tuple[list[int], Callable[..., int]]] = []
    for hospital_id, places in groups.items():
        verb: Callable[..., int] = operations.set_guide_prices
        if wanted.kind != "guide":
            of_hospital = {"hospital": operations.set_hospital_prices, "vbp": operations.set_vbp_prices}
            verb = functools.partial(of_hospital[wanted.kind], hospital_id=hospital_id)
        listed = [prices[place].price for place in places]
        found.append((places, functools.partial(verb, prices=listed, citation=wanted.citation, **common)))
    return found
