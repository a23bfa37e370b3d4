"""Statements, invoices and rebate runs over the API: what a partner's own program reads, confirms and disputes."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from tests import harness
from tests.api import world
from tests.browser import money

NEEDS = ("settlement",)
PERMISSIONS = (
    *("settlement.statement.view", "settlement.statement.confirm"),
    *("settlement.invoice.view", "settlement.rebate.view"),
)


@pytest.fixture
def owed(company, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: harness.NOW)
    found = money.traded(company)
    for who in ("kangze", "renji", "lianyou"):
        world.oauth_client(*PERMISSIONS, client_id=f"{who}-erp", party_id=company.parties[who])
    return found


def ask(who, method, path, body=None, **headers):
    content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return Client().generic(method, f"/api/v1{path}", headers=world.bearer(f"{who}-erp") | headers, **content)


def test_a_partner_reads_its_money_and_nobody_elses(owed):
    for path, number in (
        ("/statements", owed.statement.number),
        ("/invoices", owed.invoice.number),
        ("/rebate-runs", owed.run.number),
    ):
        assert number in {one["number"] for one in ask("kangze", "GET", path).json()["items"]}
        for who in ("renji", "lianyou"):
            assert number not in ask(who, "GET", path).content.decode()
    pools = {who: ask(who, "GET", "/rebate-pools").json()["items"] for who in ("kangze", "renji")}
    assert [(one["node_id"], one["balance"]) for one in pools["kangze"]] == [(owed.debtor, "710.44")]
    assert owed.debtor not in {one["node_id"] for one in pools["renji"]}
    [statement] = ask("kangze", "GET", "/statements?month=2026-11&status=sent").json()["items"]
    assert (statement["closing"], statement["receipts"]) == ("20140.00", "20000.00")
    lines = ask("kangze", "GET", f"/statements/{owed.statement.id}/lines?limit=2").json()
    assert [one["amount"] for one in lines["items"]] == ["37200.00", "4800.00"]
    more = ask("kangze", "GET", f"/statements/{owed.statement.id}/lines?cursor={lines['next_cursor']}")
    assert [one["no"] for one in more.json()["items"]] == [3, 4, 5, 6]
    cents = ask("kangze", "GET", f"/rebate-runs/{owed.run.id}/lines").json()["items"]
    assert [one["earned"] for one in cents] == ["658.40", "84.96", "-32.92"]
    invoice = ask("kangze", "GET", f"/invoices/{owed.invoice.id}").json()
    assert (invoice["open"], len(invoice["lines"])) == ("20140.00", 2)


def test_a_statement_is_confirmed_once_under_its_key_and_not_twice(owed):
    path = f"/statements/{owed.statement.id}/confirm"
    missing = ask("kangze", "POST", path, **{"Idempotency-Key": "K-0"})
    assert missing.status_code == 428
    stale = ask("kangze", "POST", path, **{"Idempotency-Key": "K-1", "If-Match": '"99"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "kernel.changed_meanwhile")
    sent = {"Idempotency-Key": "K-2", "If-Match": f'"{owed.statement.version}"'}
    first, again = (ask("kangze", "POST", path, **sent) for _ in range(2))
    assert (first.status_code, first.json()["status"]) == (200, "confirmed")
    assert again.json() == first.json()
    twice = ask("kangze", "POST", path, **(sent | {"Idempotency-Key": "K-3"}))
    assert (twice.status_code, twice.json()["code"]) == (422, "settlement.statement_already_confirmed")


def test_a_line_is_disputed_by_whose_statement_it_is(owed):
    path = f"/statements/{owed.statement.id}/lines/1/dispute"
    for who in ("renji", "lianyou"):
        assert ask(who, "POST", path, {"reason": "price"}, **{"Idempotency-Key": "K"}).status_code == 404
    wrong = ask("kangze", "POST", path, {"reason": "mood"}, **{"Idempotency-Key": "K-1"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "settlement.dispute_reason_unknown")
    told = ask(
        "kangze", "POST", path, {"reason": "price", "note": "合同价 1,800"}, **{"Idempotency-Key": "K-2"}
    )
    assert (told.status_code, told.json()["status"]) == (200, "disputed")
    line = ask("kangze", "GET", f"/statements/{owed.statement.id}/lines?limit=1").json()["items"][0]
    assert (line["state"], line["dispute_note"]) == ("disputed", "合同价 1,800")
