"""The way of a lot as a picture: supplier → warehouse → dealer → hospital, with the quantity on every band.

A Sankey diagram of ECharts. It knows no circles, so what was returned is not drawn: it stands in the table.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from qudao.compliance import queries, words
from qudao.compliance.rules import tracing
from qudao.inventory import tracing as stock

MOST = 40
ZERO = Decimal(0)
_INTO_STOCK = frozenset({"supplier", "opening"})
_OUT = frozenset({"supplier", "loss", "count", "opening"})


@dataclasses.dataclass(frozen=True, slots=True)
class Band:
    """A quantity from one end to another; ends are keys of their own, not sites: what goes back to a supplier
    ends elsewhere than what came from it."""

    source: str
    target: str
    quantity: Decimal


def draw(found: queries.Trace) -> dict[str, Any] | None:
    """The option of the chart, None when there is nothing to draw: the one band a partner may see of what only came
    to it tells nothing. At most MOST consignees a level, then the rest."""
    bands = _without_circles(_limited(_bands(found), found))
    if len(bands) < (1 if found.whole else 2):
        return None
    names = _names(found, bands)
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "sankey",
                "left": 8,
                "right": 230,
                "top": 8,
                "bottom": 8,
                "nodeWidth": 12,
                "nodeGap": 14,
                # Who passed nothing on stands among those who got theirs from the same hand: at the far end, its
                # band would run through the bars of others, as if it came by them.
                "nodeAlign": "left",
                "draggable": False,
                "emphasis": {"focus": "adjacency"},
                "lineStyle": {"color": "source", "opacity": 0.25},
                "label": {"formatter": "{b}  {c}", "width": 215, "overflow": "truncate"},
                "data": [{"name": name, "tone": _tone(found, end)} for end, name in names.items()],
                "links": [
                    {
                        "source": names[one.source],
                        "target": names[one.target],
                        "value": float(one.quantity),
                    }
                    for one in bands
                ],
            }
        ],
    }


def steps(option: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The bands of the picture in words, for screens too narrow for it: who passed on how much to whom, the way
    from the beginning, what comes from one place together and the most first."""
    links = option["series"][0]["links"]
    level = {one["source"]: 0 for one in links}
    for _round in links:
        for one in links:
            level[one["target"]] = max(level.get(one["target"], 0), level[one["source"]] + 1)
    ordered = sorted(
        links, key=lambda one: (level[one["source"]], one["source"], -one["value"], one["target"])
    )
    return [
        {
            "source": one["source"] if index == 0 or ordered[index - 1]["source"] != one["source"] else "",
            "target": one["target"],
            "quantity": Decimal(str(one["value"])),
        }
        for index, one in enumerate(ordered)
    ]


def _tone(found: queries.Trace, end: str) -> str:
    """What is ours stands out from whom it came from and whom it went to."""
    if end in ("stock", "others"):
        return "accent" if end == "stock" else "info"
    kind = found.nodes[int(end.removeprefix("out").removeprefix("s"))].kind
    return {"customer": "info", "dealer": "info", "supplier": "hold", "opening": "hold"}.get(kind, "accent")


def size(option: Mapping[str, Any]) -> str:
    """How tall the picture must be to be read: s, m, l."""
    ends = len(option["series"][0]["data"])
    return "s" if ends <= 10 else "m" if ends <= 24 else "l"


