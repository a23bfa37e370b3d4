"""`qudao rebate evaluate`: the golden figures, from any folder, and a bad case named by its field."""

import copy
import json
import pathlib
import subprocess
import sys

import pytest

from tests.rules.rebate_case import CASE

COMMAND = pathlib.Path(sys.executable).with_name("qudao")


def qudao(*words, given=None, folder="/", **environment):
    return subprocess.run(
        [COMMAND, "rebate", *words],
        input=given,
        capture_output=True,
        cwd=folder,
        check=False,
        env={"PATH": "/usr/bin:/bin", "QUDAO_HOME": "/nonexistent/qudao", **environment},
    )


def evaluate(data, **more):
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return qudao("evaluate", "-", given=text, **more)


def case(**changes):
    """The case with fields of the scale, or volume and settled, replaced."""
    data = copy.deepcopy(CASE)
    for name, value in changes.items():
        (data if name in data else data["scale"])[name] = value
    return data


def test_the_marginal_case_prints_what_was_promised(tmp_path):
    (tmp_path / "case.json").write_text(json.dumps(CASE))
    done = qudao("evaluate", "case.json", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    steps = found.pop("steps")
    assert found == {"earned": "55000.00", "payable": "55000.00", "tier": 2}
    assert [step["amount"] for step in steps] == ["0.00", "30000.00", "25000.00"]


LOW = [{"from": "0", "rate": "0"}, {"from": "1000000", "rate": "0.03"}]
SMALL = [{"from": "0", "rate": "0.10"}, {"from": "1000", "rate": "0.25"}]


@pytest.mark.parametrize(
    ("changes", "earned"),
    [
        ({"mode": "whole"}, "125000.00"),
        ({"tiers": LOW, "volume": {"amount": "1000000", "quantity": "0"}, "mode": "whole"}, "30000.00"),
        ({"tiers": LOW, "volume": {"amount": "1000000", "quantity": "0"}}, "0.00"),
        ({"tiers": SMALL, "volume": {"amount": "2000", "quantity": "0"}}, "350.00"),
        ({"tiers": SMALL, "volume": {"amount": "2000", "quantity": "0"}, "mode": "whole"}, "500.00"),
        ({"cap": "50000.00"}, "50000.00"),
    ],
    ids=["whole", "whole on the bound", "marginal on the bound", "marginal small", "whole small", "capped"],
)
def test_the_golden_figures(changes, earned):
    done = evaluate(case(**changes))
    assert (done.returncode, json.loads(done.stdout)["earned"]) == (0, earned)


def test_what_was_settled_is_taken_off():
    found = json.loads(evaluate(case(settled="60000.00")).stdout)
    assert (found["earned"], found["payable"]) == ("55000.00", "-5000.00")


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (case(mode="progressive"), "scale.mode"),
        (case(tiers=[{"from": "0", "rate": "0"}, {"from": "1", "rate": 0.03}]), "scale.tiers[1].rate"),
        (case(tiers=[{"from": "1", "rate": "0"}]), "scale.tiers[0].from"),
        (case(tiers=[]), "scale.tiers"),
        (case(volume={"amount": "2500000.001", "quantity": "0"}), "volume.amount"),
        (case(volume={"amount": "NaN", "quantity": "0"}), "volume.amount"),
        (case(settled=0), "settled"),
        ({"scale": CASE["scale"]}, "volume"),
        ([CASE], "case"),
        (b'{"scale": {}, "scale": {}}', "scale"),
        (json.dumps(CASE).replace('"0.05"', "NaN").encode(), "scale.tiers[2].rate"),
    ],
)
def test_a_bad_case_exits_2_and_names_the_field(data, named):
    done = evaluate(data, QUDAO_HOME=str(pathlib.Path.home()))
    assert (done.returncode, done.stdout) == (2, b"")
    assert f" {named}: " in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"1" * 5000 + b"}", b" " * 1_000_001]
)
def test_what_is_no_json_exits_2_with_words(content):
    done = evaluate(content, QUDAO_HOME=str(pathlib.Path.home()))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"The case cannot be read" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_file_that_is_not_there_exits_2_with_its_name(tmp_path):
    done = qudao("evaluate", "none.json", folder=tmp_path, QUDAO_HOME=str(tmp_path))
    assert done.returncode == 2
    assert b"none.json: No such file or directory" in done.stderr


def test_help_shows_the_format():
    done = qudao("evaluate", "--help")
    assert done.returncode == 0
    assert b'"mode": "marginal"' in done.stdout
