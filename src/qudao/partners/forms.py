"""The forms of partners. Labels are the trade's; what a form cannot judge alone, its operation refuses."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qudao.kernel import scope
from qudao.partners import fields, labels
from qudao.partners.rules import scoring
from qudao.ui import acts

TIERS = [(tier, tier) for tier in ("A", "B", "C", "D")]
DAY = dt.timedelta(days=1)
CRITERIA = {
    "coverage": gettext_lazy("Hospitals reached"),
    "storage": gettext_lazy("Storage and cold chain"),
    "finance": gettext_lazy("Finance"),
    "team": gettext_lazy("Team and training"),
    "compliance": gettext_lazy("Compliance record"),
}
AUTHORISATION_KINDS = {
    "distribution": pgettext_lazy("authorisation", "Distribution"),
    "delivery": pgettext_lazy("authorisation", "Delivery"),
    "bidding": pgettext_lazy("authorisation", "Bidding"),
    "service": pgettext_lazy("authorisation", "Service"),
}


def reason(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Reason"),
        required=required,
        max_length=200,
        help_text=gettext_lazy("Stands in the journal and on the timeline."),
    )


class Reason(acts.Form):
    reason = reason()


class OptionalReason(acts.Form):
    reason = reason(required=False)


class Tier(acts.Form):
    tier = forms.ChoiceField(label=gettext_lazy("New tier"), choices=TIERS)
    reason = reason()


# What is printed on each kind of licence beside its number, its first day and who issued it.
_SCOPE = ("scope_3", "scope_2", "cold_chain")
PRINTED = {
    "business_licence": ("last_day",),
    "distribution_permit": ("mode", "last_day", *_SCOPE),
    "distribution_filing": ("mode", *_SCOPE),
    "production_permit": ("last_day", *_SCOPE),
    "practice_permit": ("last_day",),
    "practice_filing": (),
}
# An enterprise may be founded without an end.
_MAY_LAST = "business_licence"


class Licence(acts.Form):
    """`last_day` is the expiry as printed; `valid_until` of the operation is the day after. Asked is what the kind has
    printed on it: another kind chosen fetches its fields from `address`."""

    kind = forms.ChoiceField(label=gettext_lazy("Licence"), choices=list(labels.LICENCES.items()))
    number = forms.CharField(label=gettext_lazy("Licence number"), max_length=60)
    mode = forms.ChoiceField(
        label=gettext_lazy("Mode of business"),
        required=False,
        choices=[("", "—"), *labels.MODES.items()],
    )
    issued_by = forms.CharField(label=pgettext_lazy("licence", "Issued by"), required=False, max_length=80)
    valid_from = acts.day(gettext_lazy("Valid from"))
    last_day = acts.day(gettext_lazy("Valid to, as printed"))

    def __init__(self, *args: Any, today: dt.date, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("Codes as printed, with spaces between: 03 13 6840")
        for device_class, label in ((3, _("Class III categories")), (2, _("Class II categories"))):
            self.fields[f"scope_{device_class}"] = fields.ScopeField(
                device_class=device_class, today=today, label=label, help_text=hint
            )
        self.fields["cold_chain"] = forms.BooleanField(
            label=_("Reagents (6840) with cold chain"), required=False
        )
        self.fields["kind"].widget.attrs |= acts.fetching_fields(address)
        self._follow(str(self["kind"].value() or ""))

    def _follow(self, kind: str) -> None:
        """Ask what is printed on licences of the kind, the first there is where none is chosen."""
        printed = PRINTED.get(kind, PRINTED[next(iter(labels.LICENCES))])
        for name in {"mode", "last_day", *_SCOPE} - set(printed):
            del self.fields[name]
        if "last_day" in printed and (kind or _MAY_LAST) == _MAY_LAST:
            self.fields["last_day"].required = False
            self.fields["last_day"].help_text = _("Leave empty if it does not expire.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, last = cleaned.get("valid_from"), cleaned.get("last_day")
        if begins and last and last < begins:
            self.add_error("last_day", _("This is before the first day."))
        return cleaned


class Account(acts.Form):
    """`choices`: entities, lines, regions, people as (id, name)."""

    def __init__(
        self, *args: Any, actor: scope.Actor, choices: dict[str, list], roles: tuple[str, ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        given = {code: label for code, label in labels.ROLES.items() if code in roles} or labels.ROLES
        self.fields |= {
            "entity": forms.TypedChoiceField(
                label=_("Legal entity"), choices=choices["entities"], coerce=int
            ),
            "line": forms.TypedChoiceField(label=_("Product line"), choices=choices["lines"], coerce=int),
            "role": forms.ChoiceField(label=_("Partner role"), choices=list(given.items())),
            "tier": forms.ChoiceField(label=_("Tier"), choices=TIERS),
            "region": forms.TypedChoiceField(label=_("Region"), choices=choices["regions"], coerce=int),
            "parent": fields.PartyField(
                actor=actor,
                label=_("Under which partner"),
                required=False,
                help_text=_("Leave empty if it is directly under us."),
            ),
            "sales_person": forms.TypedChoiceField(
                label=_("Sales person"),
                choices=[("", "—"), *choices["people"]],
                coerce=int,
                empty_value=None,
                required=False,
            ),
            "payment_days": forms.IntegerField(
                label=_("Payment term in days"), initial=30, min_value=0, max_value=365
            ),
        }


class PlaceParticulars(acts.Form):
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=120)
    territory = fields.TerritoryField()
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200)
    contact = forms.CharField(label=gettext_lazy("Contact"), max_length=60, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)


class Place(PlaceParticulars):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(labels.PLACES.items()))
    field_order = ("kind",)

    def __init__(self, *args: Any, places: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if places:
            self.fields["parent"] = forms.TypedChoiceField(
                label=_("Belongs to"),
                choices=[("", "—"), *places],
                coerce=int,
                empty_value=None,
                required=False,
            )


class Grant(acts.Form):
    """An authorisation. `parents`: what may be passed on, for those who grant from their own."""

    def __init__(
        self,
        *args: Any,
        actor: scope.Actor,
        choices: dict[str, list],
        parents: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if parents or actor.party_id:
            self.fields["parent"] = forms.TypedChoiceField(
                label=_("Granted from"),
                choices=([] if actor.party_id else [("", _("Our company"))]) + parents,
                coerce=int,
                empty_value=None,
                required=bool(actor.party_id),
            )
        self.fields |= {
            "entity": forms.TypedChoiceField(
                label=_("Legal entity"), choices=choices["entities"], coerce=int
            ),
            "kind": forms.ChoiceField(label=_("Kind"), choices=list(AUTHORISATION_KINDS.items())),
            "effect": forms.ChoiceField(
                label=_("Effect"), choices=[("allow", _("May sell")), ("deny", _("May not sell"))]
            ),
            "line": forms.TypedChoiceField(
                label=_("Product line"), choices=[(0, _("All lines")), *choices["lines"]], coerce=int
            ),
            "territory": fields.TerritoryField(
                required=False,
                label=_("Territory"),
                help_text=_("Province, city or county; empty: the whole country."),
            ),
            "hospital": fields.PartyField(
                actor=actor,
                role="hospital",
                label=_("Only this hospital"),
                required=False,
            ),
            "channel": forms.CharField(label=_("Only this channel"), max_length=20, required=False),
            "valid_from": acts.day(_("Valid from")),
            "last_day": acts.day(_("Valid to (inclusive)"), required=False),
            "target": forms.DecimalField(
                label=_("Target in yuan"), required=False, max_digits=18, decimal_places=2, min_value=0
            ),
            "exclusive": forms.BooleanField(label=_("Exclusive"), required=False),
            "sublicence": forms.BooleanField(label=_("May be passed on"), required=False),
        }


class Party(acts.Form):
    """Whom we let in, first part: what it is."""

    name = forms.CharField(label=gettext_lazy("Full name, as licensed"), max_length=120)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=60, required=False)
    uscc = forms.CharField(
        label=gettext_lazy("Credit code"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("18 characters; spaces do not matter."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(labels.ROLES.items()))
    territory = fields.TerritoryField()
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)


class Particulars(acts.Form):
    """What may change of a partner without its becoming another: the credit code stays. `version` is what was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Full name, as licensed"), max_length=120)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=60, required=False)
    territory = fields.TerritoryField(required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    reason = reason(required=False)


class Admission(Party):
    """The guided admission: identity, first account, score. The account may be left for later."""

    IDENTITY = ("name", "short_name", "uscc", "role", "territory", "address", "phone")
    ACCOUNT = ("entity", "line", "region", "parent")

    def __init__(self, *args: Any, actor: scope.Actor, choices: dict[str, list], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("entity", _("Legal entity")), ("line", _("Product line"))):
            key = {"entity": "entities", "line": "lines"}[name]
            self.fields[name] = self._optional(label, choices[key])
        self.fields["region"] = self._optional(_("Region"), choices["regions"])
        self.fields["parent"] = fields.PartyField(
            actor=actor,
            label=_("Under which partner"),
            required=False,
            help_text=_("Leave empty if it is directly under us."),
        )
        points = [("", "—"), *((number, str(number)) for number in range(scoring.MOST + 1))]
        for criterion, label in CRITERIA.items():
            self.fields[f"points_{criterion}"] = forms.TypedChoiceField(
                label=label, choices=points, coerce=int, empty_value=None, required=False
            )

    def _optional(self, label: Any, choices: list) -> forms.TypedChoiceField:
        return forms.TypedChoiceField(
            label=label, choices=[("", "—"), *choices], coerce=int, empty_value=None, required=False
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        company = cleaned.get("role") not in ("hospital", "payer")
        if company and not cleaned.get("uscc"):
            self.add_error("uscc", _("A company is known by its credit code."))
        wanted = [cleaned.get(name) for name in ("entity", "line", "region")]
        if any(wanted):
            for name in ("entity", "line", "region"):
                if not cleaned.get(name):
                    self.add_error(name, _("An account needs entity, line and region."))
            for criterion in CRITERIA:
                if cleaned.get(f"points_{criterion}") is None:
                    self.add_error(f"points_{criterion}", _("0 to 5 points."))
        return cleaned

    def part(self, names: tuple[str, ...]):
        return [self[name] for name in names]

    def identity(self):
        return self.part(self.IDENTITY)

    def account(self):
        return self.part(self.ACCOUNT)

    def score(self):
        return self.part(tuple(f"points_{one}" for one in CRITERIA))
