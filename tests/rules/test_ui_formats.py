import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from qudao.kernel import errors, messages, units
from qudao.ui import formats


@pytest.mark.parametrize(
    ("value", "text"),
    [("1234.5", "1,234.50"), ("-620", "−620.00"), ("0.005", "0.01"), ("18402961.50", "18,402,961.50")],
)
def test_an_amount_has_separators_and_two_decimals(value, text):
    assert formats.amount(Decimal(value)) == text


def test_an_amount_may_name_its_currency_and_nothing_is_a_dash():
    assert formats.amount(Decimal("386200"), "CNY") == "¥ 386,200.00"
    assert formats.amount(1, "CHF") == "CHF 1.00"
    assert [formats.amount(None), formats.day(None), formats.quantity("")] == ["—", "—", "—"]


def test_every_number_has_one_minus():
    shown = [
        formats.amount(-1, "CNY"),
        formats.unit_price(-1),
        formats.exact_price(-1),
        formats.quantity(-1, "盒"),
    ]
    assert shown == ["¥ −1.00", "−1.00", "−1.0000", "−1 盒"]
    assert formats.rate("-0.053") == "−5.3%"


@pytest.mark.parametrize(
    ("value", "unit", "chinese", "english"),
    [
        ("1", "盒", "1 盒", "1 box"),
        ("1200", "盒", "1,200 盒", "1,200 boxes"),
        ("0.5", "支", "0.5 支", "0.5 pcs"),
        ("-1", "台", "−1 台", "−1 unit"),
        ("2", "盒50", "2 盒50", "2 boxes of 50"),
        ("3", "人份", "3 人份", "3 tests"),
        ("3", "托", "3 托", "3 托"),
        ("3", "box", "3 box", "3 box"),
    ],
)
def test_a_unit_of_measure_is_said_in_the_readers_language(value, unit, chinese, english):
    for language, text in (("zh-hans", chinese), ("en", english)):
        with translation.override(language):
            assert formats.quantity(Decimal(value), unit) == text
            assert formats.unit(unit, abs(Decimal(value))) == text.split(" ", 1)[1]


def test_a_unit_is_taken_as_it_is_kept_or_in_english_if_that_is_one_of_them():
    known = ["支", "盒", "盒50"]
    taken = [units.meant(one, known) for one in ("盒", "box", "Boxes", "box of 50", "pcs", "pack", "")]
    assert taken == ["盒", "盒", "盒", "盒50", "支", "pack", ""]
    assert units.meant("pcs", ["支", "根"]) == "pcs"
    assert units.meant("box", ["盒", "box"]) == "box"


def test_a_shortage_is_said_in_the_readers_unit_and_a_unit_to_be_typed_as_it_is():
    nothing = {"available": Decimal(0), "missing": Decimal(60), "skipped": ()}
    short = errors.Reason("orders.short", 1, {"wanted": Decimal(60), "unit": "根"} | nothing)
    unknown = errors.Reason("orders.unit_unknown", 1, {"unit": "箱", "known": ["根", "盒"]})
    with translation.override("en"):
        assert messages.render(short).why == "Wanted 60 pcs. "
        assert messages.render(unknown).why == "This product is not sold by 箱; it is sold by 根 盒."
    with translation.override("zh-hans"):
        assert messages.render(short).why == "需要 60 根。"


def test_a_float_is_refused():
    with pytest.raises(TypeError):
        formats.amount(0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize(("value", "text"), [("1860", "1,860.00"), ("0.0135", "0.0135"), ("96.5", "96.50")])
def test_a_unit_price_has_two_to_four_decimals(value, text):
    assert formats.unit_price(value) == text


@pytest.mark.parametrize(("value", "text"), [("1200.0000", "1,200"), ("0.5", "0.5"), ("100", "100")])
def test_a_quantity_drops_empty_decimals_only(value, text):
    assert formats.quantity(Decimal(value)) == text
    assert formats.quantity(Decimal(value), "盒") == f"{text} 盒"


@pytest.mark.parametrize(
    ("value", "text"), [("0.13", "13%"), ("0.0225", "2.25%"), ("1", "100%"), ("0", "0%")]
)
def test_a_rate_is_shown_in_percent(value, text):
    assert formats.rate(value) == text


def test_an_instant_is_shown_in_business_time():
    late = dt.datetime(2026, 11, 23, 18, 30, tzinfo=dt.UTC)
    assert (formats.day(late), formats.moment(late)) == ("2026-11-24", "2026-11-24 02:30")
    assert formats.day(dt.date(2026, 11, 23)) == "2026-11-23"


def test_a_bar_fills_no_more_than_its_length_and_says_the_whole_figure():
    assert (formats.bar_length("1.12"), formats.percent_points("1.12")) == (Decimal(1), 112)
    assert [formats.percent_points(one) for one in ("0.994", "0.996", "1", "1.004", "0")] == [
        99,
        99,
        100,
        100,
        0,
    ]
    assert formats.bar_length("-0.2") == Decimal(0)


def test_large_counts_in_a_sentence_are_separated_and_nothing_else_is():
    assert formats.separated("共 100001 单") == "共 100,001 单"
    said = "9999 rows of 2026, ¥ 1,234,567.00 at cost, 0.123456"
    assert formats.separated(said) == said
