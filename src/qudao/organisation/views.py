"""The journal with its proofs, and people with their posts."""

import datetime as dt
import json

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.kernel import manifest
from qudao.organisation import queries_journal, queries_people
from qudao.ui import filters, formats, listing, pages, tables

ROWS_SHOWN = 200
DRAWER = "ui/drawer.html"
WHOLE = "ui/base.html"


@require_safe
@pages.page("organisation.journal.view")
def journal(request) -> HttpResponseBase:
    """What happened, newest first, with its number; filters live in the address."""
    query = request.GET
    who = query.get("actor", "").strip()
    wanted = queries_journal.Filter(
        type=query.get("type", ""),
        subject=query.get("subject", "").strip(),
        actors=queries_people.references_of(who) if who else None,
        day=_day(query.get("day", "")),
    )

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        before = int(cursor) if cursor and cursor.isdecimal() else None
        found = queries_journal.list_entries(wanted, actor=request.actor, limit=limit, before=before)
        names = queries_people.names_of(leaf.actor for leaf in found)
        following = queries_journal.cursor_after(found, limit)
        return listing.Slice([_row(leaf, names) for leaf in found], following and str(following))

    described = listing.Listing(
        name="journal",
        title=_("Journal"),
        subtitle=_("Every change, numbered, signed, provable"),
        columns=[
            tables.Column(key="title", label=_("What happened"), sub="type", sub_label=_("Type")),
            tables.Column(key="subject", label=_("Subject")),
            tables.Column(key="who", label=_("By")),
            tables.Column(key="at", label=_("When"), kind="moment"),
            tables.Column(key="rows", label=_("Rows"), kind="qty"),
            tables.Column(key="number", label=_("Journal number"), link="drawer_url", drawer=True),
        ],
        filters=_journal_filters(),
        fetch=fetch,
        order=_("Newest first"),
        empty=tables.Empty(
            title=_("No entry yet"),
            hint=_("Every operation that changes something writes one."),
            icon="timeline-event",
        ),
    )
    away = listing.Action(
        label=_("Take it away and verify"), url=reverse("journal_export"), icon="file-export"
    )
    return listing.respond(
        request, described, actions=[away] if request.actor.can("organisation.journal.export") else []
    )


@require_safe
@pages.page("organisation.journal.view")
def journal_entry(request, number: int) -> HttpResponse:
    """One entry, its rows and digests, and its proof, checked as the page is made."""
    return _entry(request, queries_journal.get_entry(number))


@require_safe
@pages.page("organisation.journal.view")
def journal_staged(request, entry) -> HttpResponse:
    """The same for an entry that may not be numbered yet."""
    return _entry(request, queries_journal.get_staged(entry))


@require_safe
@pages.page("organisation.journal.export")
def journal_export(request) -> HttpResponse:
    """How to take the journal away and verify it without us."""
    return pages.show(request, "organisation/journal_export.html", {})


@require_safe
@pages.page("organisation.person.view")
def people(request) -> HttpResponseBase:
    """Who may sign in, and with which posts."""
    text, ours = request.GET.get("q", "").strip(), request.GET.get("kind", "")

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found, following = queries_people.list_people(
            actor=request.actor,
            text=text,
            ours={"ours": True, "partners": False}.get(ours),
            cursor=cursor,
            limit=limit,
        )
        return listing.Slice([_person_row(person) for person in found], following)

    shown: list[filters.Filter] = [filters.Text("q", _("Name or user name"))]
    if request.actor.house:
        shown += [
            filters.Toggle("kind", "ours", _("Our own")),
            filters.Toggle("kind", "partners", _("Of partners")),
        ]
    described = listing.Listing(
        name="people",
        title=_("People and posts"),
        columns=[
            tables.Column(key="name", label=_("Name"), sub="username", sub_label=_("User name")),
            tables.Column(key="works_for", label=_("Works for")),
            tables.Column(key="posts", label=_("Posts")),
            tables.Column(key="reach", label=_("For")),
            tables.Column(key="last_sign_in", label=_("Last signed in"), kind="moment"),
            tables.Column(key="state", label=_("State")),
        ],
        filters=shown,
        fetch=fetch,
        order=_("By name"),
    )
    return listing.respond(request, described)


def _entry(request, view: queries_journal.EntryView) -> HttpResponse:
    names = queries_people.names_of([view.leaf.actor])
    leaf = view.leaf
    facts = [
        (_("Journal number"), formats.NOTHING if leaf.number is None else f"{leaf.number:,}"),
        (_("Type"), leaf.type),
        (_("Subject"), leaf.subject),
        (_("By"), names.get(leaf.actor, leaf.actor)),
        (_("When"), formats.moment(leaf.at)),
        (_("Entry"), str(leaf.entry)),
    ]
    context = {
        "layout": DRAWER if request.headers.get("HX-Request") else WHOLE,
        "title": _title(leaf.type),
        "facts": facts,
        "view": view,
        "rows": view.rows[:ROWS_SHOWN],
        "more": max(len(view.rows) - ROWS_SHOWN, 0),
        "data": json.dumps(leaf.data, ensure_ascii=False, indent=2) if leaf.data else "",
    }
    return pages.show(request, "organisation/journal_entry.html", context)


def _row(leaf, names: dict[str, str]) -> dict:
    url = queries_journal.address(leaf)
    return {
        "url": url,
        "drawer_url": url,
        "title": _title(leaf.type),
        "type": leaf.type,
        "subject": leaf.subject,
        "who": names.get(leaf.actor, leaf.actor),
        "at": leaf.at,
        "rows": len(leaf.rows),
        "number": _("not yet numbered") if leaf.number is None else f"#{leaf.number:,}",
    }


def _person_row(person: queries_people.PersonView) -> dict:
    english = get_language() == "en"
    return {
        "name": person.name,
        "username": person.username,
        "works_for": _("A partner") if person.party_id else _("Us"),
        "posts": "、".join(post.role_en or post.role if english else post.role for post in person.posts),
        "reach": "、".join(dict.fromkeys(_reach(post) for post in person.posts)),
        "last_sign_in": person.last_sign_in,
        "state": _("Open") if person.active else _("Closed"),
        "state_tone": "ok" if person.active else "hold",
    }


def _reach(post: queries_people.PostView) -> str:
    if post.whole:
        return _("Everything")
    line = _("line %(number)s") % {"number": post.line_id} if post.line_id else ""
    return " · ".join(filter(None, (post.entity, post.region, line))) or _("Own")


def _title(entry_type: str) -> str:
    return str(manifest.journal_types().get(entry_type, entry_type))


def _journal_filters() -> list[filters.Filter]:
    return [
        filters.Choice("type", _("Type"), list(manifest.journal_types().items())),
        filters.Text("subject", _("Subject, as orders.order:…")),
        filters.Text("actor", _("By whom")),
        filters.Text("day", _("Day, as 2026-11-23")),
    ]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None
