"""The order desk's form: what is on the screen, and what a typed, scanned or pasted text adds to it.

The form carries its whole state, so that nothing is lost on a failed request, a reload or a second tab.
"""

import dataclasses
import datetime as dt
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qudao.catalog import queries as catalog
from qudao.kernel import errors, money
from qudao.orders import kept, queries
from qudao.orders.rules import requests
from qudao.ui import parsing

# What one paste may hold; a dealer's whole list is a file. What is not taken over stays on the screen.
MOST_ROWS = 5000
MOST_LEFT = 200_000
SAID = 12


@dataclasses.dataclass(frozen=True, slots=True)
class DeskLine:
    """A line as typed: `quantity` is text until it is understood."""

    no: int
    item_id: int
    quantity: str
    unit: str = ""
    di: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Desk:
    """The form's state. `focus` is the line whose price and gates are explained beside the table; `draft_id` and
    `draft_version` name the draft that is gone on with, "" and 0 for a new order."""

    party_id: int = 0
    account_id: int = 0
    ship_to_id: int = 0
    requested_on: str = ""
    rebate_use: str = ""
    reference: str = ""
    channel: str = "call_centre"
    lines: tuple[DeskLine, ...] = ()
    focus: int = 0
    draft_id: str = ""
    draft_version: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Addition:
    """What a text added: the new state, or what was not understood.

    `left` are the pasted rows that did not become lines, as they were pasted. `typed` is a text that became no line,
    to be typed on; `several`: because more than one product matches it.
    """

    desk: Desk
    typed: str = ""
    several: bool = False
    reasons: tuple[errors.Reason, ...] = ()
    left: str = ""


def read(posted: Mapping[str, Any]) -> Desk:
    """The state in a submitted form. Lines come as parallel lists; numbers that are not numbers count as 0."""
    get_list = posted.getlist if hasattr(posted, "getlist") else posted.get
    columns = [get_list(name) or [] for name in ("item", "quantity", "unit", "di")]
    lines = [
        DeskLine(no, parsing.whole(item), quantity.strip()[:20], unit[:10], di[:40])
        for no, (item, quantity, unit, di) in enumerate(zip(*columns, strict=False), start=1)
        if parsing.whole(item)
    ]
    removed = parsing.whole(posted.get("remove"))
    lines = [line for line in lines if line.no != removed]
    lines = [dataclasses.replace(line, no=no) for no, line in enumerate(lines, start=1)]
    return Desk(
        party_id=parsing.whole(posted.get("party")),
        account_id=parsing.whole(posted.get("account")),
        ship_to_id=parsing.whole(posted.get("ship_to")),
        requested_on=(posted.get("requested_on") or "")[:10],
        rebate_use=(posted.get("rebate_use") or "")[:20],
        reference=(posted.get("reference") or "")[:80],
        channel=(posted.get("channel") or "call_centre")[:12],
        lines=tuple(lines[: requests.MOST_LINES]),
        focus=parsing.whole(posted.get("focus")),
        draft_id=_draft_of(posted),
        draft_version=parsing.whole(posted.get("draft_version")),
    )


def _draft_of(posted: Mapping[str, Any]) -> str:
    """The draft the form goes on with. Raises NotFound for what names none."""
    text = posted.get("draft_id")
    try:
        return str(uuid.UUID(text)) if text else ""
    except ValueError as error:
        raise errors.NotFound from error


def add(desk: Desk, text: str, *, chosen: int, line_id: int, entity_id: int, on: dt.date) -> Addition:
    """Add what was scanned, typed or pasted. One clear product becomes a line; several are offered.

    Rows may be scans and pasted code and quantity in any order: a scanner is quicker than the answer.
    """
    if chosen:
        items = catalog.items({chosen}, on=on, entity_id=entity_id)
        return Addition(_with(desk, [(one.id, "1", one.price_unit, "") for one in items.values()]))
    rows = rows_of(text)
    scans = catalog.resolve_scans(rows, today=on)
    plain = [
        unicodedata.normalize("NFKC", row)
        for row, found in zip(rows, scans, strict=True)
        if not _scanned(found)
    ]
    items = catalog.items({found.item_id for found in scans if _scanned(found)}, on=on, entity_id=entity_id)
    for found in scans:
        if _scanned(found):
            unit = items[found.item_id].base_unit
            desk = _with(desk, [(found.item_id, str(found.base_quantity or 1), unit, found.scan.di or "")])
    if len(rows) > 1 or any("\t" in row for row in plain):
        return _pasted(desk, plain, entity_id, on)
    if not plain:
        return Addition(desk)
    return _typed(desk, plain[0], scans[0], line_id=line_id, entity_id=entity_id, on=on)


