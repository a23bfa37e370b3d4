"""Write a contract version as the workbook that can be taken in again."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from qudao.catalog import queries as catalog
from qudao.kernel import periods, scope, tabular
from qudao.kernel.tabular import messages
from qudao.pricing import queries

from . import sheets

# Fixed, so that the same contract always makes the same bytes.
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001
_EXACT = 15
_LAST_ROW = 1_048_575


def write_template(stream: IO[bytes], *, account: Any) -> None:
    """The empty workbook for a contract of `account`."""
    write(
        stream,
        [(sheets.CONTRACT, [{"partner": account.party_name}]), (sheets.PRICES, []), (sheets.REBATES, [])],
    )


def export_contract(
    stream: IO[bytes], *, version_id: int, account: Any, on: dt.date, actor: scope.Actor
) -> None:
    """A version of a contract of `account`. Raises NotFound when the actor does not see it."""
    with scope.transaction(actor):
        version = queries.get_contract_version(version_id, actor)
        title = queries.get_contract(version.contract_id, actor).contract.title
        prices = queries.list_version_prices(version_id, actor=actor, limit=None)
        rebates = queries.rebate_terms(actor=actor, version_id=version_id)
        items = catalog.items({row.item_id for row in prices}, on=on, entity_id=version.entity_id)
    facts = {
        "number": version.contract_number,
        "partner": account.party_name,
        "title": title,
        "valid_from": version.valid_from,
        "valid_to": periods.last_day(version.valid_until),
        "payment_days": version.terms["payment_days"],
        "excludes_promotions": version.terms["excludes_promotions"],
        "note": version.terms["note"] or None,
    }
    write(
        stream,
        [
            (sheets.CONTRACT, [facts]),
            (
                sheets.PRICES,
                [_price(row, items[row.item_id], version) for row in prices if not row.hospital_id],
            ),
            (sheets.REBATES, [tier for term in rebates for tier in _tiers(term)]),
        ],
    )


def _price(row: queries.VersionPrice, item: catalog.ItemView, version: queries.VersionView) -> dict[str, Any]:
    """Dates that are the version's own stay empty."""
    return {
        "code": item.code,
        "item": f"{item.name} {item.specification}",
        "unit": item.price_unit,
        "price": row.price,
        "tax_included": row.tax_included,
        "minimum_quantity": row.minimum_quantity or None,
        "valid_from": row.valid_from if row.valid_from != version.valid_from else None,
        "valid_to": periods.last_day(row.valid_until) if row.valid_until != version.valid_until else None,
        "clause": row.clause.removeprefix(version.citation).strip() or None,
    }


def _tiers(term: queries.RebateTerm) -> Iterable[dict[str, Any]]:
    for tier in term.scale["tiers"]:
        yield {
            "name": term.name,
            "basis": term.basis,
            "measure": term.scale["measure"],
            "mode": term.scale["mode"],
            "from": Decimal(tier["from"]),
            "rate": Decimal(tier["rate"]),
            "cap": _number(term.scale.get("cap")),
            "floor": _number(term.scale.get("floor")),
            "calendar": term.calendar,
            "tax_included": term.tax_included,
        }


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def write(stream: IO[bytes], pages: Iterable[tuple[tabular.Sheet, Iterable[Mapping[str, Any]]]]) -> None:
    """Sheets with their rows; every head says in a note what belongs there."""
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as book:
        book.set_properties({"created": _CREATED})
        text = book.add_format({"num_format": "@"})
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        heads = {
            required: book.add_format({"bold": True, "bottom": 1, "bg_color": colour})
            for required, colour in ((True, "#DDEBF7"), (False, "#F2F2F2"))
        }
        for sheet, rows in pages:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            for at, column in enumerate(sheet.columns):
                style = {"date": date, "text": text, "code": text}.get(column.kind)
                page.set_column(at, at, 24 if column.kind == "text" else 16, style)
                page.write_string(0, at, column.header, heads[column.required])
                page.write_comment(0, at, messages.describe(column), {"x_scale": 2})
                if column.kind in ("choice", "boolean"):
                    labels = [names[0] for names in column.choices.values()] or ["是", "否"]
                    page.data_validation(1, at, _LAST_ROW, at, {"validate": "list", "source": labels})
            for number, row in enumerate(rows, 1):
                for at, column in enumerate(sheet.columns):
                    _put(page, number, at, column, row.get(column.name), date, text)


def _put(page, row: int, at: int, column: tabular.Column, value: Any, date, text) -> None:
    if value is None:
        return
    if column.kind == "date":
        page.write_datetime(row, at, value, date)
    elif column.kind in ("decimal", "integer") and len(Decimal(value).as_tuple().digits) <= _EXACT:
        page.write_number(row, at, float(value))
    elif column.kind == "boolean":
        page.write_string(row, at, "是" if value else "否", text)
    elif column.kind == "choice":
        page.write_string(row, at, column.choices[value][0], text)
    else:
        page.write_string(row, at, str(value), text)
