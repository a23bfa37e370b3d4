"""Every page in both languages: no English is left in the Chinese ones and no Chinese in the English ones.

What the trade names in Latin letters (UDI, PDF, codes, models) and what people and partners are called stays as it
is: letters with a digit in them are codes, and names are compared with what the database holds.
"""

import html.parser
import re

import pytest
from django.test import Client

from qudao.catalog import models as catalog
from qudao.kernel import scope, units
from qudao.pricing import names as pricing
from qudao.shell import middleware
from tests import harness, pages
from tests.browser import trading

# What reads the same in both languages.
_TERMS = """
Qudao EN English UDI DI PI GS1 GTIN API URL XML Excel CSV PDF JPEG PNG ID IP SPD GSP KPI UTC II III MB
Alt Ctrl Esc Enter xlsx xls csv pdf zip Python cryptography
"""
TERMS = frozenset(_TERMS.split())
OWN_NAMES = frozenset({"渠道", "中", "中文"})
# Shown as it is stored: codes, keys of the keyboard, text somebody typed.
VERBATIM = frozenset({"code", "kbd", "pre", "textarea", "samp"})
SILENT = frozenset({"script", "style", "template", "svg", "head"})
VOID = frozenset(re.findall(r"\w+", "area base br col embed hr img input link meta source track wbr"))
SPOKEN = ("placeholder", "aria-label", "title", "alt", "data-label", "data-confirm")
LATIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./\-+&]*")
HAN = re.compile(r"[\u3400-\u9fff]+")


class Words(html.parser.HTMLParser):
    """The texts a reader meets in a page, seen or spoken."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[bool] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        hidden = tag in SILENT | VERBATIM or "code" in (given.get("class") or "").split()
        shown = not any(self._inside)
        if shown and not hidden and "data-copy" not in given:
            self.texts += [given[name] for name in SPOKEN if given.get(name)]
            if tag == "input" and given.get("type") in ("submit", "button"):
                self.texts.append(given.get("value") or "")
        if tag not in VOID:
            self._inside.append(hidden)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._inside.pop()

    def handle_endtag(self, tag):
        if tag not in VOID and self._inside:
            self._inside.pop()

    def handle_data(self, data):
        if not any(self._inside) and data.strip():
            self.texts.append(" ".join(data.split()))


def left_over(body: str, language: str, names: frozenset[str]) -> list[str]:
    """The texts of a page that hold words of the other language which are nobody's name."""
    reader = Words()
    reader.feed(body)
    foreign = _english if language == "zh-hans" else _chinese
    return [text for text in reader.texts if any(one not in names for one in foreign(text))]


def _english(text: str) -> list[str]:
    # What is cut off is a value too long to show.
    words = (one.strip("./-+&_") for one in LATIN.findall(re.sub(r"\S+…", "", text)))
    return [one for one in words if len(one) > 1 and one not in TERMS and not re.search(r"\d", one)]


def _chinese(text: str) -> list[str]:
    return [one for one in HAN.findall(text) if one not in OWN_NAMES]


# The names in the sample on the page of components, and the permission its refusal names.
SAMPLE = frozenset(
    HAN.findall(
        "杭州康泽医疗器械有限公司 宁波海曙仁济医疗设备有限公司 上海联佑医疗科技有限公司 无锡普安医疗服务网点"
        " 浙江省第二人民医院（滨江院区） 导引导管 造影导丝 周岚 王敏"
    )
) | {"orders.confirm_order"}


