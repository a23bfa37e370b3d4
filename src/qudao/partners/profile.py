"""What the page of one partner shows, made from its view."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qudao.catalog import queries as catalog_queries
from qudao.kernel import messages, scope
from qudao.organisation import queries_people
from qudao.partners import changes, changing, labels, queries, territories
from qudao.partners.listing import Names
from qudao.ui import formats, marks, tables

EXPIRING = 90
LAPSED = ("expired", "revoked", "suspended")


def state(party: queries.PartyView) -> SafeString:
    """The tag beside the name."""
    if party.frozen_at is not None:
        return marks.state("partner", "frozen")
    if party.admission != "effective":
        return marks.tag("bad" if party.admission == "locked" else "warn", labels.ADMISSION[party.admission])
    return marks.state("partner", "active")


def facts(party: queries.PartyView) -> list[tuple[str, Any]]:
    """Identity: label and value, what is not known left out."""
    hospital = labels.hospital(party.nature, party.grade, party.type) if party.grade else ""
    known = [
        (_("Short name"), party.short_name),
        (_("Credit code"), party.uscc),
        (_("Kind"), labels.KINDS.get(party.kind, party.kind)),
        (_("Hospital level"), hospital),
        (_("Place"), party.territory_name),
        (_("Address"), party.address),
        (_("Telephone"), party.phone),
        (_("Frozen since"), party.frozen_at and formats.moment(party.frozen_at)),
    ]
    return [(label, value) for label, value in known if value]


Locks = dict[int, tuple[queries.Lock, ...]]


def locks(party: queries.PartyView) -> Locks:
    """Licence → the goods of the party's lines that rest on it alone."""
    shapes = catalog_queries.assortments()
    lines = {one.line_id for one in party.accounts if one.is_open}
    return {one.id: queries.locks_of(one, lines, shapes) for one in party.licences}


def licences(
    party: queries.PartyView, names: Names, today: dt.date, wanted: changing.Wanted | None = None
) -> tables.Table:
    """Licences with how long they last and what nothing else covers; with what may be done where asked for."""
    held = locks(party)
    rows = [_licence_row(one, names, held[one.id], today, wanted) for one in party.licences]
    return tables.Table(
        label=_("Licences"),
        columns=[
            tables.Column(key="kind", label=_("Licence"), sub="number"),
            tables.Column(key="state", label=_("State")),
            tables.Column(key="last_day", label=_("Valid to"), sub="renewal", wrap=True),
            tables.Column(key="locks", label=_("Locks when it lapses"), sub="goods", wrap=True),
            *([tables.Column(key="scope", label=_("Scope"), sub="mode", wrap=True)] if wanted else []),
            *changing_column(rows),
        ],
        rows=rows,
        empty=tables.Empty(
            title=_("No licence on file"),
            hint=_("Until the distribution permit is recorded, nothing of class II or III can be sold here."),
            icon="certificate-off",
        ),
    )


def changing_column(rows: Sequence[Mapping[str, Any]]) -> list[tables.Column]:
    """The column of what may be done with a row, where there is anything: most who look may change nothing."""
    return (
        [tables.Column(key="acts", label=_("Actions"), wrap=True)] if any(row["acts"] for row in rows) else []
    )


def _licence_row(
    licence: queries.LicenceView,
    names: Names,
    held: tuple[queries.Lock, ...],
    today: dt.date,
    wanted: changing.Wanted | None,
) -> dict[str, Any]:
    return {
        "kind": labels.LICENCES.get(licence.kind, licence.kind),
        "number": number_words(licence),
        "state": _licence_tag(licence),
        "last_day": formats.day(licence.last_day) if licence.last_day else _("No expiry"),
        "renewal": renewal(licence),
        "scope": _scope(licence),
        "mode": labels.MODES.get(licence.mode, licence.mode),
        "locks": locks_words(licence),
        "locks_tone": "bad" if licence.state in LAPSED and licence.locks else None,
        "goods": goods_words(held, names),
        "acts": acts_of(
            wanted, licence.id, ("licence", "licence_suspend", "licence_reinstate", "licence_revoke")
        )
        if wanted
        else "",
    }


def locks_words(licence: queries.LicenceView) -> str:
    """Which classes are refused, and from which day."""
    classes = labels.several(labels.CLASSES, licence.locks)
    if not classes:
        return ""
    if licence.state in LAPSED:
        return _("%(classes)s locked") % {"classes": classes}
    if licence.last_day is None:
        return _("%(classes)s depend on it") % {"classes": classes}
    return _("%(classes)s refused from %(day)s") % {
        "classes": classes,
        "day": licence.last_day + dt.timedelta(days=1),
    }


