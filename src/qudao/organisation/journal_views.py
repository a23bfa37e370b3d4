"""The journal: entries in plain words, the signed checkpoint, the proof of one entry, and the file to take home."""

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qudao.kernel import errors, manifest, periods
from qudao.kernel.journal import entries
from qudao.organisation import journal_export as exports
from qudao.organisation import journal_rows, queries_journal, queries_people
from qudao.organisation import journal_subjects as subjects
from qudao.organisation import journal_values as values
from qudao.organisation import journal_words as words
from qudao.ui import filters, formats, listing, pages, parsing, tables

ROWS_SHOWN = 200
DRAWER = "ui/drawer.html"
WHOLE = "ui/base.html"
VIEW, EXPORT = queries_journal.VIEW, "organisation.journal.export"


@require_safe
@pages.page(VIEW)
def journal(request) -> HttpResponseBase:
    """What happened, newest first, with its number; filters live in the address."""
    query = request.GET
    who = query.get("actor", "").strip()
    days = filters.Days("from", "until", _("When"), today=periods.business_date(request.now))
    since, until = days.read(query)
    about = query.get("subject", "").strip()
    number = _journal_number(about)
    wanted = queries_journal.Filter(
        number=number,
        type=query.get("type", ""),
        subject=subjects.reference_of(about) if number is None else "",
        actors=queries_people.references_of(who) if who else None,
        since=since,
        until=until,
    )

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        before = int(cursor) if cursor and cursor.isdecimal() else None
        found = queries_journal.list_entries(wanted, actor=request.actor, limit=limit, before=before)
        named = words.named_in(found, request.actor)
        following = queries_journal.cursor_after(found, limit)
        return listing.Slice([_row(leaf, named) for leaf in found], following and str(following))

    described = listing.Listing(
        name="journal",
        title=_("Journal"),
        subtitle=_("Every change, numbered, signed, provable"),
        columns=[
            tables.Column(key="title", label=_("What happened"), sub="said", sub_label=_("Said")),
            tables.Column(key="subject", label=_("Subject")),
            tables.Column(key="who", label=_("By")),
            tables.Column(key="at", label=_("Happened at"), kind="moment"),
            tables.Column(key="recorded", label=_("Recorded at"), kind="moment"),
            tables.Column(key="number", label=_("Journal number"), link="drawer_url", drawer=True),
        ],
        filters=_filters(days),
        fetch=fetch,
        order=_("By number, last recorded first"),
        empty=tables.Empty(
            title=_("No entry yet"),
            hint=_("Every operation that changes something writes one."),
            icon="timeline-event",
        ),
    )
    signed = listing.Action(
        label=_("Checkpoint"), url=reverse("journal_checkpoint"), icon="rosette-discount-check"
    )
    away = listing.Action(label=_("Export and verify"), url=reverse("journal_export"), icon="file-export")
    return listing.respond(
        request, described, actions=[signed, away] if request.actor.can(EXPORT) else [signed]
    )


@require_safe
@pages.page(VIEW)
def journal_entry(request, number: int) -> HttpResponse:
    """One entry: what changed, and whether it still stands as it was signed."""
    return _entry(request, queries_journal.get_entry(number))


@require_safe
@pages.page(VIEW)
def journal_staged(request, entry) -> HttpResponse:
    """The same for an entry that may not be numbered yet."""
    return _entry(request, queries_journal.get_staged(entry))


