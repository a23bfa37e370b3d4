"""`qudao trace`: the way of a lot or serial, both ways, with sums that agree or say where they do not."""

import json
import os
from collections.abc import Iterator, Sequence

from qudao.shell import starting


def configure(parser) -> None:
    parser.add_argument(
        "number", metavar="LOT_OR_SERIAL", help="a lot, serial number, device identifier or scan"
    )
    parser.add_argument("--item", help="our product code, where several products use the same number")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments) -> int:
    starting.ready()
    from django.utils import translation

    from qudao.compliance import queries
    from qudao.kernel import errors, scope

    actor = scope.system("cli")
    subjects = queries.find_subject(arguments.number, actor, limit=10_000)
    if arguments.item:
        subjects = [one for one in subjects if one.item_code == arguments.item]
    if not subjects:
        raise errors.refuse("compliance.nothing_found", text=arguments.number)
    items = sorted({one.item_code for one in subjects})
    if len(items) > 1:
        raise errors.refuse("compliance.several_found", text=arguments.number, items=", ".join(items))
    found = queries.trace(**goods(subjects), actor=actor)
    with translation.override(os.environ.get("QUDAO_LANGUAGE", "en")):
        if arguments.json:
            print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        else:
            print("\n".join(lines(found)))
    return 0


def goods(subjects: Sequence) -> dict[str, list[int]]:
    """The lots meant, or the serials where only serials are."""
    lots = sorted({one.lot_id for one in subjects if not one.serial_id})
    return {"lot_ids": lots} if lots else {"serial_ids": [one.serial_id for one in subjects]}


def lines(found) -> Iterator[str]:
    """The trace for people: subject, sums, differences, then the way indented by level."""
    from qudao.compliance import words
    from qudao.ui import formats

    for one in found.subjects:
        number = " / ".join(filter(None, (one.lot, one.serial)))
        held = f"  [{one.hold}: {one.hold_reason}]" if one.hold else ""
        yield f"{one.item_code} {one.item_name} {one.specification}  {number}{held}"
    yield ""
    for total in found.totals:
        place = " ".join(filter(None, (words.place(found, total.site_id), words.condition(total.status))))
        sign = "+" if total.side == "in" else "="
        yield f"  {sign} {formats.quantity(total.quantity):>12}  {words.total(total.code)}  {place}"
    yield ""
    yield "Adds up." if found.adds_up else "Does not add up:"
    for difference in found.differences:
        yield f"  ! {words.difference(found, difference)}"
    yield ""
    for edge in found.edges:
        arrow = {"backward": "<-", "inside": "..", "forward": "->"}[edge.direction]
        yield (
            f"{edge.first_on}  {'  ' * edge.level}{arrow} {words.place(found, edge.from_site_id)} →"
            f" {words.place(found, edge.to_site_id)}  {words.move(edge.kind)}"
            f" {formats.quantity(edge.quantity)} {words.condition(edge.to_status)}".rstrip()
        )
