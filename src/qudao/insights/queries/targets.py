"""Targets and baselines as set."""

import dataclasses
import datetime as dt
from decimal import Decimal

from qudao.insights import models
from qudao.insights.queries import cut as cuts
from qudao.kernel import scope

PAGE = 100


@dataclasses.dataclass(frozen=True, slots=True)
class TargetView:
    id: int
    kpi: str
    entity_id: int
    region_id: int
    line_id: int
    tier: str
    account_id: int
    valid_from: dt.date
    valid_until: dt.date
    target: Decimal | None
    baseline: Decimal | None
    set_by: str


def list_targets(*, actor: scope.Actor, kpi: str = "", after: int = 0, limit: int = PAGE) -> list[TargetView]:
    """Targets by id, those after `after`."""
    rows = scope.visible(models.Target.objects.filter(pk__gt=after), actor)
    if kpi:
        rows = rows.filter(kpi=kpi)
    return [target_view(row) for row in rows.order_by("pk")[:limit]]


def targets_for(cut: cuts.Cut, *, actor: scope.Actor) -> dict[str, list[TargetView]]:
    """KPI → the targets that concern the window, by day, for exactly the facets of the cut that the figure has; those
    of accounts are left out, and a single partner has none of its own but those."""
    if cut.party_id:
        return {}
    rows = scope.visible(models.Target.objects.all(), actor).filter(
        account_id=0,
        entity_id=cut.entity_id,
        region_id__in={0, cut.region_id},
        line_id__in={0, cut.line_id},
        tier__in={"", cut.tier},
        valid_from__lt=cut.until,
        valid_until__gt=cut.first,
    )
    found: dict[str, list[TargetView]] = {}
    for row in rows.order_by("valid_from"):
        part = cut.of(row.kpi)
        if (row.region_id, row.line_id, row.tier) != (part.region_id, part.line_id, part.tier):
            continue
        found.setdefault(row.kpi, []).append(target_view(row))
    return found


def target_view(row: models.Target) -> TargetView:
    return TargetView(**{field.name: getattr(row, field.name) for field in dataclasses.fields(TargetView)})
