"""The stock on hand at go-live as a file: checked row by row, then taken in whole or not at all."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from qudao.catalog import queries as catalog
from qudao.inventory import models, operations, queries
from qudao.inventory.operations import identities, opening
from qudao.kernel import errors, locks, periods, scope, tabular

SHEET = tabular.Sheet(
    "期初库存",
    (
        tabular.Column(
            name="site", headers=("仓库编码", "仓库", "Warehouse"), kind="code", required=True, max_length=30,
            example="HZ",
        ),
        tabular.Column(
            name="code", headers=("产品编码", "编码", "Item code"), kind="code", required=True, max_length=40,
            numeric_ok=True, example="CX-SYR-5",
        ),
        tabular.Column(
            name="lot", headers=("批号", "Lot"), kind="code", max_length=40, numeric_ok=True, example="B2601"
        ),
        tabular.Column(name="serial", headers=("序列号", "Serial"), kind="code", max_length=40, numeric_ok=True),
        tabular.Column(name="produced_on", headers=("生产日期", "Produced on"), kind="date"),
        tabular.Column(
            name="last_usable_on", headers=("有效期至", "失效日期", "Valid to"), kind="date", years_ahead=30
        ),
        tabular.Column(
            name="quantity", headers=("数量(基本单位)", "数量", "Quantity"), kind="decimal", required=True, places=4,
            example="60",
        ),
        tabular.Column(
            name="value", headers=("成本金额(不含税)", "成本金额", "金额", "Value"), kind="decimal", required=True,
            places=2, example="54000.00",
        ),
        tabular.Column(name="location", headers=("货位", "Shelf"), kind="code", max_length=30, numeric_ok=True),
    ),
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Whose stock it is, and what the system before says it comes to: base units, and cost in cents."""

    entity_id: int
    control_quantity: Decimal
    control_value: Decimal


@dataclasses.dataclass(frozen=True)
class OpeningFile:
    """A dry run: the verdict of each cell and row, and what is said of the whole."""

    result: tabular.Result
    reasons: tuple[errors.Reason, ...]

    @property
    def ok(self) -> bool:
        return not self.reasons and self.result.ok and self.result.count > 0


def check_opening(
    content: bytes, *, wanted: Opening, filename: str = "", actor: scope.Actor, now: dt.datetime
) -> OpeningFile:
    """What taking the file in would say, of every row at once; changes nothing."""
    actor.require(opening.OPEN)
    today = periods.business_date(now)
    result = tabular.read(content, SHEET, today=today, filename=filename)
    with scope.transaction(actor, acting=True):
        good = [row for row in result.rows if row.ok]
        lines, found = _lines(good, wanted, today, actor)
        for number, reason in _taken_in(good, lines, found):
            found[number].append(reason)
        if any(found.values()) or not result.ok:
            return OpeningFile(_with(result, found), ())
        try:
            with transaction.atomic():
                _open(lines, wanted, actor, now)
                transaction.set_rollback(True)
        except errors.Refused as refused:
            for reason in refused.reasons:
                if reason.line is not None:
                    number = good[reason.line - 1].number
                    found[number].append(dataclasses.replace(reason, line=number))
            of_file = tuple(reason for reason in refused.reasons if reason.line is None)
            return OpeningFile(_with(result, found), of_file)
    return OpeningFile(result, ())


def import_opening(
    content: bytes, *, wanted: Opening, filename: str = "", actor: scope.Actor, now: dt.datetime
) -> opening.OpeningView:
    """Bring the stock of the file in, all of it or none. Raises Refused with the first reasons of the dry run."""
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        _one_at_a_time()
        checked = check_opening(content, wanted=wanted, filename=filename, actor=actor, now=now)
        if not checked.ok:
            raise errors.Refused([*checked.reasons, *checked.result.refusals()])
        lines, _found = _lines(checked.result.rows, wanted, periods.business_date(now), actor)
        return _open(lines, wanted, actor, now)


