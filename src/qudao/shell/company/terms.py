"""Prices, contracts with rebate terms, a promotion."""

import datetime as dt
import hashlib
from decimal import Decimal

from qudao.kernel import scope
from qudao.partners import queries as partners
from qudao.pricing import operations
from qudao.shell.company import Company

BEGIN, END = dt.date(2026, 1, 1), dt.date(2027, 1, 1)
GUIDE = {"BQ-2515": "2200.00", "ZJ-3018": "1200.00", "CTNI-100": "1580.00", "DS-035": "120.00"}
FACTORS = {"A": "0.80", "B": "0.88", "C": "0.95"}
# number, account, item prices
CONTRACTS = (
    ("HT-2026-0183", "kangze.CV", {"BQ-2515": "1860.00", "DS-035": "96.00"}),
    ("HT-2026-0184", "kangze.IVD", {"CTNI-100": "1240.00"}),
    ("HT-2026-0185", "renji.CV", {"BQ-2515": "1980.00"}),
)
# From 30,000 net a quarter 2 %, from 60,000 3 %, on all of it.
SCALE = {
    "measure": "amount",
    "mode": "whole",
    "lower_inclusive": True,
    "tiers": [
        {"from": "0", "rate": "0"},
        {"from": "30000", "rate": "0.02"},
        {"from": "60000", "rate": "0.03"},
    ],
    "cap": None,
    "floor": None,
}


def build(company: Company, *, now: dt.datetime, actor: scope.Actor, contracts=CONTRACTS) -> None:
    """The lists, the contracts given, and a promotion."""
    begin, end = company.day(BEGIN), company.day(END)
    entity_id = company.entities["qd"]
    common = {"entity_id": entity_id, "valid_from": begin, "actor": actor, "now": now}
    operations.set_guide_prices(
        prices=[
            operations.ListPrice(item_id=company.items[code], price=Decimal(price))
            for code, price in GUIDE.items()
        ],
        citation="2026 价目表",
        **common,
    )
    operations.set_tier_factors(
        factors=[operations.NewFactor(tier=tier, factor=Decimal(factor)) for tier, factor in FACTORS.items()],
        **common,
    )
    operations.set_vbp_prices(
        prices=[operations.ListPrice(item_id=company.items["ZJ-3018"], price=Decimal("798.00"))],
        valid_until=company.day(dt.date(2028, 1, 1)),
        citation="国家集采 GH-HD2022-1",
        **common,
    )
    operations.set_floors(floors=[(company.items["BQ-2515"], Decimal("1100.00"))], **common)
    for number, account, prices in contracts:
        contract(company, number, account, prices, now=now, actor=actor)
    operations.start_promotion(
        name="肌钙蛋白满减",
        threshold=Decimal(30),
        minus=Decimal("620.00"),
        budget=Decimal("6200.00"),
        valid_until=end,
        item_ids=[company.items["CTNI-100"]],
        **common,
    )


def contract(company: Company, number: str, account: str, prices, *, now, actor, signer=None) -> None:
    """Draft a contract and put it into effect, by `signer` where that is somebody else."""
    drafted = operations.draft_contract(
        account=partners.get_account(company.accounts[account], actor),
        title="2026 年度经销合同",
        number=number,
        terms=operations.Terms(valid_from=company.day(BEGIN), valid_until=company.day(END), payment_days=30),
        prices=[
            operations.NewPrice(item_id=company.items[code], price=Decimal(price), clause=f"§2.{clause}")
            for clause, (code, price) in enumerate(prices.items(), start=1)
        ],
        rebates=[operations.NewRebate(name="季度返利", basis="signed", scale=SCALE)],
        actor=actor,
        now=now,
    )
    digest = hashlib.sha256(number.encode()).hexdigest()
    sign(company, number, drafted.id, digest, now=now, actor=signer or actor)


def sign(company: Company, number: str, version_id: int, document_digest: str, *, now, actor) -> None:
    """Put a drafted contract into effect, signed by both sides."""
    operations.put_into_effect(
        version_id=version_id,
        signed_by="孟遥",
        countersigned_by="林涛",
        document_digest=document_digest,
        actor=actor,
        now=now,
    )
    company.contracts[number] = version_id
