"""Lists, filters and components as their pages get them."""

from decimal import Decimal

from django.forms import CharField, Form
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from qudao.kernel import messages, scope
from qudao.ui import charts, filters, tables

COLUMNS = [
    tables.Column(key="name", label="Name", sortable=True),
    tables.Column(key="state", label="State", kind="status", status="licence"),
    tables.Column(key="pool", label="Pool", kind="money"),
    tables.Column(key="due", label="Due", kind="money"),
]
ROWS = [{"name": "<b>康泽</b>", "url": "/p/1", "state": "expiring", "pool": Decimal("42180.55"), "due": None}]
TABLE = tables.Table(
    label="Partners", columns=COLUMNS, rows=ROWS, sums={"pool": Decimal("42180.55")}, sums_label="1"
)


def render(source: str, address: str = "/", **values) -> str:
    request = RequestFactory().get(address)
    with translation.override("en"):
        return Template("{% load ui %}" + source).render(Context({"request": request, **values}))


def test_a_filter_changes_its_own_parameter_and_forgets_the_page():
    query = QueryDict("grade=B&q=kz&cursor=abc")
    assert filters.with_value(query, "grade", "A") == "?q=kz&grade=A"
    assert filters.with_value(query, "grade", None) == "?q=kz"
    assert filters.toggled(QueryDict("hide=a&hide=b"), "hide", "a") == "?hide=b"


def test_a_chip_that_is_on_leads_back_to_off():
    chip = filters.Toggle("licence", "expiring", "Expiring", 17)
    [off] = filters.shown([chip], QueryDict())
    [on] = filters.shown([chip], QueryDict("licence=expiring"))
    assert (off["on"], off["url"], on["on"], on["url"]) == (False, "?licence=expiring", True, "?")


def test_a_menu_of_which_one_always_holds_shows_it_and_offers_no_way_out():
    choices = [("1", "Cardiovascular"), ("2", "Diagnostics")]
    plain, always = filters.Choice("line", "Line", choices), filters.Choice("line", "Line", choices, "1")
    for one, asked, chosen, clear in (
        (plain, "", None, "?"),
        (plain, "line=9", None, "?"),
        (plain, "line=2", "Diagnostics", "?"),
        (always, "", "Cardiovascular", None),
        (always, "line=9", "Cardiovascular", None),
        (always, "line=2", "Diagnostics", None),
    ):
        [found] = filters.shown([one], QueryDict(asked))
        assert (found["chosen"], found["clear"]) == (chosen, clear), (one, asked)
        assert [entry["label"] for entry in found["entries"] if entry["on"]] == ([chosen] if chosen else [])


def test_a_hidden_column_leaves_head_rows_and_sums_together():
    shown = tables.shown(TABLE, QueryDict("hide=state"))
    assert [head["label"] for head in shown["head"]] == ["Name", "Pool", "Due"]
    assert [cell["text"] for cell in shown["body"][0]["cells"]] == ["<b>康泽</b>", "42,180.55", "—"]
    assert [cell["text"] for cell in shown["foot"]] == ["1", "42,180.55", ""]
    assert sum(cell.get("span", 1) for cell in shown["foot"]) == 3


def test_the_first_column_cannot_be_hidden():
    assert tables.visible_columns(TABLE, QueryDict("hide=name"))[0].key == "name"


def test_whose_a_row_is_goes_without_saying_for_who_sees_rows_of_one_partner_alone():
    columns = [
        tables.Column(key="number", label="Order", sub="party", sub_label="Partner", sub_whose="seen"),
        tables.Column(key="party", label="Partner", sub="line", sub_label="Line", whose="seen"),
        tables.Column(
            key="debtor", label="Partner", whose="own", instead=tables.Column(key="us", label="From")
        ),
        tables.Column(
            key="holder", label="Partner", sub="code", sub_label="Code", whose="seen", sub_whose="seen"
        ),
        tables.Column(key="employer", label="Works for", whose="own"),
    ]

    def read(actor):
        return [(one.key, one.sub) for one in tables.for_reader(columns, actor)]

    ours = scope.Actor("person", 1, "周岚", frozenset(), house=True, everyone=True)
    agent = scope.Actor("person", 2, "吴昊", frozenset(), party_id=7)
    dealer = scope.Actor("person", 3, "林涛", frozenset(), party_id=8, alone=True)
    assert read(ours) == [
        ("number", "party"),
        ("party", "line"),
        ("debtor", None),
        ("holder", "code"),
        ("employer", None),
    ]
    assert read(agent) == [("number", "party"), ("party", "line"), ("us", None), ("holder", "code")]
    assert read(dealer) == [("number", None), ("line", None), ("us", None)]


