"""Targets and baselines, set by those who answer for them."""

import datetime as dt
from decimal import Decimal

from qudao.insights import models, queries, rules
from qudao.kernel import errors, journal, locks, scope
from qudao.partners import queries as partners

SET = "insights.target.set"
_FIELDS = (
    *("kpi", "entity_id", "region_id", "line_id", "tier", "account_id"),
    *("valid_from", "valid_until", "target", "baseline"),
)


def set_target(
    *,
    kpi: str,
    valid_from: dt.date,
    valid_until: dt.date,
    target: Decimal | None = None,
    baseline: Decimal | None = None,
    entity_id: int = 0,
    region_id: int = 0,
    line_id: int = 0,
    tier: str = "",
    account_id: int = 0,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.TargetView:
    """Set target and baseline of a figure for a part of the business over [valid_from, valid_until).

    The same part and period again replaces both; the journal keeps what was. Amounts in yuan, rates as
    fractions, days and hours as they are. Raises Refused `insights.kpi_unknown`, `.target_empty`,
    `.target_period`, `.target_overlaps`; NotFound for an account the actor does not see.
    """
    actor.require(SET)
    facets = {"entity_id": entity_id, "region_id": region_id, "line_id": line_id, "tier": tier}
    key = {"kpi": kpi, **facets, "account_id": account_id}
    _check(kpi, valid_from, valid_until, target, baseline)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        node_id = partners.get_account(account_id, actor).node_id if account_id else None
        clashing = list(
            models.Target.objects.select_for_update().filter(
                **key, valid_from__lt=valid_until, valid_until__gt=valid_from
            )
        )
        row = next(
            (one for one in clashing if (one.valid_from, one.valid_until) == (valid_from, valid_until)),
            models.Target(**key, node_id=node_id, valid_from=valid_from, valid_until=valid_until),
        )
        errors.raise_if_refused(
            errors.Reason(
                "insights.target_overlaps", params={"first": other.valid_from, "until": other.valid_until}
            )
            for other in clashing
            if other.pk != row.pk
        )
        row.entry = journal.entry()
        row.target, row.baseline, row.set_by = target, baseline, actor.ref
        row.save()
        values = {name: getattr(row, name) for name in _FIELDS}
        journal.record(
            row.entry,
            "insights.target.set",
            subject=f"insights.target:{row.pk}",
            at=now,
            node_id=node_id,
            rows=[journal.row(row, row.pk, values)],
            data=values,
        )
    return queries.targets.target_view(row)


def _check(
    kpi: str, valid_from: dt.date, valid_until: dt.date, target: Decimal | None, baseline: Decimal | None
) -> None:
    found = []
    if kpi not in rules.KPIS:
        found.append(errors.Reason("insights.kpi_unknown", params={"kpi": kpi}))
    if target is None and baseline is None:
        found.append(errors.Reason("insights.target_empty"))
    if valid_until <= valid_from:
        found.append(
            errors.Reason("insights.target_period", params={"first": valid_from, "until": valid_until})
        )
    errors.raise_if_refused(found)