def goods_words(held: tuple[queries.Lock, ...], names: Names) -> str:
    """Product lines, number of products and categories: 心血管 12 个产品（03、13）."""
    return formats.clauses(
        _("%(line)s %(class)s: %(items)s products (%(categories)s)")
        % {
            "line": names.lines.get(one.line_id, one.line_id),
            "class": labels.CLASSES[one.device_class],
            "items": one.items,
            "categories": formats.listed(one.categories),
        }
        for one in held
    )


_SHORT = {
    "licence": gettext_lazy("Renew"),
    "licence_suspend": gettext_lazy("Suspend"),
    "licence_reinstate": gettext_lazy("Reinstate"),
    "licence_revoke": pgettext_lazy("licence", "Revoke"),
    "tier": gettext_lazy("Change tier"),
    "place_change": gettext_lazy("Change"),
    "account_close": gettext_lazy("Close"),
    "revoke": gettext_lazy("Revoke"),
}


def acts_of(wanted: changing.Wanted, of: int, steps: tuple[str, ...]) -> SafeString:
    """Links to what may be done with one row; they open in the panel."""
    row = dataclasses.replace(wanted, of=of)
    address = reverse("partner_change", args=[wanted.party.id])
    offered = [step for step in steps if changes.may(step, row) and not _idle(step, row)]
    return format_html_join(
        " · ",
        '<a href="{}?step={}&amp;of={}" data-drawer>{}</a>',
        ((address, step, of, _SHORT[step]) for step in offered),
    )


def _idle(step: str, row: changing.Wanted) -> bool:
    """Steps that would change nothing as the row stands."""
    match step:
        case "licence":
            return row.licence.last_day is None and row.licence.revoked_on is None
        case "licence_suspend":
            return row.licence.suspended
        case "licence_reinstate":
            return not row.licence.suspended
        case "tier" | "account_close":
            return not row.account.is_open
        case "revoke":
            until = row.authorisation.valid_until
            return until is not None and until <= row.today
    return False


def _licence_tag(licence: queries.LicenceView) -> SafeString:
    if licence.state == "suspended":
        return marks.tag("bad", _("Suspended"))
    if licence.state == "expiring":
        return marks.tag("warn", labels.expires_in(licence.days_left))
    if licence.state == "expired" and licence.days_left is not None:
        return marks.tag("bad", labels.expired(-licence.days_left))
    return marks.state("licence", {"not_yet_valid": "pending"}.get(licence.state, licence.state))


def number_words(licence: queries.LicenceView) -> str:
    """The number, with a word where its shape is none that such licences have."""
    if licence.doubt is None:
        return licence.number
    return f"{licence.number} · {messages.render(licence.doubt).title}"


def renewal(licence: queries.LicenceView, *, brief: bool = False) -> str:
    """When the renewal is due; `brief` says "about" where the whole words name the years that are assumed."""
    if licence.renewal is None or licence.state not in ("valid", "expiring"):
        return ""
    window = licence.renewal
    about = brief and window.assumed_years
    if window.state == "late":
        return _("Renewal window closed on %(closes)s") % {"closes": window.closes_on}
    if window.state == "open":
        words = (
            _("Renewal window open, about %(days)s working days left")
            if about
            else _("Renewal window open, %(days)s working days left")
        )
        said = words % {"days": window.days_left}
    else:
        words = (
            _("Renewal from about %(opens)s to %(closes)s")
            if about
            else _("Renewal from %(opens)s to %(closes)s")
        )
        said = words % {"opens": window.opens_on, "closes": window.closes_on}
    if brief or not window.assumed_years:
        return said
    years = ", ".join(map(str, window.assumed_years))
    assumed = _("holidays of %(years)s not published yet") % {"years": years}
    return formats.clauses([said, assumed])


def renewal_tone(licence: queries.LicenceView) -> str | None:
    """Too late is bad, due now is a warning."""
    window = licence.renewal
    if window is None or licence.state not in ("valid", "expiring"):
        return None
    return {"early": None, "open": "warn", "late": "bad"}[window.state]


def _scope(licence: queries.LicenceView) -> str:
    """Categories by class and catalogue: `class III (catalogue of 2017): 03 13`."""
    held: dict[tuple[str, int], list[str]] = {}
    for entry in licence.scope:
        mark = _(" (%(words)s)") % {"words": labels.QUALIFIERS[entry.qualifier]} if entry.qualifier else ""
        held.setdefault((entry.catalogue, entry.device_class), []).append(f"{entry.category_code}{mark}")
    # Classes with the same categories are said once.
    alike: dict[tuple[str, str], list[int]] = {}
    for (catalogue, device_class), codes in held.items():
        alike.setdefault((catalogue, " ".join(codes)), []).append(device_class)
    return formats.clauses(
        _("%(class)s (catalogue of %(catalogue)s): %(codes)s")
        % {"class": labels.several(labels.CLASSES, sorted(classes)), "catalogue": catalogue, "codes": codes}
        for (catalogue, codes), classes in alike.items()
    )


