"""The pure rules of settlement: statements, billing, credit, what counts for a rebate."""

import dataclasses
import datetime as dt
import pathlib
import uuid
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qudao.kernel import errors, money
from qudao.settlement.rules import billing, credit, rebates, statement

DAY = dt.date(2026, 11, 23)
cents = st.integers(0, 10_000_000).map(lambda value: Decimal(value) / 100)


def fact(kind, gross, *, used="0.00", number=0, on=DAY, quantity="1", fact_id=None):
    return statement.Fact(
        fact_id=number if fact_id is None else fact_id,
        number=number,
        kind=kind,
        on=on,
        item_id=1,
        lot_code="L1",
        quantity=Decimal(quantity),
        tax=Decimal("0.00"),
        gross=Decimal(gross),
        rebate_used=Decimal(used),
        document_type="shipment",
        document_number=f"D-{number}",
    )


facts = st.lists(
    st.builds(
        lambda kind, gross, used, number: fact(kind, gross, used=used, number=number),
        st.sampled_from(["signed", "returned", "paid", "invoiced", "short"]),
        cents,
        cents,
        st.integers(0, 1000),
    ),
    max_size=30,
)


def owed(given):
    """What the debtor owes by the facts themselves."""
    signs = {"signed": 1, "returned": -1, "paid": -1}
    return sum((signs.get(one.kind, 0) * one.gross for one in given), Decimal(0))


@settings(max_examples=100)
@given(first=facts, second=facts)
def test_statements_in_a_row_close_with_all_facts(first, second):
    opening = statement.balances(
        opening=money.ZERO, invoiced_before=money.ZERO, lines=statement.lines_of(first)
    )
    following = statement.balances(
        opening=opening.closing,
        invoiced_before=opening.invoiced_receivable,
        lines=statement.lines_of(second),
    )
    assert following.closing == owed([*first, *second])
    assert following.closing == following.invoiced_receivable + following.shipped_not_invoiced


def test_lines_stand_by_section_then_date_then_journal_number():
    earlier = DAY - dt.timedelta(days=1)
    lines = statement.lines_of(
        [
            fact("paid", "5.00", number=1),
            fact("signed", "3.00", number=3),
            fact("signed", "2.00", number=2),
            fact("returned", "1.00", number=5),
            fact("signed", "4.00", number=4, on=earlier),
        ]
    )
    assert [(one.section, one.fact.number) for one in lines] == [
        ("sales", 4),
        ("sales", 2),
        ("sales", 3),
        ("returns", 5),
        ("receipts", 1),
    ]


def test_a_rebate_used_is_a_line_of_its_own_and_comes_back_with_a_return():
    sold = fact("signed", "90.00", used="10.00", quantity="3", number=1)
    back = fact("returned", "30.00", used="3.33", quantity="1", number=2)
    lines = statement.lines_of([sold, back])
    assert [(one.section, one.amount, one.unit_price) for one in lines] == [
        ("sales", Decimal("100.00"), Decimal("33.3333")),
        ("returns", Decimal("33.33"), Decimal("33.3300")),
        ("rebates", Decimal("10.00"), Decimal(0)),
        ("rebates", Decimal("-3.33"), Decimal(0)),
    ]
    found = statement.balances(opening=money.ZERO, invoiced_before=money.ZERO, lines=lines)
    assert found.closing == Decimal("60.00")


def test_the_price_of_goods_is_the_order_lines_with_tax_for_a_base_unit():
    def sold(price="100.0000", taxed=True, factor=1, discount="0.00", amount="300.00"):
        return statement.Sold(
            *(Decimal(price), taxed, Decimal("0.13"), factor, Decimal(discount), Decimal(amount), Decimal(3))
        ).each

    assert sold() == Decimal("100.0000")
    assert sold(taxed=False, amount="339.00") == Decimal("113.0000")
    assert sold(factor=3, amount="100.00") == Decimal("33.3333")
    assert sold(discount="50.00", amount="250.00") == Decimal("83.3333")


def test_what_is_not_charged_has_no_price():
    sold = statement.Sold(*(Decimal(1), True, Decimal(0), 1, Decimal(0), Decimal(1), Decimal(1)))
    missing = dataclasses.replace(fact("short", "0.00"), sold=sold)
    assert [one.unit_price for one in statement.lines_of([missing])] == [Decimal(0)]


