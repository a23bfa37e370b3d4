"""What is shown of authorisations: on a partner's page, in the register and its Excel."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from qudao.kernel import periods
from qudao.partners import changing, forms, profile, queries
from qudao.partners.listing import Names
from qudao.ui import tables

HOLDING, OVER = ("valid", "expiring"), ("expired", "revoked")


def by_time(
    party: queries.PartyView, names: Names, wanted: changing.Wanted, today: dt.date
) -> list[tables.Table]:
    """What may be sold where, province by province: what holds, what begins later, and what is over, each where there
    is any. The parties named are those the actor sees."""
    hospitals = {one.hospital_id for one in party.authorisations if one.hospital_id}
    named = queries.party_names(hospitals, wanted.actor) if hospitals else {}
    granted = sorted(party.authorisations, key=lambda one: (one.territory_from, one.line_id, one.valid_from))
    rows = [
        row(one, names, named, today) | {"acts": profile.acts_of(wanted, one.id, ("revoke",))}
        for one in granted
    ]
    parts = {
        _("Authorisations in force"): [one for one in rows if one["state"] in HOLDING],
        _("Authorisations to come"): [one for one in rows if one["state"] == "pending"],
        _("Ended authorisations"): [one for one in rows if one["state"] in OVER],
    }
    return [_table(title, part) for title, part in parts.items() if part] or [_table(_("Authorisations"), [])]


def _table(title: str, rows: list[dict[str, Any]]) -> tables.Table:
    return tables.Table(
        label=title,
        columns=[
            tables.Column(key="where", label=_("Territory"), sub="hospital"),
            tables.Column(key="line", label=_("Product line"), sub="kind"),
            tables.Column(key="state", label=_("State"), kind="status", status="authorisation"),
            tables.Column(key="exclusive", label=_("Exclusivity")),
            tables.Column(key="valid_from", label=_("Valid from"), kind="day"),
            tables.Column(key="last_day", label=_("Valid to"), kind="day"),
            tables.Column(key="target", label=_("Target"), kind="money"),
            tables.Column(key="entity", label=_("Granted by")),
            *profile.changing_column(rows),
        ],
        rows=rows,
        empty=tables.Empty(
            title=_("No authorisation"),
            hint=_("Without one, nothing can be sold on from here."),
            icon="file-certificate",
        ),
    )


def count(party: queries.PartyView, today: dt.date) -> int:
    """Those in force, as the list of partners and the register count them: what is over or to come is listed only."""
    return sum(_state(one, today) in HOLDING for one in party.authorisations)


def row(
    one: queries.AuthorisationView, names: Names, hospitals: Mapping[int, str], today: dt.date
) -> dict[str, Any]:
    """One authorisation as plain values, for tables and Excel."""
    kinds = [
        str(forms.AUTHORISATION_KINDS.get(one.kind, one.kind)),
        _("Ban") if one.effect == "deny" else "",
        _("May be passed on") if one.sublicence else "",
        one.channel,
    ]
    return {
        "line": names.lines.get(one.line_id, _("All lines")) if one.line_id else _("All lines"),
        "kind": " · ".join(filter(None, kinds)),
        "where": one.territory or _("Whole country"),
        "hospital": hospitals.get(one.hospital_id, "") if one.hospital_id else "",
        "exclusive": _("Exclusive") if one.exclusive else _("Non-exclusive"),
        "state": _state(one, today),
        "valid_from": one.valid_from,
        "last_day": periods.last_day(one.valid_until),
        "target": one.target,
        "entity": names.entities.get(one.entity_id, ""),
    }


def _state(one: queries.AuthorisationView, today: dt.date) -> str:
    if one.revoked_on is not None and one.revoked_on <= today:
        return "revoked"
    if one.valid_from > today:
        return "pending"
    if one.valid_until is not None and one.valid_until <= today:
        return "expired"
    soon = today + dt.timedelta(days=profile.EXPIRING)
    return "expiring" if one.valid_until is not None and one.valid_until <= soon else "valid"
