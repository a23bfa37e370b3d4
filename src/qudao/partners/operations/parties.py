"""Opening and freezing parties, their places, and the life they ask of goods."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from stdnum import exceptions as stdnum
from stdnum.cn import uscc as stdnum_uscc

from qudao.kernel import errors, journal, periods, scope, writes
from qudao.kernel import models as kernel
from qudao.partners import models, queries, territories
from qudao.partners.rules import phones

from . import nodes, writing

KINDS = ("company", "hospital", "person")
ROLES = ("dealer", "agent", "supplier", "hospital", "service_point", "store", "carrier", "payer")
PLACES = ("campus", "department", "warehouse", "office")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewParty:
    """A party to open. `territory` is a GB/T 2260 code (0: not known); grade to nature are a hospital's.

    `code` empty draws one from the file node; `uscc` may be left out for a person or a foreign body.
    """

    name: str
    kind: str = "company"
    uscc: str = ""
    roles: Sequence[str] = ()
    territory: int = 0
    short_name: str = ""
    code: str = ""
    address: str = ""
    phone: str = ""
    admission: str = "effective"
    grade: str = "未定级"
    type: str = "综合"
    nature: str = "公立"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """收货地点: `kind` is one of PLACES; a department names its campus as parent."""

    party_id: int
    kind: str
    name: str
    territory: int
    address: str
    contact: str = ""
    phone: str = ""
    parent_id: int | None = None


def open_party(
    *, actor: scope.Actor, now: dt.datetime, admission: str = "effective", **party
) -> queries.PartyView:
    """Open one party; the keywords are those of NewParty. See `open_parties`."""
    made = open_parties([NewParty(admission=admission, **party)], actor=actor, now=now)
    return queries.get_party(made[0], actor=actor, today=periods.business_date(now))


def open_parties(rows: Sequence[NewParty], *, actor: scope.Actor, now: dt.datetime) -> list[int]:
    """Open parties with their file nodes and roles, all or none; returns their ids in the order given.

    Hospitals are public (node 0), the others are seen through their file. Raises Refused with a reason
    for every line (from 1): `partners.uscc_invalid`, `partners.uscc_taken`, `partners.territory_unknown`,
    `partners.kind_unknown`, `partners.name_missing`, `partners.phone_unreadable`.
    """
    actor.require(writing.PARTIES)
    writing.require_whole(actor)
    errors.raise_if_refused(judge_parties(rows))
    on = periods.business_date(now)
    with (
        scope.transaction(actor, acting=True),
        writing.refusing(
            partners_party_uscc_key="partners.uscc_taken", partners_party_code_key="partners.code_taken"
        ),
    ):
        errors.raise_if_refused(_taken(rows))
        entry = journal.entry()
        files = nodes.open_nodes([kernel.Node(kind="file") for _ in rows])
        made = [_party(new, file) for new, file in zip(rows, files, strict=True)]
        listed = writes.created(made, entry)
        _name_owners(files)
        nodes.close(files)
        pairs = list(zip(rows, made, strict=True))
        listed += writes.created(
            (
                models.PartyRole(node_id=party.node_id, party_id=party.pk, role=role, valid_from=on)
                for new, party in pairs
                for role in _roles(new)
            ),
            entry,
        )
        listed += writes.created(
            (
                models.Hospital(party_id=party.pk, grade=new.grade, type=new.type, nature=new.nature)
                for new, party in pairs
                if new.kind == "hospital"
            ),
            entry,
        )
        ids = [party.pk for party in made]
        writing.record(
            entry,
            "partners.party.opened",
            ids=ids,
            nodes=files,
            at=now,
            rows=listed,
            data={"first": made[0].code, "last": made[-1].code, "name": made[0].name},
        )
    return ids


def judge_parties(rows: Sequence[NewParty]) -> list[errors.Reason]:
    """Every reason, by line, that can be told without the database."""
    if not rows:
        raise ValueError("there is no party to open")
    reasons = []
    seen: dict[str, int] = {}
    for line, new in enumerate(rows, 1):
        if not new.name.strip():
            reasons.append(errors.Reason("partners.name_missing", line))
        unknown = [role for role in new.roles if role not in ROLES]
        if new.kind not in KINDS or unknown:
            reasons.append(
                errors.Reason("partners.kind_unknown", line, {"text": " ".join([new.kind, *unknown])})
            )
        if not phones.readable(new.phone):
            reasons.append(errors.Reason("partners.phone_unreadable", line, {"text": new.phone}))
        if new.territory and new.territory not in territories.divisions():
            reasons.append(errors.Reason("partners.territory_unknown", line, {"code": new.territory}))
        if not new.uscc:
            continue
        try:
            number = stdnum_uscc.validate(new.uscc)
        except stdnum.ValidationError:
            reasons.append(errors.Reason("partners.uscc_invalid", line, {"text": new.uscc}))
            continue
        if number in seen:
            reasons.append(
                errors.Reason(
                    "partners.uscc_taken", line, {"uscc": number, "holder": rows[seen[number] - 1].name}
                )
            )
        seen.setdefault(number, line)
    return reasons


def _taken(rows: Sequence[NewParty]) -> list[errors.Reason]:
    numbers = {stdnum_uscc.compact(new.uscc): line for line, new in enumerate(rows, 1) if new.uscc}
    found = models.Party.objects.filter(uscc__in=numbers).values_list("uscc", "name")
    return [
        errors.Reason("partners.uscc_taken", numbers[uscc], {"uscc": uscc, "holder": name})
        for uscc, name in found
    ]


def _party(new: NewParty, file: int) -> models.Party:
    public = new.kind == "hospital"
    code = new.code or f"{'H' if public else 'P'}{file:06d}"
    uscc = stdnum_uscc.compact(new.uscc) or None
    return models.Party(
        node_id=0 if public else file,
        file_node_id=file,
        code=code,
        name=new.name.strip(),
        short_name=new.short_name,
        uscc=uscc,
        kind=new.kind,
        territory_id=new.territory or None,
        address=new.address,
        phone=new.phone,
        search_keys=writing.keys_of(new.name, new.short_name, uscc or "", code),
        admission=new.admission,
    )


def _roles(new: NewParty) -> list[str]:
    own = ["hospital"] if new.kind == "hospital" else []
    return list(dict.fromkeys([*own, *new.roles]))


def _name_owners(files: Sequence[int]) -> None:
    """The nodes came before their parties: tell them whose they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_node n SET party_id = p.id FROM partners_party p"
            " WHERE p.file_node_id = n.id AND n.id = ANY (%s::int[])",
            [list(files)],
        )