@require_safe
@pages.page(VIEW)
def journal_proof(request, number: int) -> HttpResponse:
    """The proof of one entry as a file, with the steps to check it by hand in it."""
    view = queries_journal.get_entry(number)
    response = JsonResponse(words.proof_file(view), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="journal-{number}-proof.json"'
    return response


@require_safe
@pages.page(VIEW)
def checkpoint(request) -> HttpResponse:
    """The newest signed checkpoint, in words and as it is signed; those before it, by pages."""
    before = parsing.whole_or_none(request.GET.get(filters.CURSOR, ""))
    found = queries_journal.list_checkpoints(limit=listing.PAGE + 2, before=before)
    earlier = found[1 : listing.PAGE + 1]
    context = {
        "crumbs": _crumbs(_("Checkpoint")),
        "newest": found[0] if found else None,
        "key": queries_journal.key_text(),
        "table": tables.Table(
            label=_("Earlier checkpoints"),
            columns=[
                tables.Column(key="at", label=_("Signed at"), kind="moment"),
                tables.Column(key="size", label=_("Entries covered"), kind="qty"),
                tables.Column(key="root", label=_("Root (first digits)")),
            ],
            rows=[{"at": one.at, "size": one.size, "root": f"{one.root[:16]}…"} for one in earlier],
            page=tables.Page(
                next=str(earlier[-1].size) if len(found) > listing.PAGE + 1 else None,
                summary=_("Newest first"),
            ),
        ),
        "may_export": request.actor.can(EXPORT),
    }
    return pages.show(request, "organisation/checkpoint.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(EXPORT)
def journal_export(request) -> HttpResponse:
    """Take the journal away, and see it verified. A POST with `step` download gives the file, verify the verdict."""
    verdict, reasons, status = None, (), 200
    if request.method == "POST":
        try:
            if request.POST.get("step") == "download":
                return exports.download(request.actor)
            verdict = exports.verify(request.actor)
        except errors.Refused as refusal:
            reasons, status = refusal.reasons, refusal.status
    context = {
        "crumbs": _crumbs(_("Export the journal")),
        "verdict": verdict,
        "reasons": reasons,
        "most": exports.MOST,
    }
    return pages.show(request, "organisation/journal_export.html", context, status=status)


def _entry(request, view: queries_journal.EntryView) -> HttpResponse:
    leaf, actor = view.leaf, request.actor
    found = journal_rows.read(view.rows, actor)
    named = values.Named([*words.points(leaf), *found.points()], actor)
    facts = [
        (_("By"), values.linked(*named.person(leaf.actor))),
        (_("Happened at"), formats.moment(leaf.at)),
        (_("Recorded at"), formats.moment(leaf.recorded)),
        (_("Subject"), words.subject(leaf.subject, named)),
        (_("Journal number"), formats.NOTHING if leaf.number is None else f"{leaf.number:,}"),
    ]
    written = journal_rows.in_words(found, leaf, named, actor)
    context = {
        "layout": DRAWER if request.headers.get("HX-Request") else WHOLE,
        "title": words.title(leaf.type),
        "crumbs": _crumbs(formats.NOTHING if leaf.number is None else f"#{leaf.number:,}"),
        "facts": facts,
        "view": view,
        "told": words.told(leaf, named),
        "written": [(one, journal_rows.since_words(one)) for one in written],
        "rows": view.rows[:ROWS_SHOWN],
        "canonical": view.canonical,
        "more": max(len(view.rows) - ROWS_SHOWN, 0),
        "type": leaf.type,
        "entry": leaf.entry,
    }
    return pages.show(request, "organisation/journal_entry.html", context)


def _journal_number(text: str) -> int | None:
    """The number that pages print as #16,579, with the sign and the comma or without; no document is called so."""
    figures = text.removeprefix("#").replace(",", "")
    return int(figures) if figures.isdecimal() and len(figures) <= 18 else None


def _crumbs(here) -> list[dict]:
    return [{"title": _("Journal"), "url": reverse("journal")}, {"title": here}]


def _row(leaf: entries.Leaf, named: values.Named) -> dict:
    url = queries_journal.address(leaf)
    said, subject = words.summary(leaf), words.subject_words(leaf.subject, named)
    return {
        "url": url,
        "drawer_url": url,
        "title": words.title(leaf.type),
        # A document that is named beside it is not named twice.
        "said": "" if said and subject.endswith(said) else said,
        "subject": subject,
        "who": named.person(leaf.actor)[0],
        "at": leaf.at,
        "recorded": leaf.recorded,
        "number": _("not yet numbered") if leaf.number is None else f"#{leaf.number:,}",
    }


def _filters(days: filters.Days) -> list[filters.Filter]:
    return [
        filters.Choice("type", _("Type"), list(manifest.journal_types().items())),
        filters.Text("subject", _("Document or journal number")),
        filters.Text("actor", _("By whom")),
        days,
    ]