def _scanned(found: catalog.ResolvedScan) -> bool:
    return bool(found.item_id) and not found.refused


def _typed(
    desk: Desk, text: str, scanned: catalog.ResolvedScan, *, line_id: int, entity_id: int, on: dt.date
) -> Addition:
    """A name, code or pinyin; or a code that was scanned and is not ours."""
    found = catalog.search_items(text, 2, on=on, entity_id=entity_id, line_ids=[line_id])
    exact = [item for item in found if item.code.casefold() == text.casefold()]
    # Figures alone may be a quantity that was meant for the line before: what merely holds them is offered.
    if exact or (len(found) == 1 and any(char.isalpha() for char in text)):
        one = (exact or found)[0]
        return Addition(_with(desk, [(one.id, "1", one.price_unit, "")]))
    if found:
        return Addition(desk, typed=text, several=True)
    if named := _with_quantity(text, entity_id, on):
        return Addition(_with(desk, [named]))
    if scanned.scan.carrier != "unknown" and scanned.reasons:
        # They are of what was typed, and of no line of the order.
        reasons = tuple(dataclasses.replace(one, line=None) for one in scanned.reasons)
        return Addition(desk, typed=text[:60], reasons=reasons)
    nothing = errors.Reason("orders.nothing_found", params={"text": text[:60]})
    return Addition(desk, typed=text[:60], reasons=(nothing,))


def _with_quantity(text: str, entity_id: int, on: dt.date) -> tuple[int, str, str, str] | None:
    """A code with its quantity after it, as in a row of a paste."""
    cells = _cells(text)
    if len(cells) != 2 or parsing.number(cells[1]) is None:
        return None
    item = catalog.items_by_code({cells[0]}, on=on, entity_id=entity_id).get(cells[0])
    return item and (item.id, cells[1], item.price_unit, "")


def rows_of(text: str) -> list[str]:
    """The rows of a text that are not empty. Not splitlines(): it also cuts at 0x1D, the separator inside a
    scanned code; nor strip(), which would take it off the end."""
    rows = (row.strip(" \t\r\n") for row in text.replace("\r", "\n").split("\n"))
    return [row for row in rows if row]


def _pasted(desk: Desk, rows: Sequence[str], entity_id: int, on: dt.date) -> Addition:
    """Rows of code and quantity, separated by tab, comma, semicolon or blanks. Nothing of them is lost."""
    cells = [_cells(row) for row in rows[:MOST_ROWS]]
    found = catalog.items_by_code({row[0] for row in cells}, on=on, entity_id=entity_id)
    additions: list[tuple[int, str, str, str]] = []
    left: list[str] = []
    reasons: list[errors.Reason] = []
    known = {(line.item_id, line.unit) for line in desk.lines}
    for no, (row, text) in enumerate(zip(cells, rows, strict=False), start=1):
        item = found.get(row[0])
        if item is None:
            left.append(text)
            if len(reasons) < SAID:
                params = {"row": no, "text": row[0][:60]}
                reasons.append(errors.Reason("orders.pasted_unknown", params=params))
        elif (item.id, item.price_unit) in known or len(known) < requests.MOST_LINES:
            known.add((item.id, item.price_unit))
            additions.append((item.id, row[1] if len(row) > 1 else "1", item.price_unit, ""))
        else:
            left.append(text)
    left += rows[MOST_ROWS:]
    if left:
        params = {"rows": len(rows), "left": len(left), "lines": requests.MOST_LINES, "most": MOST_ROWS}
        reasons.insert(0, errors.Reason("orders.pasted_left", params=params, severity="warn"))
    return Addition(_with(desk, additions), reasons=tuple(reasons), left="\n".join(left)[:MOST_LEFT])


def _cells(row: str) -> list[str]:
    parts = row.replace(",", "\t").replace(";", "\t").split("\t")
    parts = parts if len(parts) > 1 else parts[0].rsplit(None, 1)
    return [part.strip() for part in parts]


