"""Keeping an account's frequent orders as templates: save under a name, call otherwise, remove."""

import datetime as dt
import uuid
from collections.abc import Sequence

from qudao.catalog import queries as catalog
from qudao.kernel import errors, journal, locks, periods, records, scope
from qudao.orders import kept, models, queries, writing
from qudao.orders.operations import intake
from qudao.orders.rules import requests, templates
from qudao.partners import queries as partners


def save_template(
    *,
    account_id: int,
    name: str,
    lines: Sequence[requests.LineRequest],
    ship_to_id: int = 0,
    actor: scope.Actor,
    now: dt.datetime,
) -> kept.TemplateView:
    """Keep lines under a name of the account; the same name again replaces them.

    Raises NotFound for an account that is not the actor's own (an agent's dealer keeps its templates itself) or a
    place the actor does not see, Refused for unknown products, quantities that are none, no name, or more templates
    than an account may have.
    """
    actor.require(intake.PLACE)
    name = " ".join(name.split())
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        account = kept.own_account(account_id, actor=actor)
        if ship_to_id:
            partners.get_place(ship_to_id, actor)
        mine = {
            row.name: row
            for row in models.OrderTemplate.objects.select_for_update().filter(account_id=account.id)
        }
        errors.raise_if_refused(
            [
                *templates.check(name=name, lines=lines, others=len(mine), new=name not in mine),
                *_unknown(account, lines, now=now),
            ]
        )
        entry = journal.entry()
        row = mine.get(name) or models.OrderTemplate(
            id=records.key(now), created_at=now, version=0, account_id=account.id, name=name
        )
        row.node_id, row.ship_to_id = account.node_id, ship_to_id
        row.entry, row.version, row.saved_by = entry, row.version + 1, actor.ref
        row.lines = [
            {"item": line.item_id, "quantity": f"{line.quantity.normalize():f}", "unit": line.unit}
            for line in lines
        ]
        row.save(force_insert=row.version == 1)
        _record(row, "saved", entry=entry, now=now)
        return kept.template_view(row)


def rename_template(
    *, template_id: uuid.UUID, version: int, name: str, actor: scope.Actor, now: dt.datetime
) -> kept.TemplateView:
    """Call a template otherwise. Raises NotFound; Conflict when it was changed since; Refused for no name, or one
    that another template of the account has."""
    actor.require(intake.PLACE)
    name = " ".join(name.split())
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        row = _own(template_id, version, actor)
        others = models.OrderTemplate.objects.filter(account_id=row.account_id).exclude(pk=row.pk)
        errors.raise_if_refused(
            templates.check_name(name=name, taken=set(others.values_list("name", flat=True)))
        )
        if name == row.name:
            return kept.template_view(row)
        entry = journal.entry()
        row.entry, row.version, row.name = entry, row.version + 1, name
        row.save(update_fields=["entry", "version", "name"])
        _record(row, "renamed", entry=entry, now=now)
        return kept.template_view(row)


def remove_template(*, template_id: uuid.UUID, version: int, actor: scope.Actor, now: dt.datetime) -> None:
    """Forget a template; orders made from it stay. Raises NotFound; Conflict when it was changed since."""
    actor.require(intake.PLACE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        row = _own(template_id, version, actor)
        entry = journal.entry()
        _record(row, "removed", entry=entry, now=now)
        row.delete()


def _own(template_id: uuid.UUID, version: int, actor: scope.Actor) -> models.OrderTemplate:
    """The template, locked. An agent sees the templates of its dealers; they are the dealers' own."""
    rows = models.OrderTemplate.objects.select_for_update().filter(pk=template_id)
    row = scope.visible(rows, actor).first()
    if row is None:
        raise errors.NotFound
    kept.own_account(row.account_id, actor=actor)
    return queries.at_version(row, version)


def _unknown(account, lines, *, now) -> list[errors.Reason]:
    on = periods.business_date(now)
    items = catalog.items_once({line.item_id for line in lines}, on=on, entity_id=account.entity_id)
    reasons = [
        errors.Reason("orders.item_unknown", line.no, {"item": line.item_id})
        for line in lines
        if line.item_id not in items or items[line.item_id].line_id != account.line_id
    ]
    reasons += [
        errors.Reason("orders.quantity_not_positive", line.no, {"quantity": line.quantity})
        for line in lines
        if line.quantity <= 0
    ]
    return reasons


def _record(row: models.OrderTemplate, verb: str, *, entry: uuid.UUID, now: dt.datetime) -> None:
    journal.record(
        entry,
        f"orders.template.{verb}",
        subject=f"orders.template:{row.pk}",
        at=now,
        node_id=row.node_id,
        rows=[writing.row_of(row, ("account_id", "name", "lines", "version"))],
        data={"name": row.name, "lines": len(row.lines)},
    )
