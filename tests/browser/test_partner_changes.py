"""A dealer's page: what it is, may and has, and changing it without losing what was typed."""

import re

from playwright.sync_api import expect

from qudao.kernel import scope
from qudao.partners import queries
from tests.browser import trading, watching
from tests.browser.sights.setting import traded  # noqa: F401


def test_a_dealers_page_in_its_parts(page_of, company, traded):  # noqa: F811
    page = page_of("wangmin")
    address = f"/partners/{company.parties['kangze']}/"
    page.goto(address)
    main = page.locator("main")
    expect(main).to_contain_text("再进 ¥ 24,477.88 达 3%")
    permit = page.locator("tbody tr", has_text="医疗器械经营许可证")
    expect(permit).to_contain_text("第三类自 2027-03-15 起停止下单、发货")
    expect(permit).to_contain_text("续办窗口余 50 个工作日")
    expect(page.locator(".q-timeline")).to_contain_text("#")
    assert watching.accessibility(page) == []
    page.get_by_role("link", name="往来", exact=True).click()
    expect(main).to_contain_text("订单")
    page.get_by_role("link", name=re.compile("授权与区域")).click()
    expect(page.locator("tbody tr").first).to_contain_text("浙江省 杭州市")
    page.get_by_role("link", name=re.compile("账户与等级")).click()
    expect(main).to_contain_text("上海联佑")
    expect(main).to_contain_text("等级变更记录")
    page.get_by_role("link", name=re.compile("收货地点")).click()
    expect(main).to_contain_text("康泽滨江仓库")


def test_a_tier_is_changed_in_the_panel_and_stands_in_the_history(page_of, company):
    page = page_of("wangmin", expects=422)
    page.goto(f"/partners/{company.parties['kangze']}/?tab=accounts")
    page.get_by_role("link", name="调整等级", exact=True).first.click()
    panel = page.locator("#drawer")
    panel.get_by_label("新等级").select_option("A")
    panel.get_by_role("button", name="变更等级").click()
    # Without a reason it comes back, with what was chosen.
    expect(page.locator(".errorlist")).to_be_visible()
    expect(page.get_by_label("新等级")).to_have_value("A")
    page.get_by_label("原因").fill("连续两季达成")
    page.get_by_role("button", name="变更等级").click()
    expect(page).to_have_url(re.compile(r"\?tab=accounts$"))
    expect(page.locator("main")).to_contain_text("连续两季达成")


def test_a_renewed_licence_is_recorded_by_quality(page_of, company):
    page = page_of("zhaoqing", expects=422)
    page.goto(f"/partners/{company.parties['renji']}/?tab=licences")
    page.get_by_role("link", name="续证").click()
    panel = page.locator("#drawer")
    expect(panel.get_by_label("证照编号")).to_have_value("浙甬药监械经营许20220208号")
    panel.get_by_label("有效期至（证面）").fill("2032-02-07")
    panel.get_by_label("第三类经营范围").fill("03 13 99")
    panel.get_by_role("button", name="审核并登记").click()
    expect(page.locator(".errorlist")).to_contain_text("99")
    expect(page.get_by_label("有效期至（证面）")).to_have_value("2032-02-07")
    page.get_by_label("第三类经营范围").fill("03 13")
    page.get_by_role("button", name="审核并登记").click()
    expect(page).to_have_url(re.compile(r"\?tab=licences$"))
    expect(page.locator("tbody tr", has_text="2032-02-07")).to_have_count(1)


# The words of each label, with the star that the stylesheet puts behind what must be filled in.
STARRED = """labels => labels.map(
    one => one.textContent.trim() + (getComputedStyle(one, "::after").content.includes("*") ? " *" : "")
)"""


def test_what_is_asked_of_a_licence_follows_its_kind_and_what_is_typed_stays(page_of, company):
    page = page_of("zhaoqing", expects=422)
    page.goto(f"/partners/{company.parties['kangze']}/change/?step=licence")
    kind = page.locator("#id_kind")
    fields = page.locator("main form .q-form--grid > .q-field > label")
    last, scope = "有效期至（证面） *", ["第三类经营范围", "第二类经营范围", "体外诊断试剂（6840）含冷藏冷冻"]
    page.get_by_label("证照编号").fill("330108-2026-8")
    for name, mode, printed in (
        ("医疗器械经营许可证", ["经营方式"], [last, *scope]),
        ("医疗器械经营备案凭证", ["经营方式"], scope),
        ("医疗器械生产许可证", [], [last, *scope]),
        ("医疗机构执业许可证", [], [last]),
        ("诊所备案凭证", [], []),
        ("营业执照", [], ["有效期至（证面）"]),
    ):
        kind.select_option(label=name)
        asked = ["证照 *", "证照编号 *", *mode, "发证机关", "生效日期 *", *printed]
        expect(fields).to_have_text([label.removesuffix(" *") for label in asked])
        assert fields.evaluate_all(STARRED) == asked
        expect(page.get_by_label("证照编号")).to_have_value("330108-2026-8")
    page.get_by_label("生效日期").fill("2026-11-02")
    page.get_by_role("button", name="审核并登记").click()
    expect(page.locator("tbody tr", has_text="330108-2026-8")).to_contain_text("营业执照")


def test_a_partner_is_admitted_and_its_score_gives_the_tier(page_of, company):
    page = page_of("wangmin", expects=422)
    page.goto("/partners/new/")
    page.get_by_label("全称").fill("绍兴越康医疗器械有限公司")
    page.get_by_label("地区（省或市）").fill("绍兴")
    page.get_by_role("button", name="提交准入").click()
    expect(page.locator(".errorlist")).to_contain_text("统一社会信用代码")
    expect(page.get_by_label("全称")).to_have_value("绍兴越康医疗器械有限公司")
    page.get_by_label("统一社会信用代码").fill("91330600MA2BDL2L04")
    page.get_by_label("法人").select_option(index=1)
    page.get_by_label("产品线").select_option(label="心血管介入")
    page.get_by_label("区域").select_option(index=1)
    for criterion, points in (
        ("医院覆盖", 4),
        ("储运与冷链", 4),
        ("资金实力", 3),
        ("团队与培训", 4),
        ("合规记录", 5),
    ):
        page.get_by_label(criterion).select_option(str(points))
    page.get_by_role("button", name="提交准入").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("绍兴越康医疗器械有限公司")
    expect(page.locator("main")).to_contain_text("准入待审核")
    page.get_by_role("link", name=re.compile("账户与等级")).click()
    # 30·4 + 20·4 + 20·3 + 15·4 + 15·5 = 395 of 500: 79, which is B.
    expect(page.locator("main")).to_contain_text("准入评分 79")
    with scope.transaction(trading.SYSTEM):
        [found] = queries.search_parties("绍兴越康", actor=trading.SYSTEM)
        [account] = queries.list_accounts(party_id=found.id, actor=trading.SYSTEM)
    assert account.tier == "B"


def test_the_registers_of_licences_and_authorisations(page_of, company):
    page = page_of("zhaoqing")
    page.goto("/licences/?within=90")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("仁济")
    page.goto("/authorisations/?where=杭州")
    expect(page.locator("tbody tr")).to_have_count(3)


def test_a_dealer_may_change_nothing_of_itself(page_of, company):
    page = page_of("kangze", expects=(403, 404))
    address = f"/partners/{company.parties['kangze']}/"
    page.goto(address)
    expect(page.get_by_text("修改")).to_have_count(0)
    assert page.goto(f"{address}change/?step=freeze").status == 403
    assert page.goto(f"/partners/{company.parties['renji']}/change/?step=freeze").status == 404