def waiting(left: str) -> list[errors.Reason]:
    """What speaks against placing while rows of a paste are neither on the order nor left out on purpose."""
    rows = sum(1 for row in left.splitlines() if row.strip())
    return [errors.Reason("orders.rows_waiting", params={"rows": rows})] if rows else []


def with_lines(desk: Desk, lines: Iterable[Any]) -> Desk:
    """The desk with the lines of an earlier order or a template added.

    A line without a unit counts in its product's price unit, which it is given by name here: under two names of one
    unit a product would stand there twice.
    """
    added = list(lines)[: requests.MOST_LINES]
    nameless = {line.item_id for line in (*desk.lines, *added) if not line.unit}
    items = catalog.items(nameless, on=dt.date.max, entity_id=0) if nameless else {}
    units = {item.id: item.price_unit for item in items.values()}
    named = (dataclasses.replace(line, unit=line.unit or units.get(line.item_id, "")) for line in desk.lines)
    return _with(
        dataclasses.replace(desk, lines=tuple(named)),
        [
            (line.item_id, f"{line.quantity.normalize():f}", line.unit or units.get(line.item_id, ""), "")
            for line in added
        ],
    )


def with_order(desk: Desk, order: queries.OrderView) -> Desk:
    """The desk with the lines of an order added, to go where it went."""
    lines = [kept.TemplateLine(line.item_id, line.entered_quantity, line.unit) for line in order.lines]
    return dataclasses.replace(with_lines(desk, lines), ship_to_id=order.ship_to_id)


def of_draft(order: queries.OrderView) -> Desk:
    """The desk as the draft was kept from it."""
    empty = Desk(
        party_id=order.party_id,
        account_id=order.account_id,
        requested_on=order.requested_on.isoformat() if order.requested_on else "",
        rebate_use=str(order.rebate_used) if order.rebate_used else "",
        reference=order.reference,
        channel=order.channel,
        draft_id=str(order.id),
        draft_version=order.version,
    )
    return with_order(empty, order)


def _with(desk: Desk, additions: Sequence[tuple[int, str, str, str]]) -> Desk:
    """Append lines; the same product in the same unit again adds to its quantity (a scanner repeats)."""
    lines = list(desk.lines)
    places = {(line.item_id, line.unit): place for place, line in reversed(list(enumerate(lines)))}
    for item_id, quantity, unit, di in additions:
        same = places.setdefault((item_id, unit), len(lines))
        there = parsing.number(lines[same].quantity) if same < len(lines) else None
        more = parsing.number(quantity)
        if there is None or more is None:
            # What is no number cannot be added: it stands on a line of its own, where it is refused.
            lines.append(DeskLine(len(lines) + 1, item_id, quantity, unit, di))
        else:
            lines[same] = dataclasses.replace(lines[same], quantity=f"{(there + more).normalize():f}")
    kept = tuple(lines[: requests.MOST_LINES])
    return dataclasses.replace(desk, lines=kept, focus=len(kept))


def request_of(desk: Desk) -> tuple[requests.OrderRequest, list[errors.Reason]]:
    """The request the form stands for, and what in it is not understood (such lines are left out)."""
    reasons: list[errors.Reason] = []
    lines = []
    for line in desk.lines:
        quantity = parsing.number(line.quantity)
        if quantity is None:
            reasons.append(errors.Reason("orders.quantity_not_a_number", line.no, {"text": line.quantity}))
        elif quantity <= 0:
            reasons.append(errors.Reason("orders.quantity_not_positive", line.no, {"quantity": quantity}))
        else:
            lines.append(requests.LineRequest(line.no, line.item_id, quantity, line.unit, line.di))
    rebate = parsing.number(desk.rebate_use or "0")
    if rebate is None:
        reasons.append(errors.Reason("orders.rebate_use_invalid", params={"amount": desk.rebate_use}))
    requested = None
    if desk.requested_on and (requested := parsing.day(desk.requested_on)) is None:
        reasons.append(errors.Reason("orders.date_invalid", params={"text": desk.requested_on}))
    request = requests.OrderRequest(
        account_id=desk.account_id,
        ship_to_id=desk.ship_to_id,
        channel=desk.channel,
        lines=tuple(lines),
        requested_on=requested,
        reference=desk.reference,
        rebate_use=money.ZERO if rebate is None else rebate,
    )
    return request, reasons
