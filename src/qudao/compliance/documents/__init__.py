"""The trace report as PDF, with the journal's checkpoint: whoever keeps it is a witness."""

import datetime as dt
import pathlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.compliance import holds, queries, showing, words
from qudao.compliance.rules import tracing
from qudao.inventory import queries as inventory
from qudao.kernel import periods, scope
from qudao.kernel.journal import queries as journal
from qudao.organisation import queries as organisation
from qudao.ui import formats, pdf

HERE = pathlib.Path(__file__).parent


def trace_report(
    found: queries.Trace, chosen: queries.Subject, *, actor: scope.Actor, now: dt.datetime
) -> bytes:
    """Identity and hold, sums, the steps with their days, what was said of holds, who must be told, serial numbers,
    differences and the checkpoint, in the active language."""
    with scope.transaction(actor, acting=not actor.house):
        checkpoint = journal.find_checkpoint()
    told = queries.notices(found, actor) if found.whole else []
    today = periods.business_date(now)
    data: dict[str, Any] = {
        "title": _("Trace report"),
        "number": chosen.serial or chosen.lot,
        "issuer": _issuers(found, actor) if found.whole else "",
        "facts": [
            *([str(label), str(value)] for label, value in showing.facts(chosen, actor=actor, today=today)),
            [_("Printed"), formats.moment(now)],
        ],
        "held": words.held(chosen) if chosen.hold else "",
        "sums_title": _("Sums"),
        "sums_heads": [_("What"), pgettext("trace", "Place"), _("Condition"), _("Came in"), _("Is now")],
        "sums": _sums(found, chosen),
        "verdict": _("Everything that came in is accounted for.")
        if found.adds_up
        else " ".join(words.difference(found, one) for one in found.differences),
        "steps_title": _("Steps and their days"),
        "steps_heads": [
            _("What"),
            _("Moved from"),
            _("To"),
            _("Condition"),
            _("Quantity"),
            pgettext("trace", "Shipped on"),
            pgettext("trace", "Days"),
        ],
        "steps": _steps(found),
        "notes_title": _("Holds and recalls"),
        "notes_heads": [_("Hold"), _("What"), _("When"), pgettext("trace", "By"), _("Reason")],
        "notes": [
            [one.number, words.move(one.what), formats.moment(one.at), one.by, one.reason]
            for one in holds.notes_on(found, actor)
        ],
        "told_title": showing.told_title(chosen),
        "told_heads": [
            _("Dealer or hospital"),
            _("Received"),
            _("Sold on"),
            _("Returned"),
            _("Still there"),
            _("Contact"),
            _("Telephone"),
            _("Address"),
            _("Told on, by"),
        ],
        "told": _told(found, chosen, told),
        "serials_title": _("Serial numbers"),
        "serials_heads": [
            _("Serial number"),
            pgettext("trace", "Place"),
            _("Condition"),
            pgettext("trace", "Since"),
        ],
        "serials": [
            [one.serial, words.place(found, one.site_id), words.condition(one.status), formats.day(one.on)]
            for one in found.serials
        ],
        "checkpoint_title": _("Journal checkpoint of this report"),
        "checkpoint": checkpoint or _("none signed yet"),
        "witness": _(
            "Keep this page: the checkpoint proves later what the journal held when it was printed."
        ),
    }
    return pdf.render(HERE / "trace_report.typ", data)


def _issuers(found: queries.Trace, actor: scope.Actor) -> str:
    """Those of our entities through whose warehouses the goods went."""
    sites = {one.id: one.entity_id for one in inventory.list_sites(actor)}
    through = {sites[site_id] for site_id in found.nodes if site_id in sites}
    return "、".join(one.name for one in organisation.list_entities() if one.id in through)


def _sums(found: queries.Trace, chosen: queries.Subject) -> list[list[str]]:
    """What came in and where it is now, and both added up in the unit they are counted in."""
    return [
        *(
            [
                words.total(one.code),
                words.place(found, one.site_id) if one.site_id else "",
                words.condition(one.status),
                formats.quantity(one.quantity) if one.side == "in" else "",
                formats.quantity(one.quantity) if one.side == "out" else "",
            ]
            for one in found.totals
        ),
        [_in_all(chosen), "", "", formats.quantity(found.came), formats.quantity(found.out)],
    ]


def _steps(found: queries.Trace) -> list[list[str]]:
    """From the supplier to the last consignee, each with its days; what was signed for, with those it was shipped on."""
    return [
        [
            words.move(one.kind),
            words.place(found, one.from_site_id),
            words.indented(found, one.to_site_id, one.level),
            words.condition(one.to_status),
            formats.quantity(one.quantity),
            words.shipped(found, one),
            words.days(one.first_on, one.last_on),
        ]
        for one in found.edges
    ]


def _told(found: queries.Trace, chosen: queries.Subject, told: Sequence[queries.Notice]) -> list[list[str]]:
    """Whoever had it, each below whom it came from, with whom to call and where, and how much is still out."""
    contact = {one.party_id: one for one in told}

    def row(one: tracing.Holder) -> list[str]:
        whom = contact.get(found.nodes[one.site_id].party_id)
        return [
            words.indented(found, one.site_id, one.level),
            *(formats.quantity(value) for value in (one.came, one.passed_on, one.returned, one.left)),
            *((whom.person, whom.phone, whom.address) if whom else ("", "", "")),
            "",
        ]

    if not found.holders:
        return []
    left = sum((one.left for one in found.holders), Decimal(0))
    return [
        *(row(one) for one in showing.in_line(found)),
        [_in_all(chosen), "", "", "", formats.quantity(left), "", "", "", ""],
    ]


def _in_all(chosen: queries.Subject) -> str:
    return _("Total, %(unit)s") % {"unit": formats.unit(chosen.unit, 2)}
