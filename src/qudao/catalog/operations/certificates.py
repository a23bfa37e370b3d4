"""Registration certificates and filings: entered, renewed, changed, revoked."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from qudao.catalog import certificates, models, queries, rules
from qudao.kernel import errors, journal, periods, scope, writes

from . import writing


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewCertificate:
    """A certificate as its first version is entered. `valid_until` is the first day it no longer holds
    (printed last day plus one), None for a filing."""

    number: str
    registrant: str
    valid_from: dt.date
    valid_until: dt.date | None = None
    item_ids: tuple[int, ...] = ()
    registrant_uscc: str = ""
    producer: str = ""
    production_permit: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A further version of the certificate `number`, its days as in `NewCertificate`. `item_ids` None: the items
    of the version before."""

    number: str
    valid_from: dt.date
    valid_until: dt.date | None = None
    item_ids: tuple[int, ...] | None = None


def register_certificate(
    *, certificate: NewCertificate, actor: scope.Actor, now: dt.datetime
) -> queries.CertificateView:
    """Enter one certificate; see `register_certificates`."""
    return register_certificates(registrations=[certificate], actor=actor, now=now)[0]


def register_certificates(
    *, registrations: Sequence[NewCertificate], actor: scope.Actor, now: dt.datetime
) -> list[queries.CertificateView]:
    """Enter certificates with the items their annexes list, all or none.

    Raises Refused with every reason; `line` is the place in the sequence.
    """
    actor.require(writing.CERTIFICATES)
    with scope.transaction(actor, acting=True):
        writing.one_at_a_time("certificate")
        parsed, reasons = _judged(registrations)
        errors.raise_if_refused(reasons)
        entry = journal.entry()
        made = [
            models.Certificate(
                number=registration.number,
                registrant=new.registrant,
                registrant_uscc=new.registrant_uscc,
                producer=new.producer or new.registrant,
                production_permit=new.production_permit,
            )
            for new, registration in zip(registrations, parsed, strict=True)
        ]
        rows = writes.created(made, entry)
        versions = [
            models.CertificateVersion(
                certificate=one, number=1, valid_from=new.valid_from, valid_until=new.valid_until
            )
            for new, one in zip(registrations, made, strict=True)
        ]
        rows += writes.created(versions, entry)
        rows += writes.created(
            (
                models.CertificateCoverage(version=version, item_id=item_id)
                for new, version in zip(registrations, versions, strict=True)
                for item_id in sorted(set(new.item_ids))
            ),
            entry,
        )
        subject = f"catalog.certificate:{made[0].id}" if len(made) == 1 else "catalog.certificate"
        journal.record(
            entry,
            "catalog.certificate.registered",
            subject=subject,
            at=now,
            rows=rows,
            data={"count": len(made), "first": made[0].number, "last": made[-1].number},
        )
    return [_view(version) for version in versions]


