"""A price list as a workbook: guide prices (指导价) of a legal entity, checked cell by cell and taken in whole."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Any

from django.db import transaction

from qudao.catalog import queries as catalog
from qudao.kernel import errors, periods, scope, tabular
from qudao.pricing import operations, queries
from qudao.pricing.operations import writing

from . import exporting, sheets, verdicts

_BATCH = 1000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GuideList:
    """What a file's prices have in common. `replace` ends the prices that hold on `valid_from`."""

    entity_id: int
    valid_from: dt.date
    valid_until: dt.date | None = None
    citation: str = ""
    replace: bool = True


@dataclasses.dataclass(frozen=True)
class GuideFile:
    """A dry run: the verdict of each cell, what is said of the file, and the prices it would set."""

    result: tabular.Result
    reasons: tuple[errors.Reason, ...]
    prices: tuple[operations.ListPrice, ...]

    @property
    def ok(self) -> bool:
        return not any(reason.refuses for reason in self.reasons) and self.result.ok

    def refusals(self) -> list[errors.Reason]:
        """The first refusals of the file and of its rows."""
        return [*(reason for reason in self.reasons if reason.refuses), *self.result.refusals()]


def check_guide_file(
    content: bytes, *, wanted: GuideList, filename: str = "", actor: scope.Actor, now: dt.datetime
) -> GuideFile:
    """The dry run of a price list: what taking it in would say, of every row at once; changes nothing."""
    actor.require(writing.MANAGE)
    result = tabular.read(content, sheets.GUIDE, today=periods.business_date(now), filename=filename)
    with scope.transaction(actor, acting=True):
        good = [row for row in result.rows if row.ok]
        codes = {row.values["code"] for row in good}
        items = (
            catalog.items_by_code(codes, on=wanted.valid_from, entity_id=wanted.entity_id) if codes else {}
        )
        result = verdicts.with_reasons(
            result,
            {
                row.number: [errors.Reason("pricing.item_unknown", row.number, {"item": row.values["code"]})]
                for row in good
                if row.values["code"] not in items
            },
        )
        known = [row for row in good if row.values["code"] in items]
        prices = tuple(_price(row, items) for row in known)
        of_file, of_rows = _tried(prices, [row.number for row in known], wanted, actor, now)
    return GuideFile(verdicts.with_reasons(result, of_rows), of_file, prices)


def import_guide_prices(
    content: bytes, *, wanted: GuideList, filename: str = "", actor: scope.Actor, now: dt.datetime
) -> int:
    """Take a price list in, all of it or none; returns how many prices it set.

    Raises Refused with the first reasons of the dry run.
    """
    with scope.transaction(actor, acting=True):
        checked = check_guide_file(content, wanted=wanted, filename=filename, actor=actor, now=now)
        if not checked.ok:
            raise errors.Refused(checked.refusals())
        return _set(checked.prices, wanted, actor, now)


def write_guide_workbook(stream: IO[bytes], *, entity_id: int, on: dt.date, actor: scope.Actor) -> None:
    """The guide prices of an entity that hold for everybody, as the workbook that can be taken in again."""
    exporting.write(stream, [(sheets.GUIDE, _held(entity_id, on, actor))])


def _held(entity_id: int, on: dt.date, actor: scope.Actor) -> Iterable[dict[str, Any]]:
    wanted, cursor = queries.PriceFilter(kind="guide", entity_id=entity_id), None
    while True:
        found = queries.find_prices(wanted, on=on, actor=actor, cursor=cursor, limit=_BATCH)
        for row in found.rows:
            if not row.tier and not row.region_id:
                yield {
                    "code": row.item_code,
                    "item": f"{row.item_name} {row.specification}".strip(),
                    "unit": row.price_unit,
                    "price": row.price,
                    "tax_included": row.tax_included,
                    "minimum_quantity": row.minimum_quantity or None,
                }
        cursor = found.next
        if not cursor:
            return


def _price(row: tabular.RowResult, items: dict[str, catalog.ItemView]) -> operations.ListPrice:
    return operations.ListPrice(
        item_id=items[row.values["code"]].id,
        price=row.values["price"],
        tax_included=row.values["tax_included"] is not False,
        minimum_quantity=row.values["minimum_quantity"] or Decimal(0),
    )


def _tried(
    prices: tuple[operations.ListPrice, ...], rows: list[int], wanted: GuideList, actor, now
) -> tuple[tuple[errors.Reason, ...], dict[int, list[errors.Reason]]]:
    """(what is said of the file, of its rows) by setting the prices and taking them back."""
    of_file: list[errors.Reason] = []
    of_rows: dict[int, list[errors.Reason]] = {}
    try:
        with transaction.atomic():
            _set(prices, wanted, actor, now)
            transaction.set_rollback(True)
    except errors.Refused as refused:
        for reason in refused.reasons:
            if reason.line is None:
                of_file.append(reason)
                continue
            number, params = rows[reason.line - 1], reason.params
            if "first" in params:
                params = {**params, "first": rows[params["first"] - 1]}
            of_rows.setdefault(number, []).append(dataclasses.replace(reason, line=number, params=params))
    return tuple(of_file), of_rows


def _set(prices: tuple[operations.ListPrice, ...], wanted: GuideList, actor, now) -> int:
    return operations.set_guide_prices(
        entity_id=wanted.entity_id,
        prices=prices,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        citation=wanted.citation,
        replace=wanted.replace,
        actor=actor,
        now=now,
    )
