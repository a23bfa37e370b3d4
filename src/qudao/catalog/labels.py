"""The words for the codes products are kept by: classes, tracking, schemes of codes, kinds of data carrier."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CLASSES = {1: _("Class I"), 2: _("Class II"), 3: _("Class III")}
TRACKING = {
    "lot": pgettext_lazy("tracking", "By lot"),
    "serial": pgettext_lazy("tracking", "By serial number"),
    "none": pgettext_lazy("tracking", "Not tracked"),
}
TRAITS = {
    "cold_chain": _("Cold chain"),
    "implant": _("Implant"),
    "equipment": _("Equipment"),
    "serial": _("Tracked by serial number"),
}
CARRIERS = {"gs1": "GS1", "ma": "MA", "ahm": "AHM"}
SCHEMES = {
    "nhsa": _("Medical insurance code"),
    "vbp": _("Centralised procurement code"),
    "hospital": _("Hospital's code"),
    "customer": _("Customer's code"),
}
TREATMENTS = {"rate": _("Taxed"), "simple": _("Simplified levy"), "exempt": _("Exempt from VAT")}
