"""Words for the reasons of compliance."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

MESSAGES = {
    "compliance.nothing_found": Message(
        _("Nothing to trace"),
        _("“%(text)s” is no lot, serial number, device identifier or product that you may see."),
        _("Scan the label, or type the lot or serial number as it is printed."),
    ),
    "compliance.several_found": Message(
        _("Several products use this number"),
        _("%(text)s is a lot or serial number of %(items)s."),
        _("Choose one of them (--item)."),
    ),
}
