"""Granting authorisations, onward too, and revoking them with all that was granted from them."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import connection

from qudao.kernel import errors, journal, periods, scope, writes
from qudao.partners import models, queries, reading, territories
from qudao.partners.rules import authorisations as rules

from . import writing

# The row and all below it that is not revoked yet; row security leaves none out for an actor who sees all.
_REVOKE = """
WITH RECURSIVE below AS (
    SELECT id FROM partners_authorisation WHERE id = %(id)s::int
    UNION
    SELECT z.id FROM partners_authorisation z JOIN below b ON z.parent_id = b.id
)
UPDATE partners_authorisation z SET revoked_on = %(on)s::date, entry = %(entry)s::uuid
FROM below WHERE z.id = below.id AND z.revoked_on IS NULL
RETURNING z.id
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewAuthorisation:
    """An authorisation to grant. Facets of 0 or "" mean all; an item names its line as well.

    `territory` is a GB/T 2260 code; `parent_id` the authorisation it is granted from.
    """

    entity_id: int
    party_id: int
    valid_from: dt.date
    valid_until: dt.date | None = None
    kind: str = "distribution"
    effect: str = "allow"
    line_id: int = 0
    item_id: int = 0
    territory: int = 0
    hospital_id: int = 0
    channel: str = ""
    exclusive: bool = False
    sublicence: bool = False
    parent_id: int | None = None
    target: Decimal | None = None
    document_digest: str = ""

    @property
    def account_key(self) -> tuple[int, int, int]:
        return (self.entity_id, self.party_id, self.line_id)


def grant_authorisation(*, actor: scope.Actor, now: dt.datetime, **grant) -> queries.AuthorisationView:
    """Grant one authorisation; the keywords are those of NewAuthorisation. See `grant_authorisations`."""
    made = grant_authorisations([NewAuthorisation(**grant)], actor=actor, now=now)
    return queries.get_authorisation(made[0], actor=actor)


def grant_authorisations(
    rows: Sequence[NewAuthorisation], *, actor: scope.Actor, now: dt.datetime
) -> list[int]:
    """Grant authorisations, all or none; ids in the order given.

    What is granted onward lies inside its parent in every dimension; a partner grants only from its own.
    Raises Refused by line (from 1) with every dimension exceeded, `partners.parent_required`,
    `partners.authorisation_overlap` when an exclusive one meets another, and what `_judge` says.
    """
    actor.require(writing.AUTHORISATIONS)
    if not rows:
        raise ValueError("there is no authorisation to grant")
    reasons = [reason for line, new in enumerate(rows, 1) for reason in _judge(new, line)]
    errors.raise_if_refused(reasons)
    with (
        scope.transaction(actor, acting=True),
        writing.refusing(authorisation_exclusive="partners.authorisation_overlap"),
    ):
        found = scope.visible(models.Party.objects.filter(pk__in={new.party_id for new in rows}), actor)
        files = dict(found.values_list("pk", "file_node_id"))
        wanted = [new.party_id for new in rows]
        reasons = writing.missing(wanted, files, code="partners.party_unknown", key="party")
        parents = _parents(rows, actor)
        reasons += [
            reason for line, new in enumerate(rows, 1) for reason in _judge_parent(new, line, parents, actor)
        ]
        errors.raise_if_refused(reasons)
        accounts = _account_nodes(rows)
        entry = journal.entry()
        made = [_row(new, accounts.get(new.account_key, files[new.party_id])) for new in rows]
        listed = writes.created(made, entry)
        ids = [row.pk for row in made]
        owners = [row.node_id for row in made]
        data = {"party": made[0].party_id, "line": made[0].line_id, "parent": made[0].parent_id}
        writing.record(
            entry, "partners.authorisation.granted", ids=ids, nodes=owners, at=now, rows=listed, data=data
        )
    return ids


def _judge(new: NewAuthorisation, line: int) -> list[errors.Reason]:
    reasons = []
    if new.kind not in ("distribution", "delivery", "bidding", "service") or new.effect not in (
        "allow",
        "deny",
    ):
        reasons.append(errors.Reason("partners.kind_unknown", line, {"text": f"{new.kind} {new.effect}"}))
    if new.item_id and not new.line_id:
        reasons.append(errors.Reason("partners.item_without_line", line))
    if new.territory and new.territory // 10_000 * 10_000 not in territories.divisions():
        reasons.append(errors.Reason("partners.territory_unknown", line, {"code": new.territory}))
    if new.valid_until is not None and new.valid_until <= new.valid_from:
        reasons.append(errors.Reason("partners.authorisation_period", line))
    if new.target is not None and new.target < 0:
        reasons.append(errors.Reason("partners.target_negative", line))
    return reasons


