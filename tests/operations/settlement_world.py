"""A debtor with two channel accounts, and a trade told by the journal alone: settlement needs no orders."""

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from qudao.catalog import models as catalog
from qudao.kernel import decisions, journal, money, scope
from qudao.kernel import models as kernel
from qudao.pricing import models as pricing
from qudao.settlement import consumers
from qudao.settlement import decisions as settlement_decisions
from qudao.settlement import operations as settlement
from tests import harness

HOUSE = scope.Actor("person", 1, "结算员", frozenset({"*"}), house=True, everyone=True)
TODAY = dt.date(2026, 11, 23)
VAT = Decimal("0.13")
SCALE = {
    "measure": "amount",
    "mode": "marginal",
    "tiers": [{"from": "0", "rate": "0"}, {"from": "1000", "rate": "0.10"}, {"from": "2000", "rate": "0.25"}],
}


@dataclasses.dataclass
class World:
    """The ids of what exists. `lines` counts document lines given out; `account` is the first account's id."""

    debtor: int
    accounts: tuple[int, int]
    items: tuple[int, int]
    lines: int = 0
    orders: int = 0
    party: int = 9
    account: int = 1

    def actor(self, *permissions: str, nodes=None) -> scope.Actor:
        """Somebody of the partner."""
        seen = tuple(nodes) if nodes is not None else (self.debtor, *self.accounts)
        return scope.Actor(
            "person", 7, "经销商", frozenset(permissions), visible=seen, reach=seen, party_id=9
        )


def build() -> World:
    with scope.everything():
        line = catalog.ProductLine.objects.create(code="GK", name="骨科")
        items = [
            catalog.Item.objects.create(
                code=code,
                name=name,
                specification="M",
                manufacturer="甲",
                line=line,
                device_class=3,
                base_unit="个",
                price_unit="个",
            )
            for code, name in (("A", "椎弓根螺钉"), ("B", "连接棒"))
        ]
        nodes = [
            kernel.Node.objects.create(kind=kind, party_id=9, entity_id=1, line_id=line_id, region_id=1)
            for kind, line_id in (("debtor", 0), ("account", 1), ("account", 2))
        ]
        kernel.Node.objects.create(kind="debtor", party_id=10, entity_id=1)
    return World(nodes[0].pk, (nodes[1].pk, nodes[2].pk), tuple(item.pk for item in items))


def credit(world: World, limit: str, **more):
    return settlement.set_credit(
        debtor_node_id=world.debtor,
        limit=Decimal(limit),
        approver="王总",
        actor=HOUSE,
        now=harness.NOW,
        **more,
    )


# -- decisions ------------------------------------------------------------------------------------


def alone(monkeypatch) -> None:
    """Ask settlement's contributions only: the other modules' gates have their own tests."""
    found = (settlement_decisions.PoolUse(), settlement_decisions.CreditGate())
    monkeypatch.setattr(decisions, "_contributions", lambda: found)


def sale(world: World, *gross: str, use: str = "0", kinds=(), point="sale", order=None, details=()):
    """Facts of an order whose lines cost `gross`."""
    order = order or uuid.uuid4()
    return decisions.Facts(
        point=point,
        subject=f"orders.order:{order}",
        entity_id=1,
        on=TODAY,
        lines=tuple(
            decisions.Line(
                no=no,
                item_id=world.items[0],
                quantity=Decimal(1),
                gross=Decimal(amount),
                net=money.split_tax(amount, VAT)[0],
                price_kind=kinds[no - 1] if kinds else "contract",
                detail={"tax_rate": VAT, **(details[no - 1] if details else {})},
            )
            for no, amount in enumerate(gross, start=1)
        ),
        node_id=world.accounts[0],
        account_id=1,
        debtor_node_id=world.debtor,
        buyer_id=9,
        detail={"rebate_use": Decimal(use)},
    )


def decide(facts, *, actor=HOUSE, now=harness.NOW):
    """Run a point, apply its effects and commit; returns the facts as adjusted."""
    with scope.transaction(actor, acting=True):
        verdict = decisions.run(facts, actor=actor, now=now)
        verdict.require()
        entry = journal.entry()
        rows = verdict.apply(verdict.facts, entry=entry, actor=actor, now=now)
        journal.record(entry, "test.sale.decided", subject=facts.subject, at=now, rows=rows)
    return verdict.facts


def undo(facts, *, actor=HOUSE, now=harness.NOW):
    with scope.transaction(actor, acting=True):
        decisions.undo(facts, entry=journal.entry(), actor=actor, now=now)


# -- what happened ----------------------------------------------------------------------------------


