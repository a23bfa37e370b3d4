"""People and their posts, for the page that lists them and for the names of the journal's actors."""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch, Q

from qudao.kernel import cursors, scope
from qudao.organisation import models

PAGE = 100


@dataclasses.dataclass(frozen=True, slots=True)
class PostView:
    """A post. Facets are names, empty for all; `line_id` 0 is all lines."""

    role: str
    role_en: str
    entity: str
    region: str
    line_id: int
    whole: bool
    since: dt.datetime


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
    """A page of people by name and the cursor of the next: all for our own, colleagues for a partner's."""
    people = models.Person.objects.all()
    if not actor.house:
        people = people.filter(party_id=actor.party_id or -1)
    if text:
        people = people.filter(Q(name__icontains=text) | Q(username__icontains=text))
    if ours is not None:
        people = people.filter(party_id=0) if ours else people.exclude(party_id=0)
    held = models.Post.objects.filter(revoked_at__isnull=True).select_related("role").order_by("pk")
    people = people.prefetch_related(Prefetch("posts", held, to_attr="held"))
    found, following = cursors.page(people, order="name", after=cursor, limit=limit)
    entities = dict(models.LegalEntity.objects.values_list("pk", "short_name"))
    regions = dict(models.Region.objects.values_list("pk", "name"))
    listed = [
        PersonView(
            id=person.pk,
            username=person.username,
            name=person.name,
            party_id=person.party_id,
            active=person.is_active,
            last_sign_in=person.last_login,
            posts=tuple(_post(post, entities, regions) for post in person.held),
        )
        for person in found
    ]
    return listed, following


def _post(post: models.Post, entities: dict[int, str], regions: dict[int, str]) -> PostView:
    return PostView(
        role=post.role.name,
        role_en=post.role.name_en,
        entity=entities.get(post.entity_id, ""),
        region=regions.get(post.region_id, ""),
        line_id=post.line_id,
        whole=post.whole,
        since=post.valid_from,
    )


def names_of(references: Iterable[str]) -> dict[str, str]:
    """The names behind actors' references `person:7`; others (`job:night`, `client:3`) are not among them."""
    numbers = {int(one[7:]) for one in references if one.startswith("person:") and one[7:].isdigit()}
    found = models.Person.objects.filter(pk__in=numbers).values_list("pk", "name")
    return {f"person:{number}": name for number, name in found}


def references_of(text: str) -> tuple[str, ...]:
    """The references of everybody whose name or user name holds `text`, and `text` itself."""
    found = models.Person.objects.filter(Q(name__icontains=text) | Q(username__icontains=text))
    return (text, *(f"person:{number}" for number in found.values_list("pk", flat=True)[:PAGE]))
