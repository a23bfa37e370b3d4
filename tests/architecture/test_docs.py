"""The documents name what is there: files, commands, variables, words."""

import pathlib
import re

import pytest

from qudao.kernel import manifest
from qudao.shell import cli

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "qudao"
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [*READMES, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
GLOSSARY = ROOT / "docs" / "domain" / "glossary.md"
# Read by the tests alone.
TESTS_ONLY = {"QUDAO_TEST_HOME", "QUDAO_CHROMIUM"}


def rows(text):
    """The cells of all table rows, heads and rules left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row, line in zip(cells, lines, strict=True) if not set(line) <= set("|-: ")]


def code(text):
    return re.findall(r"`([^`]+)`", text)


def named_files(text):
    return [name for row in rows(text) for cell in row for name in code(cell) if name.startswith("src/")]


def named_commands(text):
    return [found for row in rows(text) for found in re.findall(r"^`qudao (\w+)`$", row[0])]


def named_modules(text):
    return [row[0].strip("`") for row in rows(text) if len(row) == 3 and "src/qudao/" in row[2]]


def named_variables(text):
    return {name for row in rows(text) for name in re.findall(r"^`(QUDAO_\w+)`$", row[0])}


def source_words():
    return set(re.findall(r"\w+", "\n".join(path.read_text() for path in SOURCE.rglob("*.py"))))


def terms():
    """Chinese, English, code and meaning of every term."""
    return [row for row in rows(GLOSSARY.read_text()) if len(row) == 4 and row[0] != "Chinese"]


def links(text):
    """The local targets of the links, code blocks left out."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    found = (target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text))
    return [target for target in found if target and not target.startswith(("http", "mailto"))]


def headings(text):
    return [
        len(found) for found in re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.M)
    ]


def commands(text):
    """Every block of commands, and the first and last cells of the table of commands."""
    examples = [row[-1] for row in rows(text) if row[0].startswith("`qudao ")]
    return re.findall(r"```(?:sh|sql)\n.*?```", text, flags=re.DOTALL), named_commands(text), examples


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_a_readme_names_files_that_exist(page):
    found = named_files(page.read_text())
    assert len(found) > len(manifest.ALL)
    assert [name for name in found if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_a_readme_names_every_module(page):
    assert set(named_modules(page.read_text())) == set(manifest.ALL)


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_a_readme_names_every_command_and_each_is_there(page):
    found = named_commands(page.read_text())
    assert set(found) == set(cli.COMMANDS) - {"manage"}
    there = {path.stem for path in (SOURCE / "shell" / "commands").glob("*.py")}
    assert sorted(set(found) - there) == []


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_a_readme_names_every_variable_the_program_reads(page):
    read = {name for name in source_words() if re.fullmatch(r"QUDAO_[A-Z_]*[A-Z]", name)} - TESTS_ONLY
    assert named_variables(page.read_text()) == read


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    assert [target for target in links(page.read_text()) if not (page.parent / target).exists()] == []


def test_both_readmes_say_the_same():
    english, chinese = (page.read_text() for page in READMES)
    assert headings(chinese) == headings(english)
    assert commands(chinese) == commands(english)
    assert named_files(chinese) == named_files(english)
    assert [len(row) for row in rows(chinese)] == [len(row) for row in rows(english)]


def test_every_code_name_of_the_glossary_occurs_in_the_source():
    words = source_words()
    named = [(row[0], name) for row in terms() for name in code(row[2])]
    assert len(named) > 150
    assert [one for one in named if one[1] not in words] == []
    assert [row[0] for row in terms() if not code(row[2])] == []


def test_a_concept_has_one_term():
    chinese, english = [row[0] for row in terms()], [row[1] for row in terms()]
    assert len(chinese) >= 90
    assert sorted({one for one in chinese if chinese.count(one) > 1}) == []
    assert sorted({one for one in english if english.count(one) > 1}) == []


def test_every_page_of_the_trade_is_in_the_index():
    folder = ROOT / "docs" / "domain"
    index = set(links((folder / "README.md").read_text()))
    assert index == {path.name for path in folder.glob("*.md")} - {"README.md"}


def test_control_what_is_not_there_is_seen():
    table = (
        "| Command | Look |\n|---|---|\n| `qudao fly` | x | `src/qudao/fly.py` |\n| `QUDAO_FLY` | [a](b.md) |"
    )
    assert (named_commands(table), named_files(table)) == (["fly"], ["src/qudao/fly.py"])
    assert (named_variables(table), links(table)) == ({"QUDAO_FLY"}, ["b.md"])
    assert "fly" not in cli.COMMANDS and not (ROOT / "src/qudao/fly.py").exists()
    assert headings("# a\n```\n# not one\n```\n## b\n") == [1, 2]
