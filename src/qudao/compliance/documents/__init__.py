"""The trace report as PDF, with the journal's checkpoint: whoever keeps it is a witness."""

import datetime as dt
import pathlib
from typing import Any

from django.utils.translation import gettext as _

from qudao.compliance import queries, showing, words
from qudao.kernel import periods, scope
from qudao.kernel.journal import queries as journal
from qudao.organisation import queries as organisation
from qudao.ui import formats, pdf

HERE = pathlib.Path(__file__).parent


def trace_report(
    found: queries.Trace, chosen: queries.Subject, *, actor: scope.Actor, now: dt.datetime
) -> bytes:
    """Identity, sums, who must be told, differences and the checkpoint, in the active language."""
    with scope.transaction(actor, acting=not actor.house):
        checkpoint = journal.find_checkpoint()
    told = queries.notices(found, actor) if found.whole else []
    contact = {one.party_id: one for one in told}
    entities = organisation.list_entities()
    data: dict[str, Any] = {
        "title": _("Trace report"),
        "number": chosen.serial or chosen.lot,
        "issuer": entities[0].name if entities and found.whole else "",
        "facts": [
            *([str(label), str(value)] for label, value in showing.facts(chosen, periods.business_date(now))),
            [_("Printed"), formats.moment(now)],
        ],
        "sums_title": _("Sums"),
        "sums_heads": [_("What"), _("Place"), _("Condition"), _("Came in"), _("Is now")],
        "sums": [
            [
                words.total(one.code),
                words.place(found, one.site_id) if one.site_id else "",
                words.condition(one.status),
                formats.quantity(one.quantity) if one.side == "in" else "",
                formats.quantity(one.quantity) if one.side == "out" else "",
            ]
            for one in found.totals
        ],
        "verdict": _("Everything that came in is accounted for.")
        if found.adds_up
        else " ".join(words.difference(found, one) for one in found.differences),
        "told_title": _("Who must be told"),
        "told_heads": [
            _("Dealer or hospital"),
            _("Came"),
            _("Sold on"),
            _("Returned"),
            _("Still there"),
            _("Contact"),
            _("Told on, by"),
        ],
        "told": [
            [
                words.place(found, one.site_id),
                *(formats.quantity(value) for value in (one.came, one.passed_on, one.returned, one.left)),
                words.contact(contact[party])
                if (party := found.nodes[one.site_id].party_id) in contact
                else "",
                "",
            ]
            for one in found.holders
        ],
        "checkpoint_title": _("Journal checkpoint of this report"),
        "checkpoint": checkpoint or _("none signed yet"),
        "witness": _(
            "Keep this page: the checkpoint proves later what the journal held when it was printed."
        ),
    }
    return pdf.render(HERE / "trace_report.typ", data)
