"""What the pages of a shipment show: its facts, the next step, the scanner's state, what was signed for."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.inventory import queries as inventory
from qudao.kernel import errors, journal, periods, scope
from qudao.orders import queries, queries_warehouse, scanning
from qudao.orders.rules import checking, progress, walking
from qudao.organisation import queries_journal
from qudao.partners import queries as partners
from qudao.ui import formats, status
from qudao.ui import scanning as scanner

DIFFERENCES = ("short", "damaged", "refused")


def causes() -> list[tuple[str, str]]:
    """Why the outgoing review stops goods, in words."""
    words = {
        "damaged": _("Pack damaged"),
        "unreadable": _("Label cannot be read"),
        "mismatch": _("Goods and label do not match"),
        "expired": _("Past its date"),
        "other": _("Something else"),
    }
    return [(cause, words[cause]) for cause in progress.BLOCKS]


def difference_reasons() -> list[str]:
    """What receivers say most often, in words; anything else is typed."""
    return [
        _("Pack damaged"),
        _("Not in the parcel"),
        _("Other goods than ordered"),
        _("Too close to expiry"),
        _("Temperature out of range"),
        _("Papers missing"),
        _("Not wanted any more"),
    ]


def may(actor: scope.Actor, view: queries.ShipmentView) -> dict[str, bool]:
    """The steps this person may take now."""
    steps = {wanted for current, wanted in progress.SHIPMENT_STEPS if current == view.status}
    picked_it = view.picked_by == actor.ref
    return {
        "pick": view.status == "to_pick" and actor.can("orders.shipment.pick"),
        "review": "reviewed" in steps and actor.can("orders.shipment.review"),
        "picked_it": "reviewed" in steps and picked_it,
        "ship": "shipped" in steps and actor.can("orders.shipment.ship"),
        "sign": "signed" in steps
        and actor.can("orders.shipment.sign")
        and actor.party_id in (None, *view.receivers),
        "put_back": view.off_shelf and actor.can("orders.shipment.pick"),
        "lots": actor.house and actor.can("inventory.stock.view"),
        "resolve": actor.can("orders.return.manage") and any(line.unresolved > 0 for line in view.lines),
    }


def detail(actor: scope.Actor, view: queries.ShipmentView, typed: Mapping[str, str]) -> dict[str, Any]:
    """A shipment's page; `typed` is what a refused form said."""
    order = queries.get_order(view.order_id, actor=actor)
    subject = f"orders.shipment:{view.id}"
    most = queries_journal.TIMELINE + sum(line.resolved > 0 for line in view.lines)
    # What withdrew it stands with its order.
    subjects = [subject, *([f"orders.order:{order.id}"] if view.status == "withdrawn" else ())]
    found = queries_journal.list_about(subjects=subjects, node_ids=(), actor=actor, limit=most)
    timeline = queries_journal.as_timeline(found, of=subject, said=_stopped, actor=actor)
    return {
        "shipment": view,
        "crumbs": crumbs(view.number, actor),
        "order": order,
        "buyer": partners.party_names([order.party_id], actor).get(order.party_id, ""),
        "place": partners.get_place(view.ship_to_id, actor),
        "site": site_name(actor, view),
        "may": may(actor, view),
        "signed": view.status.startswith("signed"),
        "photos": photos(view, actor),
        "different": view.status == "signed_with_difference",
        "shelves": _shelves(view, actor),
        "taken_back": lots_of(taken_back(view, actor)),
        "reviewed": bool(view.reviewed_by),
        "open": [_open(line, typed) for line in view.lines if line.unresolved > 0],
        "settled": _settled(view, found, timeline),
        "timeline": timeline,
    }


def _stopped(leaf: journal.Leaf) -> str:
    """Why the review stopped the goods: whoever picks them anew must know."""
    if leaf.type != "orders.shipment.blocked":
        return ""
    words = dict(causes())
    return " · ".join(filter(None, (words.get(leaf.data["cause"], leaf.data["cause"]), leaf.data["note"])))


