"""Reads of order templates (常用清单)."""

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from qudao.kernel import scope
from qudao.orders import models
from qudao.orders.rules import templates


@dataclasses.dataclass(frozen=True, slots=True)
class TemplateLine:
    """`quantity` in `unit` ('' is the item's price unit)."""

    item_id: int
    quantity: Decimal
    unit: str


@dataclasses.dataclass(frozen=True, slots=True)
class TemplateView:
    id: uuid.UUID
    version: int
    account_id: int
    name: str
    ship_to_id: int
    created_at: dt.datetime
    lines: tuple[TemplateLine, ...]


def list_templates(account_id: int, *, actor: scope.Actor) -> list[TemplateView]:
    """The account's templates by name; an account has few."""
    rows = models.OrderTemplate.objects.filter(account_id=account_id)
    found = scope.visible(rows, actor).order_by("name")[: templates.MOST_TEMPLATES]
    return [template_view(row) for row in found]


def template_view(row: models.OrderTemplate) -> TemplateView:
    lines = tuple(TemplateLine(line["item"], Decimal(line["quantity"]), line["unit"]) for line in row.lines)
    return TemplateView(row.pk, row.version, row.account_id, row.name, row.ship_to_id, row.created_at, lines)
