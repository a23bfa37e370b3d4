"""Money over the API: statements built, sent, answered and locked, invoices and receipts, credit, rebates, targets."""

from decimal import Decimal

import pytest
from django.utils import timezone

from qudao.kernel import journal
from qudao.settlement import consumers
from qudao.shell.company import work
from tests import harness
from tests.api import world
from tests.browser import money, trading

NEEDS = ("settlement", "insights")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: harness.NOW)


@pytest.fixture
def owed(company):
    return money.traded(company)


@pytest.fixture
def finance(owed):
    return world.house("finance-erp")


def numbered():
    while journal.advance():
        pass
    while journal.consume(consumers.NAME, consumers.facts):
        pass
    journal.checkpoint(harness.NOW)


# --- Statements ------------------------------------------------------------------------------------


def test_a_statement_is_answered_line_by_line_resolved_confirmed_and_locked(company, owed, finance):
    partner = world.partners_program(company, "kangze")
    path = f"/statements/{owed.statement.id}"
    assert partner.refused(f"{path}/agree", {"lines": [1, 99]}) == {"settlement.line_unknown"}
    assert [one["state"] for one in partner.items(f"{path}/lines")[:1]] == ["open"]
    partner.once(f"{path}/agree", {"lines": [1]})
    assert partner.items(f"{path}/lines")[0]["state"] == "confirmed"
    partner.once(f"{path}/lines/2/dispute", {"reason": "price"})
    wrong = {"outcome": "adjusted", "resolution": "按合同价"}
    assert finance.refused(f"{path}/lines/2/resolve", wrong) == {"settlement.resolution_invalid"}
    too_much = {"amount": "-99999999.00"}
    assert finance.refused(f"{path}/lines/2/resolve", wrong | too_much) == {"settlement.adjustment_too_large"}
    finance.once(f"{path}/lines/2/resolve", wrong | {"amount": "-100.00"})
    lines = {one["no"]: one for one in finance.items(f"{path}/lines")}
    assert [lines[2][name] for name in ("state", "resolution", "adjustment")] == [
        "adjusted",
        "按合同价",
        "-100.00",
    ]
    assert (lines[7]["amount"], lines[7]["adjusts"]) == ("-100.00", 2)
    seen = partner.get(path).json()
    confirmed = partner.once(f"{path}/confirm", version=seen["version"])
    assert finance.refused(f"{path}/lock", status=412, version=1) == {"kernel.changed_meanwhile"}
    locked = finance.once(f"{path}/lock", version=confirmed["version"])
    assert locked["status"] == "locked"
    assert finance.get(path).json()["checkpoint"].startswith("qudao")


def test_a_statement_is_built_and_sent_once(company, owed, finance):
    body = {"debtor_node_id": owed.debtor, "month": "2026-11"}
    assert finance.refused("/statements", body) == {"settlement.statement_exists"}
    assert finance.post("/statements", body | {"month": "2026-13"}).status_code == 422
    node = next(
        one["node_id"] for one in finance.items("/debtors", all=True) if one["node_id"] != owed.debtor
    )
    built = finance.once("/statements", {"debtor_node_id": node, "month": "2026-11"}, status=201)
    assert (built["status"], built["closing"]) == ("draft", "0.00")
    path = f"/statements/{built['id']}/send"
    assert finance.post(path).status_code == 428
    assert finance.once(path, version=built["version"])["status"] == "sent"
    assert finance.refused(path, version=built["version"] + 1) == {"settlement.statement_state"}


# --- Invoices, cash, credit ------------------------------------------------------------------------


def test_what_was_signed_for_is_invoiced_and_paid(company, owed, finance):
    work.sign(company, trading.on_the_road(company, ("DS-035", "10")), "kangze", now=harness.NOW)
    numbered()
    path = f"/debtors/{owed.debtor}"
    before = finance.get(path).json()
    [invoice] = finance.once(f"{path}/invoices", {"up_to": "2026-11-23"}, status=201)
    assert (invoice["kind"], invoice["gross"], invoice["open"]) == ("blue", "960.00", "960.00")
    assert finance.refused(f"{path}/invoices", {"up_to": "2026-11-23"}) == {"settlement.nothing_to_invoice"}
    paid = {
        "amount": "1000.00",
        "method": "bank",
        "reference": "ICBC-1",
        "received_on": "2026-11-23",
        "applications": [{"invoice_id": invoice["id"], "amount": "900.00"}],
    }
    receipt = finance.once(f"{path}/receipts", paid, status=201)
    assert (receipt["applied"], receipt["prepaid"]) == ("900.00", "100.00")
    twice = paid | {"applications": None}
    assert finance.refused(f"{path}/receipts", twice) == {"settlement.receipt_twice"}
    rest = f"/receipts/{receipt['id']}/apply"
    too_much = {"applications": [{"invoice_id": invoice["id"], "amount": "61.00"}]}
    assert finance.refused(rest, too_much) == {"settlement.invoice_overpaid"}
    assert finance.get(f"/invoices/{invoice['id']}").json()["open"] == "60.00"
    applied = finance.once(rest, {"applications": [{"invoice_id": invoice["id"], "amount": "60.00"}]})
    assert (applied["prepaid"], [one["amount"] for one in applied["applications"]]) == (
        "40.00",
        ["900.00", "60.00"],
    )
    assert finance.get(f"/invoices/{invoice['id']}").json()["open"] == "0.00"
    assert [one["id"] for one in finance.items("/receipts", open=True)] == [receipt["id"]]
    after = finance.get(path).json()
    assert Decimal(after["available"]) - Decimal(before["available"]) == Decimal("1000.00")