def scans(actor: scope.Actor, state: str) -> bool:
    """Whether this person works on shipments in this state with the scanner."""
    work = {"to_pick": "orders.shipment.pick", "picked": "orders.shipment.review"}
    return state in work and actor.can(work[state])


def _open(line: queries.ShipmentLineView, typed: Mapping[str, str]) -> dict[str, Any]:
    """A line to settle, as typed or else as proposed."""
    values = {name: typed.get(f"{name}_{line.no}", value) for name, value in _proposed(line).items()}
    return {"line": line, "said": kinds(line, unit=line.unit), **values}


def _proposed(line: queries.ShipmentLineView) -> dict[str, str]:
    """The likeliest end of a difference: what was there comes back, what was not there is lost; why is typed.

    A line is settled whole, so all of its difference is still open.
    """
    back, lost = line.damaged + line.refused, line.short
    return {"back": formats.quantity(back), "lost": formats.quantity(lost), "reason": ""}


def touched(line: queries.ShipmentLineView, typed: Mapping[str, str]) -> bool:
    """Whether the form says something else of the line than was proposed."""
    return any(
        typed.get(f"{name}_{line.no}", value).strip() != value for name, value in _proposed(line).items()
    )


def difference_words(line: queries_warehouse.OpenDifference) -> str:
    """造影导丝 0.035″ × 150 cm · DS2609A：短少 1 根"""
    lot = " / ".join(filter(None, (line.lot_code, line.serial_code)))
    return _("%(item)s · %(lot)s: %(difference)s") % {
        "item": f"{line.item_name} {line.specification}",
        "lot": lot,
        "difference": kinds(line, unit=line.unit),
    }


def kinds(line: Any, *, unit: str) -> str:
    """短少 3 根 · 破损 1 根, of whatever has these three quantities."""
    words = {"short": _("Short"), "damaged": _("Damaged"), "refused": _("Refused")}
    found = [(words[name], getattr(line, name)) for name in DIFFERENCES]
    return " · ".join(f"{word} {formats.quantity(value, unit)}" for word, value in found if value)


def _settled(view: queries.ShipmentView, found, timeline) -> list[dict[str, Any]]:
    """How the differences ended, by line: what came back, what is lost, why, by whom and when, as the journal says."""
    lines = {line.no: line for line in view.lines}
    settled = [
        {
            "line": lines[leaf.data["line"]],
            "back": Decimal(leaf.data["back"]),
            "lost": Decimal(leaf.data["lost"]),
            "reason": leaf.data["reason"],
            "who": shown["who"],
            "at": leaf.at,
        }
        for leaf, shown in zip(found, timeline, strict=True)
        if leaf.type == "orders.difference.resolved"
    ]
    return sorted(settled, key=lambda one: one["line"].no)


def taken_back(view: queries.ShipmentView, actor: scope.Actor) -> tuple[queries.ShipmentLineView, ...]:
    """The lines to be sent that are set aside no more: a hold took their lots back, and nothing of them may leave."""
    if not actor.house or view.status not in progress.IN_THE_HOUSE:
        return ()
    kept = inventory.reservations_of(origin_type="orders.order", origin_id=str(view.order_id), actor=actor)
    found = {one.balance_id for one in kept}
    return tuple(line for line in view.lines if line.balance_id not in found)


def _shelves(
    view: queries.ShipmentView, actor: scope.Actor
) -> list[tuple[queries.ShipmentLineView, str, str]]:
    """Where each line that was withdrawn once picked goes back to: the line, its shelf (库位) and zone."""
    if not actor.house or not view.off_shelf:
        return []
    found = inventory.shelves([line.balance_id for line in view.lines], actor)
    return [(line, found[line.balance_id].code, found[line.balance_id].zone) for line in view.lines]


def lots_of(lines: Iterable[queries.ShipmentLineView]) -> str:
    return "、".join(dict.fromkeys(line.lot_code for line in lines))


def photos(view: queries.ShipmentView, actor: scope.Actor) -> list[str]:
    """The addresses of the pictures of what was wrong; only a difference has any."""
    if view.status != "signed_with_difference":
        return []
    found = queries_warehouse.photos_of(view.id, actor=actor)
    return [reverse("shipment_photo", args=[view.id, one.no]) for one in found]


