"""The words for the codes partners are kept by: roles, kinds of party, licence and place."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from qudao.ui import formats

ROLES = {
    "dealer": pgettext_lazy("role", "Dealer"),
    "agent": pgettext_lazy("role", "Agent"),
    "supplier": pgettext_lazy("role", "Supplier"),
    "hospital": pgettext_lazy("role", "Hospital"),
    "service_point": pgettext_lazy("role", "Service point"),
    "store": pgettext_lazy("role", "Store"),
    "carrier": pgettext_lazy("role", "Carrier"),
    "payer": pgettext_lazy("role", "Payer"),
}
KINDS = {"company": _("Company"), "hospital": _("Hospital"), "person": pgettext_lazy("party", "Person")}
LICENCES = {
    "business_licence": _("Business licence"),
    "distribution_permit": _("Distribution permit"),
    "distribution_filing": _("Distribution filing"),
    "production_permit": _("Production permit"),
    "practice_permit": _("Practice permit"),
    "practice_filing": _("Practice filing"),
}
MODES = {"wholesale": _("Wholesale"), "retail": _("Retail"), "both": _("Wholesale and retail")}
PLACES = {
    "campus": pgettext_lazy("place", "Campus"),
    "department": pgettext_lazy("place", "Department"),
    "warehouse": pgettext_lazy("place", "Warehouse"),
    "office": pgettext_lazy("place", "Office"),
}
ADMISSION = {
    "draft": pgettext_lazy("admission", "Admission: draft"),
    "requested": pgettext_lazy("admission", "Admission: to be reviewed"),
    "reviewed": pgettext_lazy("admission", "Admission: to be approved"),
    "approved": pgettext_lazy("admission", "Admission: approved"),
    "effective": pgettext_lazy("admission", "Admitted"),
    "locked": pgettext_lazy("admission", "Locked: document lapsed"),
}
STEPS = {
    "request": pgettext_lazy("admission step", "Handed in"),
    "review": pgettext_lazy("admission step", "Reviewed"),
    "approve": pgettext_lazy("admission step", "Approved"),
    "activate": pgettext_lazy("admission step", "Put into effect"),
    "return": pgettext_lazy("admission step", "Sent back"),
    "lock": pgettext_lazy("admission step", "Locked"),
    "unlock": pgettext_lazy("admission step", "Unlocked"),
}
QUALIFIERS = {"cold_chain": _("with cold chain"), "no_cold_chain": _("without cold chain")}
HOSPITALS = {
    "公立": pgettext_lazy("hospital", "Public"),
    "民营": pgettext_lazy("hospital", "Private"),
    "三甲": pgettext_lazy("hospital", "Grade 3A"),
    "三乙": pgettext_lazy("hospital", "Grade 3B"),
    "二甲": pgettext_lazy("hospital", "Grade 2A"),
    "二乙": pgettext_lazy("hospital", "Grade 2B"),
    "综合": pgettext_lazy("hospital", "General"),
    "专科": pgettext_lazy("hospital", "Specialised"),
    "中医": pgettext_lazy("hospital", "Traditional Chinese medicine"),
    "妇保": pgettext_lazy("hospital", "Maternal and child health"),
}
"""What a hospital is, by the words of the register (nature, grade, type)."""
CLASSES = {1: _("Class I"), 2: _("Class II"), 3: _("Class III")}
EFFECTS = {
    "allow": pgettext_lazy("authorisation", "Allows"),
    "deny": pgettext_lazy("authorisation", "Forbids"),
}


def several(names: Mapping[Any, Any], codes: Iterable[Any]) -> str:
    """The words for several codes, in their order; a code without words shows as itself."""
    return formats.listed(names.get(code, code) for code in codes)


def expires_in(days: int) -> str:
    return ngettext("Expires in %(days)s day", "Expires in %(days)s days", days) % {"days": days}


def expired(days: int) -> str:
    return ngettext("Expired %(days)s day ago", "Expired %(days)s days ago", days) % {"days": days}


def hospital(*told: str) -> str:
    """The nature, grade or type of a hospital in the reader's language; what is no word of the register stays."""
    return " · ".join(str(HOSPITALS.get(word, word)) for word in told if word)
