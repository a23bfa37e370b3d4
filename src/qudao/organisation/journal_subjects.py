"""The documents that entries are about, by the numbers people know them by.

A module names its documents in its manifest (`subjects`): the noun of its journal subjects → the model that
has `number`. Entries keep the id, which never changes.
"""

import uuid
from collections.abc import Iterable, Sequence

from django.apps import apps
from django.db.models import CharField, Value
from django.urls import reverse

from qudao.kernel import manifest, scope
from qudao.kernel.journal import entries

# Documents that are named beside one entry.
MOST = 4


def numbers_of(references: Iterable[str]) -> dict[str, str]:
    """Reference (`orders.order:01a2…`) → number, of the documents the reader may see; one statement."""
    wanted: dict[str, set[str]] = {}
    for reference in references:
        noun, _sep, key = reference.partition(":")
        if _is_id(key):
            wanted.setdefault(noun, set()).add(key)
    known = manifest.subjects()
    parts = [
        apps.get_model(known[noun])
        .objects.filter(pk__in=wanted[noun])
        .order_by()
        .values_list(Value(noun, CharField()), "pk", "number")
        for noun in sorted(wanted.keys() & known.keys())
    ]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    return {f"{noun}:{pk}": number for noun, pk, number in rows}


def documents_of(
    found: Sequence[entries.Leaf], *, besides: str = "", actor: scope.Actor
) -> list[list[tuple[str, str]]]:
    """Of each entry the documents it is about and those it wrote, but for `besides`, whose page it stands on:
    number and address, "" for who may not open it; one statement."""
    tables = {apps.get_model(label)._meta.db_table: noun for noun, label in manifest.subjects().items()}
    named = [
        list(
            dict.fromkeys(
                [leaf.subject, *(f"{tables[row.table]}:{row.id}" for row in leaf.rows if row.table in tables)]
            )
        )
        for leaf in found
    ]
    named = [[one for one in references if one != besides][: MOST + 1] for references in named]
    numbers = numbers_of(reference for references in named for reference in references)
    return [
        [(numbers[one], page_of(one, actor)) for one in references if one in numbers][:MOST]
        for references in named
    ]


def page_of(reference: str, actor: scope.Actor) -> str:
    """The page of what a reference names; "" when it has none, or none for this actor. An entry is seen by those
    who see the node its document belongs to."""
    noun, _sep, key = reference.partition(":")
    name, permission = manifest.pages().get(noun, ("", ""))
    if not key or not name or not actor.can(permission):
        return ""
    page, asks, parameter = name.partition("?")
    return f"{reverse(page)}?{parameter}={key}" if asks else reverse(page, args=[key])


def reference_of(text: str) -> str:
    """What was typed as a reference: that of the document with this number, else the text itself."""
    plain = text.replace("：", ":").replace(" ", "")
    if not plain or ":" in plain:
        return plain
    for noun, label in manifest.subjects().items():
        pk = apps.get_model(label).objects.filter(number=plain.upper()).values_list("pk", flat=True).first()
        if pk is not None:
            return f"{noun}:{pk}"
    return plain


def _is_id(key: str) -> bool:
    try:
        uuid.UUID(key)
    except ValueError:
        return False
    return True
