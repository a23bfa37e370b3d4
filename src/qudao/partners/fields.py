"""Fields of the forms of partners: divisions by name, partners by name or pinyin, scope as printed."""

import datetime as dt
import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qudao.kernel import scope
from qudao.partners import queries, reading, territories
from qudao.partners.rules import licences
from qudao.ui import formats

_GAPS = re.compile(r"[\s,;，；、/]+")
SHOWN = 4


class TerritoryField(forms.CharField):
    """A division of GB/T 2260 by name (杭州, 浙江省 杭州市) or code; cleans to its code, 0 when empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=40,
            widget=forms.TextInput(attrs={"list": "divisions", "autocomplete": "off"}),
            **{"label": gettext_lazy("Place (province or city)"), **kwargs},
        )

    def clean(self, value: Any) -> int:
        text = unicodedata.normalize("NFKC", super().clean(value))
        if not text:
            return 0
        if text.isdigit():
            if int(text) in territories.divisions():
                return int(text)
            raise forms.ValidationError(_("There is no division %(text)s.") % {"text": text})
        found = territories.find(text)
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(
                _("No province, city or county is called “%(text)s”.") % {"text": text}
            )
        names = formats.listed(territories.label(code) for code in found[:SHOWN])
        raise forms.ValidationError(_("Which one: %(names)s?") % {"names": names})


class PartyField(forms.CharField):
    """A partner by name, pinyin, initials, code or credit code; cleans to its id, 0 when empty."""

    def __init__(self, *, actor: scope.Actor, role: str | None = None, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)
        self.actor, self.role = actor, role

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        if not text:
            return 0
        found = queries.search_parties(text, actor=self.actor, role=self.role, limit=SHOWN + 1)
        exact = [one for one in found if text in (one.name, one.short_name, one.code, one.uscc)]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0].id
        if not found:
            raise forms.ValidationError(_("Nobody is found by “%(text)s”.") % {"text": text})
        names = formats.listed(one.name for one in found[:SHOWN])
        raise forms.ValidationError(_("Which one: %(names)s?") % {"names": names})


class ScopeField(forms.CharField):
    """Categories of one class as printed on a licence: two digits are of the 2017 catalogue, 68xx of 2002.

    Cleans to scope entries; a code neither catalogue has is named.
    """

    def __init__(self, *, device_class: int, today: dt.date, **kwargs: Any) -> None:
        super().__init__(
            max_length=600,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
            **kwargs,
        )
        self.device_class, self.today = device_class, today

    def clean(self, value: Any) -> tuple[licences.ScopeEntry, ...]:
        text = unicodedata.normalize("NFKC", super().clean(value))
        codes = list(dict.fromkeys(code for code in _GAPS.split(text) if code))
        known = reading.category_codes(self.today)
        unknown = [code for code in codes if not any(code in listed for listed in known.values())]
        if unknown:
            raise forms.ValidationError(
                _("No category of the device catalogues: %(codes)s.") % {"codes": " ".join(unknown)}
            )
        return tuple(
            licences.ScopeEntry("2002" if len(code) == 4 else "2017", code, self.device_class)  # type: ignore[arg-type]
            for code in codes
        )


def initial_scope(entries: tuple[licences.ScopeEntry, ...], device_class: int) -> str:
    """The codes of one class, as ScopeField reads them."""
    return " ".join(dict.fromkeys(one.category_code for one in entries if one.device_class == device_class))
