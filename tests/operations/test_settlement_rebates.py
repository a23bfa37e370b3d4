"""Rebate runs: a pure function of contract version and facts up to N, to the cent of every line."""

import datetime as dt
from decimal import Decimal

import pytest

from qudao.kernel import errors, journal, scope
from qudao.pricing import queries as pricing
from qudao.settlement import models, queries
from qudao.settlement import operations as settlement
from qudao.settlement.presenting import rebates as presenting
from qudao.ui import formats
from tests import harness
from tests.operations import settlement_world as worlds

NOW = harness.NOW


@pytest.fixture
def world(db, monkeypatch):
    worlds.alone(monkeypatch)
    found = worlds.build()
    worlds.credit(found, "100000.00")
    return found


# The fourth quarter is under way: what is confirmed of it here settles it in part.
def confirm(run, *, actor=worlds.HOUSE, partial=True, now=NOW):
    return settlement.confirm_run(run_id=run.run.id, partial=partial, actor=actor, now=now)


def reverse(run):
    return settlement.reverse_run(run_id=run.run.id, reason="算错", actor=worlds.HOUSE, now=NOW)


def replay(run):
    return settlement.replay_run(run_id=run.run.id, actor=worlds.HOUSE)


def balance(world):
    with scope.transaction(worlds.HOUSE):
        return queries.pool_of(world.debtor, today=worlds.TODAY, actor=worlds.HOUSE).balance


def refused(action, *arguments, **more):
    with pytest.raises(errors.Refused) as found:
        action(*arguments, **more)
    return [one.code for one in found.value.reasons]


def net(amount):
    """The price with tax of a net amount."""
    return str(Decimal(amount) * Decimal("1.13"))


def test_a_run_earns_by_the_scale_and_explains_every_line_to_the_cent(world):
    term = worlds.term(world)
    worlds.signed(world, net("1500.00"), net("900.00"), net("100.00"))
    number = worlds.settle()
    found = worlds.run(term)
    # 1,000 at 10 %, 500 at 25 %: 100 + 125.
    assert (found.run.volume_amount, found.run.tier) == (Decimal("2500.00"), 2)
    assert (found.run.earned, found.run.payable) == (Decimal("225.00"), Decimal("225.00"))
    assert [line.earned for line in found.lines] == [Decimal("135.00"), Decimal("81.00"), Decimal("9.00")]
    assert found.run.journal_number == number
    assert [step["amount"] for step in found.run.explanation["steps"]] == ["0.00", "100.00", "125.00"]
    assert (found.run.period_from, found.run.period_until) == (dt.date(2026, 10, 1), dt.date(2027, 1, 1))


def test_what_does_not_count_stays_listed_with_its_reason(world):
    term = worlds.term(world)
    worlds.signed(world, net("1100.00"))
    worlds.signed(world, net("5000.00"), kind="vbp")
    worlds.signed(world, "0.00", kind="gift")
    worlds.signed(world, "0.00", used="113.00")
    (line,) = worlds.signed(world, net("100.00"))
    worlds.returned(world, net("50.00"), line)
    worlds.tell("orders.shipment.signed", world, [worlds.line(world, net("9000.00"))], account=1)
    worlds.settle()
    found = worlds.run(term)
    assert found.run.volume_amount == Decimal("1150.00")
    assert [(one.base, one.exclusion) for one in found.lines] == [
        (Decimal("1100.00"), ""),
        (Decimal("5000.00"), "vbp"),
        (Decimal("0.00"), "gift"),
        (Decimal("0.00"), "rebate_paid"),
        (Decimal("100.00"), ""),
        (Decimal("-50.00"), ""),
    ]
    assert sum(one.earned for one in found.lines) == found.run.earned == Decimal("15.00")


def test_a_term_may_count_what_is_left_out_by_default_and_only_some_products(world):
    counts = {"include": ["vbp"], "item_ids": [world.items[0]]}
    term = worlds.term(world, counts=counts)
    worlds.signed(world, net("1100.00"), kind="vbp")
    worlds.signed(world, net("700.00"), item=1)
    worlds.settle()
    found = worlds.run(term)
    assert found.run.volume_amount == Decimal("1100.00")
    assert [one.exclusion for one in found.lines] == ["", "item_id"]


def test_a_run_replays_to_the_cent_after_later_facts_arrive(world):
    term = worlds.term(world)
    worlds.signed(world, net("1500.00"))
    number = worlds.settle()
    found = worlds.run(term)
    (later,) = worlds.signed(world, net("700.00"))
    worlds.returned(world, net("70.00"), later)
    worlds.settle()
    again = replay(found)
    assert again.same and again.digest == found.run.digest and again.payable == Decimal("50.00")
    assert worlds.run(term, up_to=number).run.digest == found.run.digest
    assert worlds.run(term).run.earned == Decimal("132.50")


