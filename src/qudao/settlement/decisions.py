"""What settlement says at the points of the trade: rebate used on an order, and credit."""

import contextvars
import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal

from django.urls import reverse

from qudao.kernel import decisions, errors, journal, money, scope
from qudao.pricing.rules import pool as pool_rules
from qudao.settlement import credit, models, pool, writing
from qudao.settlement.rules import credit as credit_rules

# What a centralised-procurement line costs is fixed: no rebate pays for it.
_NOT_PAID_BY_REBATE = ("vbp",)


@dataclasses.dataclass(frozen=True, slots=True)
class Use:
    """The wanted use of a pool: how it is taken, or why it cannot be."""

    want: Decimal
    allocations: tuple[pool_rules.Allocation, ...] = ()
    held: pool.Held | None = None
    reasons: tuple[errors.Reason, ...] = ()


class PoolUse(decisions.Contribution):
    """返利使用: pays part of an order from the pool, spread over its lines to the cent.

    The entries that expire first are used first, no more than the strictest of their shares of the lines
    a rebate may pay for, and nothing while invoices are overdue. What did not arrive and what comes back gives
    its part to the pool again.
    """

    name = "settlement.pool"
    points = ("sale", "sign", "return")

    def lock(self, facts: decisions.Facts, *, actor: scope.Actor, now: dt.datetime) -> None:
        if _wanted(facts) or _back(facts):
            pool.lock(facts.debtor_node_id)

    def load(self, facts: decisions.Facts, *, actor: scope.Actor, now: dt.datetime) -> Use | None:
        want = _wanted(facts)
        if not want:
            return None
        held = pool.held(facts.debtor_node_id)
        try:
            allocations = pool_rules.plan_use(
                entries=held.entries,
                order_amount=sum((line.gross for line in facts.lines if _payable(line)), money.ZERO),
                want=want,
                today=facts.on,
                max_share=held.max_share(facts.on),
                overdue=credit.overdue(facts.debtor_node_id, on=facts.on),
            )
        except errors.Refused as refused:
            return Use(want, reasons=tuple(refused.reasons))
        return Use(want, allocations, held)

    def adjust(self, facts: decisions.Facts, data: Use | None) -> decisions.Facts:
        if data is None or data.reasons:
            return facts
        payable = [line for line in facts.lines if _payable(line)]
        parts = money.allocate(data.want, [line.gross for line in payable])
        used = {line.no: part for line, part in zip(payable, parts, strict=True)}
        return dataclasses.replace(
            facts, lines=tuple(_paid_in_part(line, used.get(line.no, money.ZERO)) for line in facts.lines)
        )

    def judge(self, facts: decisions.Facts, data: Use | None, *, now: dt.datetime) -> Iterable[errors.Reason]:
        return data.reasons if data else ()

    def effects(
        self,
        facts: decisions.Facts,
        data: Use | None,
        *,
        entry: uuid.UUID,
        actor: scope.Actor,
        now: dt.datetime,
    ) -> Iterable[journal.Row]:
        if back := _back(facts):
            order_id = facts.detail["order_id"]
            postings = pool.given_back(
                facts.debtor_node_id, order_id=order_id, amount=back, key=f"restore:{entry}"
            )
        elif data is None or data.held is None:
            return ()
        else:
            order_id = writing.uuid_in(facts.subject)
            postings = pool.taken(data.allocations, data.held, kind="use", key=f"use:{facts.subject}")
        return pool.post(
            postings,
            node_id=facts.debtor_node_id,
            entity_id=facts.entity_id,
            on=facts.on,
            origin_type="orders.order",
            origin_id=order_id,
            entry=entry,
        )

    def undo(
        self, facts: decisions.Facts, *, entry: uuid.UUID, actor: scope.Actor, now: dt.datetime
    ) -> Iterable[journal.Row]:
        """Give back to each entry what the order drew from it; its expiry stays what it was."""
        if not _wanted(facts):
            return ()
        pool.lock(facts.debtor_node_id)
        order_id = writing.uuid_in(facts.subject)
        used = models.PoolEntry.objects.filter(
            node_id=facts.debtor_node_id, origin_type="orders.order", origin_id=order_id, kind="use"
        )
        return pool.post(
            [
                pool.Posting(
                    "restore",
                    -one.net,
                    -one.tax,
                    one.tax_rate,
                    f"restore:{one.key.removeprefix('use:')}",
                    draws_on=one.draws_on_id,
                )
                for one in used.order_by("pk")
            ],
            node_id=facts.debtor_node_id,
            entity_id=facts.entity_id,
            on=facts.on,
            origin_type="orders.order",
            origin_id=order_id,
            entry=entry,
        )


