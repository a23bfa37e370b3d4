"""What parties are called: names and codes of those the actor sees, without the rest of their file."""

import dataclasses
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from qudao.kernel import errors, scope
from qudao.partners import models


@dataclasses.dataclass(frozen=True, slots=True)
class PartyName:
    """A party as a choice: enough to tell it from others of the same name."""

    id: int
    code: str
    name: str
    short_name: str
    uscc: str | None
    kind: str
    territory: int


def _seen(actor: scope.Actor) -> QuerySet:
    return scope.visible(models.Party.objects, actor)


def party_names(party_ids: Iterable[int], actor: scope.Actor) -> dict[int, str]:
    """Party → name, in one statement; those the actor does not see are left out."""
    with scope.transaction(actor):
        return dict(_seen(actor).filter(pk__in=set(party_ids)).values_list("pk", "name"))


def get_party_name(party_id: int, actor: scope.Actor) -> PartyName:
    """One party by its names alone, in one statement. Raises NotFound when unseen."""
    with scope.transaction(actor):
        found = told(_seen(actor).filter(pk=party_id))
    if not found:
        raise errors.NotFound()
    return found[0]


def all_hospitals(actor: scope.Actor) -> list[PartyName]:
    """Every hospital the actor sees, in one statement: what the names in a file are held against."""
    with scope.transaction(actor):
        return told(_seen(actor).filter(kind="hospital").order_by("code"))


def told(rows: QuerySet) -> list[PartyName]:
    """Parties of a queryset by their names."""
    values = rows.values_list("pk", "code", "name", "short_name", "uscc", "kind", "territory_id")
    return [PartyName(*row[:6], row[6] or 0) for row in values]


def hospitals_named(names: Iterable[str], actor: scope.Actor) -> dict[str, int]:
    """Name, short name or code as given → the hospital's party, in one statement; what names none or several is
    left out."""
    wanted, found = set(names), {}
    with scope.transaction(actor):
        named = Q(name__in=wanted) | Q(short_name__in=wanted) | Q(code__in=wanted)
        rows = _seen(actor).filter(named, kind="hospital").values_list("pk", "name", "short_name", "code")
        for pk, *called in rows:
            for text in wanted.intersection(called):
                found.setdefault(text, set()).add(pk)
    return {text: next(iter(ids)) for text, ids in found.items() if len(ids) == 1}


def phones_of(party_ids: Iterable[int], actor: scope.Actor) -> dict[int, str]:
    """Party → telephone, in one statement; those the actor does not see are left out."""
    with scope.transaction(actor):
        return dict(_seen(actor).filter(pk__in=set(party_ids)).values_list("pk", "phone"))
