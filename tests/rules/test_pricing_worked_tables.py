"""The worked tables of docs/domain/pricing.md and rebates.md, row by row."""

import datetime as dt
import pathlib
import re
from decimal import Decimal

import pytest

from qudao.kernel import errors
from qudao.pricing.rules import pool, price, promotion, rebate, settlement

DOCS = pathlib.Path(__file__).parents[2] / "docs" / "domain"
TODAY = dt.date(2026, 11, 23)
LONG_AGO = dt.date(2026, 1, 1)
VAT = Decimal("0.13")


def tables(text):
    """{name: [row as {column: cell}]} of every table under a `<!-- worked: name -->`."""
    found = {}
    for name, block in re.findall(r"<!-- worked: (.+?) -->\n((?:\|.*\n?)+)", text):
        header, _, *rows = [
            [cell.strip() for cell in line.strip("|\n").split("|")] for line in block.splitlines()
        ]
        found[name] = [dict(zip(header, row, strict=True)) for row in rows]
    return found


WORKED = tables((DOCS / "pricing.md").read_text()) | tables((DOCS / "rebates.md").read_text())


def rows(name):
    return pytest.mark.parametrize(
        "row", [pytest.param(row, id=str(i)) for i, row in enumerate(WORKED[name], 1)]
    )


def test_every_table_has_a_check():
    marks = sum(doc.read_text().count("<!-- worked:") for doc in (DOCS / "pricing.md", DOCS / "rebates.md"))
    assert marks == len(WORKED) == 7
    assert set(WORKED) == {"choice", "line", "promotion", "scale", "next", "settlement", "pool"}
    assert all(WORKED.values())


def candidate(row_id, kind, amount, **scope):
    return price.Candidate(row_id, kind, Decimal(amount), "CNY", True, VAT, LONG_AGO, **scope)


@rows("choice")
def test_the_price_is_the_one_documented(row):
    shapes = {
        "guide": ("guide", {}),
        "tier": ("tier_region", {"tier": "B"}),
        "region": ("tier_region", {"region": 4}),
        "tier and region": ("tier_region", {"tier": "B", "region": 4}),
        "contract": ("contract", {"account_id": 7}),
        "hospital": ("hospital", {"hospital_id": 9}),
        "vbp": ("vbp", {"region": 4}),
    }
    candidates = [
        candidate(i, kind, row[column], **scope)
        for i, (column, (kind, scope)) in enumerate(shapes.items(), 1)
        if row[column] != "-"
    ]
    request = price.Request(7, "B", 4, Decimal(30), hospital_id=9)
    chosen = price.choose(candidates=candidates, request=request, on=TODAY)
    assert (chosen.kind, str(chosen.unit_price)) == (row["kind"], row["unit price"])
    assert chosen.steps[-1].after == chosen.unit_price


@rows("line")
def test_the_line_is_the_one_documented(row):
    line = price.line_amounts(
        entered_quantity=row["quantity"],
        unit_price=row["unit price"],
        vat_rate=row["VAT rate"],
        tax_included=row["tax included"] == "yes",
        discount=row["discount"],
    )
    assert [str(line.gross), str(line.net), str(line.tax)] == [row["gross"], row["net"], row["tax"]]


@rows("promotion")
def test_the_discount_is_the_one_documented(row):
    lines = []
    for number, text in enumerate(row["lines"].split(", "), 1):
        quantity, unit, mark = re.fullmatch(r"(\d+)×([\d.]+)([!^]?)", text).groups()
        kind = "vbp" if mark == "^" else "contract"
        chosen = price.choose(
            candidates=[candidate(number, kind, unit, excludes_promotions=mark == "!")],
            request=price.Request(7, "B", 4, Decimal(quantity)),
            on=TODAY,
        )
        lines.append(promotion.Line(number, number, Decimal(quantity), chosen))
    offer = promotion.Promotion(
        promotion_id=1,
        name="双十一影像节",
        measure=row["measure"],
        threshold=Decimal(row["threshold"]),
        minus=Decimal(row["minus"]),
        valid_from=LONG_AGO,
        repeating=row["repeating"] == "yes",
        budget_remaining=optional(row["budget"]),
    )
    outcome = promotion.apply(promotions=[offer], lines=lines, tier="B", region=4, on=TODAY)
    assert ", ".join(str(line.discount) for line in outcome.lines) == row["discounts"]


@rows("scale")
def test_the_rebate_is_the_one_documented(row):
    scale = rebate.Scale(
        measure=row["measure"],
        mode=row["mode"],
        tiers=tiers(row["tiers"]),
        lower_inclusive=row["lower inclusive"] == "yes",
        cap=optional(row["cap"]),
        floor=optional(row["floor"]),
    )
    volume = rebate.Volume(Decimal(row["amount"]), Decimal(row["quantity"]))
    result = rebate.evaluate(scale=scale, volume=volume)
    assert (str(result.earned), str(result.tier)) == (row["earned"], row["tier"])
    assert sum(step.amount for step in result.steps) == result.earned


@rows("next")
def test_what_is_missing_is_what_is_documented(row):
    scale = rebate.Scale("amount", "whole", tiers(row["tiers"]))
    volume = rebate.Volume(Decimal(row["amount"]), Decimal(0))
    missing, rate = rebate.next_tier(scale=scale, volume=volume) or ("-", "-")
    assert (str(missing), str(rate)) == (row["missing"], row["rate"])


@rows("settlement")
def test_the_settlement_is_the_one_documented(row):
    facts = [
        settlement.Fact(
            i, f"FP-{i}", Decimal(text.rstrip("*")), Decimal(1), not excluded, "gift" if excluded else ""
        )
        for i, text in enumerate(row["line amounts"].split(", "), 1)
        for excluded in [text.endswith("*")]
    ]
    scale = rebate.Scale("amount", "marginal", tiers("0:0.10 1000:0.25"))
    result = settlement.settle(scale=scale, facts=facts, already_settled=Decimal(row["settled"]))
    assert (str(result.earned), str(result.payable)) == (row["earned"], row["payable"])
    assert ", ".join(str(line.share) for line in result.lines) == row["shares"]


@rows("pool")
def test_the_pool_answers_as_documented(row):
    entries = []
    for i, text in enumerate(row["entries"].split(", "), 1):
        net, tax, until = re.fullmatch(r"([\d.]+)\+([\d.]+)@(.+)", text).groups()
        last = None if until == "-" else dt.date.fromisoformat(until)
        entries.append(pool.Entry(i, Decimal(net), Decimal(tax), VAT, last))
    try:
        taken = pool.plan_use(
            entries=entries,
            order_amount=Decimal("10000.00"),
            want=Decimal(row["want"]),
            today=TODAY,
            max_share=Decimal("0.20"),
            overdue=row["overdue"] == "yes",
        )
        found = " ".join(f"{part.entry_id}:{part.gross}" for part in taken)
    except errors.Refused as refused:
        found = " ".join(reason.code for reason in refused.reasons)
    assert found == row["result"]


def tiers(text):
    pairs = (part.split(":") for part in text.split())
    return tuple(rebate.Tier(Decimal(bound), Decimal(rate)) for bound, rate in pairs)


def optional(cell):
    return None if cell == "-" else Decimal(cell)
