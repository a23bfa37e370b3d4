"""Columns, filters and rows of the lists of devices and certificates."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qudao.catalog import labels, queries
from qudao.kernel import scope
from qudao.ui import filters, formats, parsing, tables

STANDINGS = ("expiring", "lapsed", "missing")


def called(actor: scope.Actor) -> str:
    """What the list of products is called, as in the rail: partners know it as ours."""
    return _("Product catalogue") if actor.party_id else _("Products")


def wanted(query: QueryDict) -> queries.DeviceFilter:
    """The filter an address asks for; what it cannot mean is left out."""
    line, kind = parsing.whole_or_none(query.get("line")), query.get("class", "")
    return queries.DeviceFilter(
        text=query.get("q", ""),
        number=query.get("certificate", "").strip()[:60],
        line_ids=None if line is None else (line,),
        device_class=int(kind) if kind in ("1", "2", "3") else None,
        category=query.get("category", "")[:10],
        trait=_one_of(query.get("trait", ""), queries.TRAITS),
        standing=_one_of(query.get("standing", ""), STANDINGS),
        active=query.get("state") != "withdrawn",
    )


def _one_of(text: str, known: Any) -> str:
    return text if text in known else ""


def device_filters(overall: queries.DeviceTotals, lines: Mapping[int, str]) -> list[filters.Filter]:
    """The filter bar; chips carry how many devices they leave beside the other filters."""
    categories = sorted({one.category_2017 for one in queries.assortments() if one.category_2017})
    return [
        filters.Text("q", _("Name, pinyin, code, DI")),
        filters.Text("certificate", _("Certificate number")),
        filters.Toggle("standing", "expiring", _("Certificate ends within 90 days"), overall.expiring),
        filters.Toggle("standing", "lapsed", _("Certificate no longer valid"), overall.lapsed),
        filters.Toggle("standing", "missing", _("No certificate on file"), overall.missing),
        filters.Choice("line", _("Product line"), [(str(key), name) for key, name in lines.items()]),
        filters.Choice("class", _("Class"), [(str(key), name) for key, name in labels.CLASSES.items()]),
        filters.Choice("category", _("Category"), [(one, one) for one in categories]),
        filters.Choice("trait", _("Kind"), list(labels.TRAITS.items())),
        filters.Toggle("state", "withdrawn", _("Out of trade")),
    ]


def device_columns() -> list[tables.Column]:
    return [
        tables.Column(key="name", label=_("Product"), sub="code", sub_label=_("Product code")),
        tables.Column(key="specification", label=_("Specification"), sub="di", sub_label=_("DI")),
        tables.Column(
            key="state",
            label=_("Certificate"),
            kind="status",
            status="certificate",
            sub="revoked_on",
            sub_label=_("Revoked"),
            sub_kind="day",
        ),
        tables.Column(key="manufacturer", label=_("Manufacturer")),
        tables.Column(key="line", label=_("Product line")),
        tables.Column(key="class", label=_("Class"), sub="category", sub_label=_("Category")),
        tables.Column(key="storage", label=_("Storage"), sub="traits", sub_label=_("Kind")),
        tables.Column(key="number", label=_("Certificate number"), link="certificate_url"),
        tables.Column(key="last_day", label=_("Certificate valid to"), kind="day"),
    ]


def device(row: queries.DeviceRow, lines: Mapping[int, str]) -> dict[str, Any]:
    """One line of the table, in plain values."""
    item = row.item
    return {
        "url": reverse("device", args=[item.id]),
        "name": item.name,
        "code": item.code,
        "specification": item.specification,
        "di": row.di,
        "manufacturer": item.manufacturer,
        "line": lines.get(item.line_id, ""),
        "class": str(labels.CLASSES[item.device_class]),
        "category": item.category_code,
        "storage": item.storage or (str(labels.TRAITS["cold_chain"]) if item.cold_chain else ""),
        "traits": formats.listed(traits(item)),
        "state": row.state,
        "number": row.number,
        "certificate_url": certificate_url(row.number) if row.number else None,
        "last_day": row.last_day,
        "revoked_on": row.revoked_on,
    }


def traits(item: queries.ItemView) -> list[str]:
    """What sets a device apart in store and trade, in words of one list."""
    has = {
        "cold_chain": item.cold_chain,
        "implant": item.is_implant,
        "equipment": item.is_equipment,
        "serial": item.tracking == "serial",
    }
    said = [str(labels.TRAITS[key]) for key, is_so in has.items() if is_so]
    return said[:1] + [one.lower() for one in said[1:]]


def device_words(totals: queries.DeviceTotals) -> str:
    """What the filter finds."""
    return _(
        "%(count)s products · %(expiring)s with a certificate about to end · %(lapsed)s with one no longer valid"
    ) % {
        "count": totals.devices,
        "expiring": totals.expiring,
        "lapsed": totals.lapsed,
    }


def wanted_certificates(query: QueryDict) -> queries.CertificateFilter:
    within = query.get("within", "")
    return queries.CertificateFilter(
        text=query.get("q", ""),
        within=int(within) if within in map(str, queries.WINDOWS) else None,
        lapsed=within == "lapsed",
        in_use=query.get("unused") != "yes",
    )


def devices_url(number: str) -> str:
    """The products a certificate lists."""
    return f"{reverse('devices')}?{urlencode({'certificate': number})}"


def certificate_url(number: str) -> str:
    """The register at one certificate."""
    return f"{reverse('certificates')}?{urlencode({'q': number, 'unused': 'yes'})}"


def certificate_columns() -> list[tables.Column]:
    return [
        tables.Column(key="number", label=_("Certificate"), sub="version", sub_label=_("Version")),
        tables.Column(key="state", label=_("State"), kind="status", status="certificate"),
        tables.Column(key="last_day", label=_("Valid to"), kind="day"),
        tables.Column(key="days_left", label=_("Days left"), kind="qty"),
        tables.Column(key="renew_by", label=_("Renewal to be filed by"), kind="day"),
        tables.Column(key="registrant", label=_("Registrant"), sub="producer", sub_label=_("Producer")),
        tables.Column(key="permit", label=_("Production permit")),
        tables.Column(key="valid_from", label=_("Valid from"), kind="day"),
        tables.Column(key="devices", label=_("Products in trade"), kind="qty", link="devices_url"),
    ]


def certificate(row: queries.CertificateRow, today: dt.date) -> dict[str, Any]:
    return {
        "url": reverse("certificate", args=[row.id]),
        "devices_url": devices_url(row.number),
        "number": row.number,
        "version": _("Version %(number)s") % {"number": row.version},
        "registrant": row.registrant,
        "producer": row.producer if row.producer != row.registrant else "",
        "permit": row.production_permit,
        "state": row.state,
        "valid_from": row.valid_from,
        "last_day": row.last_day,
        "days_left": row.days_left,
        "days_left_tone": "bad" if row.days_left is not None and row.days_left < 0 else None,
        "renew_by": row.renew_by,
        # Past the day, the renewal is too late to be in time: the certificate will end first.
        "renew_by_tone": "bad" if row.renew_by and row.renew_by < today else None,
        "devices": row.devices,
    }
