"""Sight 11: the journal: entries, checkpoint, proof of one entry, export, verification; the file to take home."""

import base64
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import zipfile

from playwright.sync_api import expect

from tests.browser import watching
from tests.browser.sights.asking import asked

ENTRIES = "SELECT count(*) FROM journal_leaf"
CHECKPOINT = "SELECT size, note FROM journal_checkpoint ORDER BY size DESC LIMIT 1"
OF_ORDER = """
SELECT l.number FROM journal_leaf l JOIN orders_order o ON l.subject = 'orders.order:' || o.id
WHERE o.number = %s AND part = 0 ORDER BY 1 DESC
"""


def verified(folder: pathlib.Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-I", folder / "verify.pyz", folder], capture_output=True, text=True, check=False
    )


def root_of(index: int, proof: dict) -> str:
    """The root that an RFC 6962 inclusion proof leads to, in base64; nothing of the program's own."""

    def node(left, right):
        return hashlib.sha256(b"\x01" + left + right).digest()

    found, place, last = bytes.fromhex(proof["leaf_hash"]), index, proof["tree_size"] - 1
    for step in map(bytes.fromhex, proof["path"]):
        if place % 2 or place == last:
            found = node(step, found)
            while not place % 2 and place:
                place, last = place // 2, last // 2
        else:
            found = node(found, step)
        place, last = place // 2, last // 2
    return base64.b64encode(found).decode()


def test_entries_their_checkpoint_and_the_proof_of_one(demo, demo_page_of):
    numbers = [number for (number,) in asked(OF_ORDER, [demo.stories.split_order])]
    [(count,)], [(size, note)] = asked(ENTRIES), asked(CHECKPOINT)
    assert size == count
    page = demo_page_of("auditor")
    # Entries, found by the document they are about.
    page.goto("/journal/")
    expect(page.locator("tbody")).not_to_contain_text("job:")
    page.get_by_label("单据编号").fill(demo.stories.split_order)
    page.keyboard.press("Enter")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(len(numbers))
    for place, number in enumerate(numbers):
        expect(rows.nth(place)).to_contain_text(f"订单 {demo.stories.split_order}")
        expect(rows.nth(place)).to_contain_text(f"#{number:,}")
        expect(rows.nth(place)).to_contain_text("周岚")
    # One of them: what changed, and that it still stands as it was signed.
    rows.last.locator("th a").click()
    main = page.locator("main")
    expect(main).to_contain_text(demo.stories.split_order)
    expect(main).to_contain_text("变更内容")
    expect(main).to_contain_text("是否仍与签名时一致？")
    assert watching.accessibility(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载证明")).click()
    proof = json.loads(pathlib.Path(download.value.path()).read_text())
    root = note.split("\n")[2]
    leaf = base64.b64decode(proof["leaf"])
    assert proof["entry_number"] == numbers[-1]
    assert bytes.fromhex(proof["proof"]["leaf_hash"]) == hashlib.sha256(b"\x00" + leaf).digest()
    assert root_of(numbers[-1], proof["proof"]) == root
    # The checkpoint that covers it, as signed.
    page.goto("/journal/checkpoint/")
    expect(main).to_contain_text(f"恰好有 {size:,} 条")
    expect(page.locator("[data-checkpoint]")).to_contain_text(root)


def test_the_file_an_auditor_takes_home_verifies_and_shows_what_was_changed(demo, demo_page_of, tmp_path):
    page = demo_page_of("auditor")
    page.goto("/journal/")
    page.get_by_role("link", name="导出并验证").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载日志（zip）").click()
    with zipfile.ZipFile(download.value.path()) as packed:
        packed.extractall(tmp_path)
    # The page stays where it is, and the other button works after it.
    page.get_by_role("button", name="现在就地验证").click()
    expect(page.locator("[data-verdict]")).to_contain_text("全部一致")
    assert watching.accessibility(page) == []
    folder = tmp_path / "journal-export"
    assert verified(folder).returncode == 0
    leaves = folder / "leaves.jsonl"
    content = bytearray(leaves.read_bytes())
    content[len(content) // 2] ^= 1
    leaves.write_bytes(content)
    found = verified(folder)
    assert found.returncode == 1
    assert re.search(r"entry \d+|leaves\.jsonl", found.stdout + found.stderr)


def test_the_journal_is_the_auditors_alone(demo, demo_page_of):
    page = demo_page_of("zhoulan", expects=403)
    for address in ("/journal/", "/journal/export/", "/journal/checkpoint/"):
        assert page.goto(address).status == 403
