"""What a page can do a program can do (docs/adr/0009): an operation that pages reach, the API reaches too.

Read from the source: from every module with pages, and from every module with operations of the API, names are followed
through imports, lists of things to do and the work handed to the worker, as far as the operations themselves.
"""

import ast
import collections
import functools
import pathlib
import re
from collections.abc import Iterable, Iterator

from qudao.kernel import manifest

SOURCE = pathlib.Path(manifest.__file__).parents[2]
# Where what changes something is: a module's operations, and the files it takes in.
_VERBS = re.compile(r"qudao\.\w+\.(operations|files)(\.|$)")
_WORK = re.compile(r"qudao(?:\.\w+)+:\w+")

# Operations without an endpoint, and why.
_OWN = "arranges a person's own screen: a program keeps its questions itself"
_RIGHTS = (
    "who may do what is decided by a person who signed in, never by a token that could so give itself more"
)
_HOUSE = "what the house is made of is opened by a person, once in years: every right and number hangs on it"
WITHOUT = {
    # A program reads GET /rebate-terms and has each calculated; one that waits already is refused.
    "qudao.settlement.operations.batches.terms_of": "says what of a month the worker is still to calculate",
    "qudao.ui.operations.save_view": _OWN,
    "qudao.ui.operations.rename_view": _OWN,
    "qudao.ui.operations.delete_view": _OWN,
    "qudao.ui.operations.open_view_first": _OWN,
    "qudao.ui.operations.read_notices": _OWN,
    "qudao.organisation.operations.people.grant_post": _RIGHTS,
    "qudao.organisation.operations.people.revoke_post": _RIGHTS,
    "qudao.pricing.files.price_lists.prices_ended": "a look at prices in force, which GET /prices lists",
    "qudao.organisation.operations.house.open_entity": _HOUSE,
    "qudao.organisation.operations.house.open_region": _HOUSE,
    "qudao.organisation.operations.house.correct_entity": _HOUSE,
    "qudao.organisation.operations.house.correct_region": _HOUSE,
    "qudao.organisation.operations.people.open_person": "people are let in by people: no token opens an account to sign in with",
}


class Module:
    """A source file: what it defines at its top, and what its imports name."""

    def __init__(self, name: str, path: pathlib.Path) -> None:
        self.name, self.text = name, path.read_text()
        self.package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        tree = ast.parse(self.text)
        self.defined = {name: node for node in tree.body for name in _names(node)}
        self.imported = {
            alias.asname or alias.name: (self._from(node), alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def _from(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        base = self.package.split(".")[: len(self.package.split(".")) - node.level + 1]
        return ".".join([*base, *([node.module] if node.module else [])])


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [one.id for one in targets if isinstance(one, ast.Name)]


@functools.cache
def modules() -> dict[str, Module]:
    found = {}
    for path in sorted((SOURCE / "qudao").rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path)
    return found


def lookup(module: str, name: str) -> str | tuple[str, str] | None:
    """What `name` is in a module: another module, or (module, definition); None for what is not ours."""
    known = modules().get(module)
    if known is None:
        return None
    if name in known.defined:
        return module, name
    if f"{module}.{name}" in modules():
        return f"{module}.{name}"
    if name in known.imported and known.imported[name] != (module, name):
        return lookup(*known.imported[name])
    return None


def named(module: Module, node: ast.expr) -> str | tuple[str, str] | None:
    """What an expression like `operations.place_order` names."""
    if isinstance(node, ast.Name):
        return lookup(module.name, node.id)
    if isinstance(node, ast.Attribute):
        of = named(module, node.value)
        return lookup(of, node.attr) if isinstance(of, str) else None
    return None


def neighbours(module: Module, definition: ast.stmt) -> Iterator[tuple[str, str]]:
    """The definitions that one speaks of, those of the work it hands to the worker too."""
    for node in ast.walk(definition):
        if isinstance(node, ast.Name | ast.Attribute):
            found = named(module, node)
            if isinstance(found, tuple):
                yield found
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORK.fullmatch(node.value):
            where, _colon, name = node.value.partition(":")
            yield where, name


def is_operation(where: str, name: str) -> bool:
    """A public function that acts for somebody: keyword-only `actor`."""
    node = modules()[where].defined[name]
    if not _VERBS.match(where) or name.startswith("_") or not isinstance(node, ast.FunctionDef):
        return False
    return "actor" in {one.arg for one in node.args.kwonlyargs}


def reached(starting: Iterable[str]) -> set[str]:
    """The operations that the definitions of these modules lead to; what an operation itself calls is its own affair."""
    waiting = [(name, one) for name in starting for one in modules()[name].defined]
    seen, found = set(waiting), set()
    while waiting:
        where, name = waiting.pop()
        if is_operation(where, name):
            found.add(f"{where}.{name}")
            continue
        module = modules()[where]
        for one in neighbours(module, module.defined[name]):
            if one not in seen and one[0] in modules() and one[1] in modules()[one[0]].defined:
                seen.add(one)
                waiting.append(one)
    return found


def with_pages() -> list[str]:
    return [name for name, one in modules().items() if re.search(r"^@pages\.", one.text, re.M)]


def with_endpoints() -> list[str]:
    return [name for name, one in modules().items() if re.search(r"^@web\.operation\(", one.text, re.M)]


def test_whatever_a_page_does_a_program_can_do():
    assert reached(with_pages()) - reached(with_endpoints()) == WITHOUT.keys()


def test_control_an_operation_without_its_endpoint_is_named():
    without = [name for name in with_endpoints() if name != "qudao.supply.api"]
    missing = reached(with_pages()) - reached(without) - WITHOUT.keys()
    assert missing == {
        "qudao.supply.operations.inspecting.inspect",
        "qudao.supply.operations.looking.look_at_delivery",
        "qudao.supply.operations.purchasing.place_purchase",
        "qudao.supply.operations.receiving.receive_goods",
    }


def test_the_reading_follows_lists_of_things_to_do_and_the_work_of_the_worker():
    found = reached(with_pages())
    # Named in a table of changes, by the worker's job, through another module's alias.
    assert "qudao.partners.operations.parties.freeze_party" in found
    assert "qudao.settlement.operations.statements.build_statement" in found
    assert "qudao.inventory.operations.holds.hold_lot" in found
    assert len(found) > 80


def test_no_two_shapes_of_the_api_share_a_name():
    """The description knows a shape by its name alone: of two, one would be described as the other."""
    shapes = [
        name
        for where, one in modules().items()
        if re.search(r"\.(api|shapes)(\.|$)", where)
        for name, node in one.defined.items()
        if isinstance(node, ast.ClassDef)
    ]
    assert len(shapes) > 100
    assert [name for name, count in collections.Counter(shapes).items() if count > 1] == []