def test_what_was_calculated_before_the_period_was_over_settles_it_only_in_part_and_only_when_said(world):
    term = worlds.term(world)
    worlds.signed(world, net("1500.00"))
    worlds.settle()
    found = worlds.run(term)
    over = dt.datetime(2027, 1, 4, 1, tzinfo=dt.UTC)
    for now in (NOW, over):
        assert refused(confirm, found, partial=False, now=now) == ["settlement.period_not_over"]
    assert confirm(found).status == "confirmed"
    assert balance(world) == Decimal("50.00")
    worlds.signed(world, net("100.00"))
    worlds.settle()
    last = worlds.run(term, now=over)
    assert (last.run.settled_before, last.run.payable) == (Decimal("50.00"), Decimal("10.00"))
    assert confirm(last, partial=False, now=over).status == "confirmed"
    # The last run's entry is of January, which is when this pool is asked for.
    with scope.transaction(worlds.HOUSE):
        today = dt.date(2027, 1, 4)
        assert queries.pool_of(world.debtor, today=today, actor=worlds.HOUSE).balance == Decimal("60.00")


def test_the_next_tier_is_told_as_to_be_reached_while_the_period_runs_and_as_missed_afterwards(world):
    term = worlds.term(world)
    worlds.signed(world, net("1500.00"))
    worlds.settle()
    found, scale = worlds.run(term).run, presenting.scale_of(worlds.run(term).run)
    missing = formats.amount(Decimal("500.00"), "CNY")
    assert presenting.following(found, scale, today=dt.date(2026, 12, 31)) == f"再进 {missing} 达 25%"
    assert presenting.following(found, scale, today=dt.date(2027, 1, 1)) == f"距 25% 差 {missing}"


def test_a_reversal_keeps_its_reason_in_the_journal(world):
    term = worlds.term(world)
    worlds.signed(world, net("1500.00"))
    worlds.settle()
    found = worlds.run(term)
    confirm(found)
    reverse(found)
    journal.advance()
    seen = []
    journal.consume("test.reversal", seen.extend)
    (told,) = [one for one in seen if one.type == "settlement.rebate.reversed"]
    assert told.data["reason"] == "算错"


def test_control_a_changed_line_is_seen_by_the_replay(world):
    term = worlds.term(world)
    worlds.signed(world, net("1500.00"))
    worlds.settle()
    found = worlds.run(term)
    with harness.owner() as owner, owner.transaction():
        owner.execute("SELECT set_config('app.everyone', 'on', true)")
        owner.execute("UPDATE settlement_fact SET net = net + 0.01 WHERE kind = 'signed'")
    again = replay(found)
    assert not again.same
    assert [name for name, *_ in again.differences] == ["digest", "volume_amount"]


def test_a_confirmed_run_enters_the_pool_with_its_tax_and_its_last_day(world):
    found = worlds.term(world, pool_months=6, pool_share=Decimal("0.3"))
    worlds.signed(world, net("2130.00"))
    worlds.settle()
    run = worlds.run(found)
    assert run.run.payable == Decimal("132.50")
    assert balance(world) == 0
    assert confirm(run).status == "confirmed"
    with scope.transaction(worlds.HOUSE):
        (entry,) = queries.pool_entries(world.debtor, actor=worlds.HOUSE)
    assert (entry.kind, entry.gross, entry.net, entry.tax, entry.share) == (
        "confirm",
        Decimal("132.50"),
        Decimal("117.26"),
        Decimal("15.24"),
        Decimal("0.3"),
    )
    assert entry.expires_on == dt.date(2027, 5, 23)
    assert refused(confirm, run) == ["settlement.run_state"]


def test_a_result_without_tax_gets_its_tax_on_top(world):
    term = worlds.term(world, tax_included=False)
    worlds.signed(world, net("2000.00"))
    worlds.settle()
    confirm(worlds.run(term))
    assert balance(world) == Decimal("113.00")


def test_a_second_run_pays_only_the_difference(world):
    term = worlds.term(world)
    worlds.signed(world, net("1500.00"))
    worlds.settle()
    confirm(worlds.run(term))
    worlds.signed(world, net("700.00"))
    worlds.settle()
    second = worlds.run(term)
    assert (second.run.earned, second.run.settled_before, second.run.payable) == (150, 50, 100)
    confirm(second)
    assert balance(world) == Decimal("150.00")
    assert replay(second).same


