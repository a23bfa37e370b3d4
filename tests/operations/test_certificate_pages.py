"""Quality enters, renews, extends and revokes a registration certificate, and takes a product out of trade, on
their pages."""

import datetime as dt
import re

import pytest

from qudao.catalog import operations, queries, rules
from qudao.kernel import errors, scope
from tests.browser import goods
from tests.operations.test_orders import place


@pytest.fixture
def address(company):
    with scope.everything():
        (one, *_more) = queries.certificates_of([company.items["BQ-2515"]])[company.items["BQ-2515"]]
    return f"/certificates/{one.certificate_id}/"


def terms(address):
    with scope.everything():
        found = queries.terms_of(int(address.split("/")[2]))
    return [(one.version, one.valid_from, one.last_day, one.devices) for one in found]


def listed(address):
    with scope.everything():
        return queries.codes_listed(int(address.split("/")[2]))


@pytest.fixture
def longer(company, now):
    """A model the annex lists that was not traded before, and one of a class above the certificate's."""
    new = rules.NewItem(
        code="BQ-3020",
        name="一次性使用冠脉球囊扩张导管",
        specification="3.0×20mm",
        manufacturer="苏州澄溪医疗科技有限公司",
        line_id=company.lines["CV"],
        device_class=3,
        category_2017="03-13-08",
        base_unit="支",
    )
    return operations.register_item(item=new, actor=scope.system("test"), now=now)


def test_a_certificate_is_entered_with_its_term_and_products(browser, longer):
    quality = browser("zhaoqing")
    assert browser("wangmin").get("/certificates/new/").status_code == 403
    assert "新增注册证" in quality.get("/certificates/").content.decode()
    typed = {
        "number": "国械注准20263030999",
        "registrant": "苏州澄溪医疗科技有限公司",
        "first_day": "2026-03-01",
        "last_day": "2031-02-28",
        "products": "BQ-3020\r\nBQ-9999\r\n",
        "key": "a",
    }
    refused = quality.post("/certificates/new/", typed)
    assert refused.status_code == 422
    assert "BQ-9999" in refused.content.decode() and "BQ-3020\r\n" in refused.content.decode()
    # A slip of the hand, beyond which days cannot be counted.
    beyond = quality.post("/certificates/new/", typed | {"products": "BQ-3020", "last_day": "9999-12-31"})
    assert beyond.status_code == 422 and "2200-12-31" in beyond.content.decode()
    with scope.everything():
        assert queries.certificates_of([longer.id]) == {}
    address = quality.post("/certificates/new/", typed | {"products": "BQ-3020，BQ-3020"}).url
    assert terms(address) == [(1, dt.date(2026, 3, 1), dt.date(2031, 2, 28), 1)]
    with scope.everything():
        (one,) = queries.certificates_of([longer.id])[longer.id]
    assert (one.number, one.producer, one.covers) == (
        "国械注准20263030999",
        "苏州澄溪医疗科技有限公司",
        True,
    )
    # The same number again stands beside its field, and is no second certificate.
    again = quality.post("/certificates/new/", typed | {"products": "", "key": "b"})
    assert again.status_code == 422 and "注册证已录入" in again.content.decode()


def test_products_of_the_annex_are_added_and_stand_on_the_certificate_s_timeline(browser, address, longer):
    quality = browser("zhaoqing")
    assert browser("kangze").post(f"{address}products/", {"products": "BQ-3020"}).status_code == 403
    assert quality.post(f"{address}products/", {"products": "BQ-1", "key": "a"}).status_code == 422
    assert listed(address) == ["BQ-2515"]
    typed = {"products": "BQ-2515\nBQ-3020", "key": "b"}
    for _twice in range(2):
        assert quality.post(f"{address}products/", typed).url == address
    assert listed(address) == ["BQ-2515", "BQ-3020"]
    assert "注册证补充产品" in quality.get(address).content.decode()


def test_a_certificate_of_a_lower_class_is_given_no_product(browser, address, longer):
    with scope.everything():
        found = queries.list_certificates(
            queries.CertificateFilter(text="苏械注准20202030876"), on=dt.date(2026, 11, 23)
        )
    lower = f"/certificates/{found.rows[0].id}/"
    answer = browser("zhaoqing").post(f"{lower}products/", {"products": "BQ-3020", "key": "a"})
    assert answer.status_code == 422 and "BQ-3020" in answer.content.decode()
    assert listed(lower) == ["DS-035"]


