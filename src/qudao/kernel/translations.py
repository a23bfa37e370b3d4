"""Message catalogues: `.po` files are kept, `.mo` files are made from them where the program runs."""

import os
import pathlib

from babel.messages import mofile, pofile

PACKAGE = pathlib.Path(__file__).resolve().parents[1]


def catalogues() -> list[pathlib.Path]:
    """Every .po file of the product."""
    return sorted(PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po"))


def compile_catalogues() -> int:
    """Write each .mo that is older than its .po, atomically; returns how many were written."""
    written = 0
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with open(source, "rb") as handle:
            catalogue = pofile.read_po(handle, locale=source.parents[1].name)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        with open(draft, "wb") as handle:
            mofile.write_mo(handle, catalogue)
        draft.replace(target)
        written += 1
    return written
