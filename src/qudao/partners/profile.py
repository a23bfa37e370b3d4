"""What the page of one partner shows, made from its view."""

import datetime as dt
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qudao.kernel import scope
from qudao.organisation import queries_journal, queries_people
from qudao.partners import labels, queries
from qudao.partners.listing import Names
from qudao.ui import formats, tables
from qudao.ui.templatetags import ui as tags

TIMELINE = 30
EXPIRING = 90
LAPSED = ("expired", "revoked", "suspended")


def state(party: queries.PartyView) -> SafeString:
    """The tag beside the name."""
    if party.frozen_at is not None:
        return tags.status_tag("partner", "frozen")
    if party.admission != "effective":
        return tags.status_tag("partner", "candidate")
    return tags.status_tag("partner", "active")


def facts(party: queries.PartyView) -> list[tuple[str, Any]]:
    """Identity: label and value, what is not known left out."""
    hospital = " ".join(filter(None, (party.nature, party.grade, party.type))) if party.grade else ""
    known = [
        (_("Short name"), party.short_name),
        (_("Credit code"), party.uscc),
        (_("Kind"), labels.KINDS.get(party.kind, party.kind)),
        (_("Hospital"), hospital),
        (_("Place"), party.territory_name),
        (_("Address"), party.address),
        (_("Telephone"), party.phone),
        (_("Frozen since"), party.frozen_at and formats.moment(party.frozen_at)),
    ]
    return [(label, value) for label, value in known if value]


def licences(party: queries.PartyView, today: dt.date) -> tables.Table:
    """Licences with how long they last and what nothing else covers."""
    return tables.Table(
        label=_("Licences"),
        columns=[
            tables.Column(key="kind", label=_("Licence"), sub="number"),
            tables.Column(key="state", label=_("State")),
            tables.Column(key="last_day", label=_("Valid to"), sub="renewal"),
            tables.Column(key="scope", label=_("Scope"), sub="mode"),
            tables.Column(key="locks", label=_("Locks")),
        ],
        rows=[_licence_row(licence, today) for licence in party.licences],
        empty=tables.Empty(
            title=_("No licence on file"),
            hint=_("Until the distribution permit is recorded, nothing of class II or III can be sold here."),
            icon="certificate-off",
        ),
    )


def _licence_row(licence: queries.LicenceView, today: dt.date) -> dict[str, Any]:
    lapsed = licence.state in LAPSED
    classes = labels.several(labels.CLASSES, licence.locks)
    said = _("%(classes)s locked") if lapsed else _("%(classes)s depend on it")
    return {
        "kind": labels.LICENCES.get(licence.kind, licence.kind),
        "number": licence.number,
        "state": _licence_tag(licence),
        "last_day": formats.day(licence.last_day) if licence.last_day else _("no expiry"),
        "renewal": _renewal(licence, today),
        "scope": _scope(licence),
        "mode": labels.MODES.get(licence.mode, licence.mode),
        "locks": said % {"classes": classes} if classes else "",
        "locks_tone": "bad" if lapsed else None,
    }


def _licence_tag(licence: queries.LicenceView) -> SafeString:
    if licence.state == "suspended":
        return tags.tag("bad", _("Suspended"))
    if licence.state == "expiring":
        return tags.tag("warn", _("expires in %(days)s days") % {"days": licence.days_left})
    if licence.state == "expired" and licence.days_left is not None:
        return tags.tag("bad", _("expired %(days)s days ago") % {"days": -licence.days_left})
    return tags.status_tag("licence", {"not_yet_valid": "pending"}.get(licence.state, licence.state))


def _renewal(licence: queries.LicenceView, today: dt.date) -> str:
    if licence.renewal is None or licence.state not in ("valid", "expiring"):
        return ""
    window = licence.renewal
    if today > window.closes_on:
        return _("renewal window closed on %(closes)s") % {"closes": window.closes_on}
    if today >= window.opens_on:
        return _("renewal window open, %(days)s working days left") % {"days": window.days_left}
    return _("renewal from %(opens)s to %(closes)s") % {"opens": window.opens_on, "closes": window.closes_on}


def _scope(licence: queries.LicenceView) -> str:
    """Categories by catalogue and class: `2017 III: 03 13`."""
    groups: dict[tuple[str, int], list[str]] = {}
    for entry in licence.scope:
        mark = f"（{labels.QUALIFIERS[entry.qualifier]}）" if entry.qualifier else ""
        groups.setdefault((entry.catalogue, entry.device_class), []).append(f"{entry.category_code}{mark}")
    return "；".join(
        f"{catalogue} {'I' * device_class}: {' '.join(codes)}"
        for (catalogue, device_class), codes in groups.items()
    )


