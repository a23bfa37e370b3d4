"""Normalise the text a scanner sent, tell the issuer, and hand it to that issuer's reader."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection

from . import gs1, hibc, ma, scan

LONGEST = 2000
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9]")
_GS1_SYMBOLOGIES = frozenset({"]d2", "]C1", "]Q3", "]e0"})
_SWAPPED = {symbology.swapcase(): symbology for symbology in _GS1_SYMBOLOGIES}
# EAN-13, EAN-8 and ITF-14 hold a GTIN and nothing else.
_GTIN_SYMBOLOGIES = frozenset({"]E0", "]E4", "]I0", "]I1"})


def parse(
    raw: str | bytes,
    *,
    today: dt.date,
    label: scan.Label | None = None,
    separators: tuple[str, ...] = gs1.SUBSTITUTES,
    ma_last_day_under_e: Collection[str] = (),
) -> scan.Scan:
    """Read one device code as a scanner or a person gives it.

    `today` places two-digit years. `label` tells what the register says this label carries and settles
    texts that could be read in two ways. `separators` are the spellings of GS some scanners send.
    `ma_last_day_under_e` are the MA registrants that print their last usable day under E.
    Never raises for bad input: see `Scan.errors`. The rules are in docs/domain/udi.md.
    """
    text = raw.decode("utf-8", errors="replace") if isinstance(raw, bytes) else raw
    if len(text) > LONGEST:
        draft = scan.Draft(text[:LONGEST])
        draft.refuse("catalog.udi_too_much", limit=LONGEST)
        return draft.finish()
    normal = unicodedata.normalize("NFKC", text)
    # Not str.strip(): it would take GS for white space; a space may be a HIBC check character.
    draft = scan.Draft(normal.lstrip(" \t\r\n").rstrip("\t\r\n"))
    if normal != text:
        draft.warn("catalog.udi_width_mended")
    symbology = _take_symbology(draft)
    if draft.raw.lstrip("*").startswith("+"):
        hibc.read(draft, today=today)
        return draft.finish()
    draft.raw = draft.raw.rstrip(" ")
    if not draft.raw:
        draft.refuse("catalog.udi_empty")
    elif draft.raw.startswith("MA."):
        ma.read(draft, today=today, last_day_under_e=ma_last_day_under_e)
    elif draft.raw.startswith("="):
        draft.carrier, draft.di = "iccbba", draft.raw
    elif symbology is not None and symbology not in _GS1_SYMBOLOGIES and not _holds_gtin(draft, symbology):
        draft.refuse("catalog.udi_symbology_not_gs1", symbology=symbology)
    else:
        gs1.read(
            draft,
            today=today,
            label=label or scan.Label(),
            separators=separators,
            may_be_bare=symbology not in _GS1_SYMBOLOGIES,
        )
    return draft.finish()


def _holds_gtin(draft: scan.Draft, symbology: str) -> bool:
    return symbology in _GTIN_SYMBOLOGIES and gs1.is_bare_gtin(draft.raw)


def _take_symbology(draft: scan.Draft) -> str | None:
    """Cut the symbology identifier off; undo the swapped case of a keyboard scanner under Caps Lock."""
    match = _SYMBOLOGY.match(draft.raw)
    if match is None:
        return None
    symbology, draft.raw = match.group(), draft.raw[match.end() :]
    if symbology not in _SWAPPED or _holds_gtin(draft, symbology):
        return symbology
    # Capitals alone may come from a scanner that capitalises; a small letter proves a swap.
    if any(character.islower() for character in draft.raw):
        draft.raw = draft.raw.swapcase()
    draft.warn("catalog.udi_case_mended", symbology=symbology)
    return _SWAPPED[symbology]