def test_a_return_after_settlement_claws_back(world):
    term = worlds.term(world)
    (line,) = worlds.signed(world, net("1500.00"))
    worlds.settle()
    confirm(worlds.run(term))
    worlds.returned(world, net("300.00"), line)
    worlds.settle()
    second = worlds.run(term)
    assert second.run.payable == Decimal("-30.00")
    confirm(second)
    assert balance(world) == Decimal("20.00")


def test_what_a_clawback_cannot_take_is_carried_to_the_next_run(world):
    term = worlds.term(world, pool_share=1)
    (line,) = worlds.signed(world, net("1500.00"), on=dt.date(2026, 9, 1))
    worlds.settle()
    confirm(worlds.run(term, day=dt.date(2026, 9, 1)))
    worlds.decide(worlds.sale(world, "100.00", use="40.00"))
    worlds.returned(world, net("1000.00"), line, on=dt.date(2026, 9, 30))
    worlds.settle()
    clawed = confirm(worlds.run(term, day=dt.date(2026, 9, 1)))
    assert (clawed.payable, clawed.carried_out, balance(world)) == (-50, 40, 0)
    worlds.signed(world, net("2000.00"))
    worlds.settle()
    following = worlds.run(term)
    assert (following.run.earned, following.run.carried_in, following.run.payable) == (100, 40, 60)
    confirm(following)
    assert balance(world) == Decimal("60.00")
    worlds.signed(world, net("100.00"))
    worlds.settle()
    last = worlds.run(term)
    assert (last.run.earned, last.run.carried_in, last.run.payable) == (125, 0, 25)
    assert replay(following).same and replay(last).same


def test_of_two_runs_calculated_side_by_side_one_is_confirmed(world):
    term = worlds.term(world)
    worlds.signed(world, net("1500.00"))
    worlds.settle()
    first, second = worlds.run(term), worlds.run(term)
    confirm(first)
    assert refused(confirm, second) == ["settlement.run_stale"]
    assert balance(world) == Decimal("50.00")


def test_a_reversed_run_leaves_the_pool_as_it_was(world):
    term = worlds.term(world)
    worlds.signed(world, net("1500.00"))
    worlds.settle()
    first = worlds.run(term)
    confirm(first)
    assert reverse(first).status == "reversed"
    assert balance(world) == 0
    again = worlds.run(term)
    assert again.run.payable == Decimal("50.00")
    confirm(again)
    assert balance(world) == Decimal("50.00")
    with scope.everything():
        kinds = models.PoolEntry.objects.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["confirm", "adjust", "confirm"]


def test_a_run_of_a_later_period_that_took_nothing_of_this_one_does_not_stand_on_it(world):
    term = worlds.term(world, pool_share=1)
    summer = dt.date(2026, 8, 15)
    worlds.signed(world, net("1500.00"), on=summer)
    worlds.settle()
    first = worlds.run(term, day=summer)
    confirm(first)
    later = worlds.run(term)
    assert (later.run.period_from, later.run.settled_before) == (dt.date(2026, 10, 1), Decimal("0.00"))
    confirm(later)
    with scope.transaction(worlds.HOUSE):
        found = queries.find_run(first.run.id, actor=worlds.HOUSE)
        assert queries.built_upon(found, actor=worlds.HOUSE) == []
    assert reverse(first).status == "reversed"
    assert balance(world) == 0


def test_a_run_that_was_built_upon_or_used_is_not_reversed(world):
    term = worlds.term(world, pool_share=1)
    worlds.signed(world, net("1500.00"))
    worlds.settle()
    first = worlds.run(term)
    confirm(first)
    worlds.signed(world, net("700.00"))
    worlds.settle()
    second = worlds.run(term)
    confirm(second)
    assert refused(reverse, first) == ["settlement.run_built_upon"]
    with scope.transaction(worlds.HOUSE):
        first_run = queries.find_run(first.run.id, actor=worlds.HOUSE)
        assert presenting.obstacle(first_run, worlds.HOUSE).startswith(
            f"计算单 {second.run.number} 已扣除本单"
        )
        assert not presenting.run(worlds.HOUSE, first_run, today=dt.date(2026, 11, 23))["may_reverse"]
        assert presenting.obstacle(second.run, worlds.HOUSE) == ""
    worlds.decide(worlds.sale(world, "500.00", use="51.00"))
    assert refused(reverse, second) == ["settlement.run_rebate_used"]
    # What the order took beyond the first run's rebate came out of this one; the page says so before.
    with scope.transaction(worlds.HOUSE):
        [drawn] = queries.drawn_of(second.run.id)
        assert drawn.gross > 0
        assert formats.amount(drawn.gross, "CNY") in presenting.obstacle(second.run, worlds.HOUSE)
        view = queries.find_run(second.run.id, actor=worlds.HOUSE)
        shown = presenting.run(worlds.HOUSE, view, today=dt.date(2026, 11, 23))
        assert (view.status, shown["may_reverse"]) == ("confirmed", False)
        assert shown["obstacle"] == presenting.obstacle(view, worlds.HOUSE)


