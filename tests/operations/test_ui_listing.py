"""Lists as their pages answer: what is shown, sorted, summed, picked from, and taken away as Excel."""

import dataclasses
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import translation
from python_calamine import CalamineWorkbook

from qudao.kernel import cursors, errors, scope
from qudao.kernel.journal import models as journal_models
from qudao.organisation import models as organisation
from qudao.ui import excel, filters, listing, tables
from tests import harness

SYSTEM = scope.system("lists")
COLUMNS = [
    tables.Column(key="number", label="Order", sub="reference", sub_label="Reference", sortable=True),
    tables.Column(key="status", label="State", kind="status", status="order"),
    tables.Column(key="on", label="Date", kind="day"),
    tables.Column(key="at", label="Moment", kind="moment"),
    tables.Column(key="quantity", label="Amount", kind="qty", unit="unit"),
    tables.Column(key="gross", label="Amount", kind="money", sortable=True),
    tables.Column(key="rate", label="Rate", kind="rate"),
]
ROWS = [
    {
        "id": n,
        "url": f"/orders/{n}/",
        "number": f"SO-{n}",
        "reference": "00017",
        "status": "signed",
        "on": dt.date(2026, 11, n),
        "at": dt.datetime(2026, 11, n, 1, 30, tzinfo=dt.UTC),
        "quantity": Decimal("1.5"),
        "unit": "盒",
        "gross": Decimal("1240.10") * n,
        "rate": Decimal("0.13"),
    }
    for n in (1, 2, 3)
]


def described(rows=ROWS, **more):
    def fetch(cursor, limit):
        start, size = int(cursor or 0), min(limit, 2)
        following = start + size
        return listing.Slice(rows[start:following], str(following) if following < len(rows) else None)

    return listing.Listing(
        name="samples",
        title="Samples",
        columns=COLUMNS,
        fetch=fetch,
        filters=[filters.Text("q", "Number"), filters.Days("from", "until", "Date")],
        sums=lambda: ({"gross": Decimal("7440.60")}, "3 orders"),
        **more,
    )


def ask(address="/samples/", actor=SYSTEM):
    request = RequestFactory().get(address)
    request.actor, request.now = actor, harness.NOW
    request.user = organisation.Person(username="tester", name="Tester")
    return request


def answer(address="/samples/", wanted=None, actor=SYSTEM, **more):
    request = ask(address, actor)
    with translation.override("en"), scope.transaction(actor):
        return listing.respond(request, wanted or described(), **more)


def sheet(response):
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    return book.get_sheet_by_index(0).to_python()


def test_a_page_shows_its_rows_sums_and_the_way_on(db):
    text = answer().content.decode()
    assert "SO-1" in text and "SO-2" in text and "SO-3" not in text
    assert "7,440.60" in text and "Total · 3 orders" in text
    # Sums that nothing more is said of are a total all the same; without sums there is none.
    unsaid = dataclasses.replace(described(), sums=lambda: ({"gross": Decimal("7440.60")}, ""))
    assert ">Total<" in answer(wanted=unsaid).content.decode()
    said = dataclasses.replace(described(), sums=lambda: ({}, "3 orders"))
    assert "Total" not in answer(wanted=said).content.decode().partition("<main")[2]
    assert 'href="?cursor=2"' in text
    assert 'href="?format=xlsx"' in text


def sorting(address):
    """What a phone offers to sort by: the control's words, and each way it leads."""
    query = QueryDict(address)
    with translation.override("en"):
        shown = tables.shown(tables.Table(label="Samples", columns=COLUMNS, rows=ROWS), query)
    found = shown["sorting"]
    ways = {(one["label"], way["way"]): way for one in found["entries"] for way in one["ways"]}
    return found, ways


def test_cards_of_a_phone_are_sorted_by_what_the_heads_sort_by():
    found, ways = sorting("q=SO&cursor=2")
    assert found["chosen"] == ""
    assert {way: one["url"] for way, one in ways.items()} == {
        ("Order", "ascending"): "?q=SO&sort=number",
        ("Order", "descending"): "?q=SO&sort=-number",
        ("Amount", "ascending"): "?q=SO&sort=gross",
        ("Amount", "descending"): "?q=SO&sort=-gross",
    }
    found, ways = sorting("q=SO&sort=-gross")
    assert (found["chosen"], found["way"], found["clear"]) == ("Amount", "descending", "?q=SO")
    assert [way for way, one in ways.items() if one["on"]] == [("Amount", "descending")]


