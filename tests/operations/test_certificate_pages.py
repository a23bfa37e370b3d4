"""Quality renews and revokes a registration certificate, and takes a product out of trade, on their pages."""

import datetime as dt

import pytest

from qudao.catalog import queries
from qudao.kernel import errors, scope
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


def test_a_renewal_is_a_version_more_that_lists_the_same_products(browser, address):
    quality, dealer = browser("zhaoqing"), browser("kangze")
    ((version, begins, last_day, devices),) = terms(address)
    shown = quality.get(address).content.decode()
    assert "登记延续" in shown and str(last_day) in shown
    assert "登记延续" not in dealer.get(address).content.decode()
    assert dealer.get(f"{address}renew/").status_code == 403
    following = last_day + dt.timedelta(days=1)
    shown = quality.get(f"{address}renew/").content.decode()
    assert f'value="{following}"' in shown
    typed = {"first_day": str(begins), "last_day": "2036-01-31", "key": "a"}
    assert quality.post(f"{address}renew/", typed).status_code == 422
    assert terms(address) == [(version, begins, last_day, devices)]
    typed = {"first_day": str(following), "last_day": "2036-01-31", "key": "b"}
    for _twice in range(2):
        assert quality.post(f"{address}renew/", typed).url == address
    assert terms(address) == [
        (version + 1, following, dt.date(2036, 1, 31), devices),
        (version, begins, last_day, devices),
    ]


def test_a_revoked_certificate_is_not_renewed_and_stops_the_sale(company, now, browser, address):
    quality = browser("zhaoqing")
    typed = {"revoked_on": str(now.date()), "key": "a"}
    assert quality.post(f"{address}revoke/", typed).url == address
    assert "登记延续" not in quality.get(address).content.decode()
    later = {"first_day": "2032-01-01", "last_day": "", "key": "b"}
    assert quality.post(f"{address}renew/", later).status_code == 422
    assert len(terms(address)) == 1
    with pytest.raises(errors.Refused, match="certificate_revoked"):
        place(company, ("BQ-2515", 1), now=now)


def test_a_product_out_of_trade_cannot_be_ordered_until_it_is_back(company, now, browser):
    quality = browser("zhaoqing")
    here = f"/devices/{company.items['BQ-2515']}/"
    assert browser("zhoulan").post(f"{here}trade/", {"key": "z"}).status_code == 403
    assert quality.post(f"{here}trade/", {"key": "a"}).url == here
    with pytest.raises(errors.Refused, match="item_inactive"):
        place(company, ("BQ-2515", 1), now=now)
    assert quality.post(f"{here}trade/", {"key": "b"}).url == here
    assert place(company, ("BQ-2515", 1), now=now).status == "confirmed"
