"""The journal as files that anybody can verify, and a bit flipped in them."""

import pathlib
import shutil
import subprocess
import sys

from qudao.kernel.journal import export
from qudao.shell.tour import stage

CLOSING = b"24916"


def prove(on: stage.Stage) -> None:
    on.book.section("The proof: export, verify, flip a bit")
    on.catch_up(on.at(10, 12))
    target = on.folder / "journal"
    written = export.export(target)
    on.book.fact("exported", f"{written.entries} entries in {written.files} files")
    on.book.fact("checkpoint", " ".join(written.checkpoint.split("\n")[:3]))
    code, said = _verify(target)
    on.book.fact("python -I verify.pyz", said.splitlines()[0])
    on.book.check("verify.pyz exits with", 0, code)
    witness = on.folder / "witness.txt"
    witness.write_text(on.made["witness"])
    code, said = _verify(target, "--witness", str(witness))
    on.book.fact("with the statement's own", said.splitlines()[0])
    on.book.check("the locked statement's checkpoint is a witness", 0, code)
    _flip(on, target)


def _flip(on: stage.Stage, target: pathlib.Path) -> None:
    copy = on.folder / "journal-with-a-flipped-bit"
    shutil.copytree(target, copy)
    path = copy / "leaves.jsonl"
    number, offset = _confirmation(path)
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)
    text = content[offset : offset + len(CLOSING)].decode()
    on.book.fact("flipped", f"one bit in a copy: entry {number} says {text} instead of {CLOSING.decode()}")
    code, said = _verify(copy)
    on.book.fact("python -I verify.pyz", said)
    on.book.check("verify.pyz exits with", 1, code)
    on.book.check("it names the entry", True, f"entry {number}" in said)


def _confirmation(leaves: pathlib.Path) -> tuple[int, int]:
    """The number of the entry that confirmed the statement, and the byte where its closing balance begins."""
    start = 0
    for number, line in enumerate(leaves.read_bytes().splitlines(keepends=True)):
        if b"settlement.statement.confirmed" in line:
            return number, start + line.index(CLOSING)
        start += len(line)
    raise LookupError("the journal holds no confirmed statement")


def _verify(folder: pathlib.Path, *more: str) -> tuple[int, str]:
    command = [sys.executable, "-I", str(folder / "verify.pyz"), str(folder), *more]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, (done.stdout + done.stderr).strip()