def test_a_second_press_on_a_column_head_turns_the_order():
    head = tables.shown(TABLE, QueryDict("sort=name"))["head"][0]
    assert (head["order"], head["url"]) == ("ascending", "?sort=-name")


def test_a_table_escapes_what_people_typed():
    html = render("{% table table %}", table=TABLE)
    assert "&lt;b&gt;康泽" in html
    assert "<b>康泽" not in html
    assert '<span class="q-tag q-warn">Expiring</span>' in html


def test_a_line_breaks_between_days_amounts_and_numbers_never_inside_one():
    def whole(text):
        return f'<span class="q-day">{text}</span>'

    html = render("{{ text|unbroken }}", text="HT-2026-0183 <b>, ¥ 1,234.50 from 2026-11-23, class-III")
    assert html == (
        f"{whole('HT-2026-0183')} &lt;b&gt;, {whole('¥ 1,234.50')} from {whole('2026-11-23')}, class-III"
    )
    assert render("{{ text|unbroken }}", text="2026-11-23") == "2026-11-23"
    span = render("{{ text|unbroken }}", text="2026-01-01 – 2026-12-31")
    assert span == f"{whole('2026-01-01 –')} {whole('2026-12-31')}"


def test_a_long_text_may_take_more_lines_on_a_phone_so_that_what_follows_is_seen():
    columns = [
        tables.Column(key="name", label="Name"),
        tables.Column(key="party", label="Partner", sub="code"),
    ]
    rows = [
        {"name": "A", "party": "杭州康泽医疗器械有限公司", "code": ""},
        {"name": "B", "party": "康泽医疗", "code": "P002"},
        {"name": "C", "party": "康泽医疗", "code": "91330108MA2CE7K83P"},
    ]
    shown = tables.shown(tables.Table(label="x", columns=columns, rows=rows), QueryDict())
    assert [row["cells"][1]["unbroken"] for row in shown["body"]] == [True, False, True]
    html = render("{% table table %}", table=tables.Table(label="x", columns=columns, rows=rows))
    assert html.count('<td class="long"') == 2


def test_an_empty_list_says_what_to_do_first():
    empty = tables.Empty(title="No partners yet", hint="Start an admission.", url="/new", action="New")
    html = render("{% table table %}", table=tables.Table(label="x", columns=COLUMNS, rows=[], empty=empty))
    assert "No partners yet" in html
    assert 'href="/new"' in html
    assert "<table" not in html


def test_refusals_come_before_warnings_and_link_to_their_mend():
    def reason(severity, title, link=None):
        return messages.Rendered("x.y", None, severity, title, "why", "mend it here", link)

    html = render("{% refusals found %}", found=[reason("warn", "Second"), reason("refuse", "First", "/fix")])
    assert html.index("First") < html.index("Second")
    assert '<a href="/fix">mend it here →</a>' in html


def test_a_field_shows_its_error_beside_it_and_ties_it_to_the_control():
    class Order(Form):
        number = CharField(label="Number")

    html = render("{% form_fields form %}", form=Order({}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_number_error"' in html
    assert 'id="id_number_error"' in html


def test_an_explanation_prints_numbers_as_money_and_text_as_it_is():
    steps = [{"label": "Guide", "value": Decimal("1580")}, {"label": "Net / tax", "value": "1 / 2"}]
    html = render("{% explain found %}", found={"title": "Why", "steps": steps})
    assert "1,580.00" in html
    assert "1 / 2" in html


def test_behind_a_chart_stands_its_table_with_the_same_links():
    option = {
        "xAxis": {"data": ["Oct", "Nov"]},
        "yAxis": {"name": "CNY"},
        "series": [
            {"name": "Bought", "data": [{"value": 61200, "url": "/rows/"}, 58]},
            {"name": "Goal", "data": [60]},
        ],
    }
    html = render('{% chart "volume" option "Bought by month" %}', option=option)
    assert '<a href="/rows/">61,200</a>' in html
    assert '<th scope="row">Nov</th><td class="num">58</td><td class="num">—</td>' in html
    assert charts.table({"series": [{"type": "pie", "data": [1]}]}) is None


def test_words_between_dots_stay_apart_whole_and_escaped():
    shown = render("{{ one|dotted }}|{{ two|dotted }}", one="50% · <b>", two="alone")
    assert shown == '<span class="q-dots"><span>50%</span><span><i> · </i>&lt;b&gt;</span></span>|alone'
