"""Admission of a partner (首营企业): who let it in, step by step."""

import datetime as dt

from qudao.kernel import errors, journal, periods, scope, writes
from qudao.partners import models, queries
from qudao.partners.rules import admission as rules

from . import writing

APPROVE = "partners.admission.approve"
# The permission stands for the post: who maintains partners asks, quality reviews, its head approves.
POSTS: tuple[tuple[str, rules.Post], ...] = (
    (writing.PARTIES, "purchasing"),
    (writing.LICENCES, "quality"),
    (APPROVE, "quality_head"),
)


def open_steps(party: queries.PartyView, actor: scope.Actor) -> list[rules.Step]:
    """The steps the actor may take from where the admission stands."""
    return [
        step for state, step in rules.STEPS if state == party.admission and _post(step, actor) is not None
    ]


def take_admission_step(
    *, party_id: int, version: int, step: rules.Step, reason: str = "", actor: scope.Actor, now: dt.datetime
) -> queries.PartyView:
    """Take one step of the admission: request, review, approve, activate, return, lock or unlock.

    Sending back, locking and unlocking say why. A partner is reviewed only with a licence on file. Raises
    Refused `partners.admission_step`, `partners.admission_post`, `partners.reason_missing`,
    `partners.admission_without_licence`; Conflict for another version.
    """
    if not any(actor.can(permission) for permission, _ in POSTS):
        actor.require(writing.PARTIES)
    if step in ("return", "lock", "unlock") and not reason.strip():
        raise errors.refuse("partners.reason_missing")
    with scope.transaction(actor, acting=True):
        party = writing.locked(models.Party, party_id, actor, version=version)
        post = _post(step, actor) or _any_post(actor)
        following = rules.next_state(state=party.admission, step=step, post=post)  # type: ignore[arg-type]
        if step == "review" and not models.Licence.objects.filter(party_id=party_id).exists():
            raise errors.refuse("partners.admission_without_licence")
        entry = journal.entry()
        before = party.admission
        party.admission, party.version, party.entry = following, version + 1, entry
        party.save(update_fields=["admission", "version", "entry"])
        writing.record(
            entry,
            "partners.party.admission_moved",
            ids=[party.pk],
            nodes=[party.file_node_id],
            at=now,
            rows=writes.written([party]),
            data={"from": before, "to": following, "step": step, "reason": reason},
        )
        return queries.get_party(party_id, actor=actor, today=periods.business_date(now))


def _post(step: rules.Step, actor: scope.Actor) -> rules.Post | None:
    return next((post for name, post in POSTS if actor.can(name) and post in rules.POSTS[step]), None)


def _any_post(actor: scope.Actor) -> rules.Post:
    return next(post for name, post in POSTS if actor.can(name))