def tell(type: str, world: World, lines, *, on=TODAY, account=0, document=None, order=None, number="D-1"):
    """Record one entry of the trade as orders would; returns its document line ids."""
    document = document or uuid.uuid4()
    kind = {"order": "order", "shipment": "shipment", "return": "return"}[type.split(".")[1]]
    written = []
    for given in lines:
        world.lines += 1
        written.append({"document_line_id": world.lines, **given})
    with scope.everything():
        journal.record(
            journal.entry(),
            type,
            subject=f"orders.{kind}:{document}",
            at=harness.NOW,
            node_id=world.accounts[account],
            data={
                "dims": {
                    "entity_id": 1,
                    "account_id": world.account + account,
                    "node_id": world.accounts[account],
                    "debtor_node_id": world.debtor,
                    "party_id": world.party,
                    "line_id": account + 1,
                    "tier": "A",
                    "region_id": 1,
                    "hospital_id": 0,
                    "contract_version_id": 1,
                    "channel": "rep",
                    "currency": "CNY",
                    "document_type": kind,
                    "document_id": document,
                    "document_number": number,
                    "on": on,
                },
                "lines": written,
            },
        )
    return [line["document_line_id"] for line in written]


def line(world: World, gross: str, *, quantity="1", item=0, used="0.00", kind="contract", **more):
    """One line of an entry: `gross` with 13 % tax."""
    net, tax = money.split_tax(gross, VAT)
    return {
        "no": 1,
        "order_line_id": 1,
        "item_id": world.items[item],
        "lot": "L1",
        "promotion_id": None,
        "quantity": Decimal(quantity),
        "net": net,
        "tax": tax,
        "gross": Decimal(gross),
        "rebate_used": Decimal(used),
        "price_kind": kind,
        **more,
    }


def signed(world: World, *gross: str, on=TODAY, number="SH-1", **more):
    """A shipment signed for, a line each; returns the shipment line ids."""
    lines = [line(world, amount, **more) for amount in gross]
    return tell("orders.shipment.signed", world, lines, on=on, number=number)


def returned(world: World, gross: str, shipment_line: int, *, on=TODAY, number="RT-1", **more):
    one = line(world, gross, shipment_line_id=shipment_line, **more)
    return tell("orders.return.received", world, [one], on=on, number=number)


def settle() -> int:
    """Number what was recorded and write its facts; returns the last number."""
    journal.advance()
    while journal.consume(consumers.NAME, consumers.facts):
        pass
    with scope.everything():
        return consumers.cursor()


def receive(world: World, amount: str, reference: str, **more):
    return settlement.record_receipt(
        debtor_node_id=world.debtor,
        amount=Decimal(amount),
        method="bank",
        reference=reference,
        received_on=more.pop("on", TODAY),
        actor=HOUSE,
        now=more.pop("now", harness.NOW),
        **more,
    )


# -- rebates ----------------------------------------------------------------------------------------


def term(world: World, **changes) -> pricing.RebateTerm:
    """A rebate term of account 1, in effect for 2026."""
    with scope.everything():
        contract, _ = pricing.Contract.objects.get_or_create(
            number="HT-1",
            defaults={
                "node_id": world.accounts[0],
                "entity_id": 1,
                "party_id": 9,
                "account_id": 1,
                "title": "2026",
                "status": "effective",
                "created_at": harness.NOW,
            },
        )
        version, _ = pricing.ContractVersion.objects.get_or_create(
            contract=contract,
            number=1,
            defaults={
                "node_id": world.accounts[0],
                "status": "effective",
                "valid_from": dt.date(2026, 1, 1),
                "valid_until": dt.date(2027, 1, 1),
            },
        )
        values = {"name": "季度返利", "basis": "signed", "scale": SCALE, "calendar": "quarter"}
        return pricing.RebateTerm.objects.create(
            node_id=world.accounts[0], contract_version=version, **(values | changes)
        )


def run(found: pricing.RebateTerm, *, day=TODAY, now=harness.NOW, **more):
    return settlement.run_rebate(
        contract_version_id=found.contract_version_id,
        term_id=found.pk,
        day=day,
        actor=HOUSE,
        now=now,
        **more,
    )


def fill_pool(world: World, gross: str, **changes):
    """A confirmed rebate of `gross` in the pool."""
    fixed = {"measure": "amount", "mode": "fixed", "tiers": [{"from": "0", "rate": gross}]}
    found = term(world, scale=fixed, **({"pool_share": 1} | changes))
    signed(world, "11.30", number="SH-POOL")
    settle()
    detail = run(found)
    return settlement.confirm_run(run_id=detail.run.id, partial=True, actor=HOUSE, now=harness.NOW)