def listed_as(actor: scope.Actor) -> str:
    """What we send is what partners get."""
    return _("Deliveries") if actor.party_id else _("Shipments")


def crumbs(number: str, actor: scope.Actor) -> list[dict[str, Any]]:
    return [{"title": listed_as(actor), "url": reverse("shipments"), "rail": True}, {"title": number}]


def site_name(actor: scope.Actor, view: queries.ShipmentView) -> str:
    """The warehouse, for our own people: partners see where goods go, not where they lie."""
    return inventory.site_names([view.site_id], actor=actor).get(view.site_id, "") if actor.house else ""


@dataclasses.dataclass(frozen=True, slots=True)
class Walk:
    """The lines of a shipment in the order they are worked, where the goods of each balance lie, and the ids of the
    lines whose goods were held since and may not leave."""

    status: str
    lines: Sequence[queries.ShipmentLineView]
    shelves: Mapping[int, inventory.Shelf]
    held: Collection[int] = ()


def walk(view: queries.ShipmentView, actor: scope.Actor) -> Walk:
    """Shelf by shelf while picking; once picked everything lies on the packing table."""
    held = frozenset(line.id for line in taken_back(view, actor))
    if view.status != "to_pick":
        return Walk(view.status, view.lines, {}, held)
    found = inventory.shelves([line.balance_id for line in view.lines], actor)
    lines = sorted(view.lines, key=lambda line: walking.order(_stop(line, found.get(line.balance_id))))
    return Walk(view.status, lines, found, held)


def _stop(line: queries.ShipmentLineView, shelf: inventory.Shelf | None) -> walking.Stop:
    return walking.Stop(
        cold=shelf.cold if shelf else False,
        shelf=shelf.code if shelf else "",
        storage=line.storage,
        item=f"{line.item_name} {line.specification}",
        last_usable_on=line.last_usable_on,
        lot=line.lot_code,
        serial=line.serial_code,
        no=line.no,
    )


def state(view: Walk, accepted: Sequence[str], code: str, *, now) -> tuple[scanner.State, list[str]]:
    """The scanner's state after `code` ("" for none), and the codes that now count.

    A code that is refused leaves everything as it was.
    """
    today = periods.business_date(now)
    expected = scanning.expected(view.lines)
    before, _seen = _matched(expected, scanning.gathered(accepted), today)
    if not code:
        return _standing(view, before, accepted), list(accepted)
    scans = [*scanning.gathered(accepted), scanning.Scan(code)]
    after, seen = _matched(expected, scans, today)
    new = [reason for reason in after.reasons if reason.line == len(scans)]
    if any(reason.refuses for reason in new):
        more = {"left": _left(view, before), "lines": _lines(view, before)}
        return _reviewed(view, new, scanner.refusal(new, **more)), list(accepted)
    now_on = {line for line, seen in after.quantities.items() if seen != before.quantities.get(line)}
    if gone := next((line for line in view.lines if line.id in now_on & set(view.held)), None):
        stopped = [errors.Reason("inventory.lot_held", params={"lot": gone.lot_code})]
        more = {"left": _left(view, before), "lines": _lines(view, before)}
        return scanner.refusal(stopped, **more), list(accepted)
    return _accepted(view, after, now_on, seen[-1], scanner.warning(new)), [*accepted, code]


def _reviewed(view: Walk, said: Sequence[errors.Reason], shown: scanner.State) -> scanner.State:
    """The refusal as the reviewer needs it: the goods were picked, so that nobody takes others from the shelf."""
    picked_wrongly = {"orders.scanned_other_lot", "orders.scanned_other_item", "orders.scanned_too_many"}
    if view.status != "picked" or next(one for one in said if one.refuses).code not in picked_wrongly:
        return shown
    return dataclasses.replace(shown, mend=_("Put it aside. If it was picked so, stop the goods below."))


