"""The journal: in plain words, with its checkpoint, the proof of one entry, and the file an auditor takes home."""

import json
import pathlib
import re
import subprocess
import sys
import zipfile

from playwright.sync_api import expect

from tests.browser import watching
from tests.browser.sights.setting import traded  # noqa: F401


def verified(folder: pathlib.Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-I", folder / "verify.py", folder], capture_output=True, text=True, check=False
    )


def test_what_an_auditor_takes_home(page_of, company, traded, tmp_path):  # noqa: F811
    page = page_of("auditor")
    page.goto("/journal/")
    page.get_by_role("link", name="导出并验证").click()
    page.get_by_role("button", name="现在就地验证").click()
    expect(page.locator("[data-verdict]")).to_contain_text("全部一致")
    assert watching.accessibility(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="下载日志（zip）").click()
    with zipfile.ZipFile(download.value.path()) as packed:
        packed.extractall(tmp_path)
    folder = tmp_path / "journal-export"
    assert verified(folder).returncode == 0
    leaves = folder / "leaves.jsonl"
    content = bytearray(leaves.read_bytes())
    content[len(content) // 2] ^= 1
    leaves.write_bytes(content)
    found = verified(folder)
    assert found.returncode == 1
    assert re.search(r"entry \d+|leaves\.jsonl", found.stdout + found.stderr)


def test_an_entry_in_plain_words_with_its_proof(page_of, company, traded):  # noqa: F811
    page = page_of("auditor")
    page.goto("/journal/?type=partners.account.opened")
    page.locator("tbody th a").first.click()
    main = page.locator("main")
    expect(main).to_contain_text("变更内容")
    expect(main).to_contain_text("是否仍与签名时一致？")
    expect(main).to_contain_text("一致")
    # Hashes are there for who asks.
    expect(page.locator("dt", has_text="叶")).not_to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载证明")).click()
    proof = json.loads(pathlib.Path(download.value.path()).read_text())
    assert proof["proof"]["checkpoint"].split("\n")[1] == str(proof["proof"]["tree_size"])
    page.goto("/journal/checkpoint/")
    expect(page.locator("[data-checkpoint]")).to_contain_text(proof["proof"]["root"])


def test_a_post_is_granted_and_taken_away(page_of, company):
    page = page_of("admin")
    page.goto(f"/people/person/?person={company.people['zhoulan']}")
    page.get_by_role("link", name="授予岗位").click()
    panel = page.locator("#drawer")
    panel.get_by_label("角色").select_option(label="采购员")
    panel.get_by_role("button", name="授予").click()
    row = page.locator("tbody tr", has_text="采购员")
    expect(row).to_contain_text("有效")
    row.get_by_role("link", name="收回").click()
    panel.get_by_role("button", name="收回").click()
    expect(page.locator("tbody tr", has_text="采购员")).to_contain_text("收回")


def test_the_journal_is_the_auditors_alone(page_of, company):
    page = page_of("admin", expects=403)
    for address in ("/journal/", "/journal/export/", "/journal/checkpoint/"):
        assert page.goto(address).status == 403
