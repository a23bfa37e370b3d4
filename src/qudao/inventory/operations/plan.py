"""What postings do to balances and cost layers, decided on the locked rows before anything is written."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from qudao.inventory.rules import cost, moves, status
from qudao.kernel import errors, money

# Who may do what is the caller's to ask; here only ways that nobody may go are refused.
_EVERY_WAY = frozenset(status.ALLOWED.values())
LayerKey = tuple[int, int, int]  # entity, item, lot


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where goods come to rest in our books, in which condition and whose they are."""

    site_id: int
    location_id: int | None
    status: str
    owner_kind: str
    owner_id: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """`quantity` base units from a balance, or from an outside site, to a place, or to an outside site.

    `value` (cents) is what goods cost that come into the entity's title; what leaves it is valued by the
    cost layers, oldest first. `received_on` dates what comes in, the posting's day unless given.
    """

    kind: str
    item_id: int
    lot_id: int
    quantity: Decimal
    entity_id: int
    origin_type: str
    origin_id: str
    origin_line: int = 0
    serial_id: int | None = None
    from_balance_id: int | None = None
    from_site_id: int = 0
    to: Place | None = None
    to_site_id: int = 0
    reservation_id: int | None = None
    value: Decimal | None = None
    receipt_id: uuid.UUID | None = None
    received_on: dt.date | None = None

    @property
    def to_key(self) -> moves.Key | None:
        if self.to is None:
            return None
        return moves.Key(
            self.entity_id,
            self.to.site_id,
            self.to.location_id,
            self.item_id,
            self.lot_id,
            self.serial_id or None,
            status.Status(self.to.status),
            moves.Owner(moves.OwnerKind(self.to.owner_kind), self.to.owner_id),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Balance:
    """A locked row."""

    id: int
    key: moves.Key
    on_hand: Decimal
    reserved: Decimal
    received_on: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A posting with both its ends known."""

    posting: Posting
    move: moves.Move
    source: Balance | None
    target: Balance | None

    @property
    def line(self) -> int:
        return self.move.no

    @property
    def leaves_title(self) -> bool:
        return self.source is not None and self.source.key.ours and not self._arrives_ours

    @property
    def enters_title(self) -> bool:
        return self._arrives_ours and not (self.source is not None and self.source.key.ours)

    @property
    def _arrives_ours(self) -> bool:
        return self.target is not None and self.target.key.ours

    @property
    def layer_key(self) -> LayerKey:
        return self.posting.entity_id, self.posting.item_id, self.posting.lot_id


@dataclasses.dataclass(frozen=True, slots=True)
class Valued:
    """Values aligned with the steps, and what is left of the layers that gave some."""

    values: tuple[Decimal, ...]
    left: tuple[tuple[int, Decimal, Decimal], ...]  # layer, quantity, value


def steps(
    postings: Sequence[Posting], balances: Sequence[Balance], site_kinds: Mapping[int, str]
) -> list[Step]:
    """The postings with their ends. Raises Refused with every objection (`inventory.*`)."""
    by_id = {balance.id: balance for balance in balances}
    by_key = {balance.key: balance for balance in balances}
    found = []
    for no, posting in enumerate(postings, 1):
        source = by_id.get(posting.from_balance_id or 0)
        if posting.from_balance_id is not None and source is None:
            raise errors.NotFound("inventory.balance_unknown")
        key = posting.to_key
        target = by_key[key] if key is not None else None
        move = moves.Move(
            posting.origin_line or no,
            source.key if source else _outside(posting.from_site_id, site_kinds),
            key or _outside(posting.to_site_id, site_kinds),
            posting.quantity,
        )
        found.append(Step(posting, move, source, target))
    reasons = moves.check(moves=[step.move for step in found], permissions=_EVERY_WAY)
    reasons += [
        errors.Reason("inventory.move_changes_goods", step.line)
        for step in found
        if step.source is not None
        and (step.source.key.entity_id, *step.source.key.goods)
        != (
            step.posting.entity_id,
            step.posting.item_id,
            step.posting.lot_id,
            step.posting.serial_id or None,
        )
        and step.target is None
    ]
    errors.raise_if_refused(reasons)
    errors.raise_if_refused([*_shortages(found), *_doubled_serials(found, balances)])
    return found


def _outside(site_id: int, kinds: Mapping[int, str]) -> status.Outside:
    kind = kinds.get(site_id)
    if kind is None:
        raise errors.NotFound("inventory.site_unknown")
    try:
        return status.Outside(kind)
    except ValueError:
        # One of our own sites: without a balance the move would touch no stock there.
        raise errors.refuse("inventory.move_leads_nowhere") from None


def _shortages(found: Iterable[Step]) -> list[errors.Reason]:
    """Goods taken without a reservation leave what is reserved for others alone."""
    free: dict[int, Decimal] = {}
    reasons = []
    for step in found:
        if step.source is None:
            continue
        balance = step.source
        left = free.setdefault(balance.id, balance.on_hand - balance.reserved)
        if step.posting.reservation_id is not None:
            continue
        free[balance.id] = left - step.posting.quantity
        if free[balance.id] < 0:
            params = {"wanted": step.posting.quantity, "on_hand": max(left, Decimal(0))}
            reasons.append(errors.Reason("inventory.not_enough_stock", step.line, params))
    return reasons


def _doubled_serials(found: Iterable[Step], balances: Iterable[Balance]) -> list[errors.Reason]:
    held = {balance.key: balance.on_hand for balance in balances if balance.key.serial_id is not None}
    lines: dict[int, int] = {}
    for step in found:
        if step.source is not None and step.source.key in held:
            held[step.source.key] -= step.posting.quantity
        if step.target is not None and step.target.key.serial_id is not None:
            held[step.target.key] += step.posting.quantity
            lines[step.target.key.serial_id] = step.line
    return [
        dataclasses.replace(reason, line=lines.get(reason.params["serial_id"]))
        for reason in moves.serial_objections(balances=held)
    ]


def value(found: Sequence[Step], layers: Mapping[LayerKey, Sequence[cost.Layer]]) -> Valued:
    """Value what leaves the entity's title by its layers and what enters it as the posting says.

    Moves inside one title carry nothing: the value stays in its layers. Raises Refused
    `inventory.cost_layers_short`, and ValueError for goods that enter without a value.
    """
    remaining = {key: list(held) for key, held in layers.items()}
    touched: dict[int, tuple[Decimal, Decimal]] = {}
    values = []
    for step in found:
        worth = money.ZERO
        if step.leaves_title:
            taken = cost.consume(
                layers=remaining.get(step.layer_key, ()), quantity=step.posting.quantity, line=step.line
            )
            worth = taken.value
            after = {layer.id: (layer.quantity, layer.value) for layer in taken.remaining}
            touched |= {
                part.layer_id: after.get(part.layer_id, (Decimal(0), money.ZERO)) for part in taken.taken
            }
            remaining[step.layer_key] = list(taken.remaining)
        elif step.enters_title:
            if step.posting.value is None:
                raise ValueError(f"{step.posting.kind}: goods that come into title state what they cost")
            worth = step.posting.value
            if worth < 0 or money.amount(worth) != worth:
                raise errors.refuse("inventory.move_value_wrong", line=step.line, value=worth)
        values.append(worth)
    return Valued(tuple(values), tuple((layer, *left) for layer, left in sorted(touched.items())))
