"""Turns a signed-in person or an API client into an Actor, afresh on every request.

A revoked post is gone on the next request because nothing of this is kept between requests.
"""

import dataclasses
import datetime as dt

from django.db import connection

from qudao.kernel import errors, scope
from qudao.organisation import models

# What a post opens: a partner's own nodes and the accounts below its accounts, or, for our own people, the
# accounts in the post's part of the business with the file nodes of their partners. The second column tells
# nodes that only operations on the actor's behalf may touch: the debtor of each visible account. The third tells
# the files, one a partner.
_NODES = """
WITH RECURSIVE post AS (
    SELECT * FROM unnest(%(party)s::int[], %(entity)s::int[], %(region)s::int[], %(line)s::int[])
        AS p (party_id, entity_id, region_id, line_id)
), root AS (
    SELECT DISTINCT n.id, n.kind, n.party_id, n.entity_id
    FROM kernel_node n JOIN post p ON
        (p.party_id = 0 OR n.party_id = p.party_id)
        AND (n.kind = 'account' AND (p.entity_id = 0 OR n.entity_id = p.entity_id)
                AND (p.region_id = 0 OR n.region_id = p.region_id) AND (p.line_id = 0 OR n.line_id = p.line_id)
             OR p.party_id <> 0 AND n.kind IN ('file', 'debtor'))
), account AS (
    SELECT DISTINCT n.id, n.party_id, n.entity_id
    FROM root r JOIN kernel_nodeancestor a ON a.ancestor_id = r.id JOIN kernel_node n ON n.id = a.descendant_id
    WHERE r.kind = 'account'
)
SELECT id, true, false FROM account
UNION SELECT id, true, kind = 'file' FROM root WHERE kind <> 'account'
UNION SELECT n.id, true, true FROM kernel_node n JOIN account a ON n.party_id = a.party_id AND n.kind = 'file'
UNION SELECT n.id, %(debtors)s, false FROM kernel_node n
      JOIN account a ON n.party_id = a.party_id AND n.entity_id = a.entity_id AND n.kind = 'debtor'
"""

# Of the nodes an actor has, those of the accounts in one part of the business: the accounts, the file
# nodes of their partners, the debtors of these with the accounts' entities.
_NARROWED = """
WITH account AS (
    SELECT id, party_id, entity_id FROM kernel_node
    WHERE kind = 'account' AND (%(everyone)s OR id = ANY (%(nodes)s::int[]))
        AND (%(entity)s = 0 OR entity_id = %(entity)s)
        AND (%(region)s = 0 OR region_id = %(region)s) AND (%(line)s = 0 OR line_id = %(line)s)
)
SELECT id FROM account
UNION SELECT n.id FROM kernel_node n JOIN account a ON n.party_id = a.party_id
    AND (n.kind = 'file' OR n.kind = 'debtor' AND n.entity_id = a.entity_id)
WHERE %(everyone)s OR n.id = ANY (%(nodes)s::int[])
"""
_FACETS = """
SELECT array_agg(DISTINCT entity_id), array_agg(DISTINCT region_id), array_agg(DISTINCT line_id)
FROM kernel_node WHERE kind = 'account' AND (%(everyone)s OR id = ANY (%(nodes)s::int[]))
"""

SEES_DEBTORS = "settlement.credit.view"


@dataclasses.dataclass(frozen=True, slots=True)
class _Post:
    party_id: int
    entity_id: int
    region_id: int
    line_id: int
    whole: bool
    permissions: tuple[str, ...]
    first_page: str


def of_person(person: models.Person, *, now: dt.datetime) -> scope.Actor:
    """The actor of a signed-in person. Somebody without a post sees and may do nothing."""
    return _build("person", person.pk, person.name, person.party_id, {"person_id": person.pk}, now)


def of_reference(reference: str, *, now: dt.datetime) -> scope.Actor:
    """The actor behind `person:7`, as they may act now: for work that a person started and left.

    Raises NotFound for a reference of anything else, and for a person who may no longer sign in.
    """
    kind, _sep, number = reference.partition(":")
    person = None
    if kind == "person" and number.isdecimal():
        person = models.Person.objects.filter(pk=int(number), is_active=True).first()
    if person is None:
        raise errors.NotFound()
    return of_person(person, now=now)


