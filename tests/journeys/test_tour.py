"""`qudao tour` and `qudao demo` as a person runs them: processes of their own, databases of their own."""

import argparse
import json
import os
import pathlib
import subprocess
import sys

import pytest

from qudao.kernel import database
from qudao.shell.commands import tour as command
from qudao.shell.tour import book


def qudao(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "qudao.shell.cli", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        timeout=300,
    )


def databases_left_behind():
    """Those of tours whose process has ended: other workers of the tests are on tour too."""
    with database.connect("owner", database="postgres", autocommit=True) as owner:
        found = owner.execute("SELECT datname FROM pg_database WHERE datname LIKE 'qudao_tour_%'").fetchall()
    return [name for (name,) in found if not pathlib.Path("/proc", name.rpartition("_")[2]).exists()]


FIGURES = {
    "The company, loaded from files": {
        "opening stock, pieces": "446",
        "opening stock, value": "207,960.00",
        "pieces in the scanned case": "10",
    },
    "Goods come in: purchase, receipt, inspection": {
        "received: pieces, cost without tax": "30, 27,000.00",
        "inspected: accepted, rejected": "29, 1",
    },
    "One order intake, four channels": {
        "the four orders, with tax": "223,200.00 45,300.00 3,840.00 1,596.00",
        "a sibling's order over the API": "404 kernel.not_found",
    },
    "What is refused, and what mends it": {
        "available, needed, missing": "14,700.00, 19,800.00, 5,100.00",
        "wanted, available, missing": "30, 24, 6",
    },
    "Reserved over two warehouses, first expiry first": {
        "reserved by lot": "B2512:29 B2601:60 B2602:31",
    },
    "Picked, reviewed, shipped, signed with one piece short": {"signed, short": "119, 1"},
    "Invoiced, and money received": {"invoiced": "224,916.00", "credit available": "475,084.00"},
    "The month's statement": {"ST1-2026-000001: closing": "24,916.00"},
    "The quarter's rebate, to each line's cents": {
        "volume, net": "197,628.31",
        "cents of the lines": "1,382.65, 2,962.83, 1,530.80, 101.95, 0.00, 0.00, -49.38",
        "earned": "5,928.85",
    },
    "The rebate pays part of the next order": {
        "to pay, of it net": "13,600.00, 12,035.40",
        "left in the pool": "928.85",
    },
    "Lot B2512, both ways": {"came in": "30", "accounted for": "30", "the sums agree": "yes"},
    "A lot on hold: the next order is refused": {"the lot on hold is named": "yes"},
    "The proof: export, verify, flip a bit": {"it names the entry": "yes"},
}


def test_the_tour_ends_well_and_its_figures_are_these(database_clone, tmp_path):
    done = qudao("tour", "--json", "--keep", str(tmp_path / "kept"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert all(check["ok"] for check in told["checks"])
    found = {
        section["title"]: {check["name"]: check["actual"] for check in section["checks"]}
        for section in told["sections"]
    }
    for title, figures in FIGURES.items():
        assert {name: found[title][name] for name in figures} == figures
    assert sum(len(section["checks"]) for section in told["sections"]) == len(told["checks"])
    assert [path.suffix for path in (tmp_path / "kept").glob("*.pdf")] == [".pdf"]
    assert (tmp_path / "kept" / "journal" / "verify.pyz").exists()
    assert databases_left_behind() == []


def wrong(on):
    on.book.section("A chapter")
    on.book.check("two and two", "4.00", "4.01")
    raise AssertionError("the tour goes on after a wrong figure")


@pytest.mark.parametrize("as_json", [False, True])
def test_control_a_wrong_figure_ends_the_tour_and_is_named(as_json, capsys):
    code = command.tell(argparse.Namespace(json=as_json, keep=None), [wrong])
    told = capsys.readouterr()
    assert code == 1
    assert "two and two: expected 4.00, found 4.01" in told.err
    if as_json:
        assert json.loads(told.out)["checks"] == [
            {"name": "two and two", "expected": "4.00", "actual": "4.01", "ok": False}
        ]


def test_columns_stay_aligned_beside_chinese():
    lines = []
    told = book.Book(lines.append)
    told.section("a")
    told.table(("lot", "pieces"), [("杭州仓", 1), ("B26", 120)], right=(1,))
    assert lines[-2:] == ["   杭州仓       1", "   B26        120"]


def test_a_folder_that_holds_something_is_not_written_into(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    done = qudao("tour", "--keep", str(tmp_path))
    assert done.returncode == 2
    assert "is not an empty folder" in done.stderr


def test_the_demo_keeps_away_from_production():
    done = qudao("demo", QUDAO_PRODUCTION="1", QUDAO_HOSTS="localhost", QUDAO_SECRET_KEY="k" * 60)
    assert done.returncode == 2
    assert "QUDAO_PRODUCTION" in done.stderr
