"""The rows an entry wrote, in words: what they say now, read in one statement, however many they are.

The journal keeps their digests, not their values; a row that a later entry wrote again is said to be so.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils.translation import pgettext

from qudao.kernel import manifest, scope
from qudao.kernel.journal import entries
from qudao.organisation import journal_values as values_of
from qudao.organisation.journal_fields import FIELDS, TABLES
from qudao.organisation.journal_points import CALLED, NAMED, SECRET, UNTOLD
from qudao.ui import tables

# Rows of a table that are shown.
SHOWN = 20
# Tables that stand open at first; what moved in stock follows from the lines before it.
OPEN, FOLDED = 3, ("inventory_move",)
# Where a row came from: the kind of document it is, and its id.
ORIGIN, ORIGIN_TYPE = "origin_id", "origin_type"
# Of which line: told by its number, which the entry recorded beside its key.
ORIGIN_LINE = "origin_line"


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """The rows of one table: `facts` where it is one row, else a table. `count` of them all, `since` of those shown
    that were written again."""

    title: Any
    count: int
    since: int
    folded: bool
    facts: tuple[tuple[Any, Any], ...] = ()
    table: tables.Table | None = None

    @property
    def more(self) -> int:
        return max(self.count - SHOWN, 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """Rows as they stand: by table how many the entry wrote, and of the first (entry that wrote it last, values)."""

    counts: Mapping[str, int]
    rows: Mapping[str, Sequence[tuple[str | None, Mapping[str, Any]]]]

    def points(self) -> Iterator[values_of.Point]:
        """What stands in them by its id."""
        for table, rows in self.rows.items():
            for _entry, values in rows:
                for column, value in values.items():
                    yield from _points(table, column, value, values)


def _points(table: str, column: str, value: Any, row: Mapping[str, Any]) -> list[values_of.Point]:
    if column == ORIGIN:
        return [(row[ORIGIN_TYPE], value)] if row.get(ORIGIN_TYPE) and value else []
    return values_of.points_of(table, column, value)


def read(view_rows: Sequence[entries.Row], actor: scope.Actor) -> Found:
    """What the entry wrote, as far as the actor may see it."""
    wanted: dict[str, list[str]] = {}
    for table, key in dict.fromkeys((row.table, row.id) for row in view_rows):
        wanted.setdefault(table, []).append(key)
    known = {
        model._meta.db_table: model
        for model in apps.get_models()
        if model._meta.db_table in wanted.keys() & TABLES.keys() and _may(model, actor)
    }
    shown = {table: ids for table, ids in wanted.items() if table in known}
    return Found({table: len(ids) for table, ids in shown.items()}, _read(shown, known, actor))


def in_words(found: Found, leaf: entries.Leaf, named: values_of.Named, actor: scope.Actor) -> list[Written]:
    """Table by table in the order written; `named` knows the names of `found.points()`."""
    models_of = {model._meta.db_table: model for model in apps.get_models()}
    told = [(table, rows) for table, rows in found.rows.items() if rows]
    return [
        _written(
            _Told(models_of[table], named, actor, _lines(leaf)),
            found.counts[table],
            rows,
            leaf,
            table in FOLDED or place >= OPEN,
        )
        for place, (table, rows) in enumerate(told)
    ]


def _lines(leaf: entries.Leaf) -> dict[str, str]:
    """Key of a line → its number, of the lines the entry recorded."""
    records = (one for value in leaf.data.values() if isinstance(value, list) for one in value)
    return {
        str(key): str(one["no"])
        for one in records
        if isinstance(one, dict) and "no" in one
        for name, key in one.items()
        if name.endswith("_line_id")
    }


def _may(model: type[models.Model], actor: scope.Actor) -> bool:
    """Whether the actor may see anything of the module; the rows themselves keep to their nodes."""
    module = model._meta.app_label
    return any(actor.can(one) for one in manifest.permissions() if _views(one, module))


def _views(permission: str, module: str) -> bool:
    return permission.startswith(f"{module}.") and permission.endswith(".view")


def fields(model: type[models.Model]) -> list[models.Field]:
    """The columns that are told."""
    return [field for field in model._meta.concrete_fields if field.column not in UNTOLD]


def _seen(model: type[models.Model], actor: scope.Actor) -> list[models.Field]:
    """Those of them that this reader may see."""
    return [one for one in fields(model) if one.column not in SECRET or actor.can(SECRET[one.column])]


def _read(
    wanted: Mapping[str, Sequence[str]], known: Mapping[str, type[models.Model]], actor: scope.Actor
) -> dict[str, list[tuple[str | None, dict[str, Any]]]]:
    """Table → (entry that wrote it last, values by column) of its first rows, in one statement."""
    found: dict[str, list] = {table: [] for table in wanted}
    if not wanted:
        return found
    parts, parameters = [], []
    quote = connection.ops.quote_name
    for table, ids in wanted.items():
        model = known[table]
        key = model._meta.pk
        columns = [one.column for one in _seen(model, actor)]
        columns += [ORIGIN_TYPE] if ORIGIN in columns else []
        pairs = ", ".join(f"'{column}', t.{quote(column)}" for column in columns)
        entry = (
            "t.entry::text" if any(one.column == "entry" for one in model._meta.concrete_fields) else "NULL"
        )
        parts.append(
            f"SELECT %s::text, wanted.place, {entry}, jsonb_build_object({pairs})::text"
            f" FROM unnest(%s::text[]::{key.rel_db_type(connection)}[]) WITH ORDINALITY AS wanted (id, place)"
            f" JOIN {quote(table)} t ON t.{quote(key.column)} = wanted.id"
        )
        parameters += [table, list(ids[:SHOWN])]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        rows = sorted(cursor.fetchall(), key=lambda row: row[1])
    for table, _place, entry, values in rows:
        found[table].append((entry, json.loads(values, parse_float=Decimal)))
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class _Told:
    """One table for one reader."""

    model: type[models.Model]
    named: values_of.Named
    actor: scope.Actor
    lines: Mapping[str, str]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def columns(self) -> list[models.Field]:
        """What is shown, of which line first: a name frozen into the row stands for the id beside it."""
        seen = sorted(_seen(self.model, self.actor), key=lambda one: one.column != ORIGIN_LINE)
        there = {one.column for one in seen}
        return [one for one in seen if NAMED.get(one.column) not in there]

    def label(self, column: str) -> Any:
        return CALLED.get((self.table, column)) or FIELDS.get(column, column)

    def value(self, field: models.Field, row: Mapping[str, Any]) -> tuple[str, str]:
        """Words and where they lead, "" for nothing and nowhere."""
        column, value = field.column, row[field.column]
        if column == ORIGIN_LINE:
            return self.lines.get(str(value), ""), ""
        if said := values_of.coded(self.table, column, value):
            return said, ""
        if column.endswith("_by") and value:
            return self.named.person(value)
        points = _points(self.table, column, value, row)
        if len(points) == 1:
            return self.named.find(*points[0])
        if points:
            return values_of.plain(column, [self.named.find(*one)[0] for one in points]), ""
        if values_of.noun_of(self.table, column) or (column == ORIGIN and not value):
            return "", ""
        words = values_of.plain(column, value, field)
        beside = next((one for one, name in NAMED.items() if name == column and row.get(one)), "")
        return words, self._led(beside, row) if beside and words else ""

    def _led(self, column: str, row: Mapping[str, Any]) -> str:
        noun = values_of.noun_of(self.table, column)
        return self.named.find(noun, row[column])[1] if noun else ""


def _written(told: _Told, count: int, rows, leaf: entries.Leaf, folded: bool) -> Written:
    """One table's rows; columns that are empty in all of them, or 0 in many, are left out."""
    single = count == 1
    shown = [{one.column: told.value(one, values) for one in told.columns()} for _entry, values in rows]
    used = [
        one
        for one in told.columns()
        if any(
            row[one.column][0] and (single or values[one.column])
            for row, (_by, values) in zip(shown, rows, strict=True)
        )
    ]
    if not single:
        # Lines need not say one by one that they are of the entry's own document.
        noun, _sep, key = leaf.subject.partition(":")
        own = told.named.find(noun, key)
        used = [one for one in used if any(row[one.column] != own for row in shown)]
    since = sum(1 for entry, _values in rows if entry and entry != str(leaf.entry))
    title = TABLES[told.table]
    if single:
        facts = tuple((told.label(one.column), values_of.linked(*shown[0][one.column])) for one in used)
        return Written(title, count, since, folded, facts=facts)
    columns = [
        tables.Column(
            key=one.column,
            label=told.label(one.column),
            link=f"{one.column}_url",
            figure=isinstance(one, models.DecimalField),
        )
        for one in used
    ]
    lines = [
        {
            key: text
            for column, (words, url) in row.items()
            for key, text in ((column, words), (f"{column}_url", url))
        }
        for row in shown
    ]
    # The first column of a table leads where its row does.
    lines = [{**row, "url": row[f"{used[0].column}_url"]} for row in lines] if used else lines
    return Written(title, count, since, folded, table=tables.Table(label=title, columns=columns, rows=lines))


def since_words(one: Written) -> str:
    """That what is shown is newer than the entry, where it is."""
    if not one.since:
        return ""
    if one.count == 1:
        return pgettext("journal row", "Written again since: this is how it stands now.")
    return pgettext("journal row", "%(count)s of them written again since: this is how they stand now.") % {
        "count": one.since
    }
