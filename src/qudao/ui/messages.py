"""Words for what lists and forms refuse."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

MESSAGES = {
    "ui.too_many_rows": Message(
        _("The file would be too long"),
        _("The filter finds more than %(most)s rows."),
        _("Narrow it, by dates for example, and take several files."),
    ),
    "ui.nothing_picked": Message(
        _("No row is picked"),
        _("The action works on the rows that are ticked."),
        _("Tick the rows at their left, then press the button again."),
    ),
    "ui.too_many_picked": Message(
        _("Too many rows are picked"),
        _("%(count)s are ticked, at most %(most)s go in one step."),
        _("Do it in several steps."),
    ),
}