def accounts(party: queries.PartyView, names: Names, wanted: changing.Wanted) -> tables.Table:
    """Channel accounts: one per legal entity and product line, with what stands above each."""
    people = queries_people.names_of(f"person:{one.sales_person_id}" for one in party.accounts)
    rows = [
        {
            "line": names.lines.get(one.line_id, one.line_id),
            "entity": names.entities.get(one.entity_id, ""),
            "role": labels.ROLES.get(one.role, one.role),
            "tier": one.tier,
            "above": party.parent_names.get(one.parent_id or 0, "") if one.parent_id else _("Our company"),
            "region": names.regions.get(one.region_id, ""),
            "sales": people.get(f"person:{one.sales_person_id}", ""),
            "state": one.status,
            "acts": acts_of(wanted, one.id, ("tier", "account_close")),
        }
        for one in party.accounts
    ]
    return tables.Table(
        label=_("Channel accounts"),
        columns=[
            tables.Column(key="line", label=_("Product line"), sub="entity"),
            tables.Column(key="role", label=_("Partner role")),
            tables.Column(key="tier", label=_("Tier"), kind="status", status="grade"),
            tables.Column(key="above", label=_("Under")),
            tables.Column(key="region", label=_("Region")),
            *(
                [tables.Column(key="sales", label=_("Sales representative"))]
                if any(row["sales"] for row in rows)
                else []
            ),
            tables.Column(key="state", label=_("State"), kind="status", status="account"),
            *changing_column(rows),
        ],
        rows=rows,
        empty=tables.Empty(
            title=_("No channel account"),
            hint=_("An account per legal entity and product line carries tier, region and terms."),
            icon="sitemap",
        ),
    )


def tiers(party: queries.PartyView, names: Names, actor: scope.Actor) -> tables.Table:
    """等级变更: every tier an account had, who decided it and why."""
    found = queries.tier_history([one.id for one in party.accounts], actor=actor)
    people = queries_people.names_of(one.decided_by for one in found)
    lines = {one.id: names.lines.get(one.line_id, "") for one in party.accounts}
    return tables.Table(
        label=_("Tier history"),
        columns=[
            tables.Column(key="from_on", label=_("Valid from"), kind="day"),
            tables.Column(key="line", label=_("Product line")),
            tables.Column(key="tier", label=_("Tier"), kind="status", status="grade"),
            tables.Column(key="reason", label=_("Reason")),
            tables.Column(key="who", label=_("By")),
        ],
        rows=[
            {
                "from_on": one.from_on,
                "line": lines.get(one.account_id, ""),
                "tier": one.tier,
                "reason": one.reason or _("Account opened"),
                "who": people.get(one.decided_by, ""),
            }
            for one in found
        ],
    )


def places(party: queries.PartyView, wanted: changing.Wanted) -> tables.Table:
    """Where goods are sent to; departments under their campus."""
    below: dict[int, list[queries.Place]] = {}
    for one in party.places:
        below.setdefault(one.parent_id or 0, []).append(one)
    ordered = [(one, child) for one in below.get(0, []) for child in (None, *below.get(one.id, []))]
    rows = [_place_row(child or one, child is not None, wanted) for one, child in ordered]
    return tables.Table(
        label=_("Delivery places"),
        columns=[
            tables.Column(key="name", label=_("Delivery place"), sub="kind"),
            tables.Column(key="territory", label=_("Place")),
            tables.Column(key="address", label=_("Address")),
            tables.Column(key="contact", label=_("Contact"), sub="phone", sub_label=_("Telephone")),
            *changing_column(rows),
        ],
        rows=rows,
        empty=tables.Empty(
            title=_("No delivery place"),
            hint=_("Orders are sent to a place: a campus, a department, a warehouse or an office."),
            icon="map-pin",
        ),
    )


def _place_row(place: queries.Place, below: bool, wanted: changing.Wanted) -> dict[str, Any]:
    return {
        "name": f"　{place.name}" if below else place.name,
        "kind": labels.PLACES.get(place.kind, place.kind),
        "territory": territories.label(place.territory),
        "address": place.address,
        "contact": place.contact,
        "phone": place.phone,
        "acts": acts_of(wanted, place.id, ("place_change",)),
    }