@pytest.mark.parametrize(
    ("status", "to", "code"),
    [
        ("draft", "confirmed", "settlement.statement_state"),
        ("disputed", "confirmed", "settlement.statement_state"),
        ("confirmed", "confirmed", "settlement.statement_already_confirmed"),
        ("locked", "confirmed", "settlement.statement_already_confirmed"),
        ("locked", "disputed", "settlement.statement_state"),
        ("sent", "sent", "settlement.statement_state"),
    ],
)
def test_a_statement_goes_step_by_step(status, to, code):
    with pytest.raises(errors.Refused) as refused:
        statement.step(status=status, to=to, number="ST-1")
    assert [one.code for one in refused.value.reasons] == [code]


def test_a_kind_of_fact_that_is_no_matter_of_statements_is_a_mistake():
    with pytest.raises(ValueError, match="ordered"):
        statement.lines_of([fact("ordered", "1.00")])


# -- billing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (-1, "not_due"),
        (0, "not_due"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
        (91, "91-180"),
        (180, "91-180"),
        (181, "181-365"),
        (365, "181-365"),
        (366, "over_365"),
    ],
)
def test_an_open_amount_is_aged_from_the_day_after_it_was_due(days, name):
    assert billing.bucket(due_on=DAY - dt.timedelta(days=days), today=DAY) == name


invoices = st.lists(
    st.builds(
        lambda number, due, amount: billing.OpenInvoice(
            uuid.UUID(int=number), f"IV-{number}", DAY + dt.timedelta(days=due), amount
        ),
        st.integers(1, 10**6),
        st.integers(-100, 100),
        cents.filter(bool),
    ),
    max_size=10,
    unique_by=lambda one: one.invoice_id,
)


@settings(max_examples=100)
@given(open_invoices=invoices, amount=cents)
def test_a_receipt_pays_all_it_can_and_leaves_no_older_invoice_open(open_invoices, amount):
    parts = dict(billing.pay_oldest(open_invoices=open_invoices, amount=amount))
    total = sum((one.open for one in open_invoices), Decimal(0))
    assert sum(parts.values(), Decimal(0)) == min(amount, total)
    ordered = sorted(open_invoices, key=lambda one: (one.due_on, one.number))
    left = [one.open - parts.get(one.invoice_id, Decimal(0)) for one in ordered]
    touched = [one.invoice_id in parts for one in ordered]
    assert all(rest == 0 for rest, later in zip(left, touched[1:], strict=False) if later)
    assert not billing.check_applications(
        applications=list(parts.items()), open_invoices=open_invoices, amount=amount
    )


def unbilled(line, quantity, blue=None):
    gross = money.amount(Decimal(quantity) * Decimal("11.30"))
    net, tax = money.split_tax(gross, "0.13")
    return billing.Unbilled(line, line, 1, "L1", Decimal(quantity), net, tax, gross, DAY, blue)


def test_blue_invoices_are_cut_by_lines_and_red_ones_by_what_they_reverse():
    first, second = uuid.UUID(int=1), uuid.UUID(int=2)
    planned = billing.plan_invoices(
        unbilled=[
            *(unbilled(line, 1) for line in (1, 2, 3)),
            unbilled(4, -1, second),
            unbilled(5, -2, first),
            unbilled(6, -1, second),
        ],
        most_lines=2,
    )
    assert [(one.kind, one.reverses, [line.shipment_line_id for line in one.lines]) for one in planned] == [
        ("blue", None, [1, 2]),
        ("blue", None, [3]),
        ("red", first, [5]),
        ("red", second, [4, 6]),
    ]
    assert planned[3].total("gross") == Decimal("-22.60")


@given(gross=st.integers(1000, 10_000_000), rate=st.sampled_from(["0.13", "0.09", "0.06", "0.03"]))
def test_the_rate_of_amounts_in_cents_is_the_rate_they_were_made_with(gross, rate):
    net, tax = money.split_tax(Decimal(gross) / 100, rate)
    assert billing.rate_of(net=net, tax=tax) == Decimal(rate)


# -- credit -----------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(order=cents, parts=st.tuples(cents, cents, cents))
def test_what_an_order_takes_of_the_credit_is_given_back_by_what_follows(order, parts):
    shipped = min(order, parts[0])
    short = min(shipped, parts[1])
    returned = min(shipped - short, parts[2])
    moves = [
        credit.move_at(point="sale", gross=order, details=[]),
        credit.move_at(point="ship", gross=shipped, details=[]),
        credit.move_at(point="sign", gross=shipped - short, details=[{"short_gross": short}]),
        credit.move_at(point="return", gross=returned, details=[]),
        credit.move_at(point="sale", gross=order - shipped, details=[]).undone(),
    ]
    assert sum(one.open_orders for one in moves) == 0
    assert sum(one.shipped_not_invoiced for one in moves) == shipped - short - returned


