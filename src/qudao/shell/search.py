"""One box for everything: what is typed or scanned goes to every module, and each answers with its own."""

import itertools

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.catalog import udi
from qudao.kernel import manifest, periods
from qudao.ui import formats, pages
from qudao.ui import search as ui_search

PER_KIND = 6
ON_A_PAGE = 30
LONGEST = 2000


@require_safe
@pages.page("")
def search(request) -> HttpResponse:
    """The palette's fragment; as a page of its own, a single hit is opened at once (a scanner sends Enter)."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    scanned = scan(text, today=periods.business_date(request.now))
    palette = bool(request.headers.get("HX-Request"))
    limit = PER_KIND if palette else ON_A_PAGE
    hits = find(needles(text, scanned), actor=request.actor, limit=limit)
    found = {"query": text, "groups": grouped(hits, limit=limit), "palette": palette}
    if palette:
        return pages.show(request, "ui/search_results.html", found)
    if address := landing(hits, scanned):
        return redirect(address)
    return pages.show(request, "shell/search.html", {**found, "scanned": facts(scanned)})


def scan(text: str, *, today) -> udi.Scan | None:
    """The device code in `text`, None when it is not one."""
    if not text:
        return None
    found = udi.parse(text, today=today)
    return found if found.di and not found.refused else None


def needles(text: str, scanned: udi.Scan | None) -> list[str]:
    """What to look for: the parts of a scanned code, or the text as it stands.

    A bare device identifier may as well be somebody's order number, so both are tried.
    """
    if not text:
        return []
    if scanned is None:
        return [text]
    parts = [part for part in (scanned.di, scanned.lot, scanned.serial) if part]
    return parts if len(parts) > 1 else list(dict.fromkeys([*parts, text]))


def find(texts: list[str], *, actor, limit: int = PER_KIND) -> list[ui_search.Hit]:
    """Every module's hits for every text, each thing once; up to `limit` of a kind."""
    return ui_search.joined(
        hit
        for finder in manifest.collect("search")
        for text in texts
        for hit in finder(text, actor=actor, limit=limit)
    )


def landing(hits: list[ui_search.Hit], scanned: udi.Scan | None) -> str:
    """Where Enter leads: to the only hit, or to the serial or lot that a scanned code names beside its product."""
    named = [
        [hit for hit in hits if hit.about.startswith(kind)]
        for kind in ("serial:", "lot:")
        if scanned is not None
    ]
    for found in (*named, hits):
        if len(found) == 1:
            [hit] = found
            # Stock shows a serial among those of its lot; what further pages tell is of the serial alone.
            own = hit.also if hit.about.startswith("serial:") else ()
            return own[0][1] if own else hit.url
    return ""


def grouped(hits: list[ui_search.Hit], *, limit: int) -> list[dict]:
    """Hits under their headings, in the order the modules answered."""
    headings = list(dict.fromkeys(str(hit.kind) for hit in hits))
    ordered = sorted(hits, key=lambda hit: headings.index(str(hit.kind)))
    return [
        {"title": title, "entries": entries, "cut": len(entries) >= limit}
        for title, entries in (
            (title, list(found)) for title, found in itertools.groupby(ordered, key=lambda hit: str(hit.kind))
        )
    ]


def facts(scanned: udi.Scan | None) -> list[tuple[str, str]]:
    """What the scanned code says, for the page."""
    if scanned is None:
        return []
    said = [
        (_("Device identifier"), scanned.di),
        (_("Lot"), scanned.lot),
        (_("Serial number"), scanned.serial),
        (_("Expiry date"), scanned.last_usable_on and formats.day(scanned.last_usable_on)),
    ]
    return [(label, value) for label, value in said if value]
