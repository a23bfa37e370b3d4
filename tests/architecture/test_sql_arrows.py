"""Hand-written SQL reads only tables of modules that its own stands on, as imports do (docs/adr/0006)."""

import ast
import importlib
import pathlib
import re
from collections.abc import Iterator

from qudao.kernel import manifest

PACKAGE = pathlib.Path(manifest.__file__).parents[1]
_TABLE = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+(?:ONLY\s+)?({'|'.join(manifest.ALL)})_(\w+)")


def stands_on(name: str) -> set[str]:
    """The module and all below it: what it needs, what that needs, and the ground."""
    needs = importlib.import_module(f"qudao.{name}.module").MODULE.needs
    return {name, "kernel", "ui"}.union(*(stands_on(need) for need in needs if need != "kernel"))


def tables_named(source: str) -> Iterator[tuple[str, str]]:
    """(module, table) for each table that a text in the source reads or writes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for module, rest in _TABLE.findall(node.value):
                yield module, f"{module}_{rest}"


def test_sql_reads_only_what_lies_below():
    wrong, seen = [], 0
    for name in (one for one in manifest.ALL if one != "shell"):
        below = stands_on(name)
        for path in sorted((PACKAGE / name).rglob("*.py")):
            for module, table in tables_named(path.read_text()):
                seen += 1
                if module not in below:
                    wrong.append(f"{path.relative_to(PACKAGE)} reads {table}")
    assert wrong == []
    assert seen > 100


def test_a_table_of_a_module_above_would_be_seen():
    """The negative control."""
    source = 'SQL = f"SELECT 1 FROM orders_order o JOIN settlement_fact f ON {x} WHERE true"'
    assert list(tables_named(source)) == [("orders", "orders_order"), ("settlement", "settlement_fact")]
    assert "settlement" not in stands_on("orders")
    assert {"inventory", "partners", "catalog", "organisation", "kernel"} <= stands_on("orders")