def test_a_list_that_cannot_be_sorted_offers_no_way_to(db):
    plain = described()
    plain = dataclasses.replace(
        plain, columns=[dataclasses.replace(one, sortable=False) for one in plain.columns]
    )
    assert 'class="q-menu q-menu--start q-sorting"' in answer().content.decode()
    assert "q-sorting" not in answer(wanted=plain).content.decode()


NAME = tables.Column(key="name", label="名称")
AMOUNT = tables.Column(key="amount", label="金额", kind="money")
STATE = tables.Column(key="state", label="状态", kind="status", status="order")
SHORT = {"name": "期初库存", "amount": Decimal("1240"), "state": "signed"}
LONG = {
    "name": "杭州康泽医疗器械有限公司",
    "amount": Decimal("18402961.5"),
    "state": "signed_with_difference",
}


@pytest.mark.parametrize(
    ("columns", "row", "stacked"),
    [
        ([NAME, AMOUNT], SHORT, False),
        ([NAME, AMOUNT, STATE], SHORT, False),
        # A name may take two lines, a figure and a state none but one.
        ([NAME, AMOUNT], LONG, False),
        ([NAME, AMOUNT, STATE], LONG, False),
        ([NAME, AMOUNT, STATE, AMOUNT], SHORT, False),
        ([NAME, AMOUNT, STATE, AMOUNT], LONG, True),
        ([tables.Column(key="name", label="编号", figure=True), AMOUNT], {**LONG, "name": "S" * 40}, True),
    ],
)
def test_on_a_phone_a_table_stays_one_where_all_its_columns_fit(columns, row, stacked):
    described = tables.Table(label="表", columns=columns, rows=[SHORT, row])
    assert tables.shown(described, QueryDict())["stack"] is stacked


def test_sums_and_boxes_to_pick_count_among_what_has_to_fit():
    table = tables.Table(label="表", columns=[NAME, AMOUNT, STATE], rows=[SHORT])
    wide = dataclasses.replace(table, sums={"amount": Decimal("1234567890123456789.12")}, sums_label="1")
    picked = dataclasses.replace(table, pick="name")
    assert [tables.shown(one, QueryDict())["stack"] for one in (table, wide, picked)] == [False, True, True]


FIGURES = [
    NAME,
    tables.Column(key="free", label="可用", kind="qty", telling=True),
    tables.Column(key="reserved", label="占用", kind="qty"),
    tables.Column(key="late", label="逾期", kind="money"),
    tables.Column(key="rate", label="完成率", kind="rate"),
]


@pytest.mark.parametrize(
    ("figures", "left_out"),
    [
        ((20, 0, Decimal("0.00"), Decimal(0)), ["占用", "逾期"]),
        # What says something by being nought, or is marked, stays.
        ((0, 3, Decimal(0), Decimal(0)), ["逾期"]),
        ((20, 0, Decimal(0), Decimal(0), "bad"), ["占用"]),
        # Nothing else would tell that there is nothing.
        ((0, 0, Decimal(0), Decimal(0)), []),
        # Three stand on a line of the card: leaving one out saves none.
        ((20, 0, Decimal(0), None), ["完成率"]),
    ],
)
def test_a_card_leaves_out_figures_of_nought_where_the_rest_tells_enough(figures, left_out):
    row = dict(zip(("free", "reserved", "late", "rate", "late_tone"), figures, strict=False))
    wide = {**row, "name": LONG["name"]}
    described = tables.Table(
        label="表",
        columns=FIGURES,
        rows=[wide],
        sums={"free": 20, "reserved": 0},
        sums_label="1",
        pick="name",
    )
    found = tables.shown(described, QueryDict())
    assert [one["label"] for one in found["body"][0]["cells"] if "q-blank" in one["classes"]] == left_out
    assert [one["text"] for one in found["foot"]] == ["1", "20", "0", "", ""]
    plain = tables.shown(dataclasses.replace(described, stack=False, pick=None), QueryDict())
    assert not any("q-blank" in one["classes"] for one in plain["body"][0]["cells"])


