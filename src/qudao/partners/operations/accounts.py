"""Channel accounts and debtors: opening them under one another, their tier, closing them."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import connection

from qudao.kernel import errors, journal, periods, scope, writes
from qudao.kernel import models as kernel
from qudao.organisation import queries as organisation_queries
from qudao.partners import models, queries

from . import nodes, writing

_Key = tuple[int, int, int]
"""(entity, party, line): what an account is of."""

_PARENTS = """
UPDATE partners_channelaccount a SET parent_id = t.parent
FROM unnest(%s::int[], %s::int[]) AS t (child, parent) WHERE a.id = t.child
"""
# What was granted before the account was there becomes the account's, hidden from those beside it.
_TAKE_OVER = """
UPDATE partners_authorisation z SET node_id = a.node_id
FROM partners_channelaccount a JOIN partners_party p ON p.id = a.party_id
WHERE a.id = ANY (%s::int[]) AND z.party_id = a.party_id AND z.entity_id = a.entity_id
    AND z.line_id = a.line_id AND z.node_id = p.file_node_id
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to open. `parent_party_id` is the party above for this entity and line, 0 for none.

    `payment_days` counts where the party is not yet a debtor of the entity; `tier_reason` says why this tier.
    """

    entity_id: int
    party_id: int
    line_id: int
    role: str
    tier: str
    region_id: int
    parent_party_id: int = 0
    sales_person_id: int | None = None
    payment_days: int = 30
    tier_reason: str = ""

    @property
    def key(self) -> _Key:
        return (self.entity_id, self.party_id, self.line_id)

    @property
    def above(self) -> _Key:
        return (self.entity_id, self.parent_party_id, self.line_id)


def open_account(*, actor: scope.Actor, now: dt.datetime, **account) -> queries.Account:
    """Open one account; the keywords are those of NewAccount. See `open_accounts`."""
    made = open_accounts([NewAccount(**account)], actor=actor, now=now)
    return queries.get_account(made[0], actor)


def open_accounts(rows: Sequence[NewAccount], *, actor: scope.Actor, now: dt.datetime) -> list[int]:
    """Open accounts, parents and children in one call if need be, all or none; ids in the order given.

    Each gets its node below its parent's, and a debtor where the party has none in that entity. Raises
    Refused by line (from 1): `partners.party_unknown`, `partners.entity_unknown`,
    `partners.account_exists`, `partners.parent_account_missing`, `partners.account_cycle`,
    `partners.reference_unknown` for a line, region or sales person there is not.
    """
    actor.require(writing.PARTIES)
    writing.require_whole(actor)
    if not rows:
        raise ValueError("there is no account to open")
    with (
        scope.transaction(actor, acting=True),
        writing.refusing(account_once="partners.account_exists", debtor_once="partners.account_exists"),
    ):
        existing = _existing(rows)
        errors.raise_if_refused(_judge(rows, existing))
        entry = journal.entry()
        debtors, listed = _ensure_debtors(rows, entry)
        own_nodes = nodes.open_nodes(
            [
                kernel.Node(
                    kind="account",
                    party_id=new.party_id,
                    entity_id=new.entity_id,
                    line_id=new.line_id,
                    region_id=new.region_id,
                )
                for new in rows
            ]
        )
        made = [
            models.ChannelAccount(
                node_id=node,
                entity_id=new.entity_id,
                party_id=new.party_id,
                line_id=new.line_id,
                debtor_node_id=debtors[new.entity_id, new.party_id],
                role=new.role,
                tier=new.tier,
                region_id=new.region_id,
                sales_person_id=new.sales_person_id,
            )
            for new, node in zip(rows, own_nodes, strict=True)
        ]
        writes.created(made, entry)
        _place_below(rows, made, existing)
        nodes.close(own_nodes)
        ids = [account.pk for account in made]
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_OVER, [ids])
        listed += writes.written(made)
        listed += writes.created(
            (
                _tier_change(account, new.tier_reason, actor, periods.business_date(now))
                for new, account in zip(rows, made, strict=True)
            ),
            entry,
        )
        first = rows[0]
        writing.record(
            entry,
            "partners.account.opened",
            ids=ids,
            nodes=own_nodes,
            at=now,
            rows=listed,
            data={
                "entity": first.entity_id,
                "party": first.party_id,
                "line": first.line_id,
                "tier": first.tier,
            },
        )
    return ids


def _existing(rows: Sequence[NewAccount]) -> dict[_Key, models.ChannelAccount]:
    """The accounts there are of the parties and their parents. Parents stay as they are until the end."""
    found = models.ChannelAccount.objects.filter(
        entity_id__in={new.entity_id for new in rows},
        line_id__in={new.line_id for new in rows},
        party_id__in={new.party_id for new in rows} | {new.parent_party_id for new in rows},
    ).select_for_update(of=("self",), no_key=True)
    return {(row.entity_id, row.party_id, row.line_id): row for row in found.order_by("pk")}


def _judge(rows: Sequence[NewAccount], existing: Mapping[_Key, models.ChannelAccount]) -> list[errors.Reason]:
    wanted = [new.party_id for new in rows]
    known = models.Party.objects.filter(pk__in=set(wanted)).values_list("pk", flat=True)
    reasons = writing.missing(wanted, known, code="partners.party_unknown", key="party")
    entities = organisation_queries.list_entities()
    reasons += writing.missing(
        (new.entity_id for new in rows),
        [entity.id for entity in entities],
        code="partners.entity_unknown",
        key="entity",
    )
    coming: dict[_Key, NewAccount] = {}
    for line, new in enumerate(rows, 1):
        if new.key in existing or new.key in coming:
            reasons.append(errors.Reason("partners.account_exists", line))
        coming.setdefault(new.key, new)
    for line, new in enumerate(rows, 1):
        if not new.parent_party_id:
            continue
        above = existing.get(new.above)
        if new.above not in coming and (above is None or above.status != "open"):
            reasons.append(errors.Reason("partners.parent_account_missing", line))
        elif _circles(new, coming):
            reasons.append(errors.Reason("partners.account_cycle", line))
    return reasons


def _circles(new: NewAccount, coming: Mapping[_Key, NewAccount]) -> bool:
    passed = {new.key}
    above = new.above
    while above in coming:
        if above in passed:
            return True
        passed.add(above)
        above = coming[above].above
    return False


def _ensure_debtors(
    rows: Sequence[NewAccount], entry: uuid.UUID
) -> tuple[dict[tuple[int, int], int], list[journal.Row]]:
    """(entity, party) → debtor node, with those that were missing made."""
    days = {(new.entity_id, new.party_id): new.payment_days for new in reversed(rows)}
    found = models.Debtor.objects.filter(
        entity_id__in={entity for entity, _ in days}, party_id__in={party for _, party in days}
    )
    held = {(row.entity_id, row.party_id): row.node_id for row in found}
    wanted = [key for key in days if key not in held]
    made = nodes.open_nodes(
        [kernel.Node(kind="debtor", entity_id=entity, party_id=party) for entity, party in wanted]
    )
    nodes.close(made)
    held |= dict(zip(wanted, made, strict=True))
    listed = writes.created(
        (
            models.Debtor(node_id=node, entity_id=key[0], party_id=key[1], payment_days=days[key])
            for key, node in zip(wanted, made, strict=True)
        ),
        entry,
    )
    return held, listed


def _place_below(
    rows: Sequence[NewAccount],
    made: Sequence[models.ChannelAccount],
    existing: Mapping[_Key, models.ChannelAccount],
) -> None:
    by_key = dict(existing) | {new.key: account for new, account in zip(rows, made, strict=True)}
    below = [
        (account, by_key[new.above]) for new, account in zip(rows, made, strict=True) if new.parent_party_id
    ]
    if not below:
        return
    for account, parent in below:
        account.parent_id = parent.pk
    with connection.cursor() as cursor:
        cursor.execute(_PARENTS, [[one.pk for one, _ in below], [parent.pk for _, parent in below]])
    nodes.link([one.node_id for one, _ in below], [parent.node_id for _, parent in below])


def _tier_change(
    account: models.ChannelAccount, reason: str, actor: scope.Actor, on: dt.date
) -> models.TierChange:
    return models.TierChange(
        node_id=account.node_id,
        account_id=account.pk,
        tier=account.tier,
        reason=reason,
        from_on=on,
        decided_by=actor.ref,
    )


def change_tier(
    *, account_id: int, tier: str, reason: str, actor: scope.Actor, now: dt.datetime
) -> queries.Account:
    """Set the account's tier from today and keep the change with its reason. The same tier changes nothing.

    Raises Refused `partners.reason_missing`; NotFound for an account the actor does not see.
    """
    actor.require(writing.PARTIES)
    if not reason.strip():
        raise errors.refuse("partners.reason_missing")
    with scope.transaction(actor, acting=True):
        account = writing.locked(models.ChannelAccount, account_id, actor)
        if account.tier != tier:
            entry = journal.entry()
            before = account.tier
            account.tier, account.entry = tier, entry
            account.save(update_fields=["tier", "entry"])
            change = _tier_change(account, reason, actor, periods.business_date(now))
            rows = writes.created([change], entry) + writes.written([account])
            writing.record(
                entry,
                "partners.account.tier_changed",
                ids=[account.pk],
                nodes=[account.node_id],
                at=now,
                rows=rows,
                data={"from": before, "to": tier, "reason": reason},
            )
        return queries.get_account(account_id, actor)


def close_account(*, account_id: int, reason: str, actor: scope.Actor, now: dt.datetime) -> queries.Account:
    """Close the account: nothing is sold on it or opened below it any more.

    Raises Refused `partners.account_has_children` while an account below it is open.
    """
    actor.require(writing.PARTIES)
    with scope.transaction(actor, acting=True):
        account = writing.locked(models.ChannelAccount, account_id, actor)
        if models.ChannelAccount.objects.filter(parent_id=account_id, status="open").exists():
            raise errors.refuse("partners.account_has_children")
        entry = journal.entry()
        account.status, account.entry = "closed", entry
        account.save(update_fields=["status", "entry"])
        writing.record(
            entry,
            "partners.account.closed",
            ids=[account.pk],
            nodes=[account.node_id],
            at=now,
            rows=writes.written([account]),
            data={"reason": reason},
        )
        return queries.get_account(account_id, actor)