def _parents(rows: Sequence[NewAuthorisation], actor: scope.Actor) -> dict[int, models.Authorisation]:
    """The rows granted from, locked: none is revoked between the look and the grant."""
    ids = {new.parent_id for new in rows if new.parent_id is not None}
    if not ids:
        return {}
    found = scope.visible(models.Authorisation.objects.filter(pk__in=ids), actor)
    return {row.pk: row for row in found.order_by("pk").select_for_update(no_key=True)}


def _judge_parent(
    new: NewAuthorisation, line: int, parents: Mapping[int, models.Authorisation], actor: scope.Actor
) -> list[errors.Reason]:
    if new.parent_id is None:
        # A partner has only what it was given; the house grants in its own name.
        return [errors.Reason("partners.parent_required", line)] if actor.party_id else []
    parent = parents.get(new.parent_id)
    if parent is None or parent.entity_id not in (0, new.entity_id):
        return [errors.Reason("partners.parent_unknown", line, {"parent": new.parent_id})]
    if actor.party_id and parent.party_id != actor.party_id:
        return [errors.Reason("partners.parent_required", line)]
    held = rules.child_within_parent(
        child=reading.authorisation(_row(new, 0)), parent=reading.authorisation(parent)
    )
    return [dataclasses.replace(reason, line=line) for reason in held]


def _account_nodes(rows: Sequence[NewAuthorisation]) -> dict[tuple[int, int, int], int]:
    found = models.ChannelAccount.objects.filter(
        entity_id__in={new.entity_id for new in rows},
        party_id__in={new.party_id for new in rows},
        line_id__in={new.line_id for new in rows},
    ).values_list("entity_id", "party_id", "line_id", "node_id")
    return {(entity, party, line): node for entity, party, line, node in found}


def _row(new: NewAuthorisation, node: int) -> models.Authorisation:
    area = rules.territory(code=new.territory)
    return models.Authorisation(
        node_id=node,
        entity_id=new.entity_id,
        party_id=new.party_id,
        kind=new.kind,
        effect=new.effect,
        line_id=new.line_id,
        item_id=new.item_id,
        territory_from=area.lower,
        territory_until=area.upper,
        hospital_id=new.hospital_id,
        channel=new.channel,
        exclusive=new.exclusive,
        sublicence=new.sublicence,
        parent_id=new.parent_id,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        target=new.target,
        document_digest=new.document_digest,
    )


def revoke_authorisation(
    *, authorisation_id: int, reason: str, actor: scope.Actor, now: dt.datetime
) -> queries.AuthorisationView:
    """Revoke the authorisation from today, with everything granted from it, however far down.

    One that may be passed on is revoked by somebody who sees the whole business
    (`partners.whole_view_needed`), so that nothing below stays behind unseen; a partner revokes what it granted
    itself (`partners.granted_by_another`). Raises Refused `partners.authorisation_already_revoked`.
    """
    actor.require(writing.AUTHORISATIONS)
    with scope.transaction(actor, acting=True):
        row = writing.locked(models.Authorisation, authorisation_id, actor)
        if row.revoked_on is not None:
            raise errors.refuse("partners.authorisation_already_revoked", revoked_on=str(row.revoked_on))
        if actor.party_id:
            given = models.Authorisation.objects.filter(pk=row.parent_id, party_id=actor.party_id)
            if not given.exists():
                raise errors.refuse("partners.granted_by_another")
        if row.sublicence:
            writing.require_whole(actor)
        entry = journal.entry()
        with connection.cursor() as cursor:
            on = periods.business_date(now)
            cursor.execute(_REVOKE, {"id": row.pk, "on": on, "entry": entry})
            ids = [one for (one,) in cursor.fetchall()]
        changed = models.Authorisation.objects.filter(pk__in=ids).order_by("pk")
        journal.record(
            entry,
            "partners.authorisation.revoked",
            subject=f"partners.authorisation:{row.pk}",
            at=now,
            node_id=row.node_id,
            rows=writes.written(changed),
            data={"party": row.party_id, "count": len(ids), "reason": reason},
        )
        return queries.get_authorisation(row.pk, actor=actor)
