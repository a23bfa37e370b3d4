"""States of recalls, of the journal and of long work."""

from django.utils.translation import pgettext_lazy

from .shown import states

STATES = {
    "notice": states(
        waiting=("info", pgettext_lazy("notice", "Waiting")),
        running=("warn", pgettext_lazy("notice", "Under way")),
        done=("ok", pgettext_lazy("notice", "Done")),
        failed=("bad", pgettext_lazy("notice", "Failed")),
    ),
    "recall": states(
        draft=("info", pgettext_lazy("status", "Draft")),
        running=("bad", pgettext_lazy("status", "Recall running")),
        closed=("hold", pgettext_lazy("status", "Closed")),
    ),
    "job": states(
        waiting=("info", pgettext_lazy("status", "Waiting")),
        running=("warn", pgettext_lazy("status", "Running")),
        done=("ok", pgettext_lazy("status", "Done")),
        failed=("bad", pgettext_lazy("status", "Failed")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "import": states(
        dry_run=("info", pgettext_lazy("status", "Dry run")),
        accepted=("ok", pgettext_lazy("status", "Accepted")),
        refused=("bad", pgettext_lazy("status", "Refused")),
        undone=("hold", pgettext_lazy("status", "Undone")),
    ),
    "journal": states(
        staged=("warn", pgettext_lazy("status", "Awaiting its number")),
        sealed=("ok", pgettext_lazy("status", "Sealed")),
    ),
    "command": states(
        waiting=("info", pgettext_lazy("status", "Waiting")),
        accepted=("ok", pgettext_lazy("status", "Accepted")),
        review=("warn", pgettext_lazy("status", "Kept for review")),
        refused=("bad", pgettext_lazy("status", "Refused")),
    ),
}
