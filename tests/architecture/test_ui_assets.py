"""Browser files: all there, all findable, nothing inline, nothing from elsewhere."""

import json
import pathlib
import re
import subprocess
import sys

import pytest
from babel.messages import pofile

from qudao import ui
from qudao.ui import assets, status

ROOT = pathlib.Path(__file__).parents[2]
UI = pathlib.Path(ui.__file__).parent
TEMPLATES = sorted(UI.parent.glob("*/templates/**/*.html"))
needs_npm = pytest.mark.skipif(
    not (ROOT / "node_modules").exists(), reason="node_modules is missing: run npm ci"
)

COLLECT = """
import sys
from django.conf import settings
from qudao.kernel import manifest
settings.configure(
    INSTALLED_APPS=["django.contrib.staticfiles", *(f"qudao.{name}" for name in manifest.ALL)],
    STATIC_URL="/static/", STATIC_ROOT=sys.argv[1],
    AUTH_USER_MODEL="organisation.Person",
    STATICFILES_FINDERS=["django.contrib.staticfiles.finders.AppDirectoriesFinder", "qudao.ui.assets.NodeFinder"],
    STORAGES={"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}},
)
import django
from django.core.management import call_command
django.setup()
if len(sys.argv) > 2:
    from qudao.ui import assets
    package, left_out = sys.argv[2:]
    assets.ASSETS[package] = tuple(name for name in assets.ASSETS[package] if name != left_out)
call_command("collectstatic", interactive=False, verbosity=0)
"""


def collect(folder: pathlib.Path, *left_out: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", COLLECT, str(folder), *left_out]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs_npm
def test_every_listed_file_is_in_its_package():
    assert assets.missing_files(ROOT / "node_modules") == []


@needs_npm
def test_the_manifest_storage_finds_every_file_a_style_sheet_names(tmp_path):
    done = collect(tmp_path)
    assert done.returncode == 0, done.stderr
    named = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    asked = {name for path in TEMPLATES for name in re.findall(r'{% static "([^"]+)" %}', path.read_text())}
    assert asked
    assert asked <= set(named)


@needs_npm
def test_a_font_left_out_of_the_list_is_noticed(tmp_path):
    done = collect(tmp_path, "@tabler/icons-webfont", "dist/fonts/tabler-icons.woff2")
    assert done.returncode != 0
    assert "tabler-icons.woff2" in done.stderr


def test_the_lock_names_every_package_and_no_host():
    lock = (ROOT / "package-lock.json").read_text()
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    packages = json.loads(lock)["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert "://" not in lock
    assert set(assets.ASSETS) <= set(wanted)


INLINE = re.compile(r"""\sstyle=|\son\w+=|\shx-on|<style|<script(?![^>]*\ssrc=)|javascript:|https?://""")


def test_the_search_for_inline_code_finds_it():
    for bad in ('<b style="color:red">', '<a onclick="x()">', "<script>x()</script>", '<a hx-on:click="x">'):
        assert INLINE.search(bad)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_keeps_to_the_content_security_policy(path):
    assert INLINE.findall(path.read_text()) == []


def test_every_word_of_the_interface_has_its_chinese():
    with (UI / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        chinese = {(one.context, one.id): one.string for one in pofile.read_po(file) if one.id}
    templates = "".join(path.read_text() for path in UI.glob("templates/**/*.html"))
    words = re.findall(r'translate "([^"]+)"|_\("([^"]+)"\)', templates)
    wanted = {(None, one or other) for one, other in words}
    source = "".join(path.read_text() for path in pathlib.Path(status.__file__).parent.glob("*.py"))
    wanted |= set(re.findall(r'pgettext_lazy\(\s*"(\w+)",\s*"([^"]+)"', source))
    assert sorted(str(one) for one in wanted if not chinese.get(one)) == []
    assert len(wanted) > 150
