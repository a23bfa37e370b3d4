"""Lists of devices and certificates, the page of a device, the register's file as a page; who sees what there."""

import datetime as dt
import io
import pathlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, utils
from django.utils import translation
from python_calamine import CalamineWorkbook

from qudao.catalog import certificates as rules
from qudao.catalog import finding, listing, models, operations, queries
from qudao.catalog import rules as item_rules
from qudao.inventory import cards as stock
from qudao.inventory import figures
from qudao.kernel import scope
from qudao.organisation import actors
from qudao.organisation import models as organisation
from qudao.shell import company as small
from qudao.shell import middleware
from qudao.ui import models as ui
from tests.browser.trading import NOW
from tests.operations.test_jobs import run_jobs

NEEDS = ("pricing", "inventory", "insights", "compliance")
HOUSE = scope.system("test")
TODAY = dt.date(2026, 11, 23)
REGISTER = pathlib.Path(small.__file__).parent / "files" / "udid.xml"


def person(name):
    with scope.everything():
        return organisation.Person.objects.get(username=name)


def signed_in(name) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(person(name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(client, address, **query) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def new_item(code):
    return item_rules.NewItem(
        code=code,
        name="一次性使用输液接头",
        specification="单腔",
        manufacturer="宁波新材医疗器械有限公司",
        line_id=1,
        device_class=2,
        category_2017="14-02-08",
        base_unit="个",
    )


@pytest.fixture
def certified(company, now):
    """What the small company's certificates are not: one about to end, one ended, one revoked, none at all."""
    with scope.everything():
        versions = models.CertificateVersion.objects
        versions.filter(coverage__item__code="BQ-2515").update(valid_until=dt.date(2027, 2, 21))
        versions.filter(coverage__item__code="DS-035").update(valid_until=TODAY)
        versions.filter(coverage__item__code="ZJ-3018").update(revoked_on=dt.date(2026, 10, 1))
    operations.register_items(items=[new_item("NEW-1")], actor=HOUSE, now=now)
    return company


def rows(**chosen):
    with scope.transaction(HOUSE):
        page = queries.list_devices(queries.DeviceFilter(**chosen), on=TODAY)
    return {row.item.code: row for row in page.rows}


def listed(**chosen):
    with scope.transaction(HOUSE):
        return queries.list_certificates(queries.CertificateFilter(**chosen), on=TODAY).rows


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((False, False, False, None), "missing"),
        ((True, False, False, None), "revoked"),
        ((True, True, True, None), "valid"),
        ((True, True, False, dt.date(2026, 11, 23)), "expired"),
        ((True, True, False, dt.date(2031, 1, 1)), "pending"),
        ((True, True, True, dt.date(2026, 11, 24)), "expiring"),
        ((True, True, True, dt.date(2027, 2, 21)), "expiring"),
        ((True, True, True, dt.date(2027, 2, 22)), "valid"),
    ],
)
def test_a_certificate_stands_by_its_days(facts, state):
    listed, stands, holds, until = facts
    assert rules.standing(listed=listed, stands=stands, holds=holds, until=until, on=TODAY) == state


def test_the_list_says_of_each_device_how_its_certificate_stands(certified):
    found = rows()
    assert {code: row.state for code, row in found.items()} == {
        "BQ-2515": "expiring",
        "CTNI-100": "valid",
        "DS-035": "expired",
        "NEW-1": "missing",
        "ZJ-3018": "revoked",
    }
    assert (found["BQ-2515"].number, found["BQ-2515"].last_day) == (
        "国械注准20213030647",
        dt.date(2027, 2, 20),
    )
    # One that was revoked is still called by its number: that is what people look up.
    assert (found["ZJ-3018"].number, found["ZJ-3018"].last_day) == ("国械注准20193130221", None)
    assert found["ZJ-3018"].revoked_on == dt.date(2026, 10, 1)
    assert found["DS-035"].revoked_on is None
    assert (found["NEW-1"].number, found["NEW-1"].di) == ("", "")
    assert found["BQ-2515"].di == "06901234567014"


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        ({"standing": "expiring"}, {"BQ-2515"}),
        ({"standing": "lapsed"}, {"DS-035", "ZJ-3018"}),
        ({"standing": "missing"}, {"NEW-1"}),
        ({"trait": "implant"}, {"ZJ-3018"}),
        ({"trait": "serial"}, {"ZJ-3018"}),
        ({"category": "03"}, {"BQ-2515", "DS-035"}),
        ({"category": "0"}, set()),
        ({"number": "准2021303"}, {"BQ-2515"}),
        ({"text": "qiunang"}, {"BQ-2515"}),
        ({"text": "16901234567011"}, {"BQ-2515"}),
        ({"device_class": 2}, {"CTNI-100", "DS-035", "NEW-1"}),
        ({"active": False}, set()),
    ],
)
def test_the_list_is_filtered_and_the_counts_follow(certified, chosen, codes):
    assert set(rows(**chosen)) == codes
    with scope.transaction(HOUSE):
        assert queries.total_devices(queries.DeviceFilter(**chosen), on=TODAY).devices == len(codes)