def test_a_preview_is_told_from_a_result_until_it_is_settled_in_part(world):
    run = worlds.run(worlds.term(world))
    preview = run.run

    def found(early):
        wanted = queries.RunFilter(status="calculated", preview=early)
        with scope.transaction(worlds.HOUSE):
            listed = queries.list_runs(actor=worlds.HOUSE, wanted=wanted).rows
            return [one.id for one in listed], queries.total_runs(wanted, actor=worlds.HOUSE)[:2]

    assert presenting.state(preview) == "preview"
    assert found(True) == ([preview.id], (1, 1))
    assert found(False) == ([], (0, 0))
    assert presenting.state(confirm(run)) == "confirmed"


def test_a_cancelled_order_no_longer_counts_as_ordered(world):
    import uuid

    from qudao.kernel import journal

    term = worlds.term(world, basis="ordered")
    order = uuid.uuid4()
    worlds.tell("orders.order.confirmed", world, [worlds.line(world, net("1500.00"))], document=order)
    worlds.tell("orders.order.confirmed", world, [worlds.line(world, net("1200.00"))])
    worlds.settle()
    assert worlds.run(term).run.volume_amount == Decimal("2700.00")
    with scope.everything():
        journal.record(
            journal.entry(), "orders.order.cancelled", subject=f"orders.order:{order}", at=NOW, data={}
        )
    worlds.settle()
    assert worlds.run(term).run.volume_amount == Decimal("1200.00")


def test_invoiced_volume_is_net_of_red_invoices(world):
    term = worlds.term(world, basis="invoiced")
    (line,) = worlds.signed(world, net("1500.00"), quantity="10")
    worlds.settle()
    bill = {"debtor_node_id": world.debtor, "up_to": worlds.TODAY, "actor": worlds.HOUSE, "now": NOW}
    settlement.issue_invoices(**bill)
    worlds.settle()
    assert worlds.run(term).run.volume_amount == Decimal("1500.00")
    worlds.returned(world, net("150.00"), line, quantity="1")
    worlds.settle()
    settlement.issue_invoices(**bill)
    worlds.settle()
    assert worlds.run(term).run.volume_amount == Decimal("1350.00")


def test_a_term_outside_its_contract_or_of_another_kind_is_refused(world):
    term = worlds.term(world)
    assert refused(worlds.run, term, day=dt.date(2025, 12, 31)) == ["settlement.outside_contract"]
    assert refused(worlds.run, worlds.term(world, basis="paid")) == ["settlement.basis_unknown"]
    assert refused(worlds.run, worlds.term(world, direction="receivable")) == ["settlement.term_not_payable"]
    assert refused(worlds.run, term, up_to=5) == ["settlement.facts_not_so_far"]


def test_progress_says_what_is_missing_to_the_next_tier(world):
    term = worlds.term(world)
    worlds.signed(world, net("1880.00"))
    worlds.settle()
    dealer = world.actor()
    with scope.transaction(dealer):
        terms = pricing.rebate_terms(version_id=term.contract_version_id, actor=dealer)
        [found] = queries.progress(terms, today=worlds.TODAY)
    assert (found.volume_amount, found.tier, found.rate) == (1880, 1, Decimal("0.10"))
    assert (found.missing, found.next_rate) == (Decimal("120.00"), Decimal("0.25"))
    assert found.earned == Decimal("88.00")
    assert (Decimal(2000), Decimal("100.00")) in found.curve


def test_a_sibling_sees_neither_run_nor_pool(world):
    worlds.fill_pool(world, "100.00")
    sibling = world.actor("*", nodes=[world.debtor + 1000])
    with scope.transaction(sibling):
        assert queries.list_runs(actor=sibling).rows == ()
        assert queries.pool_of(world.debtor, today=worlds.TODAY, actor=sibling).balance == 0
        assert queries.pool_entries(world.debtor, actor=sibling) == []
