"""With some modules off (QUDAO_MODULES), collect the tests that can still be kept.

A test file needs the modules it imports, directly or through helpers in `tests`, and those it names in
`NEEDS = ("orders",)` because it reaches them by address or by name only. Used as
`python -m pytest -p tests.architecture.modules_on`.
"""

import ast
import functools
import pathlib

from qudao.kernel import manifest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@functools.cache
def needs(path: pathlib.Path) -> frozenset[str]:
    """The product's modules a test file needs."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        for name in _imported(node):
            parts = name.split(".")
            if parts[0] == "qudao" and len(parts) > 1:
                found.add(parts[1])
            elif parts[0] == "tests":
                helper = ROOT.joinpath(*parts).with_suffix(".py")
                if helper.is_file() and helper != path:
                    found |= needs(helper)
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "NEEDS" for target in node.targets
        ):
            found |= set(ast.literal_eval(node.value))
    return frozenset(found & set(manifest.ALL))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def pytest_ignore_collect(collection_path: pathlib.Path):
    if collection_path.suffix != ".py" or not collection_path.name.startswith("test_"):
        return None
    return True if needs(collection_path) - set(manifest.enabled_names()) else None
