"""A contract ended before its time: prices and rebates stop from the day after, what was ordered stays as it is."""

import datetime as dt

import pytest
from django.contrib import auth
from django.test import Client

from qudao.kernel import errors, journal, scope
from qudao.pricing import models, operations, presenting, queries
from qudao.ui import pages
from tests import harness
from tests.browser import trading
from tests.operations import pricing_world as world
from tests.operations.test_pricing_contracts import REBATE, next_version, state

TODAY, HOUSE = world.TODAY, world.HOUSE
LAST = TODAY + dt.timedelta(days=7)
AFTER = LAST + dt.timedelta(days=1)


def end(contract_id, *, last_day=LAST, reason="连续两季未达标", actor=HOUSE):
    return operations.end_contract(
        contract_id=contract_id, last_day=last_day, reason=reason, actor=actor, now=harness.NOW
    )


@pytest.fixture
def held(db):
    """A contract in force with a price and a rebate, and a guide price beside it."""
    (item,) = world.open_items(1)
    world.guide((item, "100"))
    return item, world.sign(world.draft((item, "80"), rebates=[REBATE]))


def test_its_prices_and_rebates_hold_to_the_last_day_and_no_longer(held):
    item, version = held
    end(version.contract_id)
    assert world.price_of(item, on=LAST) == ("contract", "80.0000")
    assert world.price_of(item, on=AFTER) == ("guide", "100.0000")
    assert [one.name for one in queries.rebate_terms(on=LAST, actor=HOUSE)] == ["季度进货返利"]
    assert queries.rebate_terms(on=AFTER, actor=HOUSE) == []
    assert queries.get_contract_version(version.id, HOUSE).valid_until == AFTER


def test_a_version_that_would_begin_later_never_holds(held):
    item, version = held
    later = next_version(version, (item, "70"), begins=AFTER + dt.timedelta(days=30))
    world.sign(later)
    end(version.contract_id)
    assert world.price_of(item, on=AFTER + dt.timedelta(days=60)) == ("guide", "100.0000")
    with scope.transaction(HOUSE):
        detail = queries.get_contract(version.contract_id, HOUSE)
    states = {one.number: presenting.version_state(one, detail.versions, TODAY) for one in detail.versions}
    assert states == {1: "effective", 2: "ended"}


def test_the_list_calls_it_ended_from_the_day_after(company):
    with scope.everything():
        version = models.ContractVersion.objects.filter(status="effective").order_by("pk").first()
        number = version.contract.number

    def listed(on):
        found = queries.find_contracts(queries.ContractFilter(text=number), on=on, actor=HOUSE)
        return [(row.state, row.ends) for row in found.rows]

    end(version.contract_id)
    assert listed(LAST) == [("expiring", AFTER)]
    assert listed(AFTER) == [("ended", AFTER)]


def test_its_page_calls_it_expiring_as_the_list_does_unless_another_version_follows(held):
    item, version = held

    def shown():
        with scope.transaction(HOUSE):
            every = queries.get_contract(version.contract_id, HOUSE).versions
        return {one.number: presenting.shown_state(one, every, TODAY) for one in every}

    world.sign(next_version(version, (item, "70"), begins=AFTER))
    assert shown() == {1: "effective", 2: "pending"}
    end(version.contract_id)
    assert shown() == {1: "expiring", 2: "ended"}


def test_the_journal_says_when_and_why(held):
    _, version = held
    end(version.contract_id)
    while journal.advance():
        pass
    with scope.transaction(HOUSE):
        told = journal.timeline(f"pricing.contract:{version.contract_id}", HOUSE)
    [entry] = [one for one in told if one.type == "pricing.contract.ended"]
    assert (entry.data["last_day"], entry.data["reason"]) == (str(LAST), "连续两季未达标")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"reason": " "}, "pricing.end_reason_missing"),
        ({"last_day": TODAY - dt.timedelta(days=1)}, "pricing.end_in_past"),
    ],
)
def test_what_is_refused_changes_nothing(held, values, code):
    _, version = held
    before = state()
    with pytest.raises(errors.Refused, match=code):
        end(version.contract_id, **values)
    assert state() == before


def test_a_contract_that_ends_anyway_is_not_ended_again(held):
    _, version = held
    end(version.contract_id)
    before = state()
    with pytest.raises(errors.Refused, match=r"pricing\.ends_anyway"):
        end(version.contract_id)
    assert state() == before


def test_who_may_not_sign_may_not_end(held):
    _, version = held
    clerk = scope.Actor(
        "person", 8, "渠道", frozenset({"pricing.contract.manage"}), house=True, everyone=True
    )
    with pytest.raises(errors.Forbidden):
        end(version.contract_id, actor=clerk)


def test_the_page_ends_it_once_and_its_contract_says_so(company, monkeypatch):
    monkeypatch.setattr("qudao.shell.middleware.timezone", trading.Clock)
    with scope.everything():
        version = models.ContractVersion.objects.filter(status="effective").order_by("pk").first()
    client = Client()
    client.force_login(
        auth.get_user_model().objects.get(pk=company.people["mengyao"]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    address = f"/contracts/{version.contract_id}/end/"
    assert address in client.get(f"/contracts/{version.contract_id}/").content.decode()
    said = client.get(address).content.decode()
    assert "截止日之后 2 条价格与返利停止执行（原签至 2026-12-31）" in said
    form = {"last_day": str(LAST), "reason": "双方协商", pages.KEY: "end-it-once-and-no-more"}
    assert client.post(address, {**form, "last_day": "2026-01-01"}).status_code == 422
    for _ in range(2):
        answer = client.post(address, form)
        assert (answer.status_code, answer.url) == (302, f"/contracts/{version.contract_id}/")
    with scope.everything():
        assert models.ContractVersion.objects.get(pk=version.pk).valid_until == AFTER
