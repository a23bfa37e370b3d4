"""Sight 12: the dashboard. Every figure opens to what it is made of, and from there to its rows."""

import io
import re

import pytest
import python_calamine
from playwright.sync_api import expect

from qudao.shell import middleware
from tests.browser import figures_world, trading


@pytest.fixture
def traded(company):
    trade = trading.trade(company)
    figures_world.build(company, trade)
    return trade


def tile(page, code):
    return page.locator(f"[data-kpi={code}]")


def step(page, label):
    """The value beside a step of the drawer."""
    return page.locator("#drawer tr", has=page.locator("th", has_text=re.compile(f"^{label}"))).locator("td")


def test_every_figure_opens_to_its_numbers_and_its_rows(page_of, traded):
    page = page_of("mengyao")
    page.goto("/")
    expect(page).to_have_url(re.compile("/dashboard/$"))
    expect(tile(page, "sales")).to_contain_text("¥ 35,522.12")
    tile(page, "attainment").click()
    expect(page.locator("#drawer-title")).to_have_text("达成率")
    expect(step(page, "有目标账户的销售额")).to_have_text("¥ 35,522.12")
    expect(step(page, "时间进度目标")).to_have_text("¥ 65,400.00")
    expect(step(page, "达成率")).to_have_text("54.32%")
    page.keyboard.press("Escape")
    tile(page, "on_time").click()
    expect(step(page, "目标")).to_have_text("95%")
    expect(step(page, "基线")).to_have_text("90%")
    page.keyboard.press("Escape")
    tile(page, "sales").click()
    # Of three millions for the month, what 23 of its 30 days ask.
    expect(step(page, "同期目标")).to_have_text("¥ 2,300,000.00")
    page.get_by_role("link", name="查看明细").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody tr").first).to_contain_text("−1,646.02")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    with open(download.value.path(), "rb") as file:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    _head, *rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 3


# Amounts of the tiles whose symbol stands on another line than their digits.
BROKEN = """() => {
  const found = [];
  for (const tile of document.querySelectorAll(".i-tile")) {
    const texts = document.createTreeWalker(tile, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) for (const one of texts.currentNode.data.matchAll(/¥\\s[\\d,.]+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, one.index);
      range.setEnd(texts.currentNode, one.index + one[0].length);
      if (new Set([...range.getClientRects()].map(rect => rect.top)).size > 1) found.push(one[0]);
    }
  }
  return found;
}"""


def test_on_a_phone_an_amount_keeps_its_symbol(page_of, traded):
    page = page_of("mengyao", width=360, height=740)
    page.goto("/dashboard/")
    expect(tile(page, "sales")).to_contain_text("同期目标 ¥ 2,300,000.00")
    expect(page.locator("[data-kpi=near_expiry]")).to_be_visible()
    assert page.evaluate(BROKEN) == []


def test_risk_expiry_and_promotions_stand_beside_sales(page_of, traded):
    page = page_of("mengyao")
    page.goto("/dashboard/")
    # Three charts by region, line and tier (and channel), drawn, with their table behind.
    expect(page.locator("[data-chart] svg")).to_have_count(5)
    page.locator(".i-behind").nth(1).locator("summary").click()
    expect(page.locator(".i-behind").nth(1).locator("tfoot")).to_contain_text("35,522.12")
    goods = page.locator("#goods")
    expect(goods.locator("[data-kpi=near_expiry]")).to_contain_text("¥ 19,180.00 / ¥ 192,765.00")
    expect(goods.locator("[data-kpi=turnover]")).to_contain_text("473.1 天")
    expect(goods.locator("tr", has_text="药物洗脱冠脉支架")).to_contain_text("不足")
    expect(page.locator("#promotions tr", has_text="肌钙蛋白满减")).to_contain_text("15,660.18")
    page.get_by_role("link", name="全部有需求的产品").click()
    expect(page.locator("h1")).to_have_text("断货风险占比")


@pytest.mark.parametrize("most", [151, 213, 95, 1.4, 4870, 8100])
def test_every_mark_of_a_small_chart_has_its_number_beside_the_longest_english_name(page_of, traded, most):
    """In 10,000 yuan; where there is no room for a number it would be left out."""
    page = page_of("mengyao")
    page.goto("/dashboard/")
    page.context.add_cookies([{"name": middleware.LANGUAGE_COOKIE, "value": "en", "url": page.url}])
    page.goto("/dashboard/")
    expect(page.locator("[data-chart] svg")).to_have_count(5)
    marks, drawn = page.evaluate(
        """(most) => {
            const box = document.querySelector('[data-chart="chart-sales-channel"]');
            const chart = echarts.getInstanceByDom(box);
            chart.setOption({ yAxis: [{ data: ["Procurement platform"] }], series: [{ data: [most] }] });
            const axis = chart.getModel().getComponent("xAxis").axis;
            const drawn = [...box.querySelectorAll("text")].map((one) => one.textContent);
            return [axis.getViewLabels().map((one) => one.formattedLabel), drawn];
        }""",
        most,
    )
    assert len(marks) >= 2
    assert set(marks) <= set(drawn), (marks, drawn)


def test_a_filter_narrows_every_figure_and_lives_in_the_address(page_of, traded):
    page = page_of("mengyao")
    page.goto("/dashboard/?tier=C&period=year")
    expect(tile(page, "sales")).to_contain_text("¥ 0.00")
    page.goto("/dashboard/?tier=B&period=year")
    expect(tile(page, "sales")).to_contain_text("¥ 35,522.12")


def test_a_dealer_sees_its_own_board(page_of, company, traded):
    page = page_of("renji")
    page.goto("/dashboard/")
    expect(tile(page, "sales")).to_contain_text("¥ 0.00")
    expect(page.locator("#goods, #promotions")).to_have_count(0)
    page = page_of("kangze")
    page.goto(f"/partners/{company.parties['kangze']}/?tab=trade")
    expect(page.locator(".q-card", has_text="本年看板").locator("[data-kpi=sales]")).to_contain_text(
        "35,522.12"
    )
    expect(page.locator(".q-card", has_text="康泽 11 月流向.csv")).to_be_visible()


def test_words_of_a_flow_have_a_rim_of_the_cards_colour_in_either_theme(page_of, traded):
    """Bands that run by would make them hard to read."""
    page = page_of("zhaoqing")
    page.goto("/trace/?q=B2601")
    word = page.locator("[data-chart] svg text", has_text="杭州仓")
    for theme, card in (("light", "#ffffff"), ("dark", "#172028")):
        page.emulate_media(color_scheme=theme)
        expect(word).to_have_attribute("stroke", card)
        expect(word).to_have_attribute("stroke-width", "3")
        expect(word).to_have_attribute("paint-order", "stroke")
