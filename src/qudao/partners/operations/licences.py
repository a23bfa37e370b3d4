"""Recording, revoking and suspending licences."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from qudao.catalog import certificates
from qudao.kernel import errors, journal, periods, scope, writes
from qudao.partners import models, queries
from qudao.partners.rules import licences as rules

from . import writing

KINDS = (
    *("business_licence", "distribution_permit", "distribution_filing"),
    *("production_permit", "practice_permit", "practice_filing"),
)
MODES = ("", "wholesale", "retail", "both")
WITHOUT_EXPIRY = ("distribution_filing", "practice_filing")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewLicence:
    """A licence to record. `valid_until` is the first day without effect, None where there is no expiry."""

    party_id: int
    kind: str
    number: str
    valid_from: dt.date
    valid_until: dt.date | None = None
    mode: str = ""
    issued_by: str = ""
    scope: Sequence[rules.ScopeEntry] = ()
    file_digest: str = ""


def record_licence(*, actor: scope.Actor, now: dt.datetime, **licence) -> queries.LicenceView:
    """Record one reviewed licence; the keywords are those of NewLicence. See `record_licences`."""
    new = NewLicence(**licence)
    (made,) = record_licences([new], actor=actor, now=now)
    return queries.get_licence(made, actor=actor, today=periods.business_date(now))


def record_licences(rows: Sequence[NewLicence], *, actor: scope.Actor, now: dt.datetime) -> list[int]:
    """Record licences as reviewed by the actor, with their scope, all or none; ids in the order given.

    A renewed licence is a row of its own. Raises Refused by line (from 1): `partners.party_unknown`,
    `partners.licence_kind_unknown`, `partners.licence_number_of_another_kind`, `partners.licence_period`,
    `partners.filing_has_no_expiry`,
    `partners.scope_entry_invalid`.
    """
    actor.require(writing.LICENCES)
    if not rows:
        raise ValueError("there is no licence to record")
    reasons = [reason for line, new in enumerate(rows, 1) for reason in _judge(new, line)]
    with scope.transaction(actor, acting=True):
        found = scope.visible(models.Party.objects.filter(pk__in={new.party_id for new in rows}), actor)
        files = dict(found.values_list("pk", "file_node_id"))
        parties = [new.party_id for new in rows]
        reasons += writing.missing(parties, files, code="partners.party_unknown", key="party")
        errors.raise_if_refused(reasons)
        entry = journal.entry()
        made = [
            models.Licence(
                node_id=files[new.party_id],
                party_id=new.party_id,
                kind=new.kind,
                number=certificates.normalise(new.number),
                mode=new.mode,
                issued_by=new.issued_by,
                valid_from=new.valid_from,
                valid_until=new.valid_until,
                file_digest=new.file_digest,
                reviewed_by=actor.ref,
            )
            for new in rows
        ]
        listed = writes.created(made, entry)
        listed += writes.created(
            (
                models.LicenceScope(
                    node_id=licence.node_id,
                    licence_id=licence.pk,
                    catalogue=one.catalogue,
                    category=one.category_code,
                    qualifier=one.qualifier,
                    device_class=one.device_class,
                )
                for new, licence in zip(rows, made, strict=True)
                for one in sorted(
                    new.scope, key=lambda one: (one.catalogue, one.category_code, one.device_class)
                )
            ),
            entry,
        )
        ids = [licence.pk for licence in made]
        owners = [licence.node_id for licence in made]
        data = {"party": made[0].party_id, "kind": made[0].kind, "number": made[0].number}
        writing.record(
            entry, "partners.licence.recorded", ids=ids, nodes=owners, at=now, rows=listed, data=data
        )
    return ids


def _judge(new: NewLicence, line: int) -> list[errors.Reason]:
    reasons = []
    if new.kind not in KINDS or new.mode not in MODES or not new.number.strip():
        reasons.append(
            errors.Reason("partners.licence_kind_unknown", line, {"text": f"{new.kind} {new.mode}"})
        )
    said = rules.judge_number(kind=new.kind, text=new.number)
    if said is not None and said.refuses:
        reasons.append(dataclasses.replace(said, line=line))
    if new.valid_until is not None and new.valid_until <= new.valid_from:
        reasons.append(errors.Reason("partners.licence_period", line))
    if new.valid_until is not None and new.kind in WITHOUT_EXPIRY:
        reasons.append(errors.Reason("partners.filing_has_no_expiry", line, {"number": new.number}))
    reasons += [
        errors.Reason("partners.scope_entry_invalid", line, {"entry": one.category_code})
        for one in new.scope
        if one.catalogue not in ("2017", "2002")
        or one.device_class not in (2, 3)
        or one.qualifier not in ("", "cold_chain", "no_cold_chain")
    ]
    return reasons


def revoke_licence(
    *, licence_id: int, version: int, reason: str, actor: scope.Actor, now: dt.datetime
) -> queries.LicenceView:
    """Note that the authority revoked or cancelled the licence: no effect from today.

    Raises Refused `partners.licence_already_revoked`, Conflict for another version.
    """
    actor.require(writing.LICENCES)
    today = periods.business_date(now)
    with scope.transaction(actor, acting=True):
        licence = writing.locked(models.Licence, licence_id, actor, version=version)
        if licence.revoked_on is not None:
            raise errors.refuse(
                "partners.licence_already_revoked", number=licence.number, revoked_on=str(licence.revoked_on)
            )
        licence.revoked_on = today
        return _changed(licence, "partners.licence.revoked", reason, actor, now)


def suspend_licence(
    *, licence_id: int, version: int, suspended: bool, reason: str, actor: scope.Actor, now: dt.datetime
) -> queries.LicenceView:
    """Suspend the licence, or lift the suspension. Raises Conflict for another version."""
    actor.require(writing.LICENCES)
    with scope.transaction(actor, acting=True):
        licence = writing.locked(models.Licence, licence_id, actor, version=version)
        licence.suspended = suspended
        type = "partners.licence.suspended" if suspended else "partners.licence.reinstated"
        return _changed(licence, type, reason, actor, now)


def _changed(
    licence: models.Licence, type: str, reason: str, actor: scope.Actor, now: dt.datetime
) -> queries.LicenceView:
    entry = journal.entry()
    licence.version, licence.entry = licence.version + 1, entry
    licence.save(update_fields=["revoked_on", "suspended", "version", "entry"])
    writing.record(
        entry,
        type,
        ids=[licence.pk],
        nodes=[licence.node_id],
        at=now,
        rows=writes.written([licence]),
        data={"party": licence.party_id, "number": licence.number, "reason": reason},
    )
    return queries.get_licence(licence.pk, actor=actor, today=periods.business_date(now))