def test_every_reason_against_an_order_is_named_at_once():
    found = credit.Credit(
        node_id=1,
        limit=Decimal(100),
        temporary=Decimal(50),
        temporary_until=DAY,
        receivable=Decimal(80),
        shipped_not_invoiced=Decimal(10),
        open_orders=Decimal(5),
        prepaid=Decimal(1),
        overdue=Decimal(20),
        overdue_since=DAY,
    )
    reasons = credit.judge(credit=found, gross=Decimal(7), on=DAY, tolerated=Decimal(19))
    assert [one.code for one in reasons] == ["settlement.overdue", "settlement.credit_exceeded"]
    assert reasons[1].params["missing"] == Decimal(1)
    assert not credit.judge(credit=found, gross=Decimal(6), on=DAY, tolerated=Decimal(20))


def worked(name):
    """Cells of the table that follows the mark `worked: name` in docs/domain/settlement.md."""
    text = (pathlib.Path(__file__).parents[2] / "docs/domain/settlement.md").read_text(encoding="utf-8")
    _, _, rest = text.partition(f"<!-- worked: {name} -->\n")
    table = [line for line in rest.partition("\n\n")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def late_by(overdue, unapplied="0.00"):
    """A debtor with room for any order, and this much past due and credited."""
    return credit.Credit(
        *(1, Decimal(10**9), Decimal(0), None, *[Decimal(0)] * 4),
        overdue=Decimal(overdue),
        overdue_since=DAY,
        unapplied=Decimal(unapplied),
    )


@pytest.mark.parametrize(("overdue", "unapplied", "tolerated", "said"), worked("overdue"))
def test_the_worked_table_of_overdue_sums_and_credits_holds(overdue, unapplied, tolerated, said):
    found = credit.judge(
        credit=late_by(overdue, unapplied), gross=Decimal(1), on=DAY, tolerated=Decimal(tolerated)
    )
    assert [one.code for one in found] == ([] if said == "-" else [said])
    assert all((one.severity == "warn") == (one.code == "settlement.overdue_covered") for one in found)


@given(overdue=cents, unapplied=cents, tolerated=cents)
def test_an_order_is_refused_as_if_the_credit_were_applied(overdue, unapplied, tolerated):
    """Applying the credit changes nothing but the words: who is refused before is refused after, and who is not is
    not."""

    def refused(found):
        reasons = credit.judge(credit=found, gross=Decimal(1), on=DAY, tolerated=tolerated)
        return any(one.severity == "refuse" for one in reasons)

    part = min(overdue, unapplied)
    assert refused(late_by(overdue, unapplied)) == refused(late_by(overdue - part, unapplied - part))


# -- rebates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calendar", "first", "until"),
    [
        ("month", dt.date(2026, 11, 1), dt.date(2026, 12, 1)),
        ("quarter", dt.date(2026, 10, 1), dt.date(2027, 1, 1)),
        ("half", dt.date(2026, 7, 1), dt.date(2027, 1, 1)),
        ("year", dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
    ],
)
def test_a_calendar_cuts_the_year(calendar, first, until):
    found = rebates.period_of(calendar=calendar, day=DAY)
    assert (found.valid_from, found.valid_until) == (first, until)


runs = st.lists(st.tuples(st.sampled_from([1, 2]), cents, cents), max_size=8)


@settings(max_examples=100)
@given(runs=runs)
def test_runs_in_a_row_recognise_what_was_earned_and_pay_it_once(runs):
    """Whatever the order of periods and however little the pool holds, what went into the pool and what is
    still carried add up to what the last run of each period earned."""
    earlier, pooled, last = [], Decimal(0), {}
    for quarter, earned, held in runs:
        start = dt.date(2026, 3 * quarter, 1)
        settled = rebates.settled_before(earlier=earlier, period_from=start)
        payable = earned - settled.total
        paid = payable if payable >= 0 else -min(-payable, held)
        pooled += paid
        earlier.append(rebates.EarlierRun(start, payable, settled.carried_in, paid - payable))
        last[start] = earned
    carried = rebates.settled_before(earlier=earlier, period_from=DAY).carried_in
    assert pooled - carried == sum(last.values(), Decimal(0))


def test_a_result_without_tax_gets_its_tax_rounded_once():
    assert rebates.pool_amounts(payable=Decimal("33.33"), tax_included=False, rate=Decimal("0.13")) == (
        Decimal("33.33"),
        Decimal("4.33"),
    )
    assert rebates.pool_amounts(payable=Decimal("113.00"), tax_included=True, rate=Decimal("0.13")) == (
        Decimal("100.00"),
        Decimal("13.00"),
    )
