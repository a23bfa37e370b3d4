"""The trace as a table to hand over, with the journal's checkpoint: who keeps it is a witness."""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.compliance import holds, queries, showing, words
from qudao.kernel import periods, scope, tabular
from qudao.kernel.journal import queries as journal


def sheet() -> tabular.Sheet:
    """The columns, headed in the reader's language."""
    return tabular.Sheet(
        name=_("Trace"),
        columns=(
            tabular.Column(name="section", headers=(pgettext("trace", "Section"),)),
            tabular.Column(name="level", headers=(pgettext("trace", "Level"),), kind="integer"),
            tabular.Column(name="what", headers=(_("What"),), max_length=4000),
            tabular.Column(name="source", headers=(_("Moved from"),)),
            tabular.Column(name="target", headers=(pgettext("trace", "Place"),)),
            tabular.Column(name="condition", headers=(_("Condition"),)),
            tabular.Column(name="quantity", headers=(_("Quantity"),), kind="decimal", places=4),
            tabular.Column(name="unit", headers=(_("Unit"),)),
            tabular.Column(name="first_on", headers=(_("First moved"),), kind="date"),
            tabular.Column(name="last_on", headers=(_("Last moved"),), kind="date"),
            tabular.Column(name="shipped_on", headers=(pgettext("trace", "Shipped on"),)),
            tabular.Column(name="note", headers=(_("Note"),), max_length=4000),
            tabular.Column(name="person", headers=(_("Contact"),)),
            tabular.Column(name="phone", headers=(_("Telephone"),)),
            tabular.Column(name="address", headers=(_("Address"),)),
        ),
    )


def write(stream: IO[bytes], found: queries.Trace, *, actor: scope.Actor, today: dt.date) -> int:
    """Write the trace as .xlsx; returns the number of rows. The checkpoint stands in the last of them."""
    with scope.transaction(actor, acting=not actor.house):
        checkpoint = journal.find_checkpoint()
    told = queries.notices(found, actor) if found.whole else []
    first = found.subjects[0]
    title = " ".join(filter(None, (first.item_name, first.specification, first.lot, first.serial)))
    if first.hold:
        title += " · " + words.held(first)
    rows = itertools.chain(_about(found, actor, today), _rows(found, told, checkpoint))
    return tabular.write(stream, sheet(), rows, title=title)


def _about(found: queries.Trace, actor: scope.Actor, today: dt.date) -> Iterator[dict[str, Any]]:
    """What the goods are, and what was said of them when they were held."""
    for label, value in showing.facts(found.subjects[0], actor=actor, today=today):
        yield {"section": pgettext("trace", "Goods"), "what": str(label), "note": value}
    for one in holds.notes_on(found, actor):
        yield {
            "section": _("Holds and recalls"),
            "what": f"{words.move(one.what)} {one.number}",
            "first_on": periods.business_date(one.at),
            "person": one.by,
            "note": one.reason,
        }


def _rows(
    found: queries.Trace, told: Sequence[queries.Notice], checkpoint: str | None
) -> Iterator[dict[str, Any]]:
    unit = found.subjects[0].unit
    for one in found.totals:
        place = words.place(found, one.site_id) if one.site_id else ""
        yield {
            "section": _("Sums"),
            "what": words.total(one.code),
            "source" if one.side == "in" else "target": place,
            "condition": words.condition(one.status),
            "quantity": one.quantity if one.side == "in" else -one.quantity,
            "unit": unit,
        }
    for difference in found.differences:
        yield {"section": _("Differences"), "what": words.difference(found, difference)}
    for notice in told:
        yield {
            "section": _("Who must be told") if found.subjects[0].hold else _("Who received it"),
            "level": notice.level,
            "what": words.total("left"),
            "target": notice.name,
            "quantity": notice.left,
            "unit": unit,
            "person": notice.person,
            "phone": notice.phone,
            "address": notice.address,
        }
    for edge in found.edges:
        yield {
            "section": words.direction(edge.direction),
            "level": edge.level,
            "what": words.move(edge.kind),
            "source": words.place(found, edge.from_site_id),
            "target": words.place(found, edge.to_site_id),
            "condition": words.condition(edge.to_status),
            "quantity": edge.quantity,
            "unit": unit,
            "first_on": edge.first_on,
            "last_on": edge.last_on,
            "shipped_on": words.shipped(found, edge) or None,
        }
    for serial in found.serials:
        yield {
            "section": _("Serial numbers"),
            "what": serial.serial,
            "target": words.place(found, serial.site_id),
            "condition": words.condition(serial.status),
            "last_on": serial.on,
        }
    for line in (checkpoint or "").splitlines():
        if line:
            yield {"section": _("Journal checkpoint of this report"), "what": line}
