"""What is typed, scanned or pasted at the order desk, and what becomes of it."""

import pytest

from qudao.kernel import periods, scope
from qudao.orders import desk as desks

HOUSE = scope.system("desk")


@pytest.fixture
def typed(company, now):
    """`typed(text)` on an empty desk of 康泽: what it added, as (code, quantity, unit) and the rest."""
    codes = {number: code for code, number in company.items.items()}

    def add(text):
        with scope.transaction(HOUSE):
            found = desks.add(
                desks.Desk(),
                text,
                chosen=0,
                line_id=company.lines["CV"],
                entity_id=company.entities["qd"],
                on=periods.business_date(now),
            )
        return [(codes[line.item_id], line.quantity) for line in found.desk.lines], found

    return add


def test_figures_alone_choose_no_product_that_merely_holds_them(typed):
    lines, found = typed("2515")
    assert (lines, found.typed, found.several) == ([], "2515", True)
    # A word that fits one product is as clear as its code.
    assert typed("zhijia")[0] == typed("zj-3018")[0] == [("ZJ-3018", "1")]


def test_a_code_may_be_followed_by_its_quantity_and_be_in_small_letters(typed):
    assert typed("bq-2515 20")[0] == [("BQ-2515", "20")]
    assert typed("bq-2515\t20\nZJ-3018;2")[0] == [("BQ-2515", "20"), ("ZJ-3018", "2")]
    lines, found = typed("bq-2599 20")
    assert (lines, found.typed, [one.code for one in found.reasons]) == (
        [],
        "bq-2599 20",
        ["orders.nothing_found"],
    )


def test_a_code_that_cannot_be_read_is_said_of_what_was_typed_and_of_no_line(typed):
    lines, found = typed("(01)06901234567010(17)280109(10)B2601")
    assert lines == []
    assert [(one.code, one.line) for one in found.reasons] == [("catalog.udi_check_digit", None)]