def renew_certificate(
    *,
    number: str,
    valid_from: dt.date,
    valid_until: dt.date | None,
    item_ids: Iterable[int] | None = None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.CertificateView:
    """Add a version to one certificate; see `renew_certificates`."""
    listed = None if item_ids is None else tuple(item_ids)
    renewal = Renewal(number=number, valid_from=valid_from, valid_until=valid_until, item_ids=listed)
    return renew_certificates(renewals=[renewal], actor=actor, now=now)[0]


def renew_certificates(
    *, renewals: Sequence[Renewal], actor: scope.Actor, now: dt.datetime
) -> list[queries.CertificateView]:
    """Add versions, all or none: renewals, or changes of what a certificate lists. Several of one certificate
    follow each other.

    Refuses a version that does not begin after the one before (`catalog.certificate_order`), and a revoked
    certificate; of several, `line` is the place in the sequence. Raises NotFound.
    """
    actor.require(writing.CERTIFICATES)
    lines = [None] if len(renewals) == 1 else range(1, len(renewals) + 1)
    with scope.transaction(actor, acting=True):
        found = _locked_newest([one.number for one in renewals])
        newest = {version.certificate_id: version for version in found.values()}
        listed = _listed(newest.values())
        pairs: list[tuple[str, int, int | None]] = []
        reasons: list[errors.Reason] = []
        made: list[tuple[models.CertificateVersion, tuple[int, ...]]] = []
        for line, one in zip(lines, renewals, strict=True):
            before = newest[found[one.number].certificate_id]
            certificate = before.certificate
            reasons += _period(certificate.number, one.valid_from, one.valid_until, line)
            reasons += _renewable(before, one.valid_from, line)
            if one.item_ids is not None:
                listed[certificate.id] = tuple(sorted(set(one.item_ids)))
            pairs += [(certificate.number, item_id, line) for item_id in listed[certificate.id]]
            newest[certificate.id] = models.CertificateVersion(
                certificate=certificate,
                number=before.number + 1,
                valid_from=one.valid_from,
                valid_until=one.valid_until,
            )
            made.append((newest[certificate.id], listed[certificate.id]))
        errors.raise_if_refused(reasons or _coverage(pairs))
        _record_renewed(made, now)
    return [_view(version) for version, _ in made]


def _record_renewed(
    made: Sequence[tuple[models.CertificateVersion, tuple[int, ...]]], now: dt.datetime
) -> None:
    """Write new versions with the items each lists, and tell the journal."""
    entry = journal.entry()
    rows = writes.created([version for version, _ in made], entry)
    rows += writes.created(
        (
            models.CertificateCoverage(version=version, item_id=item_id)
            for version, items in made
            for item_id in items
        ),
        entry,
    )
    (last, items), several = made[-1], len(made) > 1
    journal.record(
        entry,
        "catalog.certificate.renewed",
        subject="catalog.certificate" if several else f"catalog.certificate:{last.certificate_id}",
        at=now,
        rows=rows,
        data={"count": len(made), "first": made[0][0].certificate.number, "last": last.certificate.number}
        if several
        else {"number": last.certificate.number, "version": last.number, "items": len(items)},
    )


def revoke_certificate(
    *, number: str, revoked_on: dt.date, actor: scope.Actor, now: dt.datetime
) -> queries.CertificateView:
    """From that day the certificate counts as revoked or withdrawn, in all its versions. Raises NotFound."""
    actor.require(writing.CERTIFICATES)
    with scope.transaction(actor, acting=True):
        newest = _locked_newest([number])[number]
        errors.raise_if_refused(_revoked(newest))
        entry = journal.entry()
        models.CertificateVersion.objects.filter(certificate_id=newest.certificate_id).update(
            revoked_on=revoked_on, entry=entry
        )
        versions = models.CertificateVersion.objects.filter(
            certificate_id=newest.certificate_id
        ).select_related("certificate")
        listed = list(versions.order_by("number"))
        journal.record(
            entry,
            "catalog.certificate.revoked",
            subject=f"catalog.certificate:{newest.certificate_id}",
            at=now,
            rows=writes.written(listed),
            data={"number": newest.certificate.number, "revoked_on": revoked_on},
        )
    return _view(listed[-1])


def cover_items(*, covered: Mapping[str, Iterable[int]], actor: scope.Actor, now: dt.datetime) -> int:
    """Certificate number → items its newest version lists as well; returns how many were not yet entered.

    For models that stand in the annex and were not traded before; a changed annex is a renewal. Refuses a revoked
    certificate (`catalog.certificate_revoked`). Raises NotFound.
    """
    actor.require(writing.CERTIFICATES)
    with scope.transaction(actor, acting=True):
        newest = _locked_newest(covered)
        errors.raise_if_refused(reason for version in newest.values() for reason in _revoked(version))
        pairs = [(number, item_id, None) for number, ids in covered.items() for item_id in sorted(set(ids))]
        errors.raise_if_refused(_coverage(pairs))
        known = set(
            models.CertificateCoverage.objects.filter(
                version_id__in=[version.id for version in newest.values()]
            ).values_list("version_id", "item_id")
        )
        wanted = {(newest[number].id, item_id) for number, item_id, _ in pairs} - known
        entry = journal.entry()
        rows = writes.created(
            (
                models.CertificateCoverage(version_id=version_id, item_id=item_id)
                for version_id, item_id in sorted(wanted)
            ),
            entry,
        )
        if rows:
            ids = {version.certificate_id for version in newest.values()}
            journal.record(
                entry,
                "catalog.certificate.extended",
                subject=f"catalog.certificate:{ids.pop()}" if len(ids) == 1 else "catalog.certificate",
                at=now,
                rows=rows,
                data={"count": len(rows)},
            )
    return len(rows)


def _judged(
    news: Sequence[NewCertificate],
) -> tuple[list[certificates.Registration], list[errors.Reason]]:
    """The numbers taken apart, and every reason not to enter these certificates."""
    parsed: list[certificates.Registration] = []
    reasons: list[errors.Reason] = []
    first: dict[str, int] = {}
    for no, new in enumerate(news, 1):
        registration = certificates.parse_registration(text=new.number)
        if isinstance(registration, errors.Reason):
            reasons.append(dataclasses.replace(registration, line=no))
            continue
        parsed.append(registration)
        if first.setdefault(registration.number, no) != no:
            reasons.append(errors.Reason("catalog.certificate_taken", no, {"number": registration.number}))
        reasons += _period(registration.number, new.valid_from, new.valid_until, no)
    taken = models.Certificate.objects.filter(number__in=list(first)).values_list("number", flat=True)
    reasons += [
        errors.Reason("catalog.certificate_taken", first[number], {"number": number}) for number in taken
    ]
    reasons += _coverage(
        [(new.number, item_id, no) for no, new in enumerate(news, 1) for item_id in sorted(set(new.item_ids))]
    )
    return parsed, reasons


def _period(
    number: str, valid_from: dt.date, valid_until: dt.date | None, line: int | None
) -> list[errors.Reason]:
    if valid_until is None or valid_from < valid_until:
        return []
    params = {"number": number, "valid_from": valid_from.isoformat(), "valid_until": valid_until.isoformat()}
    return [errors.Reason("catalog.certificate_period", line, params)]


def _coverage(pairs: Sequence[tuple[str, int, int | None]]) -> list[errors.Reason]:
    """Reasons why a certificate cannot cover an item: (number, item id, line) each."""
    items = {
        item.id: item
        for item in models.Item.objects.filter(id__in={item_id for _, item_id, _ in pairs}).only(
            "id", "code", "device_class"
        )
    }
    reasons: list[errors.Reason] = []
    for number, item_id, line in pairs:
        registration = certificates.parse_registration(text=number)
        if item_id not in items:
            reasons.append(errors.Reason("catalog.item_unknown", line, {"item": item_id}))
        elif isinstance(registration, certificates.Registration):
            reasons += rules.judge_coverage(
                number=registration.number,
                certificate_class=registration.device_class,
                device_class=items[item_id].device_class,
                item=items[item_id].code,
                line=line,
            )
    return reasons


def _locked_newest(numbers: Iterable[str]) -> dict[str, models.CertificateVersion]:
    """Number as given → the newest version, its certificate locked. Raises NotFound when one is missing."""
    wanted = {number: _canonical(number) for number in numbers}
    locked = {
        row.number: row
        for row in models.Certificate.objects.filter(number__in=set(wanted.values()))
        .order_by("id")
        .select_for_update()
    }
    newest = {
        row.certificate.number: row
        for row in models.CertificateVersion.objects.filter(certificate__in=locked.values())
        .select_related("certificate")
        .order_by("certificate_id", "-number")
        .distinct("certificate_id")
    }
    if len(newest) != len(set(wanted.values())):
        raise errors.NotFound
    return {number: newest[canonical] for number, canonical in wanted.items()}


def _canonical(number: str) -> str:
    parsed = certificates.parse_registration(text=number)
    return parsed.number if isinstance(parsed, certificates.Registration) else certificates.normalise(number)


def _listed(versions: Iterable[models.CertificateVersion]) -> dict[int, tuple[int, ...]]:
    """Certificate id → the items its version lists, in order."""
    owners = {version.id: version.certificate_id for version in versions}
    found: dict[int, list[int]] = {certificate_id: [] for certificate_id in owners.values()}
    covering = models.CertificateCoverage.objects.filter(version__in=owners).order_by("item_id")
    for version_id, item_id in covering.values_list("version_id", "item_id"):
        found[owners[version_id]].append(item_id)
    return {certificate_id: tuple(items) for certificate_id, items in found.items()}


def _renewable(
    newest: models.CertificateVersion, valid_from: dt.date, line: int | None
) -> list[errors.Reason]:
    """Why no version that begins on `valid_from` may follow the newest."""
    reasons = [dataclasses.replace(reason, line=line) for reason in _revoked(newest)]
    if not reasons and valid_from <= newest.valid_from:
        params = {"number": newest.certificate.number, "valid_from": newest.valid_from.isoformat()}
        reasons.append(errors.Reason("catalog.certificate_order", line, params))
    return reasons


def _revoked(version: models.CertificateVersion) -> list[errors.Reason]:
    if version.revoked_on is None:
        return []
    params = {"number": version.certificate.number, "revoked_on": version.revoked_on.isoformat()}
    return [errors.Reason("catalog.certificate_revoked", params=params)]


def _view(version: models.CertificateVersion) -> queries.CertificateView:
    one = version.certificate
    return queries.CertificateView(
        id=one.id,
        number=one.number,
        registrant=one.registrant,
        registrant_uscc=one.registrant_uscc,
        producer=one.producer,
        production_permit=one.production_permit,
        version=version.number,
        period=periods.Period(version.valid_from, version.valid_until),
        revoked_on=version.revoked_on,
    )
