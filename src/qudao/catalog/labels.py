"""The words for the codes products are kept by: classes, tracking, schemes of codes, kinds of data carrier."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CLASSES = {1: _("class I"), 2: _("class II"), 3: _("class III")}
TRACKING = {
    "lot": pgettext_lazy("tracking", "by lot"),
    "serial": pgettext_lazy("tracking", "by serial number"),
    "none": pgettext_lazy("tracking", "not tracked"),
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
    "vbp": _("Volume-based procurement code"),
    "hospital": _("Hospital's code"),
    "customer": _("Customer's code"),
}
TREATMENTS = {"rate": _("taxed"), "simple": _("simplified levy"), "exempt": _("exempt from VAT")}
