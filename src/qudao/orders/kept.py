"""Reads of order templates (常用清单)."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal

from qudao.kernel import cursors, errors, scope
from qudao.orders import models, preparation
from qudao.orders.rules import templates
from qudao.partners import queries as partners


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
    saved_by: str
    lines: tuple[TemplateLine, ...]


def own_account(account_id: int, *, actor: scope.Actor) -> partners.Account:
    """The account, if its templates are the actor's to keep and to order by. Raises NotFound."""
    account = partners.get_account(account_id, actor)
    preparation.require_own(account.party_id, actor=actor)
    return account


def list_templates(account_id: int, *, actor: scope.Actor) -> list[TemplateView]:
    """The account's templates by name; an account has few."""
    rows = models.OrderTemplate.objects.filter(account_id=account_id)
    found = scope.visible(rows, actor).order_by("name")[: templates.MOST_TEMPLATES]
    return [template_view(row) for row in found]


def page_of_templates(
    *,
    account_ids: Iterable[int] | None = None,
    text: str = "",
    actor: scope.Actor,
    cursor: str | None = None,
    limit: int,
) -> tuple[list[TemplateView], str | None]:
    """Templates by name, of these accounts or of all the actor sees, and the cursor of the next page."""
    rows = scope.visible(models.OrderTemplate.objects.all(), actor)
    if account_ids is not None:
        rows = rows.filter(account_id__in=list(account_ids))
    if text:
        rows = rows.filter(name__icontains=text)
    found, following = cursors.page(rows, order="name", after=cursor, limit=limit)
    return [template_view(row) for row in found], following


def get_template(template_id: uuid.UUID, *, actor: scope.Actor) -> TemplateView:
    """Raises NotFound."""
    found = scope.visible(models.OrderTemplate.objects.filter(pk=template_id), actor).first()
    if found is None:
        raise errors.NotFound
    return template_view(found)


def template_view(row: models.OrderTemplate) -> TemplateView:
    lines = tuple(TemplateLine(line["item"], Decimal(line["quantity"]), line["unit"]) for line in row.lines)
    return TemplateView(
        *(row.pk, row.version, row.account_id, row.name, row.ship_to_id, row.created_at, row.saved_by, lines)
    )
