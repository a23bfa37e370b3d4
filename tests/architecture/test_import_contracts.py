"""The arrows of `.importlinter`, with broken houses that the contracts must catch."""

import os
import pathlib
import subprocess
import sys

import pytest

from qudao.kernel import manifest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = ROOT / ".importlinter"


def lint(folder, *options):
    """Run the contracts over the package `qudao` in `folder`."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    return subprocess.run(
        [*command, "--config", str(CONFIG), "--no-cache", *options],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )


def test_the_house_keeps_its_contracts():
    done = lint(ROOT / "src")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_has_its_tables_protected_and_its_place_in_the_layers():
    text = CONFIG.read_text()
    for name in manifest.ALL:
        assert f"qudao.{name}" in text
        if name not in ("kernel", "ui", "shell"):
            assert f"protected_modules = qudao.{name}.models\n" in text


@pytest.fixture
def house(tmp_path):
    """An empty house of the same plan."""
    for name in ("", *manifest.ALL):
        folder = tmp_path / "qudao" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text("")
        for part in (
            "models",
            "rules",
            "queries",
            "operations",
            "api",
            "database",
            "scope",
            "money",
            "periods",
            "errors",
        ):
            (folder / f"{part}.py").write_text("")
    (tmp_path / "qudao" / "catalog" / "elsewhere.py").write_text("")
    return tmp_path


def test_an_empty_house_keeps_its_contracts(house):
    done = lint(house)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("catalog/elsewhere.py", "from qudao.orders import queries", "Modules stand on what lies below them"),
        (
            "pricing/queries.py",
            "from qudao.inventory import queries",
            "Modules stand on what lies below them",
        ),
        ("kernel/elsewhere.py", "from qudao.ui import errors", "Modules stand on what lies below them"),
        ("orders/queries.py", "from qudao.partners import models", "Only partners touches its tables"),
        ("orders/queries.py", "from qudao.partners.models import Party", "Only partners touches its tables"),
        ("orders/rules.py", "import django", "Rules are pure: no framework, no database, no network"),
        (
            "orders/rules.py",
            "from qudao.kernel import scope",
            "Rules are pure: no framework, no database, no network",
        ),
        ("orders/queries.py", "from qudao.orders import operations", "Inside a module"),
        ("orders/operations.py", "from qudao.orders import api", "Inside a module"),
    ],
)
def test_control_a_broken_house_is_caught(house, file, line, contract):
    path = house / "qudao" / file
    path.write_text(f"{line}\n")
    done = lint(house)
    assert done.returncode == 1
    broken = [found for found in done.stdout.splitlines() if found.endswith("BROKEN")]
    assert [found for found in broken if found.startswith(contract)], done.stdout
