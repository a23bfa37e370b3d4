"""Every verdict has its words, in both languages, and every value they speak of is there."""

import ast
import pathlib
import re

import pytest
import tabular_samples as samples

import qudao.kernel

KERNEL = pathlib.Path(qudao.kernel.__path__[0])
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def calls(tree, *names):
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names
    ]


def texts():
    """code → its three English texts, read from the source so that no settings are needed."""
    tree = ast.parse((KERNEL / "tabular/messages.py").read_text())
    return {
        key.value: [call.args[0].value for call in calls(value, "_")]
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if key is not None and key.value.startswith("kernel.tabular.")
    }


def raised():
    """Codes → the names of the values given with each, over the whole package."""
    found = {}
    for path in (KERNEL / "tabular").glob("*.py"):
        for call in calls(ast.parse(path.read_text()), "_Bad", "refuse", "Reason"):
            code = call.args[0]
            if isinstance(code, ast.Constant):
                name = "kernel.tabular." + code.value.removeprefix("kernel.tabular.")
                found[name] = {keyword.arg for keyword in call.keywords}
    return found


def translations():
    entries = re.findall(
        r'^msgid "(.+)"\nmsgstr "(.*)"$',
        (KERNEL / "locale/zh_Hans/LC_MESSAGES/django.po").read_text(),
        re.MULTILINE,
    )
    return dict(entries)


def test_every_code_that_is_raised_has_words_and_no_words_are_left_over():
    assert set(raised()) == set(texts())


def test_every_text_has_its_chinese_with_the_same_values():
    chinese = translations()
    tree = ast.parse((KERNEL / "tabular/messages.py").read_text())
    for english in {call.args[0].value for call in calls(tree, "_", "_now")}:
        assert chinese.get(english), english
        assert set(PLACEHOLDER.findall(chinese[english])) == set(PLACEHOLDER.findall(english)), english


def test_the_words_of_a_cell_speak_only_of_values_the_verdict_carries():
    tree = ast.parse((KERNEL / "tabular/cells.py").read_text())
    known = texts()
    for call in calls(tree, "_Bad"):
        code = "kernel.tabular." + call.args[0].value
        given = {"column", "value"} | {keyword.arg for keyword in call.keywords}
        assert set(PLACEHOLDER.findall(" ".join(known[code]))) <= given, code


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n1,2\n",
        'USCC,数量\n"99,1\n'.encode(),
        "USCC,数量,Qty\n9,1,1\n".encode(),
        "USCC,数量,备注\n9,1,1\n".encode(),
        "USCC,数量,品名\n{0},1,a\n{0},1,a\n".format("9" * 18).encode(),
        "USCC\n".encode("utf-16") + b"x",
        b"x" * 200,
        b"USCC,x" + b",x" * 90,
    ],
)
def test_the_words_of_a_file_can_be_filled_in(content):
    result = samples.read(content, limits=samples.tabular.Limits(max_bytes=190, max_columns=80))
    reasons = [*result.reasons, *(reason for row in result.rows for reason in row.reasons)]
    assert reasons
    for reason in reasons:
        for text in texts()[reason.code]:
            assert text % reason.params