def test_a_changed_annex_is_a_version_that_lists_other_products(company, browser, address, longer):
    quality = browser("zhaoqing")
    typed = {"first_day": "2026-11-01", "last_day": "2031-05-17", "products": "BQ-3020", "key": "a"}
    assert quality.post(f"{address}renew/", typed).url == address
    assert [one[0] for one in terms(address)] == [3, 2, 1]
    assert listed(address) == ["BQ-3020"]
    with scope.everything():
        found = queries.certificates_of([company.items["BQ-2515"]])[company.items["BQ-2515"]]
    assert [(one.version, one.covers) for one in found] == [(1, True), (2, True), (3, False)]
    # Emptied, the field is a slip.
    assert (
        quality.post(
            f"{address}renew/", typed | {"products": "", "first_day": "2026-11-20", "key": "b"}
        ).status_code
        == 422
    )
    assert len(terms(address)) == 3


def test_a_renewal_is_a_version_more_that_lists_the_same_products(browser, address):
    quality, dealer = browser("zhaoqing"), browser("kangze")
    before = terms(address)
    version, begins, last_day, devices = before[0]
    shown = quality.get(address).content.decode()
    assert "登记延续" in shown and str(last_day) in shown
    assert "登记延续" not in dealer.get(address).content.decode()
    assert dealer.get(f"{address}renew/").status_code == 403
    following = last_day + dt.timedelta(days=1)
    shown = quality.get(f"{address}renew/").content.decode()
    assert f'value="{following}"' in shown and "BQ-2515</textarea>" in shown
    typed = {"first_day": str(begins), "last_day": "2036-01-31", "products": "BQ-2515", "key": "a"}
    assert quality.post(f"{address}renew/", typed).status_code == 422
    assert terms(address) == before
    typed |= {"first_day": str(following), "key": "b"}
    for _twice in range(2):
        assert quality.post(f"{address}renew/", typed).url == address
    assert terms(address) == [(version + 1, following, dt.date(2036, 1, 31), devices), *before]


def test_a_revoked_certificate_is_not_renewed_and_stops_the_sale(company, now, browser, address):
    quality = browser("zhaoqing")
    typed = {"revoked_on": str(now.date()), "key": "a"}
    assert quality.post(f"{address}revoke/", typed).url == address
    assert "登记延续" not in quality.get(address).content.decode()
    later = {"first_day": "2032-01-01", "last_day": "", "products": "BQ-2515", "key": "b"}
    assert quality.post(f"{address}renew/", later).status_code == 422
    assert [one[0] for one in terms(address)] == [2, 1]
    with pytest.raises(errors.Refused, match="certificate_revoked"):
        place(company, ("BQ-2515", 1), now=now)


def test_who_takes_a_product_out_of_trade_is_told_what_is_under_way(company, now, browser):
    place(company, ("BQ-2515", 3), now=now)
    place(company, ("BQ-2515", 4), now=now)
    goods.purchase(company, boxes="2")
    said = browser("zhaoqing").get(f"/devices/{company.items['BQ-2515']}/trade/").content.decode()
    [numbers] = re.findall("历史记录保留。([^<]*)<", said)
    assert numbers == (
        "在库 180 支 · 在途 0 支 · 已采购未到货 20 支 共 1 张采购单 · 已确认未发货 7 支 共 2 张订单"
    )


def test_a_product_out_of_trade_cannot_be_ordered_until_it_is_back(company, now, browser):
    quality = browser("zhaoqing")
    here = f"/devices/{company.items['BQ-2515']}/"
    assert browser("zhoulan").post(f"{here}trade/", {"key": "z"}).status_code == 403
    assert quality.post(f"{here}trade/", {"key": "a"}).url == here
    with pytest.raises(errors.Refused, match="item_inactive"):
        place(company, ("BQ-2515", 1), now=now)
    assert quality.post(f"{here}trade/", {"key": "b"}).url == here
    assert place(company, ("BQ-2515", 1), now=now).status == "confirmed"