@pytest.mark.parametrize(
    ("kinds", "halves"),
    [
        (("qty", "qty", "qty"), []),
        (("text", "text", "qty", "qty"), [2, 3]),
        # The first stands beside the word; three begin the next line.
        (("text", "qty", "qty", "qty", "qty"), [1]),
        (("qty", "qty", "qty", "qty", "text"), [3]),
        # A state is one of the three.
        (("tag", "qty", "qty", "qty"), [3]),
        (("tag", "text", "qty"), []),
    ],
)
def test_a_card_puts_three_figures_abreast_only_where_three_begin_a_line(kinds, halves):
    columns = [tables.Column(key=f"c{at}", label=str(at), kind=kind) for at, kind in enumerate(kinds)]
    row = {
        "name": LONG["name"],
        **{f"c{at}": at + 1 if kind == "qty" else "词" for at, kind in enumerate(kinds)},
    }
    described = tables.Table(label="表", columns=[NAME, *columns], rows=[row], pick="name")
    cells = tables.shown(described, QueryDict())["body"][0]["cells"]
    assert [int(one["label"]) for one in cells if "half" in one["classes"]] == halves


def test_a_later_page_leads_back_to_the_first(db):
    text = answer("/samples/?q=so&cursor=2").content.decode()
    assert "SO-3" in text and "SO-1" not in text
    assert 'href="?q=so"' in text


def test_excel_holds_every_page_in_plain_values_and_its_own_kinds(db):
    head, *rows = sheet(answer("/samples/?format=xlsx"))
    assert head == [
        "Order",
        "Reference",
        "State",
        "Date",
        "Moment",
        "Amount",
        "Amount, unit",
        "Amount 2",
        "Rate",
    ]
    assert [row[0] for row in rows] == ["SO-1", "SO-2", "SO-3"]
    first = ["SO-1", "00017", "Signed for", dt.date(2026, 11, 1), "2026-11-01 09:30", 1.5, "盒", 1240.1, 0.13]
    assert rows[0] == first


def test_excel_leaves_out_what_is_hidden_and_its_small_print(db):
    head, *_ = sheet(answer("/samples/?format=xlsx&hide=quantity&hide=rate&hide=number&hide=on"))
    assert head == ["Order", "Reference", "State", "Moment", "Amount"]


def test_an_amount_underneath_is_named_on_the_page_and_a_number_of_its_own_in_excel(db):
    under = {"sub": "limit", "sub_label": "Limit", "sub_kind": "money"}
    left = tables.Column(key="left", label="Available", kind="money", **under)
    rows = [{"left": Decimal("10.00"), "limit": Decimal("1200.00")}, {"left": Decimal("1.50"), "limit": None}]
    wanted = dataclasses.replace(described(rows), columns=[left])
    assert '<div class="sub">Limit 1,200.00</div>' in answer(wanted=wanted).content.decode()
    assert sheet(answer("/?format=xlsx", wanted)) == [["Available", "Limit"], [10.0, 1200.0], [1.5, ""]]
    # A price keeps the places it needs.
    priced = dataclasses.replace(left, sub_kind="price")
    rows[0]["limit"] = Decimal("1.7142")
    wanted = dataclasses.replace(described(rows), columns=[priced])
    assert '<div class="sub">Limit 1.7142</div>' in answer(wanted=wanted).content.decode()
    assert sheet(answer("/?format=xlsx", wanted))[1] == [10.0, 1.7142]


def test_a_file_is_journalled_and_names_who_took_it(db):
    response = answer("/samples/?format=xlsx&q=SO")
    with scope.everything():
        staged = journal_models.JournalStaging.objects.get(type="ui.list.exported")
    assert staged.subject == "ui.list:samples"
    assert '"rows":3' in staged.body and "q=SO" in staged.body
    body = b"".join(response.streaming_content)
    assert response.headers["Content-Disposition"].endswith('filename="Samples 2026-11-23.xlsx"')
    assert str(staged.entry) in _properties(body)


def _properties(body):
    import zipfile

    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return book.read("docProps/core.xml").decode()


def test_a_file_that_would_be_too_long_is_refused_and_not_journalled(db, monkeypatch):
    monkeypatch.setattr(excel, "MOST_ROWS", 2)
    with pytest.raises(errors.Refused, match=r"ui\.too_many_rows"):
        answer("/samples/?format=xlsx")
    with scope.everything():
        assert not journal_models.JournalStaging.objects.exists()