def _matched(
    expected, scans: Sequence[scanning.Scan], today
) -> tuple[checking.Matched, Sequence[checking.Seen]]:
    seen, reasons = scanning.read(scans, today=today)
    found = checking.match(expected, seen, complete=False)
    return checking.Matched(found.quantities, (*reasons, *found.reasons)), seen


def _standing(view: Walk, found: checking.Matched, accepted: Sequence[str]) -> scanner.State:
    left = _left(view, found)
    bad = [reason for reason in found.reasons if reason.refuses]
    if bad:
        return scanner.refusal(bad, left=left, lines=_lines(view, found))
    if not left and accepted:
        return _done(view, found)
    title = _("Ready to scan") if not accepted else _("Go on scanning")
    return scanner.State(kind="ready", title=title, left=left, lines=_lines(view, found))


def _accepted(
    view: Walk, found: checking.Matched, now_on: set[int], last: checking.Seen, warned: str
) -> scanner.State:
    left = _left(view, found)
    line = next((line for line in view.lines if line.id in now_on), None)
    read = _read(line, last) if line else {}
    if not left and not warned:
        return _done(view, found, of=_of(line, named=True), **read)
    title = f"{line.no} · {line.item_name}" if line else _("Scanned")
    more = {"left": left, "lines": _lines(view, found, now_on), "of": _of(line), **read}
    return scanner.State(kind="warn" if warned else "ok", title=title, detail=warned, **more)


def _of(line: queries.ShipmentLineView | None, *, named: bool = False) -> str:
    """Our code and the specification, which tell products of one name apart; with the name where no title has it."""
    if line is None:
        return ""
    return " · ".join(filter(None, (line.item_name if named else "", line.item_code, line.specification)))


def _read(line: queries.ShipmentLineView, last: checking.Seen) -> dict[str, Any]:
    """What the last code counted for, and what stands on the goods by our books."""
    return {
        "counted": scanner.counted(last.quantity, line.unit, package=last.package, holds=last.holds),
        "read": scanner.label(
            lot=line.lot_code,
            serial=line.serial_code,
            produced_on=line.produced_on,
            last_usable_on=line.last_usable_on,
        ),
    }


def _done(view: Walk, found: checking.Matched, **read: Any) -> scanner.State:
    words = {
        "to_pick": _("Everything is here. Finish picking."),
        "picked": _("Everything matches. Finish the review."),
    }
    detail = words.get(view.status, "")
    return scanner.State(
        kind="done", title=_("Complete"), detail=detail, left=Decimal(0), lines=_lines(view, found), **read
    )


def _left(view: Walk, found: checking.Matched) -> Decimal:
    return sum((line.quantity - found.quantities.get(line.id, Decimal(0)) for line in view.lines), Decimal(0))


def _lines(view: Walk, found: checking.Matched, now_on: set[int] = frozenset()) -> list[scanner.Line]:
    """What is still to scan first, in the order of the walk; what is complete sinks to the end."""
    lines = [_line(view, line, found.quantities.get(line.id, Decimal(0)), now_on) for line in view.lines]
    return sorted(lines, key=lambda line: (not line.now, line.complete))


def _line(view: Walk, line: queries.ShipmentLineView, done: Decimal, now_on: set[int]) -> scanner.Line:
    shelf = view.shelves.get(line.balance_id)
    lot = " / ".join(filter(None, (line.lot_code, line.serial_code)))
    # One word to the reader: a line of the list breaks before it, not inside.
    until = _("until %(day)s") % {"day": line.last_usable_on} if line.last_usable_on else ""
    until = until.replace(" ", "\u00a0")
    return scanner.Line(
        title=line.item_name,
        detail=" · ".join(filter(None, (line.item_code, line.specification, lot, until))),
        done=done,
        wanted=line.quantity,
        unit=line.unit,
        now=line.id in now_on,
        place=shelf.code if shelf else "",
        zone="held" if line.id in view.held else shelf.zone if shelf else "",
        kept=line.storage if shelf else "",
        cold=shelf.cold if shelf else False,
    )


def state_label(value: str) -> str:
    return str(status.show("shipment", value).label)
