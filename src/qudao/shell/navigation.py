"""What stands around every page: the rail, the person's menu, the search."""

from collections.abc import Iterator

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qudao.kernel import manifest
from qudao.shell import narrowing
from qudao.ui import views as ui_views

SECTIONS = (
    ("", ""),
    ("channel", gettext_lazy("Channel")),
    ("business", gettext_lazy("Orders and goods")),
    ("settlement", gettext_lazy("Settlement")),
    ("quality", gettext_lazy("Quality")),
    ("system", gettext_lazy("System")),
)


def build(actor, path: str, *, now=None) -> list[dict]:
    """Sections with their entries, those this person may open; the one that holds the page is active.

    An entry's badge is the dotted name of a function `count(*, actor, now)`; it is asked only when `now`
    is given.
    """
    mine = [
        entry
        for entry in _entries()
        if (not entry.permission or actor.can(entry.permission))
        and not (entry.outsiders and not actor.party_id)
        and not (entry.insiders and actor.party_id)
    ]
    addresses = {entry.url_name: reverse(entry.url_name) for entry in mine}
    active = _active(mine, addresses, path)
    sections = []
    for key, title in SECTIONS:
        entries = [
            {
                "title": entry.title,
                "url": addresses[entry.url_name],
                "icon": entry.icon,
                "active": entry.url_name == active,
                "badge": _badge(entry, actor, now),
            }
            for entry in mine
            if entry.section == key
        ]
        if entries:
            sections.append({"title": title, "entries": entries})
    return sections


def _active(entries: list[manifest.Entry], addresses: dict[str, str], path: str) -> str:
    """The entry with the longest address that leads here: /flow/files/ lights its own, not the one of /flow/."""
    leading = [
        (len(begin), entry.url_name)
        for entry in entries
        for begin in (addresses[entry.url_name], *entry.lights)
        if path.startswith(begin)
    ]
    return max(leading, default=(0, ""))[1]


def _entries() -> list[manifest.Entry]:
    entries = [entry for module in manifest.modules() for entry in module.navigation]
    return sorted(entries, key=lambda entry: entry.order)


def _badge(entry: manifest.Entry, actor, now) -> int | None:
    if not entry.badge or now is None:
        return None
    return manifest.resolve(entry.badge)(actor=actor, now=now) or None


def context(request) -> dict:
    """Template context of every page."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return {"actor": None, "navigation": []}
    try:
        sections = build(actor, request.path, now=request.now)
    except NoReverseMatch as error:
        raise LookupError(f"a module's navigation names a page that does not exist: {error}") from error
    return {
        "actor": actor,
        "navigation": sections,
        "search_url": reverse("search"),
        "scope": narrowing.context(request) if hasattr(request, "whole_actor") else None,
        "notices": ui_views.bell_of(actor),
        "me": _person(request.user),
    }


def _person(user) -> dict:
    return {
        "name": user.name,
        "initial": user.name[:1],
        "detail": user.username,
        "entries": list(_person_entries()),
    }


def _person_entries() -> Iterator[dict]:
    yield {"title": _("Account and security"), "url": reverse("mfa_index"), "icon": "shield-lock"}
    yield {"title": _("Sign out"), "url": reverse("account_logout"), "icon": "logout", "post": True}
