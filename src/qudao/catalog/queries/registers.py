"""Devices with what their certificates say today, certificates with how many devices rest on them, as lists.

The conditions follow `certificates.standing`, which gives each row its state.
"""

import dataclasses
import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Count

from qudao.catalog import certificates as rules
from qudao.catalog import models
from qudao.kernel import errors, periods

from . import products

PAGE = 50
TRAITS = {
    "cold_chain": "i.cold_chain",
    "implant": "i.is_implant",
    "equipment": "i.is_equipment",
    "serial": "i.tracking = 'serial'",
}
_NEVER = dt.date(9999, 12, 31)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFilter(products.ItemFilter):
    """`standing`: expiring, lapsed or missing; `trait` one of TRAITS; `category` as licences name it (14, 6840);
    `number` a part of a certificate's number."""

    standing: str = ""
    trait: str = ""
    category: str = ""
    number: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceRow:
    """`number` and `last_day` are of the certificate that stands longest; where none does, the number of the
    last one, no day, and since when it is revoked."""

    item: products.ItemView
    di: str
    number: str
    last_day: dt.date | None
    state: str
    revoked_on: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class DevicePage:
    rows: tuple[DeviceRow, ...]
    next: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceTotals:
    """`expiring` within 90 days, `lapsed` without one that holds, `missing` never had one."""

    devices: int
    expiring: int
    lapsed: int
    missing: int


# Of each device the term that ends last, of certificates nobody revoked; and whether any lists it at all.
_DEVICES = """
FROM catalog_item i
LEFT JOIN LATERAL (
    SELECT f.number, v.valid_until,
        bool_or(v.valid_from <= %(on)s::date AND (v.valid_until IS NULL OR v.valid_until > %(on)s::date))
            OVER () AS holds
    FROM catalog_certificatecoverage c
    JOIN catalog_certificateversion v ON v.id = c.version_id
    JOIN catalog_certificate f ON f.id = v.certificate_id
    WHERE c.item_id = i.id AND NOT EXISTS (
        SELECT FROM catalog_certificateversion r
        WHERE r.certificate_id = v.certificate_id AND r.revoked_on <= %(on)s::date)
    ORDER BY v.valid_until DESC NULLS FIRST, v.number DESC LIMIT 1
) s ON true
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM catalog_certificatecoverage c WHERE c.item_id = i.id) AS listed
) h
"""
_STANDINGS = {
    "expiring": "s.holds AND s.valid_until > %(on)s::date AND s.valid_until <= %(soon)s::date",
    "lapsed": "h.listed AND (s.number IS NULL OR s.valid_until <= %(on)s::date)",
    "missing": "NOT h.listed",
}
_PAGE = f"""
SELECT i.id, i.code, s.number IS NOT NULL, coalesce(s.holds, false), s.valid_until, h.listed, coalesce((
    SELECT min(d.di) FROM catalog_deviceidentifier d WHERE d.item_id = i.id AND d.level = 0), ''),
    coalesce(s.number, (
        SELECT f.number FROM catalog_certificatecoverage c
        JOIN catalog_certificateversion v ON v.id = c.version_id
        JOIN catalog_certificate f ON f.id = v.certificate_id
        WHERE c.item_id = i.id ORDER BY v.valid_until DESC NULLS FIRST, v.number DESC LIMIT 1), ''),
    CASE WHEN s.number IS NULL THEN (
        SELECT max(r.revoked_on) FROM catalog_certificatecoverage c
        JOIN catalog_certificateversion v ON v.id = c.version_id
        JOIN catalog_certificateversion r ON r.certificate_id = v.certificate_id
        WHERE c.item_id = i.id) END
{_DEVICES} {{conditions}} AND i.code > %(after)s::text ORDER BY i.code LIMIT %(limit)s::int
"""
_TOTALS = f"""
SELECT count(*), count(*) FILTER (WHERE {_STANDINGS["expiring"]}),
    count(*) FILTER (WHERE {_STANDINGS["lapsed"]}), count(*) FILTER (WHERE {_STANDINGS["missing"]})
{_DEVICES} {{conditions}}
"""


def list_devices(
    chosen: DeviceFilter, *, on: dt.date, cursor: str | None = None, limit: int = PAGE
) -> DevicePage:
    """Devices in the order of their codes, from the one behind `cursor`; two statements."""
    conditions, parameters = _device_conditions(chosen, on)
    with connection.cursor() as database:
        database.execute(
            _PAGE.format(conditions=conditions), {**parameters, "after": cursor or "", "limit": limit + 1}
        )
        found = database.fetchall()
    items = products.items([row[0] for row in found[:limit]], on=on, entity_id=0)
    return DevicePage(
        tuple(_device(items[row[0]], row, on) for row in found[:limit]),
        found[limit - 1][1] if len(found) > limit else None,
    )


