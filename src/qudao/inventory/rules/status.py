"""The condition of goods (GSP zones 待验, 合格, 不合格, 退货) and the only ways between conditions.

A change of status is a move from one stock key to another that differs in its status. Where goods are
(shipped out, consigned to a hospital, on a van) is a matter of place, never of status.
Source: 医疗器械经营质量管理规范 (NMPA 公告 2023 年第 153 号): the zones, and the quality post's sole say over
release.
"""

import enum
import types
from collections.abc import Mapping, Set

from qudao.kernel import errors


class Status(enum.StrEnum):
    """What condition stock is in."""

    IN_TRANSIT = "in_transit"  # 在途
    PENDING = "pending"  # 待验
    GOOD = "good"  # 合格
    BAD = "bad"  # 不合格
    RETURNED = "returned"  # 退货
    HELD = "held"  # 冻结


class Outside(enum.StrEnum):
    """Where goods come from and go to when they are not stock. Nothing is counted there."""

    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    LOSS = "loss"  # destroyed, lost on the way
    COUNT = "count"  # found or missing at a stock count
    OPENING = "opening"  # brought in at go-live


End = Status | Outside

RECEIVE = "inventory.stock.receive"
TAKE_BACK = "inventory.stock.take_back"
INSPECT = "inventory.stock.inspect"
HOLD = "inventory.stock.hold"
RELEASE = "inventory.stock.release"
MOVE = "inventory.stock.move"
SHIP = "inventory.stock.ship"
SEND_BACK = "inventory.stock.send_back"
DESTROY = "inventory.stock.destroy"
ADJUST = "inventory.stock.adjust"
OPEN = "inventory.stock.open"

# Granted to quality posts (质管) alone: after the opening nothing becomes sellable without them.
QUALITY_PERMISSIONS = frozenset({INSPECT, RELEASE, DESTROY})

ALLOWED: Mapping[tuple[End, End], str] = types.MappingProxyType(
    {
        (Outside.SUPPLIER, Status.IN_TRANSIT): RECEIVE,
        (Outside.SUPPLIER, Status.PENDING): RECEIVE,
        (Status.IN_TRANSIT, Status.PENDING): RECEIVE,
        (Outside.CUSTOMER, Status.RETURNED): TAKE_BACK,
        # Refused at the door, or a kit or loaner coming back: inspected again before it is sellable.
        (Status.GOOD, Status.RETURNED): TAKE_BACK,
        (Status.GOOD, Status.PENDING): TAKE_BACK,
        (Status.PENDING, Status.GOOD): INSPECT,
        (Status.PENDING, Status.BAD): INSPECT,
        (Status.RETURNED, Status.GOOD): INSPECT,
        (Status.RETURNED, Status.BAD): INSPECT,
        (Status.GOOD, Status.BAD): INSPECT,
        # Bad stock is locked already; a hold on it would only open a way back to sale.
        (Status.IN_TRANSIT, Status.HELD): HOLD,
        (Status.PENDING, Status.HELD): HOLD,
        (Status.GOOD, Status.HELD): HOLD,
        (Status.RETURNED, Status.HELD): HOLD,
        (Status.HELD, Status.GOOD): RELEASE,
        (Status.HELD, Status.PENDING): RELEASE,
        (Status.HELD, Status.BAD): RELEASE,
        (Status.HELD, Outside.SUPPLIER): RELEASE,
        (Status.GOOD, Status.IN_TRANSIT): MOVE,
        (Status.GOOD, Outside.CUSTOMER): SHIP,
        (Status.GOOD, Outside.SUPPLIER): SEND_BACK,
        (Status.BAD, Outside.SUPPLIER): SEND_BACK,
        (Status.BAD, Outside.LOSS): DESTROY,
        (Status.IN_TRANSIT, Outside.LOSS): ADJUST,
        (Status.GOOD, Outside.LOSS): ADJUST,
        (Status.PENDING, Outside.COUNT): ADJUST,
        (Status.GOOD, Outside.COUNT): ADJUST,
        (Status.BAD, Outside.COUNT): ADJUST,
        (Status.RETURNED, Outside.COUNT): ADJUST,
        (Status.HELD, Outside.COUNT): ADJUST,
        # What a count finds has no history: it is inspected like a delivery.
        (Outside.COUNT, Status.PENDING): ADJUST,
        (Outside.OPENING, Status.IN_TRANSIT): OPEN,
        (Outside.OPENING, Status.PENDING): OPEN,
        (Outside.OPENING, Status.GOOD): OPEN,
        (Outside.OPENING, Status.BAD): OPEN,
        (Outside.OPENING, Status.RETURNED): OPEN,
        (Outside.OPENING, Status.HELD): OPEN,
    }
)


def check(*, from_: End, to: End, permissions: Set[str], line: int | None = None) -> list[errors.Reason]:
    """Why goods may not go from one end to the other under these permissions; empty when they may.

    Keeping the same status is no change and always allowed here. Reasons:
    `inventory.status_change_impossible` (nobody may), `inventory.status_change_forbidden` (others may).
    """
    if from_ == to and isinstance(from_, Status):
        return []
    ends = {"from_status": str(from_), "to_status": str(to)}
    needed = ALLOWED.get((from_, to))
    if needed is None:
        return [errors.Reason("inventory.status_change_impossible", line, ends)]
    if needed not in permissions:
        return [errors.Reason("inventory.status_change_forbidden", line, {**ends, "permission": needed})]
    return []


def targets(*, from_: End, permissions: Set[str]) -> list[End]:
    """Where goods in this condition may go under these permissions, in the order of the table."""
    return [to for (start, to), needed in ALLOWED.items() if start == from_ and needed in permissions]
