"""The rows an entry wrote, in words: what they say now, read in one statement, however many they are.

The journal keeps their digests, not their values; a row that a later entry wrote again is said to be so.
"""

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils import dateparse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.kernel import manifest, scope
from qudao.kernel.journal import entries
from qudao.organisation.journal_fields import FIELDS, STATES, TABLES
from qudao.ui import formats, status, tables

# Rows of a table that are shown, and how long a text may be.
SHOWN, LONGEST = 6, 60
# Tables that stand open at first; what moved in stock follows from the lines before it.
OPEN, FOLDED = 3, ("inventory_move",)
PARTIES = ("party_id", "supplier_id", "hospital_id")
CODES = (
    "kind",
    "role",
    "status",
    "state",
    "channel",
    "admission",
    "section",
    "method",
    "from_status",
    "to_status",
)
_PRICES = ("unit_price", "price")
# These days are kept as the first that no longer belongs.
_EXCLUSIVE = ("valid_until", "period_until")


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """The rows of one table: `facts` where it is one row, else a table. `count` of them all, `since` of those shown
    that were written again."""

    title: Any
    count: int
    since: int
    folded: bool
    facts: tuple[tuple[Any, str], ...] = ()
    table: tables.Table | None = None

    @property
    def more(self) -> int:
        return max(self.count - SHOWN, 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """Rows as they stand: by table how many the entry wrote, and of the first (entry that wrote it last, values)."""

    counts: Mapping[str, int]
    rows: Mapping[str, Sequence[tuple[str | None, Mapping[str, Any]]]]

    def values(self) -> list[Mapping[str, Any]]:
        return [values for rows in self.rows.values() for _entry, values in rows]

    def people(self) -> set[str]:
        """The references of those who stand in them."""
        return {one for row in self.values() for key, one in row.items() if key.endswith("_by") and one}


def read(view_rows: Sequence[entries.Row], actor: scope.Actor) -> Found:
    """What the entry wrote, as far as the actor may see it."""
    wanted: dict[str, list[str]] = {}
    for row in view_rows:
        wanted.setdefault(row.table, []).append(row.id)
    known = {
        model._meta.db_table: model
        for model in apps.get_models()
        if model._meta.db_table in wanted.keys() & TABLES.keys() and _may(model, actor)
    }
    shown = {table: ids for table, ids in wanted.items() if table in known}
    return Found({table: len(ids) for table, ids in shown.items()}, _read(shown, known))


def in_words(
    found: Found, leaf: entries.Leaf, people: Mapping[str, str], actor: scope.Actor
) -> list[Written]:
    """Table by table in the order written; `people` are the names of `found.people()`."""
    parties = {row[key] for row in found.values() for key in PARTIES if row.get(key)}
    named: dict[int, str] = {}
    for find in manifest.collect("parties") if parties else ():
        named |= find(parties, actor)
    models_of = {model._meta.db_table: model for model in apps.get_models()}
    names = _Names(people, named)
    told = [(table, rows) for table, rows in found.rows.items() if rows]
    return [
        _written(models_of[table], found.counts[table], rows, names, leaf, table in FOLDED or place >= OPEN)
        for place, (table, rows) in enumerate(told)
    ]


def _may(model: type[models.Model], actor: scope.Actor) -> bool:
    """Whether the actor may see anything of the module; the rows themselves keep to their nodes."""
    module = model._meta.app_label
    return any(actor.can(one) for one in manifest.permissions() if _views(one, module))


def _views(permission: str, module: str) -> bool:
    return permission.startswith(f"{module}.") and permission.endswith(".view")


def _fields(model: type[models.Model]) -> list[models.Field]:
    """The columns that have words; codes where their values have words too."""
    table = model._meta.db_table
    return [
        field
        for field in model._meta.concrete_fields
        if field.column in FIELDS and (field.column not in CODES or (table, field.column) in STATES)
    ]


def _read(
    wanted: Mapping[str, Sequence[str]], known: Mapping[str, type[models.Model]]
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
        pairs = ", ".join(f"'{one.column}', t.{quote(one.column)}" for one in _fields(model))
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
class _Names:
    people: Mapping[str, str]
    parties: Mapping[int, str]


def _written(model, count: int, rows, names: _Names, leaf: entries.Leaf, folded: bool) -> Written:
    """One table's rows; columns that are empty in all of them, or 0 in many, are left out."""
    table = model._meta.db_table
    fields = _fields(model)
    told = [
        {field.column: _word(table, field, values[field.column], names) for field in fields}
        for _entry, values in rows
    ]
    single = count == 1
    used = [
        one
        for one in fields
        if any(
            told[no][one.column] and (single or values[one.column]) for no, (_by, values) in enumerate(rows)
        )
    ]
    since = sum(1 for entry, _values in rows if entry and entry != str(leaf.entry))
    title = TABLES[table]
    if single:
        facts = tuple((FIELDS[one.column], told[0][one.column]) for one in used)
        return Written(title, count, since, folded, facts=facts)
    columns = [
        tables.Column(key=one.column, label=FIELDS[one.column], figure=isinstance(one, models.DecimalField))
        for one in used
    ]
    return Written(title, count, since, folded, table=tables.Table(label=title, columns=columns, rows=told))


def _word(table: str, field: models.Field, value: Any, names: _Names) -> str:
    """A value as pages show it, "" for nothing."""
    name = field.column
    if value in (None, "", []):
        return ""
    if name in PARTIES:
        return names.parties.get(value, "")
    if name.endswith("_by"):
        return names.people.get(value, str(value))
    if (table, name) in STATES:
        return str(status.show(STATES[table, name], value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _short(formats.listed(value))
    if isinstance(field, models.DecimalField):
        return _number(field, Decimal(value))
    if isinstance(field, models.DateTimeField):
        return formats.moment(dateparse.parse_datetime(value))
    if isinstance(field, models.DateField):
        day = dt.date.fromisoformat(value)
        return formats.day(day - dt.timedelta(days=1) if name in _EXCLUSIVE else day)
    if name == "tier":
        # A rebate run's is the number of its rung: no tier of a partner.
        return str(status.show("grade", value).label) if isinstance(value, str) else ""
    return _short(str(value))


def _number(field: models.DecimalField, value: Decimal) -> str:
    if field.column in _PRICES:
        return formats.unit_price(value)
    if field.decimal_places == 2:
        return formats.amount(value)
    return formats.rate(value) if field.decimal_places == 6 else formats.quantity(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def since_words(one: Written) -> str:
    """That what is shown is newer than the entry, where it is."""
    if not one.since:
        return ""
    if one.count == 1:
        return pgettext("journal row", "Written again since: this is how it stands now.")
    return pgettext("journal row", "%(count)s of them written again since: this is how they stand now.") % {
        "count": one.since
    }
