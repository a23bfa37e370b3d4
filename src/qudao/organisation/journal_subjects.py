"""The documents that entries are about, by the numbers people know them by.

A module names its documents in its manifest (`subjects`): the noun of its journal subjects → the model that
has `number`. Entries keep the id, which never changes.
"""

import uuid
from collections.abc import Iterable

from django.apps import apps

from qudao.kernel import manifest


def numbers_of(references: Iterable[str]) -> dict[str, str]:
    """Reference (`orders.order:01a2…`) → number, of the documents the reader may see; one statement a kind."""
    wanted: dict[str, set[str]] = {}
    for reference in references:
        noun, _sep, key = reference.partition(":")
        if _is_id(key):
            wanted.setdefault(noun, set()).add(key)
    known = manifest.subjects()
    return {
        f"{noun}:{pk}": number
        for noun in sorted(wanted.keys() & known.keys())
        for pk, number in apps.get_model(known[noun])
        .objects.filter(pk__in=wanted[noun])
        .values_list("pk", "number")
    }


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
