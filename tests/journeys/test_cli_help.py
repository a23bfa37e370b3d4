"""Every command says what it does, from any folder; what is no command is refused in words."""

import subprocess
import sys

import pytest

from qudao.shell import cli


def qudao(*words, folder):
    command = [sys.executable, "-m", "qudao.shell.cli", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_a_command_has_its_help_in_any_folder(command, tmp_path):
    done = qudao(command, "--help", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"usage: qudao {command}" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_command_is_refused_with_those_there_are(tmp_path):
    done = qudao("fly", folder=tmp_path)
    assert done.returncode == 2
    assert "'fly'" in done.stderr and "serve" in done.stderr
    assert "Traceback" not in done.stderr
