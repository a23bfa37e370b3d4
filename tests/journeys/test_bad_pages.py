"""What pages stand: nothing in the world, a hundred thousand rows, an upload that breaks off, another language.

docs/domain/bad_input.md lists every case with its test, here or elsewhere.
"""

import http.client
import io
import socket
import urllib.request
from urllib import parse

import pytest
from django.conf import settings
from django.core.handlers import wsgi as handlers
from django.db import connection
from django.http import UnreadablePostError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qudao.inventory import models as inventory
from qudao.kernel import scope
from qudao.orders import models as orders
from qudao.shell import arriving, middleware
from tests.browser import company as companies
from tests.browser import serving, trading
from tests.journeys.test_bad_input import state
from tests.journeys.test_pages import client_of, rail

MANY = 100_000


def copies_of(number: str) -> tuple[str, list]:
    """A statement that makes MANY orders like the one with this number."""
    other = {
        "id": "gen_random_uuid()",
        "number": "'SO-COPY-' || lpad(n::text, 6, '0')",
        "source_digest": "''",
    }
    names = [field.column for field in orders.Order._meta.concrete_fields]
    values = ", ".join(other.get(name, f'o."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO orders_order ({columns}) SELECT {values}"
        " FROM orders_order o, generate_series(1, %s) n WHERE o.number = %s",
        [MANY, number],
    )


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr("qudao.shell.middleware.timezone", trading.Clock)


def test_every_page_of_the_rail_opens_and_fills_a_file_when_there_is_nothing_yet(db):
    """People, partners and a product line; no product, no order, no stock, no contract."""
    company = companies.found()
    client = client_of(company.manager)
    with scope.everything():
        assert not orders.Order.objects.exists() and not inventory.Balance.objects.exists()
    addresses = rail(company.manager, timezone.now())
    assert len(addresses) > 20
    for address in addresses:
        assert client.get(address).status_code == 200, address
        assert client.get(f"{address}?format=xlsx").status_code == 200, address


def test_a_list_of_a_hundred_thousand_orders_takes_no_statement_more(company, clock):
    client = client_of(trading.user(company, "zhoulan"))
    first = trading.order(company)

    def look(address):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        assert answer.status_code == 200
        return len(captured), answer.content.decode()

    look("/orders/")
    few, _ = look("/orders/")
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(*copies_of(first.number))
    many, text = look("/orders/")
    assert many == few
    assert f"{MANY + 1:,}" in text
    assert text.count("SO-COPY-") < 500
    _, found = look("/orders/?q=SO-COPY-099999")
    assert "SO-COPY-099999" in found and "SO-COPY-099998" not in found


def sent_in_part(company, address, missing):
    """What the site answers to an order of ten rows that ends `missing` bytes before its announced end."""
    host, port = parse.urlsplit(address).netloc.split(":")
    cookie = serving.session_cookie(trading.user(company, "kangze"), address)
    token = "t" * 32
    fields = {"key": "K-1", "account": company.accounts["kangze.CV"], "ship_to": company.places["kangze"]}
    parts = [f'name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    rows = "\r\n".join(["货号,数量", *["BQ-2515,1"] * 10, ""])
    parts.append(f'name="file"; filename="order.csv"\r\n\r\n{rows}')
    body = "".join(f"--b\r\nContent-Disposition: form-data; {part}\r\n" for part in parts).encode()
    head = (
        f"POST /orders/upload/ HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {address}\r\n"
        f"Cookie: {cookie['name']}={cookie['value']}; {settings.CSRF_COOKIE_NAME}={token}\r\n"
        f"X-CSRFToken: {token}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        f"Content-Length: {len(body) + missing}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=20) as sender:
        sender.sendall(head.encode() + body)
        sender.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(sender)
        answer.begin()
        answer.read()
        return answer.status


def test_an_upload_that_breaks_off_half_way_is_no_shorter_file(company, clock):
    before = state()
    with serving.served() as address:
        assert sent_in_part(company, address, missing=5000) in (400, 422)
        assert state() == before
        with urllib.request.urlopen(f"{address}/health/ready") as answer:
            assert answer.status == 200


CUT_OFF = b"item=BQ-2515&quantity=1"  # of "…quantity=100"


def cut_off(environ, _start_response=None):
    """The form that Django reads of such a request."""
    return handlers.WSGIRequest(environ).POST.dict()


def environ():
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(CUT_OFF) + 2),
        "wsgi.input": io.BytesIO(CUT_OFF),
    }


def test_a_form_that_breaks_off_is_not_read_as_another():
    with pytest.raises(UnreadablePostError):
        arriving.whole(cut_off)(environ(), None)


def test_control_without_the_guard_a_hundred_pieces_become_one():
    assert cut_off(environ()) == {"item": "BQ-2515", "quantity": "1"}


def test_an_english_browser_reads_chinese_data_in_the_language_the_person_chose(company, clock):
    """What the browser prefers changes nothing: papers are read out over the telephone in one language."""
    client = client_of(trading.user(company, "wangmin"))
    address = f"/partners/{company.parties['kangze']}/"
    chinese = client.get(address, HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9")
    assert chinese.headers["Content-Language"] == "zh-hans"
    client.cookies[middleware.LANGUAGE_COOKIE] = "en"
    english = client.get(address, HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9")
    assert english.headers["Content-Language"] == "en"
    for words, answer in (("许可证", chinese), ("Licences", english)):
        text = answer.content.decode()
        assert words in text
        assert "杭州康泽医疗器械有限公司" in text
    found = client.get("/search/?q=康泽", HTTP_ACCEPT_LANGUAGE="en-US", follow=True)
    assert found.redirect_chain == [(address, 302)]