def _one_at_a_time() -> None:
    """Files wait for each other, so that two of the same do not both find nothing taken in; they are rare."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('inventory.opening', 11))")


def _taken_in(
    rows: Sequence[tabular.RowResult],
    lines: Sequence[operations.OpeningLine],
    found: Mapping[int, Sequence[errors.Reason]],
) -> list[tuple[int, errors.Reason]]:
    """Row number → that a file before brought in the same goods at the same place."""
    taken = [row for row in rows if not found[row.number]]
    goods = [(one.site_id, one.item_id, one.lot, one.serial, one.location_id or 0) for one in lines]
    said = []
    for before in queries.opened_before(goods):
        row = taken[before.no - 1]
        named = row.values["serial"] or row.values["lot"] or row.values["code"]
        params = {"goods": named, "number": before.number, "day": before.on}
        said.append((row.number, errors.Reason("inventory.opening_taken_in", row.number, params)))
    return said


def _open(lines: Sequence[operations.OpeningLine], wanted: Opening, actor, now) -> opening.OpeningView:
    return operations.open_stock(lines=lines, **dataclasses.asdict(wanted), actor=actor, now=now)


def _lines(
    rows: Sequence[tabular.RowResult], wanted: Opening, today: dt.date, actor: scope.Actor
) -> tuple[list[operations.OpeningLine], dict[int, list[errors.Reason]]]:
    """The lines the rows describe, and by row number what they name that does not exist."""
    codes = {row.values["code"] for row in rows}
    items = catalog.items_by_code(codes, on=today, entity_id=wanted.entity_id) if codes else {}
    sites = {one.code: one.id for one in queries.list_sites(actor, entity_id=wanted.entity_id)}
    shelves = {
        (site_id, code): pk
        for site_id, code, pk in models.Location.objects.filter(
            site_id__in=sites.values(), code__in={row.values["location"] for row in rows} - {None}
        ).values_list("site_id", "code", "pk")
    }
    found = {row.number: _unknown(row.values, items, sites, shelves) for row in rows}
    lines = [_line(row.values, items, sites, shelves) for row in rows if not found[row.number]]
    return lines, {
        number: [dataclasses.replace(reason, line=number) for reason in reasons]
        for number, reasons in found.items()
    }


def _unknown(
    row: Mapping[str, Any], items: Mapping[str, Any], sites: Mapping[str, int], shelves: Mapping
) -> list[errors.Reason]:
    reasons = []
    if row["site"] not in sites:
        reasons.append(errors.Reason("inventory.warehouse_unknown", params={"site": row["site"]}))
    elif row["location"] and (sites[row["site"]], row["location"]) not in shelves:
        reasons.append(errors.Reason("inventory.shelf_unknown", params={"code": row["location"]}))
    if row["code"] not in items:
        reasons.append(errors.Reason("catalog.item_unknown", params={"item": row["code"]}))
    if row["quantity"] <= 0 or row["value"] < 0:
        params = {"quantity": row["quantity"], "value": row["value"]}
        reasons.append(errors.Reason("inventory.opening_amounts", params=params))
    made, last = row["produced_on"], row["last_usable_on"]
    if made and last and last < made:
        params = {"lot": row["lot"] or "", "produced_on": made, "last_usable_on": last}
        reasons.append(errors.Reason("inventory.lot_dates_reversed", params=params))
    return reasons


def _line(
    row: Mapping[str, Any], items: Mapping[str, Any], sites: Mapping[str, int], shelves: Mapping
) -> operations.OpeningLine:
    site_id = sites[row["site"]]
    return operations.OpeningLine(
        site_id=site_id,
        item_id=items[row["code"]].id,
        lot=row["lot"] or identities.NO_LOT,
        serial=row["serial"] or "",
        produced_on=row["produced_on"],
        last_usable_on=row["last_usable_on"],
        quantity=row["quantity"],
        value=row["value"].quantize(Decimal("0.01")),
        location_id=shelves.get((site_id, row["location"])),
    )


def _with(result: tabular.Result, found: Mapping[int, list[errors.Reason]]) -> tabular.Result:
    return dataclasses.replace(
        result,
        rows=tuple(
            dataclasses.replace(row, row_reasons=(*row.row_reasons, *found.get(row.number, ())))
            for row in result.rows
        ),
    )
