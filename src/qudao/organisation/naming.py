"""What journal entries point to in this module, by name: id → (name, reference of its page, "" for its own)."""

from collections.abc import Iterable

from django.utils.translation import get_language

from qudao.kernel import scope
from qudao.organisation import models, queries, queries_people


def entities(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    wanted = set(ids)
    return {one.id: (one.short_name, "") for one in queries.list_entities() if one.id in wanted}


def regions(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    wanted = set(ids)
    return {one.id: (one.name, "") for one in queries.list_regions() if one.id in wanted}


def roles(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    rows = models.Role.objects.filter(pk__in=set(ids)).values_list("pk", "name", "name_en")
    english = get_language() == "en"
    return {pk: (name_en if english and name_en else name, "") for pk, name, name_en in rows}


def role_codes(codes: Iterable[str], actor: scope.Actor) -> dict[str, tuple[str, str]]:
    rows = models.Role.objects.filter(code__in=set(codes)).values_list("code", "name", "name_en")
    english = get_language() == "en"
    return {code: (name_en if english and name_en else name, "") for code, name, name_en in rows}


def posts(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    """A post is a role of a person; the person's page shows it."""
    rows = models.Post.objects.filter(pk__in=set(ids)).values_list(
        "pk", "person_id", "person__name", "role_id"
    )
    found = list(rows)
    names = roles((role for *_rest, role in found), actor)
    return {
        pk: (f"{names[role][0]} · {name}", f"organisation.person:{person}")
        for pk, person, name, role in found
        if person
    }


def persons(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    names = queries_people.names_of(f"person:{pk}" for pk in ids)
    return {int(reference[7:]): (name, "") for reference, name in names.items()}


def programs(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    return {number: (name, "") for number, name in queries_people.program_names(ids).items()}
