"""What the page of one device shows, made from its view."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qudao.catalog import labels, listing, queries
from qudao.kernel import periods, scope
from qudao.organisation import queries as organisation
from qudao.organisation import queries_journal
from qudao.ui import formats, marks, status, tables

TIMELINE = 15


def state(found: queries.ItemDetail, today: dt.date) -> SafeString:
    """The tag beside the name: how its certificate stands."""
    shown = status.show("certificate", queries.standing_of(found.certificates, today))
    return marks.tag(shown.tone, _("Certificate: %(state)s") % {"state": shown.label})


def facts(found: queries.ItemDetail) -> list[tuple[str, Any]]:
    """What the head does not say: label and value, what is not known left out."""
    item = found.item
    months = item.shelf_life_months
    known = [
        (_("Product line"), queries.line_names().get(item.line_id, "")),
        (_("Class"), labels.CLASSES[item.device_class]),
        (_("Category"), " / ".join(filter(None, (item.category_code, item.category_2002)))),
        (_("Storage"), item.storage),
        (_("Kind"), formats.listed(listing.traits(item))),
        (_("Tracking"), labels.TRACKING.get(item.tracking, item.tracking)),
        (_("Shelf life"), _("%(months)s months") % {"months": months} if months else ""),
        (_("Base unit"), formats.unit(item.base_unit)),
        (_("Price unit"), _price_unit(item)),
        (_("VAT today"), formats.rate(item.tax_rate) if item.tax_rate is not None else ""),
        (_("Tax classification code"), item.tax_code),
    ]
    return [(label, value) for label, value in known if value]


def _price_unit(item: queries.ItemView) -> str:
    if item.price_unit_factor == 1:
        return formats.unit(item.price_unit)
    return f"{formats.unit(item.price_unit)} = {formats.quantity(item.price_unit_factor, item.base_unit)}"


def certificates(found: queries.ItemDetail, today: dt.date) -> tables.Table:
    """Every version, the newest first, with the production dates it covers."""
    ordered = sorted(found.certificates, key=lambda one: (one.period.valid_from, one.version), reverse=True)
    revoked = {one.certificate_id for one in ordered if one.revoked_on and one.revoked_on <= today}
    return tables.Table(
        label=_("Registration certificates"),
        columns=[
            tables.Column(key="number", label=_("Certificate"), sub="version"),
            tables.Column(key="made", label=_("Covers goods made"), kind="tag", sub="says"),
            tables.Column(key="registrant", label=_("Registrant"), sub="permit"),
        ],
        rows=[
            {
                "url": reverse("certificate", args=[one.certificate_id]),
                "number": one.number,
                "version": _("Version %(number)s") % {"number": one.version},
                "registrant": one.registrant,
                "permit": one.production_permit,
                **_covered(one, one.certificate_id in revoked, today),
            }
            for one in ordered
        ],
        empty=tables.Empty(
            title=_("No certificate on file"),
            hint=_("Until a certificate lists it, it can be neither bought nor sold."),
            icon="certificate-off",
        ),
    )


def _covered(one: queries.ItemCertificate, revoked: bool, today: dt.date) -> dict[str, str]:
    """Which production dates a version covers, in words and colour: green now, grey for older goods."""
    last = periods.last_day(one.period.valid_until)
    made = f"{one.period.valid_from} – {last or _('no expiry')}"
    if not one.covers:
        tone, says, made = "hold", _("No longer lists this model"), _("None")
    elif revoked:
        tone, says = "bad", _("Revoked: nothing made under it may be sold")
    elif one.period.valid_from > today:
        tone, says = "info", _("Begins later")
    elif last is not None and last < today:
        tone, says = "hold", _("Goods made then stay sellable until they expire")
    else:
        tone, says = "ok", _("Covers what is made today")
    return {"made": made, "made_tone": tone, "says": says}


def packages(found: queries.ItemDetail) -> tables.Table:
    """The packaging as a tree, the largest on top: DI, and how many of the next smaller it holds."""
    ordered = sorted(found.identifiers, key=lambda one: (-one.base_quantity, -one.level, one.di))
    depths = sorted({one.base_quantity for one in ordered}, reverse=True)
    return tables.Table(
        label=_("Packaging and device identifiers"),
        columns=[
            tables.Column(key="unit", label=_("Package")),
            tables.Column(key="di", label=_("DI"), sub="version"),
            tables.Column(key="holds", label=_("Contains")),
            tables.Column(key="base", label=_("In base units"), kind="qty"),
            tables.Column(key="level", label=_("Level")),
            tables.Column(key="carrier", label=_("Standard"), sub="serial"),
        ],
        rows=[_package(one, ordered, depths.index(one.base_quantity)) for one in ordered],
        empty=tables.Empty(
            title=_("No device identifier"),
            hint=_("Link the device register's record, and scanners will know it."),
            icon="barcode-off",
        ),
    )


def _package(one: queries.Identifier, every: list[queries.Identifier], depth: int) -> dict[str, Any]:
    inner = next((other for other in every if other.base_quantity < one.base_quantity), None)
    holds = ""
    if inner and one.base_quantity % inner.base_quantity == 0:
        holds = formats.quantity(one.base_quantity // inner.base_quantity, inner.unit)
    level = {-1: _("Inside the sale unit"), 0: _("Sale unit")}
    return {
        "unit": f"{'　' * (depth - 1)}└ {formats.unit(one.unit)}" if depth else formats.unit(one.unit),
        "di": one.di,
        "version": _("Version %(number)s") % {"number": one.version} if one.version > 1 else "",
        "holds": holds,
        "base": one.base_quantity,
        "level": level.get(one.level, _("Package %(level)s") % {"level": one.level}),
        "carrier": labels.CARRIERS.get(one.carrier, ""),
        "serial": _("Serial number on the label") if one.serial_required else "",
    }


def details(found: queries.ItemDetail, today: dt.date) -> list[tables.Table]:
    """Units in their versions, tax by date, codes of payers and platforms where recorded."""
    tables_ = [_units(found.item), _taxes(found, today)]
    codes = queries.codes_of(found.item.id)
    if codes:
        tables_.append(_codes(codes))
    return tables_


def _units(item: queries.ItemView) -> tables.Table:
    versions = queries.unit_versions(item.id)
    newest = {one.unit: one.version for one in reversed(versions)}
    return tables.Table(
        label=_("Units"),
        columns=[
            tables.Column(key="unit", label=_("Unit"), kind="unit"),
            tables.Column(key="factor", label=_("In base units"), kind="qty"),
            tables.Column(key="version", label=_("Version")),
        ],
        rows=[
            {
                "unit": one.unit,
                "factor": one.factor,
                "version": f"v{one.version}"
                + ("" if one.version == newest[one.unit] else f" · {_('superseded')}"),
            }
            for one in versions
        ],
    )


def _taxes(found: queries.ItemDetail, today: dt.date) -> tables.Table:
    entities = {one.id: one.short_name for one in organisation.list_entities()}
    return tables.Table(
        label=_("VAT by date"),
        columns=[
            tables.Column(key="period", label=_("Validity"), sub="entity"),
            tables.Column(key="rate", label=_("VAT rate"), kind="rate"),
            tables.Column(key="treatment", label=_("Treatment")),
        ],
        rows=[
            {
                "period": _days(one.period.valid_from, one.period.valid_until),
                "period_tone": "ok" if one.period.contains(today) else None,
                "entity": entities.get(one.entity_id, "") if one.entity_id else "",
                "rate": one.rate,
                "treatment": labels.TREATMENTS.get(one.treatment, one.treatment),
            }
            for one in sorted(found.taxes, key=lambda one: one.period.valid_from, reverse=True)
        ],
        empty=tables.Empty(
            title=_("No tax treatment"), hint=_("It cannot be sold without one."), icon="receipt-tax"
        ),
    )


def _codes(codes: list[queries.Code]) -> tables.Table:
    return tables.Table(
        label=_("Codes"),
        columns=[
            tables.Column(key="scheme", label=_("Kind")),
            tables.Column(key="code", label=_("Code")),
            tables.Column(key="unit", label=_("Unit"), kind="unit"),
        ],
        rows=[
            {"scheme": labels.SCHEMES.get(one.scheme, one.scheme), "code": one.code, "unit": one.unit}
            for one in codes
        ],
    )


def _days(first: dt.date, until: dt.date | None) -> str:
    return f"{first} – {until - dt.timedelta(days=1)}" if until else _("From %(day)s") % {"day": first}


def record(found: queries.RegisterRecord) -> list[tuple[str, Any]]:
    """What the device register says, for a person to compare with the label."""
    packages = [
        _("1 %(package)s = %(count)s sale units")
        % {"package": formats.unit(level) if level else _("Package"), "count": quantity}
        for level, quantity in found.packages
    ]
    known = [
        (_("DI of the sale unit"), found.di),
        (_("Product"), found.name),
        (_("Specification"), found.specification),
        (_("Registrant"), found.registrant),
        (_("Certificate number"), formats.listed(found.certificates)),
        (_("Category"), found.category),
        (_("Units of use in a sale unit"), str(found.units_of_use)),
        (_("Packages"), formats.clauses(packages)),
        (_("Withdrawn from the register on"), found.withdrawn_on and formats.day(found.withdrawn_on)),
    ]
    return [(label, value) for label, value in known if value]


def timeline(found: queries.ItemDetail, actor: scope.Actor) -> list[dict[str, Any]] | None:
    """What happened to the device and its certificates."""
    certificates = sorted({one.certificate_id for one in found.certificates})
    return timeline_of([f"catalog.item:{found.item.id}"], certificates, actor)


def timeline_of(
    subjects: Sequence[str], certificates: Sequence[int], actor: scope.Actor
) -> list[dict[str, Any]] | None:
    """What happened to these and to the certificates, alone or with others, newest first; None for those outside the
    house."""
    if not actor.house:
        return None
    subjects = [*subjects, *(f"catalog.certificate:{one}" for one in certificates)]
    among = queries.entries_of(certificates)
    return queries_journal.timeline(*subjects, actor=actor, limit=TIMELINE, among=among)


def trace_url(found: queries.ItemDetail, actor: scope.Actor) -> str:
    """The trace of its lots, where this person may trace and the module is on."""
    di = next((one.di for one in found.identifiers if one.level == 0), "")
    if not di or not actor.can("compliance.trace.view"):
        return ""
    try:
        return f"{reverse('trace')}?{urlencode({'q': di})}"
    except NoReverseMatch:
        return ""
