"""The smallest pieces of a page as HTML: icon, tag, state, bar, words that do not break. Templates have them as tags."""

import re
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from qudao.ui import formats, status

_SPAN = re.compile(r"(\d{4}-\d\d-\d\d) – (\d{4}-\d\d-\d\d)")
# A day, an amount with its currency, a document number: what is one word to the reader.
_WORD = re.compile(r"(\d{4}-\d\d-\d\d|[¥$€] -?[\d,.]*\d|\b[A-Z]{2}\d?-\d{4}-\d+\b)")


def icon(name: str) -> SafeString:
    """{% icon "check" %}: a Tabler icon that says nothing by itself; words stand beside it."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


def state(kind: str, value: str) -> SafeString:
    """{% status "order" order.status %}"""
    shown = status.show(kind, value)
    return tag(shown.tone, shown.label)


def tag(tone: str, label: Any, icon_name: str = "") -> SafeString:
    """{% tag "warn" label "alert-triangle" %} for what is not a state in ui.status."""
    mark = icon(icon_name) if icon_name else ""
    return format_html('<span class="q-tag q-{}">{}{}</span>', tone, mark, label)


def bar(fraction: Any, tone: str = "", label: Any = "") -> SafeString:
    """{% bar 0.78 %}: a progress bar with its percentage; more than 1 fills it and says so."""
    if fraction is None:
        return format_html("{}", formats.NOTHING)
    said = format_html(' aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"')
    return format_html(
        '<span class="q-bar{}"><progress max="1" value="{}"{}></progress>{}%</span>',
        f" q-{tone}" if tone else "",
        str(formats.bar_length(fraction)),
        said,
        formats.percent_points(fraction),
    )


def unbroken(value: Any) -> Any:
    """A line breaks between days, amounts and document numbers, never inside one, as browsers do after hyphens."""
    if type(value) is not str:
        return value
    if found := _SPAN.fullmatch(value):
        return format_html('<span class="q-day">{} –</span> <span class="q-day">{}</span>', *found.groups())
    parts = _WORD.split(value)
    if not any(parts[::2]):
        return value
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="q-day">{}</span>', one) if at % 2 else one,)
            for at, one in enumerate(parts)
        ),
    )
