"""People, what roles allow, and posts: a role, for whom, over what."""

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth import password_validation
from django.core import exceptions

from qudao.kernel import errors, journal, manifest, scope
from qudao.organisation import models, queries, standard_roles

from . import writing


def open_person(
    *,
    username: str,
    name: str,
    password: str,
    party_id: int = 0,
    email: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> int:
    """Let somebody sign in; returns the person's id. Without a post they may do nothing yet.

    A partner opens people of its own only. Raises Refused `organisation.username_taken`,
    `organisation.password_weak`, `organisation.post_of_another_party`.
    """
    actor.require(writing.MANAGE)
    if actor.party_id and actor.party_id != party_id:
        raise errors.refuse("organisation.post_of_another_party")
    person = models.Person(username=username, name=name, party_id=party_id, email=email)
    try:
        password_validation.validate_password(password, person)
    except exceptions.ValidationError as error:
        raise errors.refuse("organisation.password_weak", why=" ".join(error.messages)) from error
    person.set_password(password)
    writing.insert(
        person,
        "organisation.person.opened",
        actor,
        now,
        taken="organisation.username_taken",
        username=username,
    )
    return person.pk


def define_role(
    *,
    code: str,
    name: str,
    name_en: str,
    permissions: Iterable[str],
    first_page: str = "home",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.RoleView:
    """Make or change a role; its holders have the new permissions on their next request.

    Nobody puts into a role what they do not hold themselves. Raises Refused
    `organisation.permission_unknown`, `organisation.grant_exceeds_own`.
    """
    actor.require(writing.MANAGE)
    wanted = sorted(set(permissions))
    unknown = [one for one in wanted if one not in manifest.permissions()]
    if unknown:
        raise errors.refuse("organisation.permission_unknown", permissions=" ".join(unknown))
    with scope.transaction(actor, acting=True):
        role = models.Role.objects.select_for_update().filter(code=code).first() or models.Role(code=code)
        changed = set(wanted) ^ set(role.permissions)
        _refuse_excess(one for one in changed if not actor.can(one))
        entry = journal.entry()
        role.name, role.name_en, role.permissions = name, name_en, wanted
        role.first_page, role.entry = first_page, entry
        role.save()
        writing.record(entry, "organisation.role.defined", role, now, code=code, permissions=wanted)
    return queries.RoleView(role.pk, code, name, name_en, tuple(wanted), first_page)


def define_standard_roles(*, actor: scope.Actor, now: dt.datetime) -> list[queries.RoleView]:
    """Make or renew the standard roles with the permissions of the modules that are on."""
    known = manifest.permissions()
    return [
        define_role(
            code=role.code,
            name=role.name,
            name_en=role.name_en,
            permissions=standard_roles.expand(role, known),
            first_page=role.first_page,
            actor=actor,
            now=now,
        )
        for role in standard_roles.ROLES
    ]


# --- Posts -----------------------------------------------------------------------------------------


def grant_post(
    *,
    role: str,
    person_id: int | None = None,
    client_id: str = "",
    party_id: int = 0,
    entity_id: int = 0,
    region_id: int = 0,
    line_id: int = 0,
    whole: bool = False,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.PostView:
    """Give a person or an API client a role within a part of the business; facets of 0 mean all.

    Nobody grants more than they hold: for each permission of the role the actor has a post that carries it
    and covers the part granted. Raises Refused `organisation.grant_exceeds_own`,
    `organisation.grant_to_self`, `organisation.duties_conflict`, `organisation.post_of_another_party`,
    `organisation.role_unknown`; NotFound for a person there is not.
    """
    actor.require(writing.MANAGE)
    if (person_id is None) == (not client_id):
        raise ValueError("a post is a person's or an API client's")
    with scope.transaction(actor, acting=True):
        granted = models.Role.objects.filter(code=role).first()
        if granted is None:
            raise errors.refuse("organisation.role_unknown", role=role)
        post = models.Post(
            person_id=person_id,
            client_id=client_id,
            role=granted,
            party_id=party_id,
            entity_id=entity_id,
            region_id=region_id,
            line_id=line_id,
            whole=whole,
            granted_by=actor.ref,
            valid_from=now,
        )
        if person_id is not None:
            _judge_holder(post, actor)
        _refuse_excess(_excess(post, actor, now))
        entry = journal.entry()
        post.entry = entry
        post.save()
        facets = {
            "party": party_id,
            "entity": entity_id,
            "region": region_id,
            "line": line_id,
            "whole": whole,
        }
        holder = {"person": person_id} if client_id == "" else {"client": client_id}
        writing.record(entry, "organisation.post.granted", post, now, role=role, **holder, **facets)
        return queries.get_post(post.pk, actor=actor)


def revoke_post(*, post_id: int, actor: scope.Actor, now: dt.datetime) -> queries.PostView:
    """Take a post away; it is gone on the holder's next request. Revoking it again changes nothing.

    A partner revokes posts of its own people only (NotFound).
    """
    actor.require(writing.MANAGE)
    with scope.transaction(actor, acting=True):
        post = models.Post.objects.select_for_update(of=("self",)).filter(pk=post_id).first()
        if post is None or (actor.party_id and post.party_id != actor.party_id):
            raise errors.NotFound()
        if post.revoked_at is None:
            entry = journal.entry()
            post.revoked_at, post.entry = now, entry
            post.save(update_fields=["revoked_at", "entry"])
            writing.record(
                entry, "organisation.post.revoked", post, now, person=post.person_id, client=post.client_id
            )
        return queries.get_post(post_id, actor=actor)


def _judge_holder(post: models.Post, actor: scope.Actor) -> None:
    # The lock lets two grants to one person see each other: duties are kept apart over all posts.
    person = models.Person.objects.select_for_update().filter(pk=post.person_id).first()
    if person is None or (actor.party_id and person.party_id != actor.party_id):
        raise errors.NotFound()
    if person.party_id and person.party_id != post.party_id:
        raise errors.refuse("organisation.post_of_another_party")
    if actor.kind == "person" and actor.id == person.pk:
        raise errors.refuse("organisation.grant_to_self")
    held = models.Post.objects.filter(person=person, revoked_at__isnull=True)
    together = set(post.role.permissions).union(*held.values_list("role__permissions", flat=True))
    if {writing.MANAGE, writing.AUDIT} <= together:
        raise errors.refuse("organisation.duties_conflict", person=person.name)


def _excess(post: models.Post, actor: scope.Actor, now: dt.datetime) -> list[str]:
    """The permissions that no post of the actor carries over all of the part the new post is for."""
    if actor.kind == "job":
        return [one for one in post.role.permissions if not actor.can(one)]
    held = permissions_over(post, actor, now)
    return [one for one in post.role.permissions if one not in held]


def permissions_over(part: models.Post, actor: scope.Actor, now: dt.datetime) -> set[str]:
    """The permissions that posts of the person or client carry over all of a part of the business."""
    own = {"person_id": actor.id} if actor.kind == "person" else {"client_id": actor.name}
    posts = models.Post.objects.filter(**own, valid_from__lte=now, revoked_at__isnull=True)
    covering = [one for one in posts.select_related("role") if _covers(one, part)]
    return {permission for one in covering for permission in one.role.permissions}


def _covers(outer: models.Post, inner: models.Post) -> bool:
    """Whether everything the inner post opens is open to the outer one."""
    if outer.whole and outer.party_id == 0:
        return True
    if inner.whole:
        return False
    facets = ("party_id", "entity_id", "region_id", "line_id")
    return all(getattr(outer, one) in (0, getattr(inner, one)) for one in facets)


def _refuse_excess(permissions: Iterable[str]) -> None:
    excess = sorted(permissions)
    if excess:
        raise errors.refuse("organisation.grant_exceeds_own", permissions=" ".join(excess))