@pytest.fixture(scope="module")
def names(demo):
    """Every run of Chinese that the database holds, with the Latin letters beside it; specifications; people; codes of
    warehouses."""
    columns = """SELECT table_name, column_name, data_type FROM information_schema.columns JOIN pg_tables
        ON schemaname = table_schema AND tablename = table_name WHERE table_schema = 'public'
        AND data_type IN ('character varying', 'text', 'jsonb') AND table_name !~ '^(django|procrastinate)_'"""
    found: set[str] = set()
    with harness.owner() as owner, owner.transaction():
        owner.execute("SELECT set_config('app.everyone', 'on', true)")
        for table, column, _ in owner.execute(columns).fetchall():
            values = owner.execute(
                f'SELECT DISTINCT "{column}"::text FROM "{table}" WHERE "{column}"::text ~ %s',
                [".*" if column == "specification" else "[\u3400-\u9fff]"],
            )
            for (value,) in values:
                found.update(HAN.findall(value))
                found.update(one.strip("./-+&_") for one in LATIN.findall(value))
        initials = {name[:1] for (name,) in owner.execute("SELECT name FROM organisation_person").fetchall()}
        sites = {code for (code,) in owner.execute("SELECT code FROM inventory_site").fetchall()}
    # Kept in Chinese, and said in the reader's language all the same.
    found -= pricing.PLAIN_REBATES.keys()
    return frozenset(found | initials | sites | set(demo.company.people)) | SAMPLE


@pytest.fixture
def on_its_day(monkeypatch):
    monkeypatch.setattr("qudao.shell.middleware.timezone", trading.Clock)


def rendered(demo, language):
    """(page, person, body) of every page as everybody, in a language."""
    clients: dict[str, Client] = {}
    for page in pages.listed(demo):
        for person in page.people or ("",):
            if person not in clients:
                clients[person] = Client()
                clients[person].cookies[middleware.LANGUAGE_COOKIE] = language
                if person:
                    clients[person].force_login(
                        pages.user(demo, person),
                        backend="allauth.account.auth_backends.AuthenticationBackend",
                    )
            yield page, person, clients[person].get(page.address).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_shows_words_of_the_other_language(demo, names, on_its_day, language):
    found: dict[str, str] = {}
    for page, person, body in rendered(demo, language):
        typed = frozenset(HAN.findall(page.address))
        for text in left_over(body, language, names | typed):
            found.setdefault(text, f"{page.name} as {person or 'a stranger'}")
    assert found == {}


def counted_in(body: str, measures: frozenset[str]) -> list[str]:
    """The texts of a page that count something in one of the measures: 5 盒, and no specification as 50 人份/盒."""
    reader = Words()
    reader.feed(body)
    return [text for text in reader.texts if measures & set(re.findall(r"\d (\w+)(?![\w/])", text))]


def test_english_pages_count_in_english_units(demo, on_its_day):
    with scope.everything():
        measures = frozenset(catalog.Item.objects.values_list("base_unit", flat=True).distinct())
    assert len(measures) > 5 and measures <= units.ENGLISH.keys()
    found: dict[str, str] = {}
    for page, person, body in rendered(demo, "en"):
        for text in counted_in(body, measures):
            found.setdefault(text, f"{page.name} as {person or 'a stranger'}")
    assert found == {}


def test_control_a_unit_of_the_other_language_is_found():
    body = "<p>Wanted 60 根.</p><p>3 pcs</p><p>50 人份/盒</p><p>2 盒/箱</p><td>1,200 盒</td>"
    assert counted_in(body, frozenset({"根", "盒", "人份"})) == ["Wanted 60 根.", "1,200 盒"]


def test_control_words_of_the_other_language_are_found():
    body = "<main><p>保存 draft 于 2026</p><button aria-label='Save'>存</button><code>orders.order</code> 导管 PTCA</main>"
    assert left_over(body, "zh-hans", frozenset({"PTCA"})) == ["保存 draft 于 2026", "Save"]
    body = "<main><p>Saved 已保存</p><input placeholder='编码'><p>Hangzhou 杭州康泽医疗</p></main>"
    assert left_over(body, "en", frozenset({"杭州康泽医疗"})) == ["Saved 已保存", "编码"]


def test_control_a_chinese_page_is_no_english_one(demo, names, on_its_day):
    home = next(body for page, _, body in rendered(demo, "zh-hans") if page.name == "todos")
    assert "我的待办" in left_over(home, "en", names)
