"""The chips of the filter bars of partners and products: what they count is what they open."""

import html
import re

import pytest

from tests.operations import test_catalog_pages

certified = test_catalog_pages.certified

NEEDS = ("orders", "settlement", "flow", "compliance")


@pytest.mark.parametrize(
    "address",
    [
        "/devices/?class=2",
        "/devices/?q=导",
        "/devices/?standing=missing&q=球囊",
        "/certificates/?q=20193",
        "/certificates/?within=90",
        "/licences/?q=康泽",
        "/licences/?within=90&q=仁济",
        "/partners/?q=仁济",
        "/partners/?q=康泽",
        "/partners/?licence=expiring",
    ],
)
def test_a_chip_counts_the_rows_it_opens_beside_the_other_filters(certified, browser, address):
    client = browser("wangmin")

    def rows(page: str) -> int:
        return len(re.findall(r'<th scope="row"', page.partition("<tbody")[2].partition("</tbody>")[0]))

    page = client.get(address).content.decode()
    chips = re.findall(
        r'<a class="q-chip" href="([^"]*)"( aria-current="true")?>[^<]* <b>(\d+)</b></a>', page
    )
    assert chips
    for link, on, count in chips:
        opened = page if on else client.get(address.partition("?")[0] + html.unescape(link)).content.decode()
        assert rows(opened) == int(count), (link, count)
