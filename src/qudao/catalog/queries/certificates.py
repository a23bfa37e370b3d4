"""Certificates of products, in versions, and the gates made of them."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterable

from django.db import connection

from qudao.catalog import certificates as rules
from qudao.catalog import models
from qudao.kernel import periods, scope


@dataclasses.dataclass(frozen=True, slots=True)
class ItemCertificate:
    """A version of a certificate that lists the item, or lists it in another of its versions (`covers`)."""

    item_id: int
    certificate_id: int
    number: str
    registrant: str
    registrant_uscc: str
    producer: str
    production_permit: str
    version_id: int
    version: int
    period: periods.Period
    revoked_on: dt.date | None
    covers: bool


@dataclasses.dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate with its newest version."""

    id: int
    number: str
    registrant: str
    registrant_uscc: str
    producer: str
    production_permit: str
    version: int
    period: periods.Period
    revoked_on: dt.date | None


_OF_ITEMS = """
WITH listed AS (
    SELECT DISTINCT c.item_id, v.certificate_id
    FROM catalog_certificatecoverage c JOIN catalog_certificateversion v ON v.id = c.version_id
    WHERE c.item_id = ANY(%s::int[])
)
SELECT l.item_id, f.id, f.number, f.registrant, f.registrant_uscc, f.producer, f.production_permit,
       v.id, v.number, v.valid_from, v.valid_until, v.revoked_on, c.id IS NOT NULL
FROM listed l
JOIN catalog_certificate f ON f.id = l.certificate_id
JOIN catalog_certificateversion v ON v.certificate_id = f.id
LEFT JOIN catalog_certificatecoverage c ON c.version_id = v.id AND c.item_id = l.item_id
ORDER BY l.item_id, f.number, v.number
"""


def certificates_of(item_ids: Iterable[int]) -> dict[int, tuple[ItemCertificate, ...]]:
    """Item id → every version of the certificates that list it, by number and version, in one query."""
    found: dict[int, list[ItemCertificate]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OF_ITEMS, [sorted(set(item_ids))])
        for row in cursor.fetchall():
            period = periods.Period(row[9], row[10])
            found.setdefault(row[0], []).append(ItemCertificate(*row[:9], period, *row[11:]))
    return {item_id: tuple(versions) for item_id, versions in found.items()}


def certificates_once(item_ids: Iterable[int]) -> dict[int, tuple[ItemCertificate, ...]]:
    """As `certificates_of`, read once a transaction that changes none."""
    return scope.once("certificates", item_ids, certificates_of)


def rule_versions(found: Iterable[ItemCertificate]) -> list[rules.CertificateVersion]:
    """The same as `certificates.judge_certificate` takes them."""
    return [
        rules.CertificateVersion(
            number=one.number,
            models=frozenset({one.item_id}) if one.covers else frozenset(),
            period=one.period,
            revoked_on=one.revoked_on,
        )
        for one in found
    ]


def gate_of(item_id: int, found: Iterable[ItemCertificate], on: dt.date) -> Callable[[dt.date | None], bool]:
    """The gate of one item whose versions are at hand."""
    versions = rule_versions(found)

    def holds(produced_on: dt.date | None) -> bool:
        return not rules.judge_certificate(versions=versions, model=item_id, produced_on=produced_on, on=on)

    return holds


def covering(
    found: Iterable[ItemCertificate], *, produced_on: dt.date | None, on: dt.date
) -> ItemCertificate | None:
    """The version a document prints for goods made on `produced_on`: the newest that covers that day.

    With an unknown date the newest standing version; None when there is none.
    """
    versions = list(found)
    revoked = {one.number for one in versions if one.revoked_on is not None and one.revoked_on <= on}
    standing = [
        one
        for one in versions
        if one.covers
        and one.number not in revoked
        and (produced_on is None or one.period.contains(produced_on))
    ]
    return max(standing, key=lambda one: (one.period.valid_from, one.version), default=None)


def standing_of(found: Iterable[ItemCertificate], on: dt.date) -> str:
    """`certificates.standing` of one item whose versions are at hand."""
    versions = list(found)
    revoked = {one.certificate_id for one in versions if one.revoked_on is not None and one.revoked_on <= on}
    listing = [one for one in versions if one.covers]
    terms = [one.period for one in listing if one.certificate_id not in revoked]
    last = max((one.valid_until or dt.date.max for one in terms), default=dt.date.max)
    return rules.standing(
        listed=bool(listing),
        stands=bool(terms),
        holds=any(term.contains(on) for term in terms),
        until=None if last == dt.date.max else last,
        on=on,
    )


def entries_of(certificate_ids: Iterable[int]) -> set[uuid.UUID]:
    """The journal entries that wrote the versions of these certificates: many are entered and renewed at once."""
    rows = models.CertificateVersion.objects.filter(certificate_id__in=sorted(set(certificate_ids)))
    return {entry for entry in rows.values_list("entry", flat=True) if entry}


def names_listed(certificate_id: int, *, most: int = 3) -> list[str]:
    """The first few names of the products any of its versions lists."""
    rows = models.CertificateCoverage.objects.filter(version__certificate_id=certificate_id)
    return list(rows.order_by("item__name").values_list("item__name", flat=True).distinct()[:most])


def codes_listed(certificate_id: int) -> list[str]:
    """Our codes of the products its newest version lists, in trade or not, in one statement."""
    newest = models.CertificateVersion.objects.filter(certificate_id=certificate_id).order_by("-number")[:1]
    listed = models.CertificateCoverage.objects.filter(version=newest.values("id"))
    return list(listed.order_by("item__code").values_list("item__code", flat=True))
