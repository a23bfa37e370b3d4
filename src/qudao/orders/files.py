"""Orders as dealers send them: an Excel table of product codes and quantities."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from qudao.catalog import queries as catalog
from qudao.kernel import errors, periods, scope, tabular
from qudao.orders import operations, queries
from qudao.orders.rules import requests
from qudao.partners import queries as partners

SHEET = tabular.Sheet(
    name="订单 Order",
    columns=(
        tabular.Column(
            name="code",
            headers=("产品编码", "货号", "编码", "产品代码", "商品编码", "Product code", "Code", "Item"),
            kind="code",
            required=True,
            max_length=40,
            numeric_ok=True,
            example="BQ-2515",
        ),
        tabular.Column(name="name", headers=("产品名称", "名称", "品名", "Product", "Name"), max_length=200),
        tabular.Column(
            name="specification", headers=("规格型号", "规格", "型号", "Specification"), max_length=200
        ),
        tabular.Column(
            name="quantity",
            headers=("数量", "订货数量", "订购数量", "Quantity", "Qty"),
            kind="decimal",
            required=True,
            places=4,
            example="20",
        ),
        tabular.Column(name="unit", headers=("单位", "Unit"), max_length=10, example="支"),
        tabular.Column(name="remark", headers=("备注", "说明", "Remark"), max_length=200),
    ),
)
# What becomes of a sheet; its other columns are for whoever reads it, an order has no place for them.
TAKEN = ("code", "quantity", "unit")
BLANK = tabular.Sheet(name=SHEET.name, columns=tuple(SHEET.column(name) for name in TAKEN))


@dataclasses.dataclass(frozen=True)
class Checked:
    """A dry run: every cell with its verdict, the request it would become, and every reason.

    The request's lines count from 1, `rows` are the rows of the sheet that they came from; reasons name rows.
    """

    result: tabular.Result
    request: requests.OrderRequest | None
    reasons: tuple[errors.Reason, ...]
    rows: tuple[int, ...] = ()

    @property
    def ok(self) -> bool:
        return self.request is not None and not any(reason.refuses for reason in self.reasons)


def check_order_file(
    content: bytes,
    *,
    filename: str,
    account_id: int,
    ship_to_id: int,
    requested_on: dt.date | None = None,
    reference: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> Checked:
    """Read a dealer's file without writing anything. Raises Refused for a file that cannot be read."""
    actor.require("orders.order.place")
    on = periods.business_date(now)
    result = tabular.read(content, SHEET, today=on, filename=filename)
    with scope.transaction(actor, acting=True):
        account = partners.get_account(account_id, actor)
        items = catalog.items_by_code(
            {code for row in result.rows if (code := row.values["code"])}, on=on, entity_id=account.entity_id
        )
    lines, rows, reasons = _lines(result, items)
    request = requests.OrderRequest(
        account_id=account_id,
        ship_to_id=ship_to_id,
        channel="file",
        requested_on=requested_on,
        reference=reference[:80],
        source_digest=tabular.fingerprint(content),
        lines=tuple(lines),
    )
    return Checked(result, request if lines else None, (*result.reasons, *reasons), tuple(rows))


def _lines(
    result: tabular.Result, items
) -> tuple[list[requests.LineRequest], list[int], list[errors.Reason]]:
    """The lines, the row of each, and what is wrong with the others."""
    lines: list[requests.LineRequest] = []
    rows: list[int] = []
    reasons: list[errors.Reason] = []
    for row in result.rows:
        code = row.values["code"]
        item: Any = items.get(code)
        reasons += () if row.ok else row.reasons
        if code and item is None:
            reasons.append(errors.Reason("orders.item_unknown", row.number, {"item": code}))
        if item is None or not row.ok:
            continue
        quantity, unit = row.values["quantity"], row.values.get("unit") or ""
        if quantity <= 0:
            reasons.append(errors.Reason("orders.quantity_not_positive", row.number, {"quantity": quantity}))
            continue
        rows.append(row.number)
        lines.append(requests.LineRequest(len(rows), item.id, quantity, unit))
    return lines, rows, reasons


def place_order_file(
    content: bytes,
    *,
    filename: str,
    account_id: int,
    ship_to_id: int,
    requested_on: dt.date | None = None,
    reference: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.OrderView:
    """Place the order in a file, all of it or nothing. The same file for the same account again is refused.

    `reference` is the customer's own number. What refuses names the row of the file, as the dealer sees it.
    """
    checked = check_order_file(
        content,
        filename=filename,
        account_id=account_id,
        ship_to_id=ship_to_id,
        requested_on=requested_on,
        reference=reference,
        actor=actor,
        now=now,
    )
    faults = _or_empty(checked)
    if any(reason.refuses for reason in faults):
        found = [*faults, *_of_good_rows(checked, actor=actor, now=now)]
        raise errors.Refused(sorted(found, key=lambda reason: reason.line or 0))
    assert checked.request is not None
    try:
        return operations.place_order(request=checked.request, actor=actor, now=now)
    except errors.Refused as refusal:
        refusal.reasons = [_of_row(reason, checked.rows) for reason in refusal.reasons]
        raise


def _of_good_rows(checked: Checked, *, actor: scope.Actor, now: dt.datetime) -> list[errors.Reason]:
    """What would refuse the rows that can be read, each by itself, so that a file is mended at once. What is said of
    the order as a whole, its credit among it, cannot be known while rows are missing."""
    if checked.request is None:
        return []
    try:
        found: Sequence[errors.Reason] = operations.quote_order(
            request=checked.request, actor=actor, now=now
        ).reasons
    except errors.Refused as refusal:
        found = refusal.reasons
    return [_of_row(reason, checked.rows) for reason in found if reason.line and reason.refuses]


def _of_row(reason: errors.Reason, rows: Sequence[int]) -> errors.Reason:
    """The reason at the row of the file instead of the line of the order."""
    return dataclasses.replace(reason, line=rows[reason.line - 1]) if reason.line else reason


def _or_empty(checked: Checked) -> Sequence[errors.Reason]:
    if checked.request is None and not any(reason.refuses for reason in checked.reasons):
        return [errors.Reason("orders.no_lines")]
    return checked.reasons