def _wanted(facts: decisions.Facts) -> Decimal:
    return money.exact(facts.detail.get("rebate_use") or 0)


def _back(facts: decisions.Facts) -> Decimal:
    """What the pool paid of goods that did not arrive, or that come back."""
    return sum((line.detail.get("rebate_back", money.ZERO) for line in facts.lines), money.ZERO)


def _payable(line: decisions.Line) -> bool:
    return line.price_kind not in _NOT_PAID_BY_REBATE


def _paid_in_part(line: decisions.Line, used: Decimal) -> decisions.Line:
    detail = {**line.detail, "rebate_used": used}
    if not used:
        return dataclasses.replace(line, detail=detail)
    gross = line.gross - used
    net, _ = money.split_tax(gross, line.detail["tax_rate"])
    return dataclasses.replace(line, gross=gross, net=net, detail=detail)


# The locked row goes from `lock` to `load` of the same decision, so that it is read once.
_locked: contextvars.ContextVar[tuple[tuple, credit_rules.Credit | None] | None] = contextvars.ContextVar(
    "locked_credit", default=None
)


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """The debtor's credit, and whether the reader may see it, and so mend what is wrong with it."""

    credit: credit_rules.Credit | None
    may_look: bool


class CreditGate(decisions.Contribution):
    """信用: an order fits into what is available of the debtor's credit, and nothing is overdue beyond what was
    credited and waits to be applied.

    Later points move what the order opened: shipping makes it shipped-not-invoiced, short arrivals and
    returns take it off again.
    """

    name = "settlement.credit"
    points = ("sale", "ship", "sign", "return")

    def lock(self, facts: decisions.Facts, *, actor: scope.Actor, now: dt.datetime) -> None:
        if facts.point == "sale":
            found = credit.read(facts.debtor_node_id, on=facts.on, lock=True)
            _locked.set((_key(facts, now), found))
        else:
            credit.lock(facts.debtor_node_id)

    def load(self, facts: decisions.Facts, *, actor: scope.Actor, now: dt.datetime) -> Standing | None:
        if facts.point != "sale":
            return None
        held = _locked.get()
        _locked.set(None)
        if held is not None and held[0] == _key(facts, now):
            found = held[1]
        else:
            found = credit.read(facts.debtor_node_id, on=facts.on)
        return Standing(found, actor.can("settlement.credit.view"))

    def judge(
        self, facts: decisions.Facts, data: Standing | None, *, now: dt.datetime
    ) -> Iterable[errors.Reason]:
        if data is None:
            return ()
        found = credit_rules.judge(
            credit=data.credit, gross=facts.gross, on=facts.on, tolerated=credit.tolerated(facts.on)
        )
        # An address is looked for only where something is wrong: a program that sells need not know the pages.
        link = reverse("debtor", args=[facts.debtor_node_id]) if found and data.may_look else None
        return [dataclasses.replace(reason, link=link) for reason in found]

    def effects(
        self,
        facts: decisions.Facts,
        data: Standing | None,
        *,
        entry: uuid.UUID,
        actor: scope.Actor,
        now: dt.datetime,
    ) -> Iterable[journal.Row]:
        return [credit.move(facts.debtor_node_id, _move(facts), entry=entry)]

    def undo(
        self, facts: decisions.Facts, *, entry: uuid.UUID, actor: scope.Actor, now: dt.datetime
    ) -> Iterable[journal.Row]:
        return [credit.move(facts.debtor_node_id, _move(facts).undone(), entry=entry)]


def _key(facts: decisions.Facts, now: dt.datetime) -> tuple:
    return facts.subject, facts.debtor_node_id, now


def _move(facts: decisions.Facts) -> credit_rules.Move:
    return credit_rules.move_at(
        point=facts.point, gross=facts.gross, details=[line.detail for line in facts.lines]
    )
