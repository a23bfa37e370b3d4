"""Values of entries as people read them: codes by the words of their module, ids by name with the way to their page.

What the reader may not see keeps its id. Names are looked up at once: a statement for each kind of thing.
"""

import datetime as dt
import functools
import re
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import dateparse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qudao.kernel import manifest, scope
from qudao.organisation import journal_subjects
from qudao.organisation.journal_fields import TABLES
from qudao.organisation.journal_points import POINTS, POINTS_OF
from qudao.ui import formats, status

ACTORS = {"person": "organisation.person", "client": "organisation.program"}
# What the codes of a column are when they are permissions.
PERMISSIONS = "permissions"
# Nouns of what is known by its code instead of a number.
CODE = "_code"
# How long a text may be.
LONGEST = 80
_PRICES = ("unit_price", "price")
# These days are kept as the first that no longer belongs.
_EXCLUSIVE = ("valid_until", "period_until", "temporary_until")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*")

Point = tuple[str, Any]


def noun_of(place: str, name: str) -> str:
    """What a column of table `place`, or a key in an entry of module `place`, points to; "" for a plain value."""
    return POINTS_OF.get((place, name)) or POINTS.get(name, "")


def points_of(place: str, name: str, value: Any) -> list[Point]:
    """What a value points to: nothing, one thing, or each of a list."""
    if name.endswith("_by") or name == "actor":
        return [actor] if (actor := _actor(value)) else []
    noun = noun_of(place, name)
    if not noun or not value:
        return []
    return [(noun, one) for one in value if one] if isinstance(value, list) else [(noun, value)]


def _actor(reference: Any) -> Point | None:
    kind, _sep, key = str(reference or "").partition(":")
    return (ACTORS[kind], int(key)) if kind in ACTORS and key.isdigit() else None


class Named:
    """The names and pages of what was pointed to, for one reader."""

    def __init__(self, points: Iterable[Point], actor: scope.Actor) -> None:
        wanted: dict[str, set[str]] = {}
        for noun, key in points:
            wanted.setdefault(noun, set()).add(str(key))
        self._found: dict[tuple[str, str], tuple[str, str]] = {}
        self._name(wanted, actor)
        documents = [f"{noun}:{key}" for noun, keys in wanted.items() for key in keys]
        for reference, number in journal_subjects.numbers_of(documents).items():
            noun, _sep, key = reference.partition(":")
            self._found[noun, key] = number, journal_subjects.page_of(reference, actor)

    def _name(self, wanted: Mapping[str, set[str]], actor: scope.Actor) -> None:
        for noun, dotted in manifest.names().items():
            ids = [
                key if noun.endswith(CODE) else int(key)
                for key in wanted.get(noun, ())
                if noun.endswith(CODE) or key.isdigit()
            ]
            if not ids:
                continue
            for key, (name, shown_by) in manifest.resolve(dotted)(ids, actor).items():
                url = journal_subjects.page_of(shown_by or f"{noun}:{key}", actor)
                self._found[noun, str(key)] = name, url

    def find(self, noun: str, key: Any) -> tuple[str, str]:
        """(name, address), the id itself and "" for what the reader may not see."""
        return self._found.get((noun, str(key))) or (_short_id(key), "")

    def called(self, noun: str, key: Any) -> str:
        """The name; of what has none its short key, for the end of a long one says nothing."""
        return self._found.get((noun, str(key)), ("", ""))[0] or ("" if _is_long(key) else _short_id(key))

    def link(self, noun: str, key: Any) -> SafeString | str:
        return linked(*self.find(noun, key))

    def person(self, reference: Any) -> tuple[str, str]:
        """Who stands behind an actor's reference: a person, a program that uses the API, or the system."""
        if actor := _actor(reference):
            return self.find(*actor)
        return (_("System") if str(reference).startswith("job:") else str(reference)), ""

    def links(self, points: Iterable[Point]) -> SafeString:
        between = formats.listed(("", ""))
        return format_html_join(between, "{}", ((self.link(*one),) for one in points))


def linked(words: str, url: str) -> SafeString | str:
    """Words that lead somewhere, or stand alone."""
    return format_html('<a href="{}">{}</a>', url, words) if url else words


def _short_id(key: Any) -> str:
    """An id that has no name: the end of a long one."""
    text = str(key)
    if _is_long(key):
        return f"…{text[-6:]}"
    return f"#{text}" if text.isdigit() else text


def _is_long(key: Any) -> bool:
    try:
        uuid.UUID(str(key))
    except ValueError:
        return False
    return True


def coded(table: str, column: str, value: Any) -> str:
    """The words for a code in a column, or for several; "" where its module has none."""
    where = manifest.codes().get(f"{table}.{column}", "")
    if isinstance(value, list):
        return formats.listed(_word(where, one) or one for one in value) if where else ""
    return _word(where, value)


def coded_in(module: str, key: str, value: Any) -> str:
    """The same for a code recorded under a key of an entry: `module.key`, else of the module's columns of that name
    the first that knows it."""
    ours, ending = f"{module}_", f".{key}"
    known = manifest.codes()
    places = [f"{module}{ending}", *(one for one in known if one.startswith(ours) and one.endswith(ending))]
    return next(filter(None, (_word(known.get(one, ""), value) for one in places)), "")


def _word(where: str, value: Any) -> str:
    if not where or isinstance(value, dict | list):
        return ""
    kind, _sep, name = where.partition(":")
    if where == PERMISSIONS:
        return str(manifest.permissions().get(value, ""))
    if kind == "status":
        return str(status.MAP[name][value].label) if value in status.MAP[name] else ""
    return str(_vocabulary(where).get(value, ""))


@functools.cache
def _vocabulary(where: str) -> Mapping[Any, Any]:
    found: Any = manifest.resolve(where)
    return found


@functools.cache
def _fields() -> Mapping[str, models.Field]:
    """Column → a field of that name among the tables that are told: what a value under the same key is."""
    found: dict[str, models.Field] = {}
    for model in apps.get_models():
        if model._meta.db_table in TABLES:
            for field in model._meta.concrete_fields:
                if isinstance(field, models.DecimalField | models.DateField | models.BooleanField):
                    found.setdefault(field.column, field)
    return found


def is_number(name: str) -> bool:
    """Whether what stands under a key is an amount or a quantity."""
    return isinstance(_fields().get(name), models.DecimalField)


def plain(name: str, value: Any, field: models.Field | None = None) -> str:
    """A value that is neither code nor pointer; "" for nothing. Without a field, as the column of that name is."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _short(formats.listed(plain(name, one) for one in value))
    field = field or _fields().get(name)
    if isinstance(field, models.DecimalField) and (number := _decimal(value)) is not None:
        return _number(field, number)
    if isinstance(value, str) and _MOMENT.fullmatch(value) and (moment := dateparse.parse_datetime(value)):
        return formats.moment(moment)
    if isinstance(value, str) and _DAY.fullmatch(value):
        day = dt.date.fromisoformat(value)
        return formats.day(day - dt.timedelta(days=1) if name in _EXCLUSIVE else day)
    return _short(str(value))


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return None


def _number(field: models.DecimalField, value: Decimal) -> str:
    if field.column in _PRICES:
        return formats.unit_price(value)
    if field.decimal_places == 2:
        return formats.amount(value)
    return formats.rate(value) if field.decimal_places == 6 else formats.quantity(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
