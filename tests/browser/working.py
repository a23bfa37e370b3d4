"""Long work in the browser: the page of its progress, the worker that does it."""

import re

from playwright.sync_api import Page, expect

from tests.operations.test_jobs import run_jobs


def work_done(page: Page) -> None:
    """The page shows the progress of work; the worker does it, and the page says so by itself."""
    page.wait_for_url(re.compile(r"/notices/[0-9a-f-]{36}/"))
    run_jobs()
    expect(page.locator(".q-work .q-tag")).to_have_text("已完成")


def sure(page, name: str) -> None:
    """Press the button that asks first, and say yes."""
    page.get_by_role("button", name=name).click()
    page.locator("#confirm-yes").click()