def test_an_invoice_without_a_credit_has_none_to_apply(owed, finance):
    before = finance.get(f"/invoices/{owed.invoice.id}").json()
    assert finance.refused(f"/invoices/{owed.invoice.id}/apply-credit", {}) == {
        "settlement.no_credit_to_apply"
    }
    assert finance.get(f"/invoices/{owed.invoice.id}").json() == before


def test_what_a_debtor_may_owe_is_set_by_who_decided_it(company, owed, finance):
    path = f"/debtors/{owed.debtor}"
    before = finance.get(path).json()
    wanted = {"limit": "123456.00", "payment_days": 45, "approver": ""}
    assert finance.refused(f"{path}/credit", wanted) == {"settlement.approver_missing"}
    assert finance.get(path).json() == before
    changed = finance.once(f"{path}/credit", wanted | {"approver": "陈总"})
    assert (changed["limit"], changed["payment_days"], changed["approved_by"]) == ("123456.00", 45, "陈总")
    renji = world.partners_program(company, "renji")
    assert renji.get(path).status_code == 404
    assert renji.refused(f"{path}/credit", wanted | {"approver": "自己"}, status=404) == {"kernel.not_found"}
    assert owed.debtor not in {one["node_id"] for one in renji.items("/debtors", all=True)}


# --- Rebates, targets ------------------------------------------------------------------------------


def test_a_rebate_is_calculated_booked_replayed_and_taken_back(owed, finance):
    path = f"/rebate-runs/{owed.run.id}"
    replayed = finance.once(f"{path}/replay")
    assert (replayed["same"], replayed["differences"], replayed["earned"]) == (True, [], "710.44")
    term = next(
        one for one in finance.items("/rebate-terms") if one["version_id"] == owed.run.contract_version_id
    )
    body = {"contract_version_id": term["version_id"], "term_id": term["id"], "day": "2026-11-23"}
    made = finance.once("/rebate-runs", body, status=201)
    assert (made["status"], made["settled_before"], made["payable"]) == ("calculated", "710.44", "0.00")
    assert finance.refused("/rebate-runs", body) == {"settlement.term_waiting"}
    assert finance.refused(f"{path}/confirm") == {"settlement.run_state"}
    made_path, why = f"/rebate-runs/{made['id']}", {"reason": "算错"}
    assert finance.refused(f"{made_path}/confirm") == {"settlement.period_not_over"}
    assert finance.once(f"{made_path}/confirm?partial=true")["status"] == "confirmed"
    assert finance.refused(f"{path}/reverse", why) == {"settlement.run_built_upon"}
    assert finance.get(path).json()["status"] == "confirmed"
    assert finance.once(f"{made_path}/reverse", why)["status"] == "reversed"
    assert finance.once(f"{path}/reverse", why)["status"] == "reversed"


def test_a_target_is_set_and_the_same_part_again_replaces_it(company):
    planning = world.house("planning")
    wanted = {
        "kpi": "sales",
        "valid_from": "2026-01-01",
        "last_day": "2026-12-31",
        "target": "1200000",
        "entity_id": company.entities["qd"],
    }
    unknown = planning.refused("/targets", wanted | {"kpi": "mood"})
    assert unknown == {"insights.kpi_unknown"}
    assert planning.items("/targets") == []
    made = planning.once("/targets", wanted, status=201)
    assert (Decimal(made["target"]), made["valid_until"]) == (1_200_000, "2027-01-01")
    again = planning.once("/targets", wanted | {"target": "1500000"}, status=201)
    assert again["id"] == made["id"]
    assert [one["target"] for one in planning.items("/targets")] == ["1500000.0000"]
    overlapping = wanted | {"valid_from": "2026-06-01"}
    assert planning.refused("/targets", overlapping) == {"insights.target_overlaps"}
