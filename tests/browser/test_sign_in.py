"""Coming in, going out, and the pages around it."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import expect

from qudao.kernel import scope
from qudao.organisation import operations
from qudao.shell.company.house import PASSWORD
from tests.browser import trading, watching


def sign_in(page, username, password=PASSWORD, address="/sign-in/"):
    page.goto(address)
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def test_signing_in_leads_to_the_to_dos(page_of):
    page = page_of()
    sign_in(page, "zhoulan")
    expect(page).to_have_url(re.compile("/todos/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("我的待办")
    expect(page.locator(".q-avatar")).to_have_text("周")


def test_signing_in_leads_back_to_the_page_asked_for(page_of):
    page = page_of()
    sign_in(page, "auditor", address="/journal/?type=x")
    expect(page).to_have_url(re.compile(r"/journal/\?type=x$"))


def test_a_wrong_password_says_so_and_keeps_the_name(page_of):
    page = page_of()
    sign_in(page, "zhoulan", "not this one")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    expect(page.get_by_label("用户名")).to_have_value("zhoulan")


def test_after_five_wrong_passwords_the_right_one_is_refused_too(page_of):
    page = page_of()
    for _ in range(5):
        sign_in(page, "zhoulan", "not this one")
    sign_in(page, "zhoulan")
    expect(page.get_by_role("alert")).to_contain_text("登录失败次数过多")


def test_an_account_with_an_authenticator_asks_for_its_code(page_of, company):
    secret = totp.generate_totp_secret()
    with scope.everything():
        totp.TOTP.activate(trading.user(company, "zhoulan"), secret)
    page = page_of()
    sign_in(page, "zhoulan")
    expect(page).to_have_url(re.compile("/sign-in/code/$"))
    assert watching.accessibility(page) == []
    page.get_by_label("验证码").fill("000000")
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.get_by_label("验证码").fill(current_code(secret))
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/todos/$"))


def current_code(secret):
    counters = list(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counters[len(counters) // 2]))


def test_the_authenticator_is_set_up_from_the_account_page(page_of, company):
    page = page_of()
    sign_in(page, "zhoulan")
    page.locator(".top details summary").last.click()
    page.get_by_role("link", name="账户与安全").click()
    page.get_by_role("link", name="开启").click()
    # What protects the account is changed only after asking once more.
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="继续").click()
    secret = page.locator("span.code").inner_text()
    page.get_by_label("认证器代码").fill(current_code(secret))
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("恢复代码")
    assert Authenticator.objects.filter(user_id=company.people["zhoulan"], type="totp").exists()


def test_signing_out_closes_the_session(page_of, company):
    page = page_of("zhoulan")
    page.goto("/todos/")
    page.locator(".top details summary").last.click()
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.goto("/todos/")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next=/todos/$"))


def test_the_language_is_switched_and_stays(page_of, company):
    page = page_of("auditor")
    page.goto("/journal/?type=x")
    page.get_by_title("English").click()
    expect(page).to_have_url(re.compile(r"/journal/\?type=x$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal")
    page.goto("/todos/")
    expect(page.get_by_role("heading", level=1)).to_have_text("My to-dos")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_somebody_without_a_post_is_told_whom_to_ask(page_of, company):
    company.people["nobody"] = operations.open_person(
        username="nobody", name="林无", password=PASSWORD, party_id=0, actor=trading.SYSTEM, now=trading.NOW
    )
    page = page_of("nobody")
    page.goto("/")
    expect(page.get_by_text("您还没有岗位")).to_be_visible()


@pytest.mark.parametrize("address", ["/nothing/here/", "/journal/999999/"])
def test_what_does_not_exist_says_so_in_chinese(page_of, company, address):
    page = page_of("auditor", expects=404)
    assert page.goto(address).status == 404
    expect(page.locator("main")).to_contain_text("找不到")


def test_a_page_without_the_permission_is_refused_with_its_name(page_of, company):
    page = page_of("kangze", expects=403)
    assert page.goto("/journal/").status == 403
    expect(page.get_by_role("alert")).to_contain_text("“查看日志”权限")
    expect(page.get_by_role("link", name="日志")).to_have_count(0)