def _bands(found: queries.Trace) -> list[Band]:
    sums: dict[tuple[str, str], Decimal] = {}

    def add(source: str, target: str, quantity: Decimal) -> None:
        if source != target and quantity > 0:
            sums[source, target] = sums.get((source, target), ZERO) + quantity

    for one in found.edges:
        kind_from, kind_to = found.nodes[one.from_site_id].kind, found.nodes[one.to_site_id].kind
        source, target = f"s{one.from_site_id}", f"s{one.to_site_id}"
        if (kind_from in _INTO_STOCK and one.to_status) or (
            one.kind == "transfer" and "transit" not in (kind_from, kind_to)
        ):
            add(source, target, one.quantity)
        elif one.from_status and kind_to in _OUT:
            add(source, f"out{one.to_site_id}", one.quantity)
        elif _passed_on(one, found):
            add(source, target, one.quantity)
    for sent in _kept(found):
        add(f"s{sent.from_site_id}", f"s{sent.to_site_id}", sent.quantity)
    for total in found.totals:
        if total.side == "out" and total.code == "on_hand":
            add(f"s{total.site_id}", "stock", total.quantity)
    return [Band(source, target, quantity) for (source, target), quantity in sums.items()]


def _kept(found: queries.Trace) -> list[stock.Delivery]:
    """The deliveries less what came back to us, so that what leaves a warehouse is what is out: taken off the
    largest of a consignee's first."""
    back = {one.site_id: one.returned for one in found.holders if one.level == 1}
    kept = []
    for sent in found.deliveries:
        taken = min(back.get(sent.to_site_id, ZERO), sent.quantity)
        back[sent.to_site_id] = back.get(sent.to_site_id, ZERO) - taken
        kept.append(dataclasses.replace(sent, quantity=sent.quantity - taken))
    return kept


def _passed_on(one: tracing.Edge, found: queries.Trace) -> bool:
    """From consignee to consignee; for a partner also what came to it. Our own deliveries are told apart."""
    onward = one.direction == "forward" and one.kind != "sell_back" and not one.to_status
    return onward and (not one.from_status or not found.whole)


def _limited(bands: Iterable[Band], found: queries.Trace) -> list[Band]:
    """The largest MOST ends of consignees; the others become one."""
    bands = list(bands)
    came: dict[str, Decimal] = {}
    customers = {f"s{site_id}" for site_id, node in found.nodes.items() if node.kind == "customer"}
    for one in bands:
        if one.target in customers:
            came[one.target] = came.get(one.target, ZERO) + one.quantity
    kept = set(sorted(came, key=lambda end: (-came[end], end))[:MOST])
    sums: dict[tuple[str, str], Decimal] = {}
    for one in bands:
        source = "others" if one.source in came and one.source not in kept else one.source
        target = "others" if one.target in came and one.target not in kept else one.target
        if source != target:
            sums[source, target] = sums.get((source, target), ZERO) + one.quantity
    return [Band(source, target, quantity) for (source, target), quantity in sums.items()]


def _without_circles(bands: Iterable[Band]) -> list[Band]:
    """The bands, largest first, less those that would close a circle."""
    onward: dict[str, set[str]] = {}
    kept = []
    for one in sorted(bands, key=lambda band: (-band.quantity, band.source, band.target)):
        if not _reaches(onward, one.target, one.source):
            onward.setdefault(one.source, set()).add(one.target)
            kept.append(one)
    return kept


def _reaches(onward: Mapping[str, set[str]], start: str, end: str) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        if here == end:
            return True
        waiting += [one for one in onward.get(here, ()) if one not in seen]
        seen |= onward.get(here, set())
    return False


def _names(found: queries.Trace, bands: Iterable[Band]) -> dict[str, str]:
    """End → its name, no two alike."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for end in dict.fromkeys(end for one in bands for end in (one.source, one.target)):
        name = _named(found, end)
        number = 2
        wanted = name
        while wanted in taken:
            wanted, number = f"{name} ({number})", number + 1
        taken.add(wanted)
        names[end] = wanted
    return names


def _named(found: queries.Trace, end: str) -> str:
    if end == "stock":
        return _("On hand")
    if end == "others":
        return _("Others")
    site_id = int(end.removeprefix("out").removeprefix("s"))
    name = words.place(found, site_id)
    if end.startswith("out") and found.nodes[site_id].kind == "supplier":
        return _("Sent back: %(name)s") % {"name": name}
    return name
