"""Modules can be switched off from the top; what is below stands."""

import os
import subprocess
import sys

import pytest

from qudao.kernel import config, manifest
from tests.architecture import modules_on

START = """
import sys
import django
from django.core.management import call_command
django.setup()
call_command("check")
from django.urls import get_resolver
get_resolver().url_patterns
from qudao.kernel import decisions, manifest, messages
messages.catalogue()
decisions.at("sale")
manifest.collect("consumers"), manifest.collect("search"), manifest.collect("todos"), manifest.permissions()
off = set(manifest.ALL) - set(manifest.enabled_names())
print(sorted(name for name in off if f"qudao.{name}.models" in sys.modules))
"""
CUTS = [
    (),
    ("catalog", "partners"),
    ("catalog", "partners", "pricing", "inventory"),
    ("catalog", "partners", "pricing", "inventory", "supply", "orders", "settlement"),
]


@pytest.mark.parametrize("names", CUTS, ids=lambda names: names[-1] if names else "ground")
def test_the_program_starts_without_what_is_above(names):
    done = subprocess.run(
        [sys.executable, "-c", START],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "QUDAO_MODULES": ",".join(names),
            "DJANGO_SETTINGS_MODULE": "qudao.shell.settings",
        },
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("[]"), "a module that is off was loaded"


def test_a_module_without_its_ground_is_refused_in_words(monkeypatch):
    monkeypatch.setenv("QUDAO_MODULES", "orders")
    manifest.modules.cache_clear()
    try:
        with pytest.raises(config.ConfigurationError, match=r"orders stands on .*inventory"):
            manifest.modules()
    finally:
        monkeypatch.undo()
        manifest.modules.cache_clear()


def test_an_unknown_module_is_refused_in_words(monkeypatch):
    monkeypatch.setenv("QUDAO_MODULES", "kernel,oders")
    with pytest.raises(config.ConfigurationError, match="QUDAO_MODULES names oders"):
        manifest.enabled_names()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import qudao.orders.operations\n", {"orders"}),
        ("from qudao import partners\n", {"partners"}),
        ("from qudao.kernel import scope\nNEEDS = ('settlement',)\n", {"kernel", "settlement"}),
        ("def test():\n    from qudao.supply import queries\n", {"supply"}),
        ("import json\n", set()),
    ],
)
def test_what_a_test_file_needs_is_read_from_it(tmp_path, text, expected):
    path = tmp_path / "test_it.py"
    path.write_text(text)
    assert modules_on.needs(path) == expected


def test_a_test_of_a_module_that_is_off_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setenv("QUDAO_MODULES", "catalog")
    left_out, kept = tmp_path / "test_orders.py", tmp_path / "test_catalog.py"
    left_out.write_text("from qudao.orders import queries\n")
    kept.write_text("from qudao.catalog import queries\n")
    assert modules_on.pytest_ignore_collect(left_out) is True
    assert modules_on.pytest_ignore_collect(kept) is None
