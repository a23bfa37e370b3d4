"""People and their posts, for the page that lists them and for the names of the journal's actors."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Prefetch, Q, QuerySet, Value, prefetch_related_objects
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from qudao.kernel import cursors, errors, scope
from qudao.organisation import models

PAGE = 100


@dataclasses.dataclass(frozen=True, slots=True)
class PostView:
    """A post. Facets are names, empty for all; `line_id` 0 is all lines."""

    id: int
    role: str
    role_en: str
    entity: str
    region: str
    line_id: int
    whole: bool
    since: dt.datetime
    granted_by: str
    revoked_at: dt.datetime | None
    permissions: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who may sign in. `party_id` 0 is our own staff."""

    id: int
    username: str
    name: str
    party_id: int
    active: bool
    last_sign_in: dt.datetime | None
    posts: tuple[PostView, ...]


def list_people(
    *,
    actor: scope.Actor,
    text: str = "",
    ours: bool | None = None,
    cursor: str | None = None,
    limit: int = PAGE,
) -> tuple[list[PersonView], str | None]:
    """A page of people by name as it sounds and the cursor of the next: all for our own, colleagues for a partner's."""
    people = _wanted(actor, text, ours)
    with looking(actor):
        found, following = cursors.page(people, order="sounds", after=cursor, limit=limit)
        return _views(found, models.Post.objects.filter(revoked_at__isnull=True), granters=False), following


def count_people(*, actor: scope.Actor, text: str = "", ours: bool | None = None) -> int:
    """How many people `list_people` finds."""
    with looking(actor):
        return _wanted(actor, text, ours).count()


def get_person(person_id: int, *, actor: scope.Actor) -> PersonView:
    """One person with every post, those revoked last. Raises NotFound for whom the actor may not know of."""
    with looking(actor):
        found = _views(_people(actor).filter(pk=person_id), models.Post.objects.all())
    if not found:
        raise errors.NotFound()
    return found[0]


def _wanted(actor: scope.Actor, text: str, ours: bool | None) -> QuerySet:
    people = _people(actor)
    if text:
        people = people.filter(Q(name__icontains=text) | Q(username__icontains=text))
    if ours is not None:
        people = people.filter(party_id=0) if ours else people.exclude(party_id=0)
    return people


def _people(actor: scope.Actor):
    """All for our own, a partner's own colleagues for a partner's people."""
    people = models.Person.objects.all()
    return people if actor.house else people.filter(party_id=actor.party_id or -1)


def _views(people: Iterable[models.Person], posts, *, granters: bool = True) -> list[PersonView]:
    """With who granted each post, unless nobody looks at that."""
    found = list(people)
    held = posts.select_related("role").order_by(F("revoked_at").asc(nulls_first=True), "pk")
    prefetch_related_objects(found, Prefetch("posts", held, to_attr="held"))
    entities = dict(models.LegalEntity.objects.values_list("pk", "short_name"))
    regions = dict(models.Region.objects.values_list("pk", "name"))
    given = [post.granted_by for one in found for post in one.held] if granters else []  # type: ignore[attr-defined]
    names = names_of(given) if given else {}
    return [
        PersonView(
            id=person.pk,
            username=person.username,
            name=person.name,
            party_id=person.party_id,
            active=person.is_active,
            last_sign_in=person.last_login,
            posts=tuple(_post(post, entities, regions, names) for post in person.held),
        )
        for person in found
    ]


def looking(actor: scope.Actor):
    """The house sees posts as they are; for a partner the house looks on its behalf."""
    return scope.transaction(actor, acting=not actor.house)


def _post(
    post: models.Post, entities: dict[int, str], regions: dict[int, str], names: dict[str, str]
) -> PostView:
    return PostView(
        id=post.pk,
        role=post.role.name,
        role_en=post.role.name_en,
        entity=entities.get(post.entity_id, ""),
        region=regions.get(post.region_id, ""),
        line_id=post.line_id,
        whole=post.whole,
        since=post.valid_from,
        granted_by=names.get(post.granted_by, post.granted_by),
        revoked_at=post.revoked_at,
        permissions=tuple(post.role.permissions),
    )


# A program acts under the number of its first post, and is called as it was registered.
_PROGRAMS = """
SELECT p.id, coalesce(nullif(c.name, ''), p.client_id)
FROM organisation_post p LEFT JOIN allauth_idp_oidc_client c ON c.id = p.client_id
WHERE p.client_id <> '' AND {condition} ORDER BY p.id LIMIT %(limit)s
"""


def names_of(references: Iterable[str]) -> dict[str, str]:
    """The names behind actors' references: `person:7` is somebody, `job:night` the program itself, `client:3` a
    program that uses the API, whose name our own people alone may know."""
    references = set(references)
    found = models.Person.objects.filter(pk__in=_numbers(references, "person")).values_list("pk", "name")
    words = {"job": _("System"), "client": _("Program over the API")}
    kinds = {one: one.partition(":")[0] for one in references}
    named = {one: words[kind] for one, kind in kinds.items() if kind in words}
    named |= {f"person:{number}": name for number, name in found}
    programs = program_names(_numbers(references, "client"))
    return named | {f"client:{number}": name for number, name in programs.items()}


def _numbers(references: Iterable[str], kind: str) -> set[int]:
    split = (one.partition(":") for one in references)
    return {int(number) for found, _sep, number in split if found == kind and number.isdecimal()}


def program_names(numbers: Iterable[int]) -> dict[int, str]:
    """Number → name of API clients, for our own people: posts are not shown to others."""
    wanted = list(numbers)
    return _programs("p.id = ANY (%(ids)s::bigint[])", ids=wanted) if wanted else {}


def _programs(condition: str, **values: Any) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_PROGRAMS.format(condition=condition), {**values, "limit": PAGE})
        return dict(cursor.fetchall())


def references_of(text: str) -> tuple[str, ...]:
    """The references of everybody and every program whose name or user name holds `text`, and `text` itself."""
    found = models.Person.objects.filter(Q(name__icontains=text) | Q(username__icontains=text))
    programs = _programs("strpos(lower(c.name || ' ' || p.client_id), lower(%(text)s)) > 0", text=text)
    return (
        text,
        *(f"person:{number}" for number in found.values_list("pk", flat=True)[:PAGE]),
        *(f"client:{number}" for number in programs),
    )


def our_people() -> QuerySet:
    """The references of our own people (`person:7`), as a query: who is not among them is a partner's or a program."""
    ours = models.Person.objects.filter(party_id=0)
    return ours.values_list(Concat(Value("person:"), Cast("pk", CharField())), flat=True)
