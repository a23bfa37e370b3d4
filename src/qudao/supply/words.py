"""The words for the codes supply keeps."""

from django.utils.translation import pgettext_lazy

# What becomes of what was rejected, one of rules.DISPOSITIONS.
DISPOSITIONS = {
    "return": pgettext_lazy("disposition", "Back to the supplier"),
    "destroy": pgettext_lazy("disposition", "To be destroyed"),
    "hold": pgettext_lazy("disposition", "Kept on hold"),
}