def test_a_renewal_entered_early_counts_and_the_page_says_the_same(certified, now):
    operations.renew_certificate(
        number="国械注准20213030647",
        valid_from=dt.date(2027, 2, 21),
        valid_until=dt.date(2032, 2, 21),
        item_ids=[certified.items["BQ-2515"]],
        actor=HOUSE,
        now=now,
    )
    row = rows()["BQ-2515"]
    assert (row.state, row.last_day) == ("valid", dt.date(2032, 2, 20))
    with scope.transaction(HOUSE):
        for code, found in rows().items():
            of_item = queries.certificates_of([found.item.id]).get(found.item.id, ())
            assert queries.standing_of(of_item, TODAY) == found.state, code
    assert [one.state for one in listed() if one.number == "国械注准20213030647"] == ["valid"]


def test_the_register_has_the_first_to_end_on_top_with_what_rests_on_each(certified):
    found = listed()
    assert [(one.number, one.state, one.days_left, one.devices) for one in found] == [
        ("苏械注准20202030876", "expired", -1, 1),
        ("国械注准20213030647", "expiring", 89, 1),
        ("浙械注准20182400112", "valid", 656, 1),
        ("国械注准20193130221", "revoked", 860, 1),
    ]
    assert found[1].renew_by == dt.date(2026, 8, 20)
    # A renewed one shows the term that runs, not the day it was first registered.
    assert (found[2].version, found[2].valid_from) == (2, dt.date(2023, 9, 10))
    # Too late to be renewed in time: said in red, while the certificate itself is still good.
    shown = {one.number: listing.certificate(one, TODAY)["renew_by_tone"] for one in found}
    assert (shown["国械注准20213030647"], shown["浙械注准20182400112"]) == ("bad", None)
    assert [one.number for one in listed(lapsed=True)] == ["苏械注准20202030876", "国械注准20193130221"]
    assert [one.number for one in listed(within=90)] == ["国械注准20213030647"]
    assert [one.number for one in listed(text="浙械注准 2018")] == ["浙械注准20182400112"]


def test_pages_of_the_register_follow_each_other_without_gap_or_repetition(certified):
    numbers, cursor = [], None
    with scope.transaction(HOUSE):
        while True:
            page = queries.list_certificates(queries.CertificateFilter(), on=TODAY, cursor=cursor, limit=1)
            numbers += [one.number for one in page.rows]
            cursor = page.next
            if cursor is None:
                break
    assert numbers == [one.number for one in listed()]


def test_a_certificate_nothing_in_trade_rests_on_is_no_matter_for_quality(certified, now):
    quality = actors.of_person(person("zhaoqing"), now=now)

    def waiting():
        with scope.transaction(quality):
            return [(one.count, one.tone, one.url) for one in finding.waiting(actor=quality, now=now)]

    assert waiting() == [
        (2, "bad", "/certificates/?within=lapsed"),
        (1, "warn", "/certificates/?within=90"),
    ]
    for code in ("DS-035", "ZJ-3018"):
        operations.set_active(item_id=certified.items[code], active=False, actor=HOUSE, now=now)
    assert waiting() == [(1, "warn", "/certificates/?within=90")]
    desk = actors.of_person(person("zhoulan"), now=now)
    with scope.transaction(desk):
        assert finding.waiting(actor=desk, now=now) == []