def authorisations(
    party: queries.PartyView, names: Names, actor: scope.Actor, today: dt.date
) -> tables.Table:
    """What may be sold where; the parties named are those the actor sees."""
    hospitals = {one.hospital_id for one in party.authorisations if one.hospital_id}
    named = queries.party_names(hospitals, actor) if hospitals else {}
    return tables.Table(
        label=_("Authorisations"),
        columns=[
            tables.Column(key="line", label=_("Product line"), sub="kind"),
            tables.Column(key="where", label=_("Territory"), sub="hospital"),
            tables.Column(key="state", label=_("State"), kind="status", status="authorisation"),
            tables.Column(key="valid_from", label=_("From"), kind="day"),
            tables.Column(key="valid_until", label=_("Until before"), kind="day"),
            tables.Column(key="target", label=_("Target"), kind="money"),
            tables.Column(key="entity", label=_("Granted by")),
        ],
        rows=[_authorisation_row(one, names, named, today) for one in party.authorisations],
        empty=tables.Empty(
            title=_("No authorisation"),
            hint=_("Without one, nothing can be sold on from here."),
            icon="file-certificate",
        ),
    )


def _authorisation_row(
    one: queries.AuthorisationView, names: Names, hospitals: dict[int, str], today: dt.date
) -> dict[str, Any]:
    kinds = [_("Ban") if one.effect == "deny" else "", _("exclusive") if one.exclusive else ""]
    return {
        "line": names.lines.get(one.line_id, _("all lines")) if one.line_id else _("all lines"),
        "kind": " · ".join(filter(None, kinds)),
        "where": one.territory or _("whole country"),
        "hospital": hospitals.get(one.hospital_id, "") if one.hospital_id else "",
        "state": _authorisation_state(one, today),
        "valid_from": one.valid_from,
        "valid_until": one.valid_until,
        "target": one.target,
        "entity": names.entities.get(one.entity_id, ""),
    }


def _authorisation_state(one: queries.AuthorisationView, today: dt.date) -> str:
    if one.revoked_on is not None and one.revoked_on <= today:
        return "revoked"
    if one.valid_from > today:
        return "pending"
    if one.valid_until is not None and one.valid_until <= today:
        return "expired"
    soon = today + dt.timedelta(days=EXPIRING)
    return "expiring" if one.valid_until is not None and one.valid_until <= soon else "valid"


def accounts(party: queries.PartyView, names: Names) -> tables.Table:
    """Channel accounts: one per legal entity and product line, with what stands above each."""
    people = queries_people.names_of(f"person:{one.sales_person_id}" for one in party.accounts)
    return tables.Table(
        label=_("Channel accounts"),
        columns=[
            tables.Column(key="line", label=_("Product line"), sub="entity"),
            tables.Column(key="role", label=_("Role")),
            tables.Column(key="tier", label=_("Tier"), kind="status", status="grade"),
            tables.Column(key="above", label=_("Under")),
            tables.Column(key="region", label=_("Region")),
            tables.Column(key="sales", label=_("Sales")),
            tables.Column(key="state", label=_("State"), kind="status", status="account"),
        ],
        rows=[
            {
                "line": names.lines.get(one.line_id, one.line_id),
                "entity": names.entities.get(one.entity_id, ""),
                "role": labels.ROLES.get(one.role, one.role),
                "tier": one.tier,
                "above": party.parent_names.get(one.parent_id or 0, "") if one.parent_id else _("ourselves"),
                "region": names.regions.get(one.region_id, ""),
                "sales": people.get(f"person:{one.sales_person_id}", ""),
                "state": one.status,
            }
            for one in party.accounts
        ],
        empty=tables.Empty(
            title=_("No channel account"),
            hint=_("An account per legal entity and product line carries tier, region and terms."),
            icon="sitemap",
        ),
    )


def places(party: queries.PartyView) -> list[dict[str, str]]:
    """Where goods are sent to."""
    return [
        {"name": one.name, "kind": str(labels.PLACES.get(one.kind, one.kind)), "address": one.address}
        for one in party.places
    ]


def timeline(party: queries.PartyView, actor: scope.Actor) -> list[dict[str, Any]]:
    """What happened to the party, its file, its accounts and its debtors, newest first."""
    nodes = {party.file_node_id}
    for account in party.accounts:
        nodes |= {account.node_id, account.debtor_node_id}
    found = queries_journal.list_about(
        subjects=[f"partners.party:{party.id}"], node_ids=sorted(nodes), actor=actor, limit=TIMELINE
    )
    return queries_journal.as_timeline(found, links=actor.can("organisation.journal.view"))
