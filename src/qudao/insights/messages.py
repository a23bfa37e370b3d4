"""Words for the reasons of targets."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

MESSAGES = {
    "insights.kpi_unknown": Message(
        _("There is no such figure"),
        _("“%(kpi)s” is none of the figures that have a target."),
        _("Choose one of the list."),
    ),
    "insights.target_empty": Message(
        _("Neither target nor baseline"), _("At least one of them is needed."), _("Fill in one of them.")
    ),
    "insights.target_period": Message(
        _("The period ends before it begins"),
        _("From %(first)s until before %(until)s there is no day."),
        _("Correct the days."),
    ),
    "insights.target_overlaps": Message(
        _("Another target covers part of the period"),
        _("For the same part of the business one runs from %(first)s until before %(until)s."),
        _("Take the same period to replace it, or one that does not overlap."),
    ),
    "insights.day_unreadable": Message(
        _("A day is missing or not understood"), _("“%(text)s” is no day."), _("Write it as 2026-01-31.")
    ),
    "insights.number_unreadable": Message(
        _("A number is not understood"),
        _("“%(text)s” is no number."),
        _("Write 1200000, or 95% for a rate."),
    ),
}