def total_devices(chosen: DeviceFilter, *, on: dt.date) -> DeviceTotals:
    """How many the filter finds, in one statement."""
    conditions, parameters = _device_conditions(chosen, on)
    with connection.cursor() as database:
        database.execute(_TOTALS.format(conditions=conditions), parameters)
        return DeviceTotals(*database.fetchone())


def _device_conditions(chosen: DeviceFilter, on: dt.date) -> tuple[str, dict[str, Any]]:
    conditions, parameters = products.matching(chosen)
    parameters |= {"on": on, "soon": on + dt.timedelta(days=rules.EXPIRING)}
    if chosen.standing:
        conditions += f" AND {_STANDINGS[chosen.standing]}"
    if chosen.trait:
        conditions += f" AND {TRAITS[chosen.trait]}"
    if chosen.category:
        conditions += (
            " AND (i.category_2017 = %(category)s::text OR i.category_2017 LIKE %(category)s::text || '-%%')"
        )
        parameters["category"] = chosen.category
    if chosen.number:
        conditions += (
            " AND EXISTS (SELECT FROM catalog_certificatecoverage c"
            " JOIN catalog_certificateversion v ON v.id = c.version_id"
            " JOIN catalog_certificate f ON f.id = v.certificate_id"
            " WHERE c.item_id = i.id AND strpos(f.number, %(number)s::text) > 0)"
        )
        parameters["number"] = rules.normalise(chosen.number)
    return conditions, parameters


