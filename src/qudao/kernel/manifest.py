"""Modules and what each contributes. `QUDAO_MODULES` names those that are on.

A module's `module.py` holds one `MODULE = manifest.Module(...)`. Arrows point down only, so a module
names what it needs; switching one off switches off what stands on it.
"""

import dataclasses
import functools
import importlib
from collections.abc import Callable, Mapping
from typing import Any

from qudao.kernel import config

# From the ground up; import-linter holds the same order.
ALL = (
    "kernel",
    "ui",
    "organisation",
    "catalog",
    "partners",
    "pricing",
    "inventory",
    "supply",
    "orders",
    "flow",
    "settlement",
    "compliance",
    "insights",
    "portal",
    "field",
    "shell",
)
ALWAYS = ("kernel", "ui", "organisation", "shell")


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation. `section` is a key of shell.navigation.SECTIONS; `outsiders`: for people of
    partners and hospitals alone; `insiders`: for our own, where partners have a page of theirs instead; `lights`:
    addresses besides its own whose pages belong to it, by how they begin."""

    section: str
    title: Any
    url_name: str
    icon: str
    permission: str
    order: int = 50
    badge: str | None = None
    outsiders: bool = False
    insiders: bool = False
    lights: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Module:
    """`contributions` are dotted names of decision contributions, loaded when first asked for.

    `permissions` maps a permission to its description; `journal_types` an entry type to its description;
    `subjects` the noun of its journal subjects to the model of the document, `app.Model`, that has a `number`;
    `pages` the noun to the url name of its page, which takes the id (`name?key` as that key of its query), and to the
    permission it asks for; `names` the noun of what has no number to the function (ids, actor) that gives
    id → (name, reference of its page or ""), for all at once; `codes` a column, `table.column`, or a key of journal
    data, `module.key`, to the words for the codes in it: the dotted name of a mapping, `status:` and a kind of
    ui.status, or `permissions`;
    `search`, `todos`, `tabs`, `device_cards`, `device_stakes`, `desk`, `order_facts`, `columns`, `queues`, `incoming`,
    `lots`, `consumers`, `facts` are dotted names of functions found by the pages that show them: see qudao.ui.search, .todos
    and .cards, and qudao.inventory.queues and .incoming; `lots` give the page of a lot its actions, `conditions`
    (origins, actor) what was wrong with goods that those documents brought, `parties`
    (ids, actor) the names of parties to pages of modules below the one that knows them; `hospitals` (actor) the ids
    of those a partner dealt with, as a query to nest in the one that lists them.
    """

    name: str
    needs: tuple[str, ...] = ()
    permissions: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    navigation: tuple[Entry, ...] = ()
    urls: str | None = None
    api: str | None = None
    contributions: tuple[str, ...] = ()
    journal_types: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    subjects: Mapping[str, str] = dataclasses.field(default_factory=dict)
    pages: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    codes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    search: tuple[str, ...] = ()
    todos: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()
    device_cards: tuple[str, ...] = ()
    device_stakes: tuple[str, ...] = ()
    desk: tuple[str, ...] = ()
    order_facts: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    incoming: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    hospitals: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    rule_tables: tuple[str, ...] = ()

    def messages(self) -> dict:
        """The module's words for its reasons."""
        try:
            return importlib.import_module(f"qudao.{self.name}.messages").MESSAGES
        except ModuleNotFoundError as error:
            if error.name != f"qudao.{self.name}.messages":
                raise
            return {}


def enabled_names() -> tuple[str, ...]:
    """The names of the modules that are on, from the ground up."""
    chosen = config.names("QUDAO_MODULES")
    if chosen is None:
        return ALL
    unknown = sorted(set(chosen) - set(ALL))
    if unknown:
        raise config.ConfigurationError(
            f"QUDAO_MODULES names {', '.join(unknown)}: there is {', '.join(ALL)}"
        )
    return tuple(name for name in ALL if name in chosen or name in ALWAYS)


@functools.cache
def modules() -> tuple[Module, ...]:
    """The manifests of the modules that are on; refuses one whose ground is missing."""
    found: list[Module] = []
    on = enabled_names()
    for name in on:
        module = importlib.import_module(f"qudao.{name}.module").MODULE
        missing = [need for need in module.needs if need not in on]
        if missing:
            raise config.ConfigurationError(
                f"QUDAO_MODULES: {name} stands on {', '.join(missing)}: add them or leave {name} out"
            )
        found.append(module)
    return tuple(found)


def resolve(dotted: str) -> Callable[..., Any]:
    """`package.module:name` → the object."""
    path, _, name = dotted.partition(":")
    return getattr(importlib.import_module(path), name)


def collect(kind: str) -> list[Callable[..., Any]]:
    """All contributions of a kind (`search`, `todos`, …), in module order."""
    return [resolve(dotted) for module in modules() for dotted in getattr(module, kind)]


def permissions() -> dict[str, Any]:
    """Every permission there is, with its description."""
    return {name: text for module in modules() for name, text in module.permissions.items()}


def journal_types() -> dict[str, Any]:
    """Every type of journal entry that has a description."""
    return {name: text for module in modules() for name, text in module.journal_types.items()}


def subjects() -> dict[str, str]:
    """Noun of journal subjects → model of the document, of all modules that are on."""
    return {noun: label for module in modules() for noun, label in module.subjects.items()}


def pages() -> dict[str, tuple[str, str]]:
    """Noun of journal subjects → url name and permission of its page."""
    return {noun: page for module in modules() for noun, page in module.pages.items()}


def names() -> dict[str, str]:
    """Noun → dotted name of the function that names many of them."""
    return {noun: dotted for module in modules() for noun, dotted in module.names.items()}


def codes() -> dict[str, str]:
    """`table.column` → where the words for its codes are."""
    return {column: where for module in modules() for column, where in module.codes.items()}