def test_an_empty_list_says_whether_the_filter_or_the_world_is_empty(db):
    nothing = described(rows=[], empty=tables.Empty(title="No sample yet", url="/new", action="New"))
    assert "No sample yet" in answer(wanted=nothing).content.decode()
    text = answer("/samples/?q=x&hide=rate", nothing).content.decode()
    assert "Nothing matches" in text and 'href="?hide=rate"' in text
    assert "No sample yet" not in text


def test_batch_actions_post_the_picked_rows_under_a_key(db):
    wanted = described(batch=[listing.Action(label="Release", url="/release/", confirm="Release {count}?")])
    text = answer(wanted=wanted).content.decode()
    assert 'formaction="/release/"' in text and 'data-confirm="Release {count}?"' in text
    assert 'name="pick" value="1" form="batch"' in text
    assert '<input type="hidden" name="key" value="' in text


def post(**data):
    return RequestFactory().post("/release/", data)


def test_picked_rows_are_bounded_and_each_counts_once():
    assert listing.picked(post(pick=["1", "2", "1"])) == ["1", "2"]
    with pytest.raises(errors.Refused, match=r"ui\.nothing_picked"):
        listing.picked(post())
    with pytest.raises(errors.Refused, match=r"ui\.too_many_picked"):
        listing.picked(post(pick=list("abc")), most=2)


def test_a_batch_goes_back_to_a_page_of_ours_alone():
    assert listing.back(post(back="/orders/?q=1"), "/x/") == "/orders/?q=1"
    assert listing.back(post(back="https://evil.example/"), "/x/") == "/x/"


def test_an_order_nobody_offers_is_not_taken():
    asked = [QueryDict(f"sort={one}") for one in ("gross", "-gross", "rate", "--gross", "")]
    assert [listing.sort_of(one, COLUMNS, "-number") for one in asked] == [
        *("gross", "-gross", "-number", "-number", "-number")
    ]


def test_days_include_both_ends_and_forget_what_is_no_day():
    days = filters.Days("from", "until", "Date", dt.date(2026, 2, 10))
    assert days.read(QueryDict("from=2026-11-01&until=2026-11-30")) == (
        dt.date(2026, 11, 1),
        dt.date(2026, 12, 1),
    )
    assert days.read(QueryDict("from=11/01&until=9999-12-31")) == (None, None)
    [shown] = filters.shown([days], QueryDict("q=1&from=2026-01-01&until=2026-01-31&cursor=x"))
    assert shown["chosen"] == "2026-01-01 – 2026-01-31"
    assert [span["url"] for span in shown["spans"] if span["on"]] == ["?q=1&from=2026-01-01&until=2026-01-31"]
    assert shown["clear"] == "?q=1"


def people(*names):
    organisation.Person.objects.bulk_create(
        organisation.Person(username=f"u{n}", name=name) for n, name in enumerate(names)
    )
    return organisation.Person.objects.all()


def walk(rows, order):
    found, cursor = [], None
    while True:
        page, cursor = cursors.page(rows, order=order, after=cursor, limit=2)
        found += page
        if not cursor:
            return found


@pytest.mark.parametrize("order", ["name", "-name", "last_login", "-last_login", "pk", "-pk"])
def test_pages_by_any_order_hold_every_row_once(db, order):
    with scope.everything():
        rows = people("b", "a", "b", "c", "b")
        rows.filter(username__in=["u1", "u3"]).update(last_login=harness.NOW)
        found = [(getattr(one, order.removeprefix("-")), one.pk) for one in walk(rows, order)]
    known = [one for one in found if one[0] is not None]
    assert known == sorted(known, reverse=order.startswith("-"))
    assert found[: len(known)] == known
    assert len({pk for _, pk in found}) == len(found) == 5


@pytest.mark.parametrize("cursor", ["x", "AAAA", "\0", "WyJuYW1lIiwgMSwgMV0"])
def test_a_cursor_of_another_list_is_refused(db, cursor):
    with scope.everything(), pytest.raises(errors.Refused, match=r"kernel\.cursor_invalid"):
        cursors.page(people("a"), order="-name", after=cursor, limit=2)