def of_client(client_id: str, *, now: dt.datetime) -> scope.Actor:
    """The actor of an API client; raises Forbidden when it has no post."""
    posts = models.Post.objects.filter(client_id=client_id)
    with scope.everything("sign-in"):
        first = posts.order_by("pk").values_list("pk", "party_id").first()
    if first is None:
        raise errors.Forbidden(
            [errors.Reason("organisation.client_without_post", params={"client": client_id})]
        )
    return _build("client", first[0], client_id, first[1], {"client_id": client_id}, now)


def _build(kind, number: int, name: str, party_id: int, holder: dict, now: dt.datetime) -> scope.Actor:
    with scope.everything("sign-in"):
        posts = [
            _Post(row[0], row[1], row[2], row[3], row[4], tuple(row[5]), row[6])
            for row in models.Post.objects.filter(
                **holder, valid_from__lte=now, revoked_at__isnull=True
            ).values_list(
                *("party_id", "entity_id", "region_id", "line_id", "whole"),
                *("role__permissions", "role__first_page"),
            )
        ]
        permissions = frozenset(name for post in posts for name in post.permissions)
        # A whole post of our own lifts the filter; one tied to a partner never does.
        everyone = any(post.whole and post.party_id == 0 for post in posts)
        house = any(post.party_id == 0 for post in posts) and party_id == 0
        rows = [] if everyone or not posts else _nodes(posts, permissions, house)
    visible = tuple(sorted({node for node, seen, _ in rows if seen}))
    reach = tuple(sorted({node for node, _, _ in rows}))
    partners = {node for node, _, is_file in rows if is_file}
    return scope.Actor(
        kind=kind,
        id=number,
        name=name,
        permissions=permissions,
        visible=visible,
        reach=reach,
        house=house,
        everyone=everyone,
        party_id=party_id or None,
        alone=bool(party_id) and not house and len(partners) <= 1,
    )


def _nodes(posts: list[_Post], permissions: frozenset[str], house: bool) -> list[tuple[int, bool, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _NODES,
            {
                "party": [post.party_id for post in posts],
                "entity": [post.entity_id for post in posts],
                "region": [post.region_id for post in posts],
                "line": [post.line_id for post in posts],
                "debtors": house and SEES_DEBTORS in permissions,
            },
        )
        return cursor.fetchall()


def narrowed(actor: scope.Actor, *, entity_id: int, region_id: int, line_id: int) -> scope.Actor:
    """The same actor with the nodes of one part of the business alone; a facet of 0 does not narrow.

    Never wider: what comes out is a subset of what went in, and permissions stay as they are.
    """
    nodes = sorted({*actor.visible, *actor.reach})
    values = {
        "everyone": actor.everyone,
        "nodes": nodes,
        "entity": entity_id,
        "region": region_id,
        "line": line_id,
    }
    with scope.everything("sign-in"), connection.cursor() as cursor:
        cursor.execute(_NARROWED, values)
        kept = {row[0] for row in cursor.fetchall()}
    everything = tuple(sorted(kept))
    return dataclasses.replace(
        actor,
        visible=everything if actor.everyone else tuple(node for node in actor.visible if node in kept),
        reach=everything if actor.everyone else tuple(node for node in actor.reach if node in kept),
        everyone=False,
    )


def facets(actor: scope.Actor) -> tuple[set[int], set[int], set[int]]:
    """The entities, regions and product lines of the accounts the actor sees. Inside its transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_FACETS, {"everyone": actor.everyone, "nodes": list(actor.visible)})
        entities, regions, lines = (set(found or ()) - {0} for found in cursor.fetchone())
    return entities, regions, lines


def first_page(person: models.Person) -> str:
    """The url name of the page the person's first post starts on."""
    with scope.everything("sign-in"):
        found = (
            models.Post.objects.filter(person=person, revoked_at__isnull=True)
            .order_by("pk")
            .values_list("role__first_page", flat=True)
            .first()
        )
    return found or "home"