def test_the_file_holds_what_is_seen(certified):
    answer = signed_in("zhaoqing").get("/devices/", {"standing": "lapsed", "format": "xlsx"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    head, *found = [row for row in sheet.get_sheet_by_index(0).to_python() if any(row)]
    assert "注册证" in head
    assert [row[head.index("产品编码")] for row in found if row[head.index("产品编码")]] == [
        "DS-035",
        "ZJ-3018",
    ]


def test_partners_know_the_list_as_the_catalogue_as_their_rail_does(certified):
    for username, chinese, english in (
        ("zhoulan", "产品", "Products"),
        ("kangze", "产品目录", "Product catalogue"),
    ):
        browser = signed_in(username)
        for language, name in (("zh-hans", chinese), ("en", english)):
            browser.cookies[middleware.LANGUAGE_COOKIE] = language
            page = browser.get("/devices/").content.decode()
            assert re.findall("<h1[^>]*>([^<]*)</h1>", page) == [name]


# -- one device ------------------------------------------------------------------------------------------


def test_the_page_of_a_device_shows_packages_certificates_tax_stock_and_prices(certified):
    page = text(signed_in("zhoulan"), f"/devices/{certified.items['BQ-2515']}/")
    for words in (
        "盒 16901234567011 10 支 10 1 级包装",
        "└ 支 06901234567014",
        "2021-05-18 – 2027-02-20",
        "覆盖今日生产",
        "2025-01-01 起 13%",
        "杭州仓 80",
        "上海仓 100",
        "现行价格",
        "第三类",
    ):
        assert words in page, words


def test_goods_of_an_ended_term_are_said_to_stay_sellable(certified):
    page = text(signed_in("zhaoqing"), f"/devices/{certified.items['DS-035']}/")
    assert "期间所产产品在有效期内可继续销售" in page
    assert "已撤销，所产产品不得销售" in text(
        signed_in("zhaoqing"), f"/devices/{certified.items['ZJ-3018']}/"
    )


def test_a_dealer_sees_the_device_and_of_prices_its_own_of_stock_nothing(certified):
    page = text(signed_in("kangze"), f"/devices/{certified.items['BQ-2515']}/")
    assert "1,860.00" in page and "1,980.00" not in page
    assert "杭州仓" not in page and "各仓库存" not in page and "动态" not in page
    assert "900" not in page
    assert "1,980.00" in text(signed_in("zhoulan"), f"/devices/{certified.items['BQ-2515']}/")


def test_stock_by_warehouse_counts_nothing_as_nought_in_rows_and_sums(certified):
    actor = actors.of_person(person("zhoulan"), now=NOW)
    with translation.override("zh-hans"), scope.transaction(actor):
        [card] = stock.of_device(certified.items["BQ-2515"], actor=actor, now=NOW)
    table = card.context["table"]
    assert table.sums_label == "合计（支）"
    assert {key: sum(row[key] for row in table.rows) for key in figures.KEYS} == table.sums
    assert (table.sums["held"], [row["held"] for row in table.rows]) == (0, [0] * len(table.rows))
    assert table.rows


def test_a_customer_s_own_code_is_not_shown_to_another_and_a_platform_s_is_shown_to_all(certified):
    item = certified.items["BQ-2515"]
    with scope.everything():
        models.ItemCode.objects.create(item_id=item, scheme="nhsa", code="C0201011340000100", unit="支")
        models.ItemCode.objects.create(item_id=item, scheme="customer", code="KZ-77", node_id=987654)
    page = text(signed_in("kangze"), f"/devices/{item}/")
    assert "医保编码 C0201011340000100 支" in page
    assert "KZ-77" not in page


def test_a_unit_s_older_conversions_are_shown_as_superseded(certified, now):
    item = certified.items["BQ-2515"]
    operations.change_unit(item_id=item, unit="箱", factor=40, actor=HOUSE, now=now)
    operations.change_unit(item_id=item, unit="箱", factor=50, actor=HOUSE, now=now)
    page = text(signed_in("zhaoqing"), f"/devices/{item}/")
    assert "箱 50 v2 箱 40 v1 · 已替代" in page


def test_an_unknown_device_is_not_found(company):
    assert signed_in("zhaoqing").get("/devices/987654321/").status_code == 404


def counted(client, address) -> int:
    client.get(address)
    with utils.CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_statements_of_the_list_do_not_grow_with_the_devices(certified, now):
    client = signed_in("zhaoqing")
    before = counted(client, "/devices/")
    operations.register_items(
        items=[new_item(f"NEW-{number}") for number in range(2, 32)],
        actor=HOUSE,
        now=now,
    )
    assert counted(client, "/devices/") == before <= 17


# -- search ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["qiunang", "BQ-2515", "06901234567014", "16901234567011", "(01)06901234567014"]
)
def test_a_device_is_opened_by_name_code_and_any_of_its_identifiers(company, typed):
    answer = signed_in("kangze").get("/search/", {"q": typed})
    assert (answer.status_code, answer.headers.get("Location")) == (
        302,
        f"/devices/{company.items['BQ-2515']}/",
    )


def test_a_scan_with_its_lot_offers_the_device_and_the_lot(company):
    asked = {"q": "(01)06901234567014(10)B2601"}
    page = signed_in("zhaoqing").get("/search/", asked, headers={"HX-Request": "true"}).content.decode()
    assert f'href="/devices/{company.items["BQ-2515"]}/"' in page
    # The lot stands once, with its trace as the second link.
    assert page.count("/stock/lots/") == page.count("/trace/?q=B2601") == 1
    assert re.findall('q-menu-title">(.*?)</div>', page) == ["产品", "批次"]
    # Sent with Enter, as a scanner does, it opens the lot.
    answer = signed_in("zhaoqing").get("/search/", asked)
    assert (answer.status_code, answer.url.startswith("/stock/lots/")) == (302, True)


# -- the device register's file --------------------------------------------------------------------------


def upload(client, content, name="UDID_1.xml"):
    return client.post("/devices/register/", {"file": SimpleUploadedFile(name, content)})


def token(answer) -> str:
    found = re.search(r'name="take" value="([^"]+)"', answer.content.decode())
    return found[1] if found else ""


def record_count() -> int:
    with scope.everything():
        return models.UdiRecord.objects.count()


@pytest.fixture
def quality(company):
    return signed_in("zhaoqing")


# The small company's file with one device that is not on file.
FRESH = REGISTER.read_bytes().replace(b"06901234567014", b"06901234567007")


def test_checking_a_part_changes_nothing_and_taking_it_in_does_what_was_said(quality):
    before = record_count()
    checked = upload(quality, FRESH)
    assert (checked.status_code, record_count()) == (200, before)
    form = {"take": token(checked), "key": "k-1"}
    started, again = (quality.post("/devices/register/", form) for _ in range(2))
    assert started.status_code == 302
    assert again.headers["Location"] == started.headers["Location"]
    assert record_count() == before
    run_jobs()
    with scope.everything():
        notice = ui.Notice.objects.get()
    assert (notice.state, record_count()) == ("done", before + 1)
    page = text(quality, notice.url)
    assert re.search(r"新增 1 ", page) and "已导入。" in page


def test_a_part_that_is_on_file_already_has_nothing_to_take_in(quality):
    answer = upload(quality, REGISTER.read_bytes())
    assert (answer.status_code, token(answer)) == (200, "")
    assert "没有新内容" in answer.content.decode()


def test_what_was_not_checked_here_is_not_taken_in(quality):
    before = record_count()
    said = token(upload(quality, FRESH))
    other = signed_in("admin")
    for client, take in ((quality, said[:-2]), (other, said)):
        answer = client.post("/devices/register/", {"take": take, "key": "k-2"})
        assert answer.status_code == 422
        assert "文件需要重新校验" in answer.content.decode()
    with scope.everything():
        assert not ui.Notice.objects.exists()
    assert record_count() == before


def test_a_form_without_a_file_says_so(quality):
    answer = quality.post("/devices/register/", {})
    assert (answer.status_code, "没有选择文件" in answer.content.decode()) == (422, True)
