"""The left rail: what this person's modules and permissions offer."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

SECTIONS = (
    ("", ""),
    ("business", _("Business")),
    ("settlement", _("Settlement")),
    ("quality", _("Quality")),
    ("system", _("System")),
)


def build(actor, path: str) -> list[dict]:
    """Sections with their entries; an entry is active when the page lies under its address."""
    entries = [entry for module in manifest.modules() for entry in module.navigation]
    sections = []
    for key, title in SECTIONS:
        mine = [
            {
                "title": entry.title,
                "url": reverse(entry.url_name),
                "icon": entry.icon,
                "active": _covers(reverse(entry.url_name), path),
                "badge": None,
            }
            for entry in sorted(entries, key=lambda one: one.order)
            if entry.section == key and (not entry.permission or actor.can(entry.permission))
        ]
        if mine:
            sections.append({"title": title, "entries": mine})
    return sections


def _covers(address: str, path: str) -> bool:
    return path == address if address == "/" else path.startswith(address)


def context(request) -> dict:
    """Template context of every page: the rail, the person, the language to switch to."""
    actor = getattr(request, "actor", None)
    other = "en" if getattr(request, "LANGUAGE_CODE", "zh-hans") == "zh-hans" else "zh-hans"
    found = {"actor": actor, "other_language": other, "navigation": []}
    if actor is not None:
        try:
            found["navigation"] = build(actor, request.path)
        except NoReverseMatch as error:
            raise LookupError(f"a module's navigation names a page that does not exist: {error}") from error
    return found
