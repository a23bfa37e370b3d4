"""The harness: a real PostgreSQL of the tests' own, one template database a run, one clone a worker.

Tests that touch the database take the fixture `db` and commit for real (row security shows its truth only
across real transactions); afterwards the owner empties what they filled.
"""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[1]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

os.environ["QUDAO_HOME"] = os.environ.get("QUDAO_TEST_HOME") or str(ROOT / "var" / "test")
(pathlib.Path(os.environ["QUDAO_HOME"]) / "static").mkdir(parents=True, exist_ok=True)
os.environ["QUDAO_THROWAWAY"] = "1"
os.environ["QUDAO_DATABASE"] = f"qudao_test_{os.getpid()}_{WORKER}"
os.environ["QUDAO_DATABASE_ROLE"] = "app"
os.environ["QUDAO_FIGURES_SECONDS"] = "0"
os.environ["DJANGO_SETTINGS_MODULE"] = "qudao.shell.settings"
for variable in ("QUDAO_PRODUCTION", "QUDAO_DATABASE_URL"):
    os.environ.pop(variable, None)

import django  # noqa: E402

from tests import translations  # noqa: E402

translations.compile_all()
django.setup()

import pytest  # noqa: E402

from tests import harness  # noqa: E402


@pytest.fixture(scope="session")
def database_clone():
    """This worker's database; `db`, `company` and `demo` say what is in it."""
    harness.blank()
    yield
    harness.drop()


@pytest.fixture
def db(database_clone):
    """A database with the rows of the migrations alone; what the test commits is removed afterwards."""
    harness.blank()
    yield
    harness.empty()


@pytest.fixture
def company(database_clone):
    """The small company (qudao.shell.company), in a clone of its own: tests change it as they like."""
    return harness.company()


@pytest.fixture(scope="module")
def demo(database_clone):
    """The demo company (qudao.shell.demo) as it stood at `harness.NOW`, in a clone that the tests of a module
    share: they read, or change what no other test looks at. `demo.stories` names what there is to see."""
    return harness.demo()


@pytest.fixture
def now():
    """The instant tests act at: a Monday morning in Shanghai."""
    return harness.NOW
