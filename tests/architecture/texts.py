"""Every text the product shows, as its code and templates name it."""

import ast
import pathlib
import re
from collections.abc import Iterator

from babel.messages import pofile
from django.utils.translation import template

from qudao.kernel import translations

CALLS = {"_", "_now", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy", "ngettext_lazy"}
_LITERAL = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
# What templatize leaves of a template: gettext calls, many a line.
_IN_TEMPLATE = re.compile(
    rf"(?<![\w.])(_|gettext|ngettext|pgettext|npgettext)\(\s*{_LITERAL}(?:\s*,\s*{_LITERAL})?"
)


def used() -> dict[tuple[str | None, str], pathlib.Path]:
    """(context, msgid) → a file that shows it."""
    found: dict[tuple[str | None, str], pathlib.Path] = {}
    for path in sorted(translations.PACKAGE.rglob("*.py")):
        for key in _of_code(path):
            found.setdefault(key, path)
    for path in sorted(translations.PACKAGE.rglob("templates/**/*.*")):
        for key in _of_template(path):
            found.setdefault(key, path)
    return found


def _of_code(path: pathlib.Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and _name(node.func) in CALLS and node.args):
            continue
        texts = [
            one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if _name(node.func).startswith("pgettext"):
            if len(texts) == 2:
                yield texts[0], texts[1]
        elif texts:
            yield None, texts[0]


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def _of_template(path: pathlib.Path):
    for call in _IN_TEMPLATE.finditer(template.templatize(path.read_text(), origin=str(path))):
        first, second = ast.literal_eval(call[2]), call[3] and ast.literal_eval(call[3])
        if call[1].endswith("pgettext") and second:
            yield first, second
        else:
            yield None, first


def translated() -> dict[tuple[str | None, str], str]:
    """(context, msgid) → Chinese, of all catalogues together, as Django merges them."""
    return {key: text for key, _, text in _messages()}


def disputed() -> dict[tuple[str | None, str], dict[str, str]]:
    """(context, msgid) → module → Chinese, where modules have different ones for the same text."""
    found: dict[tuple[str | None, str], dict[str, str]] = {}
    for key, source, text in _messages():
        found.setdefault(key, {})[source.parents[3].name] = text
    return {key: texts for key, texts in found.items() if len(set(texts.values())) > 1}


def _messages() -> Iterator[tuple[tuple[str | None, str], pathlib.Path, str]]:
    for source in translations.catalogues():
        with open(source, "rb") as handle:
            for message in pofile.read_po(handle):
                if message.id and not message.fuzzy:
                    msgid = message.id if isinstance(message.id, str) else message.id[0]
                    text = message.string if isinstance(message.string, str) else message.string[0]
                    yield (message.context, msgid), source, text