# --- States ----------------------------------------------------------------------------------------


def freeze_party(
    *, party_id: int, version: int, reason: str, actor: scope.Actor, now: dt.datetime
) -> queries.PartyView:
    """Stop all new trade with the party until `release_party`. Raises Conflict for another version."""
    return _set_frozen(party_id, version, now, reason, "partners.party.frozen", actor, now)


def release_party(
    *, party_id: int, version: int, reason: str, actor: scope.Actor, now: dt.datetime
) -> queries.PartyView:
    """Take up trade with a frozen party again. Raises Conflict for another version."""
    return _set_frozen(party_id, version, None, reason, "partners.party.released", actor, now)


def _set_frozen(
    party_id: int,
    version: int,
    frozen_at: dt.datetime | None,
    reason: str,
    type: str,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.PartyView:
    actor.require(writing.PARTIES)
    with scope.transaction(actor, acting=True):
        party = writing.locked(models.Party, party_id, actor, version=version)
        entry = journal.entry()
        party.frozen_at, party.version, party.entry = frozen_at, version + 1, entry
        party.save(update_fields=["frozen_at", "version", "entry"])
        writing.record(
            entry,
            type,
            ids=[party.pk],
            nodes=[party.file_node_id],
            at=now,
            rows=writes.written([party]),
            data={"reason": reason},
        )
        return queries.get_party(party_id, actor=actor, today=periods.business_date(now))


# --- Places and the life of goods ------------------------------------------------------------------


def open_place(*, actor: scope.Actor, now: dt.datetime, **place) -> queries.Place:
    """Open one place; the keywords are those of NewPlace. See `open_places`."""
    made = open_places([NewPlace(**place)], actor=actor, now=now)
    return queries.get_place(made[0], actor=actor)


def open_places(rows: Sequence[NewPlace], *, actor: scope.Actor, now: dt.datetime) -> list[int]:
    """Open 收货地点, all or none; returns their ids. Raises Refused by line: `partners.party_unknown`,
    `partners.kind_unknown`, `partners.territory_unknown`, `partners.place_parent_unknown`, `partners.phone_unreadable`."""
    actor.require(writing.PARTIES)
    reasons = [
        errors.Reason("partners.kind_unknown", line, {"text": new.kind})
        for line, new in enumerate(rows, 1)
        if new.kind not in PLACES
    ]
    reasons += [
        errors.Reason("partners.phone_unreadable", line, {"text": new.phone})
        for line, new in enumerate(rows, 1)
        if not phones.readable(new.phone)
    ]
    codes = [new.territory for new in rows]
    reasons += writing.missing(codes, territories.divisions(), code="partners.territory_unknown", key="code")
    with scope.transaction(actor, acting=True), writing.refusing():
        found = scope.visible(models.Party.objects.filter(pk__in={new.party_id for new in rows}), actor)
        parties = {row.pk: row for row in found.only("pk", "node_id", "file_node_id")}
        wanted = [new.party_id for new in rows]
        reasons += writing.missing(wanted, parties, code="partners.party_unknown", key="party")
        above = {new.parent_id for new in rows if new.parent_id}
        held = set(models.DeliveryPlace.objects.filter(pk__in=above).values_list("pk", "party_id"))
        reasons += [
            errors.Reason("partners.place_parent_unknown", line, {"parent": new.parent_id})
            for line, new in enumerate(rows, 1)
            if new.parent_id and (new.parent_id, new.party_id) not in held
        ]
        errors.raise_if_refused(reasons)
        entry = journal.entry()
        made = [
            models.DeliveryPlace(
                node_id=parties[new.party_id].node_id,
                party_id=new.party_id,
                parent_id=new.parent_id,
                kind=new.kind,
                name=new.name,
                territory_id=new.territory,
                address=new.address,
                contact=new.contact,
                phone=new.phone,
            )
            for new in rows
        ]
        listed = writes.created(made, entry)
        ids = [place.pk for place in made]
        owners = [parties[new.party_id].file_node_id for new in rows]
        data = {"party": rows[0].party_id, "name": rows[0].name}
        writing.record(entry, "partners.place.opened", ids=ids, nodes=owners, at=now, rows=listed, data=data)
    return ids


def set_life_requirement(
    *,
    party_id: int,
    line_id: int = 0,
    item_id: int = 0,
    days: int = 0,
    months: int = 0,
    fraction: Decimal = Decimal(0),
    actor: scope.Actor,
    now: dt.datetime,
) -> None:
    """Set the least remaining life (效期要求) the party takes: for all goods, a line, or an item.

    Days, months and the fraction of the whole shelf life (0 to below 1) all hold; zeros ask for nothing.
    Raises Refused `partners.life_requirement_invalid`.
    """
    actor.require(writing.PARTIES)
    if days < 0 or months < 0 or not 0 <= fraction < 1:
        raise errors.refuse("partners.life_requirement_invalid", days=days, months=months, fraction=fraction)
    with scope.transaction(actor, acting=True):
        party = writing.locked(models.Party, party_id, actor)
        entry = journal.entry()
        asked = {"days": days, "months": months, "fraction": fraction}
        row, _ = models.LifeRequirement.objects.update_or_create(
            party_id=party_id, line_id=line_id, item_id=item_id, defaults={**asked, "entry": entry}
        )
        writing.record(
            entry,
            "partners.party.life_set",
            ids=[party_id],
            nodes=[party.file_node_id],
            at=now,
            rows=writes.written([row]),
            data={"line": line_id, "item": item_id, **asked},
        )
