"""Labels scanned at the door, set against a purchase: which line each belongs to, and what speaks against it."""

import collections
import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from qudao.catalog import queries as catalog
from qudao.kernel import errors
from qudao.supply import queries
from qudao.supply.operations import receiving

# What a label without a code brings: "HAND|purchase line|quantity|lot|serial|produced|usable until".
HAND = "HAND|"


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """`lines` as receiving takes them, `sources` the code behind each; `reasons` name codes by their place.

    `packages` is code → what its label is on, and how many base units one of them holds.

    What a readable code warns of is said by the look and by receiving, which read it again.
    """

    lines: tuple[receiving.ReceiptLine, ...]
    sources: tuple[str, ...]
    packages: dict[str, tuple[str, int]]
    reasons: tuple[errors.Reason, ...]


def read(purchase: queries.PurchaseView, codes: Iterable[str], *, today: dt.date) -> Read:
    """Equal codes become one line; a product ordered on several lines fills them in turn. Statements do not
    grow with codes."""
    counted = collections.Counter(codes)
    scanned = [code for code in counted if not code.startswith(HAND)]
    resolved = dict(zip(scanned, catalog.resolve_scans(scanned, today=today), strict=True))
    room = {line.no: line.open for line in purchase.lines}
    found: list[tuple[str, receiving.ReceiptLine]] = []
    reasons: list[errors.Reason] = []
    for place, (code, times) in enumerate(counted.items(), 1):
        if code.startswith(HAND):
            entered, said = _by_hand(code, place)
            reasons += said
            found += [(code, entered)] * times if entered else []
            continue
        seen = resolved[code]
        if seen.refused:
            reasons += [dataclasses.replace(reason, line=place) for reason in seen.reasons]
            continue
        reasons += _small_letters(seen, place)
        wanted = [line for line in purchase.lines if line.item_id == seen.item_id]
        if not wanted:
            reasons.append(errors.Reason("supply.not_on_purchase", place, {"di": seen.scan.di or ""}))
            continue
        for no, packages in _shared(wanted, room, seen.base_quantity, times):
            found.append((code, receiving.ReceiptLine(purchase_line_no=no, quantity=packages, scan=code)))
    packages = {
        code: (seen.identifier.unit, seen.identifier.base_quantity)
        for code, seen in resolved.items()
        if seen.identifier
    }
    lines, sources = tuple(line for _, line in found), tuple(code for code, _ in found)
    return Read(lines, sources, packages, tuple(reasons))


def _shared(
    wanted: Sequence[queries.PurchaseLineView], room: dict[int, Decimal], size: int, times: int
) -> list[tuple[int, Decimal]]:
    """(purchase line, packages): whole packages where they fit, what fits nowhere on the last line."""
    left, parts = times, []
    for line in wanted:
        take = left if line is wanted[-1] else min(left, max(0, int(room[line.no] // size)))
        if take:
            room[line.no] -= take * size
            parts.append((line.no, Decimal(take)))
            left -= take
    return parts


def _small_letters(seen: catalog.ResolvedScan, place: int) -> list[errors.Reason]:
    """Makers print capitals: small letters alone come from a scanner under Caps Lock."""
    lot = seen.lot or ""
    if lot == lot.upper() or lot != lot.lower():
        return []
    return [errors.Reason("supply.lot_in_small_letters", place, {"lot": lot}, "warn")]


def _by_hand(code: str, place: int) -> tuple[receiving.ReceiptLine | None, list[errors.Reason]]:
    parts = [part.strip() for part in code.split("|")[1:]] + [""] * 6
    no, quantity, lot, serial, produced, last = parts[:6]
    try:
        line = receiving.ReceiptLine(
            purchase_line_no=int(no),
            quantity=Decimal(quantity),
            lot=lot,
            serial=serial,
            produced_on=dt.date.fromisoformat(produced) if produced else None,
            last_usable_on=dt.date.fromisoformat(last) if last else None,
        )
    except (ValueError, ArithmeticError):
        return None, [errors.Reason("supply.entry_not_understood", place)]
    return line, []
