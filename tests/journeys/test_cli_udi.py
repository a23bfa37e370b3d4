"""`qudao udi parse` as a person or a script calls it, in a process of its own."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def parse(tmp_path):
    """Runs with an empty folder as its home."""

    def parsed(*arguments, stdin=b"", language=None):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("QUDAO_")}
        environment["QUDAO_HOME"] = str(tmp_path)
        if language:
            environment["QUDAO_LANGUAGE"] = language
        return subprocess.run(
            [sys.executable, "-m", "qudao.shell.cli", "udi", "parse", *arguments],
            input=stdin,
            capture_output=True,
            env=environment,
            cwd=tmp_path,
        )

    return parsed


def test_a_printed_code_is_read_to_exactly_this_json(parse):
    done = parse("(01)06901234567892(11)141231(17)150707(10)A213B1(21)1234")
    assert json.loads(done.stdout) == {
        "carrier": "gs1",
        "di": "06901234567892",
        "lot": "A213B1",
        "serial": "1234",
        "produced_on": "2014-12-31",
        "last_usable_on": "2015-07-07",
        "count": None,
        "warnings": [],
        "errors": [],
    }
    assert (done.returncode, done.stderr) == (0, b"")


def test_raw_bytes_with_their_separator_come_by_standard_input(parse):
    done = parse("--stdin", stdin=b"]d20106942221705071112501001726020010LOT1\x1d21SN1\n")
    found = json.loads(done.stdout)
    assert found | {"warnings": []} == {
        "carrier": "gs1",
        "di": "06942221705071",
        "lot": "LOT1",
        "serial": "SN1",
        "produced_on": "2025-01-31",
        "last_usable_on": "2026-02-28",
        "count": None,
        "warnings": [],
        "errors": [],
    }
    assert [one["code"] for one in found["warnings"]] == ["catalog.udi_day_unstated"] * 2
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("language", "word"), [(None, "The check digit is wrong."), ("zh-hans", "校验码错误")]
)
def test_a_refused_code_ends_with_2_and_says_why_in_the_reader_s_language(parse, language, word):
    done = parse("(01)06901234567893", language=language)
    found = json.loads(done.stdout)
    assert (done.returncode, found["di"]) == (2, None)
    assert [one["code"] for one in found["errors"]] == ["catalog.udi_check_digit"]
    assert word in found["errors"][0]["message"]


def test_no_home_no_secret_and_no_database_is_needed(parse, tmp_path):
    assert parse("(01)06901234567892").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_without_a_code_the_usage_is_shown(parse):
    done = parse()
    assert done.returncode == 2
    assert b"usage: qudao udi parse" in done.stderr
