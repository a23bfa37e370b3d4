"""The components as template tags and filters. The page at `ui:components` shows each of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Form, RadioSelect, Select
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from qudao.kernel import errors, messages
from qudao.ui import charts, filters, formats, marks, pages, tables

register = template.Library()

register.filter("money", formats.amount)
register.filter("price", formats.unit_price)
register.filter("qty", formats.quantity)
register.filter("unit", formats.unit)
register.filter("rate", formats.rate)
register.filter("day", formats.day)
register.filter("moment", formats.moment)


register.simple_tag(marks.icon)
register.simple_tag(marks.state, name="status")
register.simple_tag(marks.tag)
register.simple_tag(marks.bar)
register.filter("unbroken", marks.unbroken)


@register.simple_tag
def paper(url: str, label: Any, plain: bool = False) -> SafeString:
    """{% paper url label %}: leads to a PDF, in a tab of its own so that the work stays open; `plain` as a link in text."""
    mark, shape = ("", "") if plain else (marks.icon("file-text"), "btn")
    return format_html(
        '<a class="{}" href="{}" target="_blank" rel="noopener">{}{}</a>', shape, url, mark, label
    )


@register.simple_tag
def kbd(keys: str) -> SafeString:
    """{% kbd "Ctrl K" %}"""
    return format_html("<kbd>{}</kbd>", keys)


@register.inclusion_tag("ui/parts/copy.html")
def copy(text: Any) -> dict[str, Any]:
    """{% copy order.number %}: a button that puts the text on the clipboard."""
    return {"text": text}


@register.simple_block_tag(takes_context=True)
def page_head(
    context: template.Context,
    content: str,
    title: Any,
    subtitle: Any = "",
    crumbs: Sequence[Mapping[str, Any]] = (),
    state: Any = "",
) -> SafeString:
    """{% page_head title subtitle=… crumbs=… state=… %}actions{% endpage_head %}

    `crumbs`: [{title, url}]; the first may say `rail`: then it is called and leads as the entry that is lit
    there, where one is. `state`: what {% status … as state %} gave.
    """
    shown = {"title": title, "subtitle": subtitle, "crumbs": _railed(crumbs, context), "state": state}
    return render_to_string("ui/parts/page_head.html", {**shown, "actions": content})


def _railed(crumbs: Sequence[Mapping[str, Any]], context: template.Context) -> Sequence[Mapping[str, Any]]:
    """What one person calls a thing is called so in the crumbs as in the rail."""
    if not crumbs or not crumbs[0].get("rail"):
        return crumbs
    entries = (entry for section in context.get("navigation") or () for entry in section["entries"])
    lit = next((entry for entry in entries if entry["active"]), None)
    return [{"title": lit["title"], "url": lit["url"]}, *crumbs[1:]] if lit else crumbs


@register.simple_block_tag
def card(content: str, title: Any = "", flush: bool = False, aside: Any = "") -> SafeString:
    """{% card "Title" %}…{% endcard %}; flush=True for tables, aside for a word at the right."""
    context = {"title": title, "flush": flush, "aside": aside, "body": content}
    return render_to_string("ui/parts/card.html", context)


@register.inclusion_tag("ui/parts/facts.html")
def facts(rows: Iterable[tuple[Any, Any]], grid: bool = False) -> dict[str, Any]:
    """{% facts rows %}: (label, value) pairs; grid=True puts label above value, several a row."""
    return {"rows": [(label, marks.unbroken(value)) for label, value in rows], "grid": grid}


@register.inclusion_tag("ui/parts/action.html", takes_context=True)
def action(context: template.Context, described: tables.Action) -> dict[str, Any]:
    """{% action one %}: a tables.Action of a page's head."""
    return {"action": described, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/parts/table.html", takes_context=True)
def table(context: template.Context, described: tables.Table) -> dict[str, Any]:
    """{% table partners %}: a tables.Table."""
    return tables.shown(described, _query(context))


@register.inclusion_tag("ui/parts/columns.html", takes_context=True)
def column_choice(context: template.Context, described: tables.Table) -> dict[str, Any]:
    """{% column_choice partners %}: the menu that hides and shows columns; stands in the filter bar."""
    return {"entries": tables.column_choice(described, _query(context))}


@register.simple_block_tag(takes_context=True)
def filter_bar(context: template.Context, content: str, shown: Sequence[filters.Filter]) -> SafeString:
    """{% filter_bar filters %}what stands at the right{% endfilter_bar %}"""
    query = _query(context)
    clear = filters.cleared(shown, query) if filters.active(shown, query) else ""
    described = {"filters": filters.shown(shown, query), "end": content, "clear_url": clear}
    return render_to_string("ui/parts/filters.html", described)


@register.inclusion_tag("ui/parts/pages.html", takes_context=True)
def cursor_pages(context: template.Context, page: tables.Page) -> dict[str, Any]:
    """{% cursor_pages page %}: earlier and later, for lists that are not a tables.Table."""
    return {"pages": tables.pages(page, _query(context))}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(entries: Iterable[Mapping[str, Any]], label: Any = "") -> dict[str, Any]:
    """{% tabs entries %}: [{title, url, active, count}]"""
    return {"entries": entries, "label": label}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """{% timeline entries %}: [{title, at, who, detail, documents: [(number, url)], number, url, tone}], newest first.

    `number` is the journal's; without one the entry is shown as not yet numbered.
    """
    return {"entries": entries}


@register.inclusion_tag("ui/parts/refusals.html")
def refusals(reasons: Iterable[errors.Reason | messages.Rendered], title: Any = "") -> dict[str, Any]:
    """{% refusals reasons %}: each with title, why, and the link that mends it; refusals first."""
    rendered = [messages.render(one) if isinstance(one, errors.Reason) else one for one in reasons]
    rendered.sort(key=lambda one: (one.severity != "refuse", one.line or 0))
    return {"reasons": rendered, "title": title}


@register.inclusion_tag("ui/parts/explain.html")
def explain(explanation: Any) -> dict[str, Any]:
    """{% explain explanation %}: title, and steps with label, value, note, url, source, strong.

    Attributes or keys. A value that is text is printed as it is; numbers are money.
    """
    return {"explanation": explanation}


@register.filter
def dotted(value: Any) -> Any:
    """Words with dots between them, of which none is left at the end or the beginning of a line: A · B."""
    parts = str(value).split(" · ")
    if len(parts) == 1:
        return value
    more = format_html_join("", "<span><i> · </i>{}</span>", [(part,) for part in parts[1:]])
    return format_html('<span class="q-dots"><span>{}</span>{}</span>', parts[0], more)


@register.filter
def figure(value: Any) -> str:
    """A step's value: text as it is, numbers as money."""
    return value if isinstance(value, str) else formats.amount(value)


@register.inclusion_tag("ui/parts/empty.html")
def empty_state(state: tables.Empty) -> dict[str, Any]:
    """{% empty_state state %}: a tables.Empty; says what to do first."""
    return {"state": state}


@register.inclusion_tag("ui/parts/notice.html")
def notice(tone: str, text: Any) -> dict[str, Any]:
    """{% notice "warn" text %}: one line that stays on the page."""
    return {"tone": tone, "text": text}


@register.simple_tag(takes_context=True)
def form_key(context: template.Context) -> SafeString:
    """{% form_key %}: in every form that POSTs, so that `pages.once` gives it one effect."""
    key = pages.form_key(context.get("request"))
    return format_html('<input type="hidden" name="{}" value="{}">', pages.KEY, key)


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """{% field form.quantity %}: label, control, help, and its errors beside it."""
    widget = bound.field.widget
    single_box = isinstance(widget, CheckboxInput)
    boxes = isinstance(widget, CheckboxSelectMultiple | RadioSelect)
    if single_box or boxes:
        style = "form-check-input"
    else:
        style = "form-select" if isinstance(widget, Select) else "form-control"
    extra = widget.attrs.get("class", "")
    if str(widget.attrs.get("placeholder", "")).casefold() == str(bound.label).casefold():
        # A library's fields repeat their label where an example would stand.
        widget.attrs.pop("placeholder", None)
    control = bound.as_widget(attrs={"class": f"{style} {extra}".strip()})
    return {"field": bound, "control": control, "check": single_box}


@register.inclusion_tag("ui/parts/form.html")
def form_fields(form: Form, grid: bool = False) -> dict[str, Any]:
    """{% form_fields form %}: errors of the whole form, then every field."""
    return {"form": form, "grid": grid}


@register.inclusion_tag("ui/parts/chart.html")
def chart(name: str, option: Mapping[str, Any], label: Any, behind: bool = True) -> dict[str, Any]:
    """{% chart "volume" option label %}: an ECharts option as data; `label` says it in words. The table of the
    same numbers stands behind it, closed; behind=False where the page has a fuller one of its own.

    A page with charts puts {% include "ui/parts/chart_scripts.html" %} in its block `scripts`.
    """
    return {
        "name": name,
        "option": option,
        "label": label,
        "behind": charts.table(option) if behind else None,
    }


def _query(context: template.Context) -> QueryDict:
    request = context.get("request")
    return request.GET if request is not None else QueryDict()