def _device(item: products.ItemView, row: tuple[Any, ...], on: dt.date) -> DeviceRow:
    _id, _code, stands, holds, until, listed, di, number, revoked_on = row
    state = rules.standing(listed=listed, stands=stands, holds=holds, until=until, on=on)
    return DeviceRow(item, di, number, periods.last_day(until), state, revoked_on)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFilter:
    """`text` is a part of the number, the registrant or the producer. `within` takes those that end in so many
    days, `lapsed` those that hold no more; `in_use` those that active devices rest on; `id` the one."""

    text: str = ""
    id: int | None = None
    within: int | None = None
    lapsed: bool = False
    in_use: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate by its newest version: its term, and how many active devices it lists. `state` looks at every
    term: one that was renewed early holds."""

    id: int
    number: str
    registrant: str
    producer: str
    production_permit: str
    version: int
    valid_from: dt.date
    last_day: dt.date | None
    revoked_on: dt.date | None
    devices: int
    state: str
    days_left: int | None
    renew_by: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class CertificatePage:
    rows: tuple[CertificateRow, ...]
    next: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class CertificateTotals:
    certificates: int
    lapsed: int
    windows: dict[int, int]


WINDOWS = (30, 90, 180)
_CERTIFICATES = """
FROM catalog_certificate f
JOIN LATERAL (
    SELECT id, number, valid_from, valid_until FROM catalog_certificateversion
    WHERE certificate_id = f.id ORDER BY number DESC LIMIT 1
) v ON true
JOIN LATERAL (
    SELECT min(revoked_on) AS revoked_on,
        bool_or(valid_from <= %(on)s::date AND (valid_until IS NULL OR valid_until > %(on)s::date)) AS holds
    FROM catalog_certificateversion WHERE certificate_id = f.id
) t ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS devices FROM catalog_certificatecoverage c JOIN catalog_item i ON i.id = c.item_id
    WHERE c.version_id = v.id AND i.active
) d
"""
_LAPSED = "(t.revoked_on <= %(on)s::date OR v.valid_until <= %(on)s::date)"
_ENDING = f"(NOT coalesce({_LAPSED}, false) AND v.valid_until <= %(on)s::date + {{days}}::int)"
_CERTIFICATE_PAGE = f"""
SELECT f.id, f.number, f.registrant, f.producer, f.production_permit, v.number, v.valid_from, v.valid_until,
       t.revoked_on, d.devices, t.holds
{_CERTIFICATES} {{conditions}}
AND (coalesce(v.valid_until, '9999-12-31'), f.id) > (%(until)s::date, %(id)s::int)
ORDER BY coalesce(v.valid_until, '9999-12-31'), f.id LIMIT %(limit)s::int
"""
_CERTIFICATE_TOTALS = f"""
SELECT count(*), count(*) FILTER (WHERE {_LAPSED}),
    {", ".join(f"count(*) FILTER (WHERE {_ENDING.format(days=days)})" for days in WINDOWS)}
{_CERTIFICATES} {{conditions}}
"""


def list_certificates(
    chosen: CertificateFilter, *, on: dt.date, cursor: str | None = None, limit: int = PAGE
) -> CertificatePage:
    """Certificates, the first to end on top; raises NotFound for a cursor that is none."""
    conditions, parameters = _certificate_conditions(chosen, on)
    until, last = _place(cursor)
    with connection.cursor() as database:
        database.execute(
            _CERTIFICATE_PAGE.format(conditions=conditions),
            {**parameters, "until": until, "id": last, "limit": limit + 1},
        )
        found = database.fetchall()
    following = found[limit - 1] if len(found) > limit else None
    return CertificatePage(
        tuple(_certificate(row, on) for row in found[:limit]),
        f"{following[7] or _NEVER}~{following[0]}" if following else None,
    )


def get_certificate(certificate_id: int, *, on: dt.date) -> CertificateRow:
    """One certificate as the list tells it. Raises NotFound."""
    found = list_certificates(CertificateFilter(id=certificate_id), on=on).rows
    if not found:
        raise errors.NotFound
    return found[0]


@dataclasses.dataclass(frozen=True, slots=True)
class CertificateTerm:
    """A version of a certificate, with how many products it lists."""

    version: int
    valid_from: dt.date
    last_day: dt.date | None
    devices: int


def terms_of(certificate_id: int) -> list[CertificateTerm]:
    """Its versions, the newest first, in one statement."""
    rows = models.CertificateVersion.objects.filter(certificate_id=certificate_id).order_by("-number")
    counted = rows.annotate(devices=Count("coverage"))
    return [
        CertificateTerm(number, begins, periods.last_day(until), devices)
        for number, begins, until, devices in counted.values_list(
            "number", "valid_from", "valid_until", "devices"
        )
    ]


def total_certificates(chosen: CertificateFilter, *, on: dt.date) -> CertificateTotals:
    """How many the filter finds, those that hold no more, and those that end within each of WINDOWS."""
    conditions, parameters = _certificate_conditions(chosen, on)
    with connection.cursor() as database:
        database.execute(_CERTIFICATE_TOTALS.format(conditions=conditions), parameters)
        count, lapsed, *ending = database.fetchone()
    return CertificateTotals(count, lapsed, dict(zip(WINDOWS, ending, strict=True)))


def _certificate_conditions(chosen: CertificateFilter, on: dt.date) -> tuple[str, dict[str, Any]]:
    conditions, parameters = "WHERE true", {"on": on}
    if chosen.text.strip():
        conditions += (
            " AND (strpos(f.number, %(number)s::text) > 0 OR strpos(f.registrant, %(text)s::text) > 0"
            " OR strpos(f.producer, %(text)s::text) > 0)"
        )
        parameters |= {"number": rules.normalise(chosen.text), "text": chosen.text.strip()}
    if chosen.id is not None:
        conditions += " AND f.id = %(one)s::int"
        parameters["one"] = chosen.id
    if chosen.lapsed:
        conditions += f" AND {_LAPSED}"
    if chosen.within is not None:
        conditions += f" AND {_ENDING.format(days='%(within)s')}"
        parameters["within"] = chosen.within
    if chosen.in_use:
        conditions += " AND d.devices > 0"
    return conditions, parameters


def _place(cursor: str | None) -> tuple[dt.date, int]:
    if not cursor:
        return dt.date(1, 1, 1), 0
    until, _tilde, last = cursor.partition("~")
    try:
        return dt.date.fromisoformat(until), int(last)
    except ValueError as error:
        raise errors.NotFound from error


def _certificate(row: tuple[Any, ...], on: dt.date) -> CertificateRow:
    until, revoked_on = row[7], row[8]
    last_day = periods.last_day(until)
    stands = revoked_on is None or revoked_on > on
    state = rules.standing(listed=True, stands=stands, holds=row[10], until=until, on=on)
    return CertificateRow(
        *row[:7],
        last_day,
        revoked_on,
        row[9],
        state,
        (last_day - on).days if last_day else None,
        rules.renewal_deadline(expires_on=last_day) if last_day else None,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Code:
    """A customer's or platform's own code for a device; node 0 is everybody's."""

    scheme: str
    code: str
    unit: str
    node_id: int


@dataclasses.dataclass(frozen=True, slots=True)
class UnitVersion:
    unit: str
    factor: int
    version: int


def codes_of(item_id: int) -> list[Code]:
    """Codes of one device that the open transaction may see, everybody's first."""
    rows = models.ItemCode.objects.filter(item_id=item_id).order_by("node_id", "scheme", "code")
    return [Code(*row) for row in rows.values_list("scheme", "code", "unit", "node_id")[:PAGE]]


def unit_versions(item_id: int) -> list[UnitVersion]:
    """Every conversion there was, the newest of each unit first, small units before large."""
    rows = models.ItemUnit.objects.filter(item_id=item_id).values_list("unit", "factor", "version")
    found = [UnitVersion(*row) for row in rows]
    newest = {one.unit: one.factor for one in sorted(found, key=lambda one: one.version)}
    return sorted(found, key=lambda one: (newest[one.unit], one.unit, -one.version))
